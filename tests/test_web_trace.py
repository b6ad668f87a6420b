"""The call that tells traces: what `why --json` says, for who has the key, and in no log."""

import hashlib
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.clock import moment
from bot.events import Alias, AliasKind, KfSaid
from bot.web.brake import WRONG_KEYS
from bot.web.signed import SIGNATURE, SOURCE, TIMESTAMP, signature
from commands.parts.operator import OPERATOR, operator_of
from config.home import instance_key
from config.settings import BadSettings, load
from tests.homes import oa_text
from tests.json_schema import faults
from tests.serving import Serving, serving

KEY = "a-key-that-nobody-guesses"
DIGEST = hashlib.sha256(KEY.encode()).hexdigest()
SAMPLE = Path(__file__).parents[1] / "config" / "sample" / "settings.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A client of one served home's trace call."""

    served: Serving
    http: aiohttp.ClientSession

    async def ask(
        self, headers: Mapping[str, str] | None = None, /, **query: str
    ) -> tuple[int, dict[str, Any]]:
        """Ask with the right key unless told otherwise; return status and answer."""
        sent = {"Authorization": f"Bearer {KEY}"} if headers is None else headers
        url = f"{self.served.url}/api/trace"
        async with self.http.get(url, params=query, headers=sent) as got:
            assert got.headers["Cache-Control"] == "no-store"
            told: dict[str, Any] = await got.json()
            return got.status, told

    async def say(self, openid: str, text: str, number: int) -> str:
        """Let a follower type something; return the message as it was decrypted."""
        xml = oa_text(openid, text, number, time.time())
        await self.served.rooms.hear(xml)
        return xml


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    (tmp_path / "settings.yaml").write_text(
        f"{SAMPLE.read_text('utf-8')}\ntrace_key_sha256: {DIGEST}\n", "utf-8"
    )
    async with serving(tmp_path) as served, aiohttp.ClientSession() as http:
        yield Asker(served=served, http=http)


def texts(answer: Mapping[str, Any]) -> list[str]:
    """What was said, event by event."""
    return [one["trace"]["text"] for one in answer["events"]]


async def test_a_message_is_found_by_its_id_its_digest_and_its_event(asker: Asker) -> None:
    xml = await asker.say("oAda", "领劵", 4001)
    await asker.say("oAda", "宠物群", 4002)
    status, by_msg = await asker.ask(msg="4001")
    assert status == 200
    assert texts(by_msg) == ["领劵"]
    assert by_msg["person"]["aliases"][0]["value"] == "oAda"
    digest = hashlib.sha256(xml.encode()).hexdigest()
    assert await asker.ask(digest=digest[:16]) == (200, by_msg)
    assert await asker.ask(digest=digest, account="oa-main") == (200, by_msg)
    assert await asker.ask(digest=digest, member="oAda") == (200, by_msg)
    assert (await asker.ask(digest="0" * 16, member="oAda"))[0] == 404
    event = by_msg["events"][0]["event_id"]
    assert await asker.ask(event=event) == (200, by_msg)


async def test_a_member_is_told_with_everything_that_happened_to_them(asker: Asker) -> None:
    await asker.say("oAda", "领劵", 1)
    await asker.say("oAda", "宠物群", 2)
    await asker.say("oBo", "营业时间", 3)
    _, told = await asker.ask(member="oAda")
    assert texts(told) == ["领劵", "宠物群"]
    assert told["events"][0]["effects"] or told["events"][0]["trace"]["actions"]
    assert await asker.ask(member=told["person"]["id"]) == (200, told)
    assert await asker.ask(member=told["person"]["coupons"][0]["code"]) == (200, told)
    _, elsewhere = await asker.ask(member="oAda", account="wecom-main")
    assert (elsewhere["person"]["id"], elsewhere["events"]) == (told["person"]["id"], [])


async def test_the_answer_keeps_to_the_schema_of_why(asker: Asker) -> None:
    await asker.say("oAda", "领劵", 1)
    for query in ({"msg": "1"}, {"member": "oAda"}, {"member": "nobody"}):
        _, told = await asker.ask(**query)
        assert faults(told, "why.schema.json") == []


async def test_an_item_of_customer_service_is_found_by_its_id(asker: Asker) -> None:
    said = KfSaid(
        account="wecom-main",
        at=moment(int(time.time()) * 1_000_000),
        who=Alias(AliasKind.EXTERNAL_USERID, "wwfa1e00000000demo", "wmAda"),
        kf="wk1",
        msg_id="kfMsg-7",
        text="营业时间",
    )
    await asker.served.rooms.tell(said)
    _, told = await asker.ask(msg="kfMsg-7")
    assert texts(told) == ["营业时间"]
    assert (await asker.ask(msg="kfMsg-"))[0] == 404


async def test_what_nobody_said_is_404_with_an_empty_story(asker: Asker) -> None:
    await asker.say("oAda", "领劵", 71)
    _, one = await asker.ask(msg="71")
    person = one["person"]["id"]
    queries = (
        {"msg": "7"}, {"msg": "oAda"}, {"member": "oBo"}, {"event": person},
        {"digest": "0" * 16}, {"msg": "71", "account": "wecom-main"},
    )  # fmt: skip
    for query in queries:
        assert await asker.ask(**query) == (404, {"v": 1, **story_empty()}), query


def story_empty() -> dict[str, object]:
    """The story of nobody, as JSON reads it."""
    return {"person": None, "also": [], "events": []}


async def test_a_message_that_waits_for_its_decision_is_told_as_new(asker: Asker) -> None:
    await asker.served.rooms.accept(oa_text("oAda", "领劵", 5, time.time()))
    _, told = await asker.ask(msg="5")
    (event,) = told["events"]
    assert (event["state"], event["trace"], told["person"]) == ("new", None, None)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"account": "oa-main"},
        {"msg": " "},
        {"msg": "1" * 257},
        {"digest": "abc"},
        {"digest": "G" * 16},
        {"msg": "1", "limit": "3"},
    ],
)
async def test_a_question_that_cannot_be_read_says_what_is_wrong(
    asker: Asker, query: dict[str, str]
) -> None:
    status, told = await asker.ask(**query)
    assert (status, told["code"]) == (400, "bad_request")
    assert told["text"]


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": KEY}, {"Authorization": f"Bearer {KEY}x"},
               {"Authorization": f"Basic {KEY}"}, {"Authorization": f"Bearer {DIGEST}"}],
)  # fmt: skip
async def test_without_the_key_nothing_is_told(asker: Asker, header: dict[str, str]) -> None:
    await asker.say("oAda", "领劵", 1)
    assert (await asker.ask(header, msg="1"))[1]["code"] == "no_key"


async def test_who_tries_many_keys_is_slowed_down_and_the_right_one_passes(asker: Asker) -> None:
    await asker.say("oAda", "领劵", 1)
    wrong = {"Authorization": "Bearer wrong"}
    statuses = [(await asker.ask(wrong, msg="1"))[0] for _ in range(WRONG_KEYS + 1)]
    assert statuses == [401] * WRONG_KEYS + [429]
    assert (await asker.ask(msg="1"))[0] == 200


async def test_neither_key_nor_words_stand_in_a_log(
    asker: Asker, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    await asker.say("oAda", "只此一句", 1)
    await asker.ask(member="oAda")
    await asker.ask({"Authorization": "Bearer wrong-key"}, member="oAda")
    logged = caplog.text + "".join(capfd.readouterr())
    assert not [word for word in (KEY, DIGEST, "wrong-key", "只此一句") if word in logged]


async def test_whoever_may_read_the_instance_key_signs_the_question(asker: Asker) -> None:
    await asker.say("oAda", "领劵", 1)
    source = operator_of(instance_key(asker.served.rooms.home.folder))
    stamp = str(asker.served.rooms.clock() // 1_000_000)

    def headers(query: str, secret: bytes = source.secret) -> dict[str, str]:
        sign = signature(secret, stamp, query.encode())
        return {SOURCE: OPERATOR, TIMESTAMP: stamp, SIGNATURE: sign}

    assert (await asker.ask(headers("msg=1"), msg="1"))[0] == 200
    status, told = await asker.ask(headers("msg=1"), msg="2")
    assert (status, told["code"]) == (401, "bad_signature")
    assert (await asker.ask(headers("msg=1", b"another secret of some"), msg="1"))[0] == 401


async def test_without_a_key_in_the_settings_the_call_is_off_but_for_the_operator(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as served, aiohttp.ClientSession() as http:
        asker = Asker(served=served, http=http)
        await asker.say("oAda", "领劵", 1)
        status, told = await asker.ask(msg="1")
        assert (status, told["code"]) == (404, "off")
        source = operator_of(instance_key(tmp_path))
        stamp = str(served.rooms.clock() // 1_000_000)
        sign = signature(source.secret, stamp, b"msg=1")
        sent = {SOURCE: OPERATOR, TIMESTAMP: stamp, SIGNATURE: sign}
        assert (await asker.ask(sent, msg="1"))[0] == 200


def test_the_settings_take_a_digest_and_no_key(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text(f"trace_key_sha256: {DIGEST.upper()}\n", "utf-8")
    assert load(tmp_path, {}).trace_key_sha256 == DIGEST
    (tmp_path / "settings.yaml").write_text(f"trace_key_sha256: {KEY}\n", "utf-8")
    with pytest.raises(BadSettings, match="不要填密钥本身") as caught:
        load(tmp_path, {})
    assert KEY not in str(caught.value)
