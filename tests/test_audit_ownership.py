"""The auditor holds the bot to what is somebody's: shares, redemptions, orders, words in groups."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from bot.actions import REMOTE
from bot.db import inbox
from bot.db.inbox import Arrival
from commands.audit.tables import EffectRow
from commands.audit.targets import target_of_effect
from tests.audited import Scene, scene, send, us

GRANT = (
    "INSERT INTO coupon_grant(campaign, person_id, ordinal, coupon_id, same_as, inbox_id,"
    " granted_us, expires_us) VALUES('newcomer',?,?,?,?,1,0,0)"
)
REDEEMED = (
    "INSERT INTO redemption(coupon_id, code, store, request, inbox_id, at_us, undone)"
    " VALUES(?,'','S012',?,1,0,?)"
)
ORDER = (
    "INSERT INTO shop_order(source, number, revision, state, total_fen, refunded_fen, person_id,"
    " inbox_id, told_us) VALUES('till',?,1,?,?,?,?,1,0)"
)
ALIAS = "INSERT INTO alias(digest, kind, scope, value, person_id) VALUES(?,'k','s',?,?)"
CHAT = "wrNEAR"
_ANY = EffectRow(
    key="", inbox_id=1, kind="", klass="B", state="done", carrier="call", attempts=1,
    sent_us=None, meaning="", body={},
)  # fmt: skip


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Scene]:
    """Ada, known at two doors as one member, who was shown two codes of one campaign."""
    async with scene(tmp_path) as opened:
        for number in (1, 2):
            await opened.run(
                "INSERT INTO coupon(id, campaign, code, state) VALUES(?,'newcomer',?,'granted')",
                number, f"CODE000{number}",
            )  # fmt: skip
            await _shown(opened, number)
        for name in ("oADA", "wmADA"):
            await opened.run(ALIAS, name, name, "P1")
        opened.contacts["甲"] = {"external_userid": "wmADA", "openids": {"wx": "oADA"}}
        yield opened


async def _shown(stage: Scene, number: int) -> None:
    text = f"券码 CODE000{number} 请收好"
    _, row = await stage.says("领券", number)
    await stage.owe(send(text), row)
    await stage.perform()
    stage.sent(text)


async def granted(stage: Scene, *, second_name: bool) -> None:
    """Give both codes; the second is another name of the first, or a share of its own."""
    await stage.run(GRANT, "P1", 1, 1, None)
    await stage.run(GRANT, "P1", None if second_name else 2, 2, 1 if second_name else None)


async def test_two_codes_of_one_share_are_one_benefit(stage: Scene) -> None:
    """And one redemption, by whichever of its names, is one."""
    await granted(stage, second_name=True)
    await stage.run(REDEEMED, 2, "a", 0)
    stage.promise("share", "newcomer")
    stage.promise("redeemed", "CODE0001")
    stage.promise("redeemed", "CODE0002")
    found = await stage.judged()
    assert found.ok, found.explain()


async def test_two_shares_of_one_person_are_doubled(stage: Scene) -> None:
    """However they are counted in the tables."""
    await granted(stage, second_name=False)
    stage.promise("share", "newcomer")
    (finding,) = (await stage.judged()).doubled
    assert finding.found == "CODE0001、CODE0002 是 2 份"


async def test_the_same_share_for_two_members_who_are_one_person_is_doubled(stage: Scene) -> None:
    """The script knows who is one person, whatever the tables think."""
    await stage.run("UPDATE alias SET person_id = 'P2' WHERE value = 'wmADA'")
    await stage.run(GRANT, "P1", 1, 1, None)
    await stage.run(GRANT, "P2", 1, 2, None)
    stage.promise("share", "newcomer")
    found = await stage.judged()
    assert any("按 2 位会员各发了" in one.found for one in found.doubled)
    assert any(one.found == "记成了 2 位" for one in found.wrong)


async def test_a_share_redeemed_by_both_of_its_names_is_doubled(stage: Scene) -> None:
    await granted(stage, second_name=True)
    for coupon in (1, 2):
        await stage.run(REDEEMED, coupon, str(coupon), 0)
    stage.promise("redeemed", "CODE0001")
    found = await stage.judged()
    assert {one.found for one in found.doubled} == {"核销了 2 次"}


async def test_a_redemption_taken_back_does_not_count(stage: Scene) -> None:
    """What was promised to stand, and does not, is lost."""
    await granted(stage, second_name=True)
    await stage.run(REDEEMED, 1, "a", 7)
    stage.promise("redeemed", "CODE0001", times=0)
    assert (await stage.judged()).ok
    stage.promise("redeemed", "CODE0001")
    assert [one.found for one in (await stage.judged()).lost] == ["核销了 0 次"]


@pytest.mark.parametrize(
    ("state", "refunded_fen", "person", "found"),
    [
        ("paid", 0, "P1", ""),
        ("refunded", 1250, "P1", "是 refunded，净 0 分，归这位顾客"),
        ("paid", 0, None, "是 paid，净 1250 分，不归这位顾客"),
        ("paid", 0, "P9", "是 paid，净 1250 分，不归这位顾客"),
    ],
)
async def test_an_order_stands_as_it_was_told_and_is_its_buyers(
    stage: Scene, state: str, refunded_fen: int, person: str | None, found: str
) -> None:
    await granted(stage, second_name=True)
    await stage.run(ORDER, "0187", state, 1250, refunded_fen, person)
    stage.promise("order", "0187 paid 1250")
    assert [one.found for one in (await stage.judged()).wrong] == ([found] if found else [])


async def test_an_order_that_was_told_and_is_not_there_is_lost(stage: Scene) -> None:
    await granted(stage, second_name=True)
    stage.promise("order", "0187 paid 1250")
    assert [one.found for one in (await stage.judged()).lost] == ["有 0 单"]


# --- groups ---


def say(stage: Scene, text: str, who: str = "甲") -> None:
    """Let somebody write in the group; the archive is pushed at once."""
    stage.book("group", act="say_in_group", who=who, chat_id=CHAT, text=text)
    number = sum(one["kind"] == "group" for one in stage.entries)
    stage.book("archive", first=number, last=number, delivered=True)


async def keep(stage: Scene, text: str, name: str = "m1") -> None:
    """Keep a line of the group, as told by the archive, and decide it."""
    arrival = Arrival(
        account="wecom", source="internal", dedupe=name, kind="GroupSaid",
        body=orjson.dumps({"chat": CHAT, "text": text}), received_us=us(0),
    )  # fmt: skip
    row = (await stage.db.write(lambda tx: inbox.accept(tx, arrival))).id
    await stage.db.write(lambda tx: inbox.close(tx, row, person=None, answer=None, at=us(0)))


async def test_a_customers_line_is_kept_once_and_an_employees_not_at_all(stage: Scene) -> None:
    await granted(stage, second_name=True)
    say(stage, "几点关门")
    say(stage, "11 点", who="小王")
    await keep(stage, "几点关门")
    stage.promise("in_group", "11 点", who=CHAT)
    stage.promise("in_group", "06:30", who=CHAT, times=0)
    found = await stage.judged()
    assert found.ok, found.explain()


async def test_a_line_that_was_pushed_and_is_not_kept_is_lost(stage: Scene) -> None:
    await granted(stage, second_name=True)
    say(stage, "几点关门")
    assert [one.found for one in (await stage.judged()).lost] == ["有 0 行"]


async def test_a_line_kept_twice_is_doubled_and_one_that_nobody_wrote_a_ghost(stage: Scene) -> None:
    await granted(stage, second_name=True)
    say(stage, "几点关门")
    for name in ("m1", "m2"):
        await keep(stage, "几点关门", name)
    await keep(stage, "我要投诉", "m3")
    found = await stage.judged()
    assert [one.found for one in found.doubled] == ["有 2 行"]
    assert [one.what for one in found.ghosts] == [f"群 {CHAT} 里的「我要投诉」"]


async def test_words_in_a_group_that_no_person_wrote_are_a_ghost(stage: Scene) -> None:
    """A server cannot speak there, and if it could it should not."""
    await granted(stage, second_name=True)
    stage.book("shown", who="甲", text="咱店 06:30 开门", via="app", attachments=[], chat_id=CHAT)
    stage.promise("in_group", "06:30", who=CHAT, times=0)
    assert [one.found for one in (await stage.judged()).ghosts] == ["不是人写的也出现了（app）"]


async def test_a_menu_in_customer_service_is_found_again_by_its_words(stage: Scene) -> None:
    """The words above a menu stand elsewhere in the call than a plain text."""
    await granted(stage, second_name=True)
    args = {"touser": "wmADA", "msgmenu": {"head_content": "想问哪一件", "list": []}}
    stage.called("/cgi-bin/kf/send_msg", args=args)
    (ghost,) = (await stage.judged()).ghosts
    assert "想问哪一件" in ghost.what


def test_every_effect_but_a_question_is_looked_for_in_the_book() -> None:
    """A new kind that nobody thought of would be a ghost, or be missed when it is lost."""
    asking = {
        "ask_contact", "ask_contacts", "ask_followers", "ask_group", "ask_groups",
        "ask_profiles", "ask_staff",
        "kf_pull", "kf_read_customer", "mass_read", "read_group", "read_profile", "relay",
    }  # fmt: skip
    aims = {
        kind.kind for kind in REMOTE if target_of_effect(replace(_ANY, kind=kind.kind))[0] != "read"
    }
    assert {kind.kind for kind in REMOTE} - aims == asking


async def test_a_groups_link_and_welcome_answer_to_their_effects(stage: Scene) -> None:
    """A scene is the digest of its group; a welcome is known by its words and its link."""
    await granted(stage, second_name=True)
    stage.called("/cgi-bin/kf/add_contact_way", args={"open_kfid": "wk1", "scene": "g-1"})
    welcome = {"text": {"content": "欢迎"}, "link": {"url": "https://kf.example"}}
    stage.called("/cgi-bin/externalcontact/group_welcome_template/add", args=welcome)
    stage.called("/cgi-bin/media/upload")
    assert len((await stage.judged()).ghosts) == 2
