"""Customer service accounts, servicers, customers and sessions, by our client at the twin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import State
from bot.platforms.call import ask, every_page
from bot.platforms.checks import Unfit
from bot.platforms.kf.api.accounts import (
    AddKfAccount,
    AddKfWay,
    AddServicers,
    DeleteKfAccount,
    DeleteServicers,
    ListKfAccounts,
    ListServicers,
    UpdateKfAccount,
)
from bot.platforms.kf.api.customers import (
    CancelUpgrade,
    OfferUpgrade,
    ReadUpgradeRange,
    ReadVisitors,
)
from bot.platforms.kf.api.sessions import (
    BOT,
    ENDED,
    HUMAN,
    NEW,
    MoveSession,
    PullMessages,
    ReadSession,
)
from bot.platforms.wecom.api.media import KeepCorpMedia
from bot.platforms.wire import File
from tests.twin_bot import Scene, on_stage
from tests.twin_kf import KF, PETS, spoken
from tests.way_out import way_out

FACE = KeepCorpMedia(file=File(name="a.png", content=b"\x89PNG\r\n\x1a\nface"))


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def test_an_account_is_made_renamed_listed_and_removed(scene: Scene) -> None:
    async with way_out(scene, "kf") as port:
        face = (await ask(port, FACE)).value
        assert face
        made = [await ask(port, AddKfAccount(name=f"客服{n}", picture=face)) for n in range(3)]
        names = [one.value for one in made if one.value]
        assert len(names) == 3
        assert (await ask(port, UpdateKfAccount(kf=names[0], name="新名字"))).done
        pages = [page async for page in every_page(port, ListKfAccounts(limit=2))]
        assert (await ask(port, DeleteKfAccount(kf=names[1]))).done
        gone = await ask(port, DeleteKfAccount(kf=names[1]))
        left = [page async for page in every_page(port, ListKfAccounts())]
    assert [len(page.rows) for page in pages][:2] == [2, 2]
    listed = {one.kf: one.name for page in pages for one in page.rows}
    assert set(names) < set(listed) and listed[names[0]] == "新名字"
    assert gone.receipt.state is State.FAILED
    assert names[1] not in {one.kf for page in left for one in page.rows}


async def test_an_account_is_refused_above_what_a_corp_may_have(scene: Scene) -> None:
    await scene.control("settings", {"kf_most": 1})
    async with way_out(scene, "kf") as port:
        face = (await ask(port, FACE)).value
        assert face
        told = await ask(port, AddKfAccount(name="又一个", picture=face))
    assert told.receipt.code == 95005


async def test_a_link_into_an_account_carries_its_scene(scene: Scene) -> None:
    async with way_out(scene, "kf") as port:
        told = await ask(port, AddKfWay(kf=KF, scene="poster-S012-kf"))
        alien = await ask(port, AddKfWay(kf="wkNOTHING", scene="s"))
    assert told.value and told.value.startswith("http")
    assert alien.receipt.code in (95000, 95004) and alien.receipt.state is State.FAILED


async def test_servicers_are_added_listed_and_removed_each_with_an_outcome(scene: Scene) -> None:
    async with way_out(scene, "kf") as port:
        added = await ask(port, AddServicers(kf=KF, staff=("xiaoli", "nobody")))
        listed = await ask(port, ListServicers(kf=KF))
        dropped = await ask(port, DeleteServicers(kf=KF, staff=("xiaoli",)))
        left = await ask(port, ListServicers(kf=KF))
    assert added.value is not None and dropped.value is not None
    outcome = {one.staff: one.code for one in added.value}
    assert outcome["xiaoli"] == 0 and outcome["nobody"] != 0
    assert listed.value is not None and left.value is not None
    assert "xiaoli" in {one.staff for one in listed.value if one.receiving}
    assert "xiaoli" not in {one.staff for one in left.value}


async def test_customers_who_wrote_are_known_and_others_named(scene: Scene) -> None:
    await spoken(scene)
    member = scene.external("甲")
    async with way_out(scene, "kf") as port:
        told = await ask(port, ReadVisitors(members=(member, "wmNOBODY"), with_scene=True))
    assert told.value is not None
    (found,) = told.value.known
    assert (found.member, found.name) == (member, "甲") and found.unionid
    assert told.value.unknown == ("wmNOBODY",)


async def test_a_customer_is_invited_only_where_the_console_allows(scene: Scene) -> None:
    await spoken(scene)
    member = scene.external("甲")
    async with way_out(scene, "kf") as port:
        allowed = await ask(port, ReadUpgradeRange())
        assert allowed.value is not None and PETS in allowed.value.chats
        assert "xiaowang" in allowed.value.staff
        group = OfferUpgrade(kf=KF, member=member, chat=PETS, wording="来宠物群")
        person = OfferUpgrade(kf=KF, member=member, staff="xiaowang")
        outside = OfferUpgrade(kf=KF, member=member, staff="dianzhang")
        assert (await ask(port, group)).done
        assert (await ask(port, CancelUpgrade(kf=KF, member=member))).done
        assert (await ask(port, person)).done
        refused = await ask(port, outside)
        stranger = await ask(port, OfferUpgrade(kf=KF, member=scene.external("乙"), chat=PETS))
    assert refused.receipt.state is State.FAILED
    assert stranger.receipt.state is State.FAILED


async def test_a_session_goes_from_state_to_state(scene: Scene) -> None:
    await spoken(scene)
    member = scene.external("甲")
    async with way_out(scene, "kf") as port:
        first = await ask(port, ReadSession(kf=KF, member=member))
        ours = await ask(port, MoveSession(kf=KF, member=member, state=BOT))
        human = MoveSession(kf=KF, member=member, state=HUMAN, servicer="xiaowang")
        handed = await ask(port, human)
        now = await ask(port, ReadSession(kf=KF, member=member))
        wrong = await ask(port, MoveSession(kf=KF, member=member, state=BOT))
        stranger = MoveSession(kf=KF, member=member, state=HUMAN, servicer="xiaoli")
        other = await ask(port, stranger)
        ended = await ask(port, MoveSession(kf=KF, member=member, state=ENDED))
    assert first.value is not None and first.value.state == NEW
    assert ours.done
    assert handed.value and ended.value  # each comes with a code for one more word
    assert now.value is not None and (now.value.state, now.value.servicer) == (HUMAN, "xiaowang")
    assert wrong.receipt.code == 95016 and other.receipt.code == 95014


async def test_what_was_said_is_pulled_piece_by_piece(scene: Scene) -> None:
    for text in ("一", "二", "三"):
        await spoken(scene, text)
    token = scene.bot.texts("Token")[-1]
    async with way_out(scene, "kf") as port:
        pulled: list[object] = []
        cursor, more = "", True
        while more:
            call = PullMessages(kf=KF, cursor=cursor, token=token, limit=2)
            told = await ask(port, call)
            assert told.value is not None
            pulled += told.value.items
            cursor, more = told.value.reached, told.value.more
        stale = await ask(port, PullMessages(kf=KF, token="nothing"))
    said = [str(item) for item in pulled]
    assert [sum(f"'content': '{text}'" in one for one in said) for text in "一二三"] == [1, 1, 1]
    assert stale.receipt.code == 95007


@pytest.mark.parametrize(
    "call",
    [
        AddKfAccount(name="字" * 17, picture="m"),
        AddKfAccount(name="", picture="m"),
        AddKfAccount(name="名", picture=""),
        UpdateKfAccount(kf=KF),
        AddKfWay(kf=KF, scene="有中文"),
        AddKfWay(kf=KF, scene="s" * 33),
        AddServicers(kf=KF),
        AddServicers(kf=KF, staff=("s",) * 101),
        DeleteServicers(kf=KF, parties=(1,) * 21),
        ReadVisitors(members=()),
        ReadVisitors(members=("m",) * 101),
        OfferUpgrade(kf=KF, member="m"),
        OfferUpgrade(kf=KF, member="m", staff="s", chat="c"),
        MoveSession(kf=KF, member="m", state=5),
        MoveSession(kf=KF, member="m", state=HUMAN),
    ],
)
def test_what_would_be_refused_is_never_asked(call: AddKfAccount | AddKfWay | MoveSession) -> None:
    with pytest.raises(Unfit):
        call.body()
