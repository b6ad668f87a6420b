"""Whatever a platform answers, a call reads it or says that it cannot: no crash, no false yes."""

import gzip
import inspect
import random
import re
import typing
from collections.abc import AsyncIterator, Sequence
from dataclasses import MISSING, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_args, get_origin

import orjson
import pytest

from bot.actions import Send, SendKf, State
from bot.clock import Clock
from bot.platforms.call import Call, Page, Paged, every_page, texts
from bot.platforms.kf.api.sessions import PullMessages, ReadSession
from bot.platforms.oa.api.followers import ListFollowers, ReadFollower
from bot.platforms.oa.calls import perform as at_oa
from bot.platforms.port import Port, text_of
from bot.platforms.tries import FLOOR_US
from bot.platforms.wire import Answer, File, Phase, Wire, new_session
from commands.parts.patience import Trouble, every_row
from tests.calls_page import EVERY
from tests.pictures import PNG
from tests.platform import Asked, Platform, fine
from tests.rooms import Hand, Installed, installed
from tests.situations import FOLLOWS
from tests.test_token import Keyring, holder_of
from tests.test_token import port_of as port_with
from tests.test_wire import Handler, fetched, saying, serving

ODD: tuple[object, ...] = (
    None, "", 0, 1, -1, "0", "1", "-5", " 7 ", "1e5", "null", "１２", "²", "9" * 5000, "\0",
    2**53 + 1, 2**63, -(2**63), 2**64 - 1, 1.5, 1e308, True, False, [], {}, [None], [[]], [{}],
    [["x"]], {"a": None},
)  # fmt: skip
BODIES = 60
_NAME = re.compile(r'"([a-z_A-Z]{2,40})"')


def blank(call: type[Call[Any]]) -> Call[Any]:
    """A call of this class with the plainest fields, past its own checks of them."""
    one: Call[Any] = object.__new__(call)
    hints = typing.get_type_hints(call)
    for each in fields(call):
        value = each.default if each.default is not MISSING else _plain(hints[each.name])
        if each.default_factory is not MISSING:
            value = each.default_factory()
        object.__setattr__(one, each.name, value)
    return one


def _plain(hint: Any) -> object:
    if hint is File:
        return File(name="a.jpg", content=b"x")
    if get_origin(hint) in (tuple, Sequence):
        return (_plain(get_args(hint)[0]),)
    if is_dataclass(hint) and isinstance(hint, type):
        named = {f.name: _plain(t) for f, t in _wanted(hint)}
        return hint(**named)
    return {str: "a", int: 1, bool: True}.get(hint)


def _wanted(kind: type) -> list[tuple[Any, Any]]:
    hints = typing.get_type_hints(kind)
    return [
        (f, hints[f.name])
        for f in fields(kind)
        if f.default is MISSING and f.default_factory is MISSING
    ]


def body_of(names: Sequence[str], dice: random.Random, depth: int = 0) -> Any:
    """An answer with the names that a call looks for, and anything under them."""
    roll = dice.random()
    if depth == 0 or (depth < 3 and roll < 0.4):
        some = dice.sample(names, min(len(names), 12))
        return {name: body_of(names, dice, depth + 1) for name in some}
    if depth < 4 and roll < 0.7:
        return [body_of(names, dice, depth + 1) for _ in range(dice.randrange(3))]
    return dice.choice(ODD)


@pytest.mark.parametrize("call", EVERY, ids=lambda call: str(call.__name__))
def test_a_call_reads_whatever_stands_under_the_names_it_looks_for(call: type[Call[Any]]) -> None:
    one, dice = blank(call), random.Random(call.__name__)  # noqa: S311
    module = inspect.getmodule(call)
    assert module is not None
    names = sorted({*_NAME.findall(inspect.getsource(module)), "next_cursor"})
    for _ in range(BODIES):
        body = body_of(names, dice)
        one.read(body)
        if isinstance(one, Paged):
            assert isinstance(one.after(body), str)


def test_a_list_or_an_object_is_no_text() -> None:
    assert [text_of({"id": one}, "id") for one in ({"a": 1}, ["a"], None, 7, "m")] == [
        "", "", "", "7", "m"
    ]  # fmt: skip
    assert texts({"ids": ["a", ["b"], {"c": 1}, None, 7]}, "ids") == ("a", "7")


def test_a_time_that_no_calendar_knows_is_none() -> None:
    call = ReadFollower(openid="ada")
    told = [call.read({"subscribe_time": one}).since for one in (2**62, -5, "1760000000")]
    assert told == [0, 0, 1_760_000_000]


def test_what_is_written_as_text_or_number_is_read_as_what_it_means() -> None:
    pull, session = PullMessages(kf="wk1"), ReadSession(kf="wk1", member="m")
    told = pull.read({"next_cursor": "B", "has_more": "1", "msg_list": {"msgid": "only"}})
    assert (told.items, told.more) == (({"msgid": "only"},), True)
    assert [session.read({"service_state": one}).state for one in ("3", 3, None)] == [3, 3, None]


# --- lists ---


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "map.png").write_bytes(PNG)
    async with installed(tmp_path) as one:
        yield one


def port_of(shop: Installed, account: str = "oa") -> Port:
    return shop.doors[account].port


def turning(platform: Platform, cursors: Sequence[str]) -> None:
    """Let the list of followers lead from each cursor to the next, and round again."""
    pages = iter(range(10**9))

    def page(_asked: Asked) -> Answer:
        number = next(pages)
        cursor = cursors[number % len(cursors)] or f"c{number}"
        return fine(data={"openid": [f"o{number}"]}, next_openid=cursor)

    platform.answers["user/get"] = page


async def pages_of(port: Port) -> list[Page[str]]:
    return [page async for page in every_page(port, ListFollowers())]


@pytest.mark.parametrize(("cursors", "pages"), [(["A"], 2), (["A", "B"], 3), (["-1"], 2)])
async def test_a_list_that_leads_in_a_circle_has_an_end(
    shop: Installed, cursors: list[str], pages: int
) -> None:
    turning(shop.platform, cursors)
    found = await pages_of(port_of(shop))
    assert (len(found), all(page.done for page in found)) == (pages, True)


async def test_a_list_without_end_is_left_and_says_so(
    shop: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.call.MOST_PAGES", 5)
    monkeypatch.setattr("commands.parts.patience.MOST_PAGES", 5)
    turning(shop.platform, [""])
    *whole, last = await pages_of(port_of(shop))
    assert (len(whole), all(page.done for page in whole)) == (5, True)
    assert (last.receipt.state, last.rows) == (State.FAILED, ())
    told = await every_row(port_of(shop), ListFollowers())
    assert isinstance(told, Trouble) and "还没有完" in told.text


async def test_a_million_rows_are_read_to_the_last(shop: Installed) -> None:
    pages = iter(range(1, 102))

    def page(_asked: Asked) -> Answer:
        number = next(pages)
        openids = [f"o{number}-{one}" for one in range(10_000)] if number < 101 else []
        return fine(data={"openid": openids}, next_openid=openids[-1] if openids else "")

    shop.platform.answers["user/get"] = page
    told = await every_row(port_of(shop), ListFollowers())
    assert not isinstance(told, Trouble) and len(told) == 1_000_000


# --- files ---


async def test_a_picture_that_got_no_id_is_not_sent_and_not_called_sent(
    shop: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def upload(path: str, file: File, *, query: dict[str, str]) -> Answer:
        return fine(media_id=None)

    monkeypatch.setattr(shop.platform, "upload", upload)
    port = replace(port_of(shop), media=tmp_path / "media")
    send = Send(account="oa", openid=FOLLOWS.address, text="", image="map.png")
    receipt = await at_oa(send, port, 1)
    assert (receipt.state, "media_id" in receipt.meaning) == (State.FAILED, True)
    in_kf = SendKf(account="corp", kf="wk1", member="m", text="", image="map.png")
    corp = replace(port_of(shop, "corp"), media=tmp_path / "media")
    receipt = await shop.doors["corp"].call(in_kf, corp, 1)
    assert receipt.state is State.FAILED
    assert shop.platform.effects() == []


def attached(body: bytes) -> Handler:
    headers = {"Content-Disposition": 'attachment; filename="list.json"'}
    return saying(body=body, headers=headers, content_type="application/octet-stream")


@pytest.mark.parametrize("body", [b'{"menu": 1}', b"{\\rtf1 hello}", b"<svg></svg>"])
async def test_a_document_that_begins_like_an_answer_is_a_file_all_the_same(body: bytes) -> None:
    answer = await fetched(attached(body))
    assert (answer.code, answer.content) == (0, body)


async def test_a_refusal_is_one_however_it_is_dressed() -> None:
    answer = await fetched(attached(b'{"errcode": 40007, "errmsg": "x"}'))
    assert (answer.code, answer.content) == (40007, b"")


@pytest.mark.parametrize("api", ["call", "fetch"])
async def test_a_bomb_is_put_down_before_it_grows(api: str) -> None:
    bomb = gzip.compress(bytes(64 * 1024 * 1024), 9)
    handler = saying(body=bomb, headers={"Content-Encoding": "gzip"})
    async with serving(handler) as base:
        session = new_session(5)
        wire = Wire(session, base)
        answer = await (
            wire.fetch("/file", 1024 * 1024, query={})
            if api == "fetch"
            else wire.call("GET", "/x", query={})
        )
        await session.close()
    size = re.fullmatch(r"HTTP 200, ([0-9]+) bytes", answer.trouble)
    assert answer.code is None and size and int(size[1]) < 4 * 1024 * 1024


@pytest.mark.parametrize("code", [0.5, True, False, None, [], {}, 10**30, "", "0x0"])
async def test_what_is_no_code_is_no_yes(code: object) -> None:
    text = orjson.dumps({"errcode": float(code) if code == 10**30 else code}).decode()
    async with serving(saying(text=text)) as base:
        session = new_session(1)
        answer = await Wire(session, base).call("POST", "/api", query={}, body={})
        await session.close()
    assert answer.code is None


# --- tokens ---


@pytest.mark.parametrize("told", [None, "soon", -5, 0, 10**18, {}, [], "7200"])
async def test_a_life_that_cannot_be_read_is_the_documented_one(
    shop: Installed, told: object
) -> None:
    keyring, hand = Keyring(), Hand()
    keyring.answer = fine(access_token="T1", expires_in=told)
    holder = holder_of(shop.db, keyring, hand)
    held = await holder.token()
    assert (held.value, held.expires_us - Clock(hand)()) == ("T1", 7200 * 1_000_000)


@pytest.mark.parametrize("told", [None, "", 7, {"T": 1}, ["T1"], True])
async def test_what_is_no_token_is_not_used_as_one(shop: Installed, told: object) -> None:
    keyring, platform = Keyring(), Platform()
    keyring.answer = fine(access_token=told)
    port = port_with(shop.db, keyring, platform)
    answers = [await port.call("GET", "/cgi-bin/user/info") for _ in range(20)]
    assert {one.phase for one in answers} == {Phase.NOT_SENT}
    assert {"没有 access_token" in one.trouble for one in answers} == {True}
    assert (platform.asked, keyring.fetches) == ([], 1)


@pytest.mark.parametrize("left_s", [1, 5, 200])
async def test_what_is_left_of_a_token_is_used_and_not_asked_for_at_every_call(
    shop: Installed, left_s: int
) -> None:
    keyring, hand = Keyring(), Hand()
    keyring.answer = fine(access_token="T1", expires_in=left_s)
    holder = holder_of(shop.db, keyring, hand)
    assert {(await holder.token()).value for _ in range(100)} == {"T1"}
    assert keyring.fetches == 1
    for _ in range(600):
        hand.move(1)
        await holder.token()
    assert keyring.fetches <= 1 + 600 // (FLOOR_US // 1_000_000)
    assert (await holder.token(dead=1)).generation > 1
