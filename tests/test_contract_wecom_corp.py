"""The corp itself, its employees, files and addresses, asked by our client at the twin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import State
from bot.platforms.call import ask, every_page, sent
from bot.platforms.checks import Unfit
from bot.platforms.wecom.api.contacts import ListServed, NameContact
from bot.platforms.wecom.api.corp import AskCorpToken, ListApiHosts, ListCallers, ReadMember
from bot.platforms.wecom.api.groups import ListGroups, NameChat, ReadChat
from bot.platforms.wecom.api.media import (
    FetchCorpMedia,
    HostPicture,
    KeepAttachment,
    KeepCorpMedia,
)
from bot.platforms.wire import File, Wire, new_session
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out

PETS = "wrPETS_S012_1"
PNG = File(name="a.png", content=b"\x89PNG\r\n\x1a\nrest")


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def test_a_token_is_asked_for_by_corp_and_secret_and_stays_the_same(scene: Scene) -> None:
    corp = scene.twin.stage.world.wecom[0]
    call = AskCorpToken(corpid=corp.corpid, secret=corp.secret)
    async with new_session(5) as session:
        wire = Wire(session, scene.twin.stage.bases["wecom"])
        first, second = await sent(wire, call), await sent(wire, call)
        wrong = await sent(wire, AskCorpToken(corpid=corp.corpid, secret="wrong"))
        nobody = await sent(wire, AskCorpToken(corpid="ww0", secret=corp.secret))
    assert call.read(first.body or {}) == call.read(second.body or {}) != ""
    assert (wrong.code, nobody.code) == (40001, 40013)
    assert corp.secret not in repr(call)


async def test_an_employee_is_read_by_their_id(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        told = await ask(port, ReadMember(staff="xiaowang"))
        unknown = await ask(port, ReadMember(staff="nobody"))
    assert told.value is not None and told.value.staff == "xiaowang" and told.value.name
    assert unknown.receipt.code == 60111


async def test_the_platforms_addresses_are_listed(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        callers, hosts = await ask(port, ListCallers()), await ask(port, ListApiHosts())
    assert callers.value and hosts.value


async def test_everybody_who_is_served_is_listed_customers_or_not(scene: Scene) -> None:
    await scene.do("add_contact", "甲", staff="xiaowang")
    await scene.do("add_contact", "乙", staff="xiaoli")
    async with way_out(scene, "wecom") as port:
        pages = [page async for page in every_page(port, ListServed(limit=5))]
    rows = [one for page in pages for one in page.rows]
    assert pages[-1].done and all(len(page.rows) <= 5 for page in pages)
    assert {scene.external("甲"), scene.external("乙")} <= {one.member for one in rows}
    assert all(one.temporary for one in rows)


async def test_a_customer_is_found_by_what_a_mini_program_knows(scene: Scene) -> None:
    await scene.do("add_contact", "甲", staff="xiaowang")
    person = scene.twin.stage.crowd.person("甲")
    assert person is not None
    async with way_out(scene, "wecom") as port:
        told = await ask(port, NameContact(unionid=person.unionid, openid="oMini"))
        stranger = await ask(port, NameContact(unionid="nobody", openid="oMini"))
    assert told.value == scene.external("甲")
    assert stranger.receipt.state is State.FAILED


async def test_groups_are_listed_page_by_page_and_read_one_by_one(scene: Scene) -> None:
    opengid = scene.twin.stage.groups.opengid(PETS)
    async with way_out(scene, "wecom") as port:
        pages = [page async for page in every_page(port, ListGroups(limit=5))]
        wang = [page async for page in every_page(port, ListGroups(owners=("xiaowang",)))]
        read = await ask(port, ReadChat(chat=PETS))
        gone = await ask(port, ReadChat(chat="wrNOTHING"))
        chat = await ask(port, NameChat(opengid=opengid))
        none = await ask(port, NameChat(opengid="nothing"))
    every = {name for page in pages for name in page.rows}
    assert len(pages) > 1 and PETS in every
    assert {name for page in wang for name in page.rows} < every
    assert read.value is not None and (read.value.chat, read.value.owner) == (PETS, "xiaowang")
    assert gone.receipt.state is State.FAILED
    assert chat.value == PETS and none.receipt.code == 90511


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("image", "a.png", PNG.content),
        ("voice", "a.amr", b"#!AMR\nvoice"),
        ("video", "a.mp4", b"0000ftypmp42"),
        ("file", "a.pdf", b"%PDF-1.7"),
    ],
)
async def test_a_file_is_kept_and_fetched_again(
    scene: Scene, kind: str, name: str, content: bytes
) -> None:
    async with way_out(scene, "wecom") as port:
        kept = await ask(port, KeepCorpMedia(file=File(name=name, content=content), kind=kind))
        assert kept.value
        got = await ask(port, FetchCorpMedia(media=kept.value))
        none = await ask(port, FetchCorpMedia(media="nothing"))
    assert got.value is not None and got.value.content == content
    assert none.receipt.code == 40007 and none.receipt.state is State.FAILED


async def test_a_picture_is_hosted_and_an_attachment_kept(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        hosted = await ask(port, HostPicture(file=PNG))
        kept = await ask(port, KeepAttachment(file=PNG))
    assert hosted.value and hosted.value.startswith("http")
    assert kept.value


@pytest.mark.parametrize(
    ("kind", "size"),
    [("image", 5), ("image", 10 * 2**20 + 1), ("voice", 2 * 2**20 + 1), ("film", 9)],
)
def test_a_file_that_would_be_refused_is_never_uploaded(kind: str, size: int) -> None:
    with pytest.raises(Unfit):
        KeepCorpMedia(file=File(name="a", content=b"x" * size), kind=kind)


def test_a_voice_is_no_attachment_and_a_large_picture_is_not_hosted() -> None:
    with pytest.raises(Unfit):
        KeepAttachment(file=PNG, kind="voice")
    with pytest.raises(Unfit):
        HostPicture(file=File(name="a.png", content=b"x" * (2 * 2**20 + 1)))
