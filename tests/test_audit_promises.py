"""The auditor holds the bot to the script: what people saw, what platforms know, which coupons."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import Receipt, State
from commands.audit.script import BadScript, Kill, Promise, Script, read_script
from tests.audited import NOW, Scene, scene, send

GRANT = (
    "INSERT INTO coupon_grant(campaign, person_id, ordinal, coupon_id, inbox_id, granted_us,"
    " expires_us) VALUES(?,?,?,?,1,0,0)"
)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Scene]:
    """An empty book beside a database whose shelf holds three codes of `newcomer`."""
    async with scene(tmp_path) as opened:
        for number in (1, 2, 3):
            await opened.run(
                "INSERT INTO coupon(id, campaign, code) VALUES(?,'newcomer',?)",
                number, f"CODE000{number}",
            )  # fmt: skip
        yield opened


async def told(stage: Scene, *codes: int, who: str = "甲") -> None:
    """Show a person these codes, granted to them and honestly owed."""
    for number in codes:
        text = f"券码 CODE000{number} 请收好"
        await stage.run(GRANT, "newcomer", who, number, number)
        await stage.run("UPDATE coupon SET state = 'granted' WHERE id = ?", number)
        _, row = await stage.says("领券", number, who)
        await stage.owe(send(text, f"o{who}"), row)
        await stage.perform()
        args = {"touser": f"o{who}", "text": {"content": text}}
        call = stage.called("/cgi-bin/message/custom/send", args=args)
        stage.shows(text, who, via="custom", call=call)


async def test_a_promise_that_was_kept_is_no_finding(stage: Scene) -> None:
    """Of every kind."""
    await told(stage, 1)
    stage.contacts["甲"] = {
        "external_userid": "wm甲", "openids": {"wx": "o甲"}, "remark": "良渚店·甲",
        "labels": ["S012"], "fan_tags": ["群/宠物"], "groups": ["wrPETS"],
    }  # fmt: skip
    stage.book("attack", account="oa", how="tamper body", status=403)
    stage.promise("shown", "CODE0001", happening="H000001")
    stage.promise("not_shown", "CODE0002")
    stage.promise("code", "newcomer")
    stage.promise("stock", "newcomer:1", who="*")
    stage.promise("stock", "newcomer:3", who="*", times=0)
    stage.promise("label", "门店/S012")
    stage.promise("label", "群/宠物")
    stage.promise("label", "黑名单", times=0)
    stage.promise("remark", "良渚店")
    stage.promise("seat", "wrPETS")
    stage.promise("seat", "wrMOMS", times=0)
    stage.promise("refused", "body", who="攻击者")
    found = await stage.judged()
    assert found.ok, found.explain()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("shown", "进群礼"),
        ("code", "newcomer"),
        ("stock", "newcomer:1"),
        ("label", "群/宠物"),
        ("remark", "良渚店"),
    ],
)
async def test_a_promise_that_was_not_kept_is_lost(stage: Scene, kind: str, value: str) -> None:
    """And the finding names the person and the step."""
    stage.promise(kind, value)
    (finding,) = (await stage.judged()).lost
    assert (finding.what, finding.who) == ("第 1 步", "甲")


async def test_seats_and_refusals_that_are_not_so_are_wrong(stage: Scene) -> None:
    """An attack that was let in, one that never happened, a seat in no group."""
    stage.book("attack", account="oa", how="tamper body", status=200)
    stage.promise("refused", "body", who="攻击者")
    stage.promise("refused", "signature", who="攻击者")
    stage.promise("seat", "wrPETS")
    assert len((await stage.judged()).wrong) == 3


async def test_what_must_not_be_seen_and_was_is_wrong(stage: Scene) -> None:
    """A coupon shown to somebody who was told that there is none."""
    await told(stage, 1)
    stage.promise("not_shown", "CODE")
    assert len((await stage.judged()).wrong) == 1


async def test_more_than_was_promised_is_doubled(stage: Scene) -> None:
    """Two codes for one person; a stock of one that two people share."""
    await told(stage, 1, 2)
    await told(stage, 3, who="乙")
    stage.promise("code", "newcomer")
    stage.promise("stock", "newcomer:2", who="*")
    stage.promise("shown", "券码")
    assert len((await stage.judged()).doubled) == 3


async def test_an_answer_counts_for_the_happening_it_belongs_to(stage: Scene) -> None:
    """Two questions, each with its own message; the same words answer both."""
    for number in (1, 2):
        _, row = await stage.says("领券", number)
        await stage.owe(send("一样的话"), row)
        await stage.perform(at=number)
        stage.sent("一样的话", at=number)
    stage.promise("shown", "一样的话", happening="H000001")
    stage.promise("shown", "一样的话", happening="H000002")
    found = await stage.judged()
    assert found.ok, found.explain()


async def test_the_fault_text_keeps_no_promise(stage: Scene) -> None:
    """Whatever was promised."""
    happening, _ = await stage.says("领券")
    stage.shows("服务出现故障", via="fault", happening=happening)
    stage.promise("shown", "", happening=happening)
    assert len((await stage.judged()).lost) == 1


async def test_what_an_unknown_effect_would_have_shown_is_not_lost(stage: Scene) -> None:
    """Its fate is told once, as unknown: the words, the code and the stock."""
    _, row = await stage.says("领券")
    await stage.owe(send("券码 CODE0001 请收好"), row)
    await stage.claim()
    stage.kills.append(Kill(at=NOW + 0.1, number=1))
    await stage.restart(1)
    stage.promise("shown", "券码", happening="H000001")
    stage.promise("code", "newcomer")
    stage.promise("stock", "newcomer:1", who="*")
    found = await stage.judged()
    assert found.ok, found.explain()
    assert len(found.unknown) == 1


async def test_a_failed_effect_keeps_no_promise(stage: Scene) -> None:
    """Only what may have arrived is in doubt."""
    _, row = await stage.says("领券")
    await stage.owe(send("券码"), row)
    await stage.perform(Receipt(state=State.FAILED, code=45015))
    stage.promise("shown", "券码")
    assert len((await stage.judged()).lost) == 1


async def test_one_code_on_two_phones_is_doubled(stage: Scene) -> None:
    """Only one of them can redeem it."""
    await told(stage, 1)
    stage.shows("券码 CODE0001", "乙", via="wall")
    (finding,) = (await stage.judged()).doubled
    assert "乙、甲" in finding.found


async def test_a_code_shown_without_a_grant_is_a_ghost(stage: Scene) -> None:
    """It would be refused at the till, or given to the next customer too."""
    stage.shows("券码 CODE0001", via="wall")
    assert len((await stage.judged()).ghosts) == 1


async def test_a_code_shown_to_somebody_else_than_its_owner_is_wrong(stage: Scene) -> None:
    """The ids of the person lead to another member than the grant."""
    await told(stage, 1)
    stage.contacts["甲"] = {"external_userid": "wm甲", "openids": {}}
    await stage.run("INSERT INTO person(id, created_us) VALUES('other', 0)")
    await stage.run(
        "INSERT INTO alias(digest, kind, scope, value, person_id)"
        " VALUES('d', 'external_userid', 'ww', 'wm甲', 'other')"
    )
    assert len((await stage.judged()).wrong) == 1


async def test_a_share_given_twice_is_doubled_and_the_missing_guard_is_named(
    stage: Scene,
) -> None:
    """The index that forbids it was dropped."""
    await stage.unguard("coupon_grant")
    for number in (1, 2):
        await stage.run("UPDATE coupon SET state = 'granted' WHERE id = ?", number)
        await stage.run(GRANT, "newcomer", "甲", 1, number)
    found = await stage.judged()
    assert len(found.doubled) == 1
    assert any("coupon_grant(campaign, person_id, ordinal)" in one.expected for one in found.wrong)


async def test_a_coupon_granted_or_redeemed_twice_is_doubled(stage: Scene) -> None:
    """Tables without their unique indexes stand for whatever could let it happen."""
    await stage.unguard("coupon_grant")
    await stage.unguard("redemption")
    await stage.run("UPDATE coupon SET state = 'granted' WHERE id = 1")
    for person in ("甲", "乙"):
        await stage.run(GRANT, "newcomer", person, 1, 1)
        await stage.run(
            "INSERT INTO redemption(coupon_id, code, store, request, inbox_id, at_us, undone)"
            " VALUES(1, 'CODE0001', 'S012', ?, 1, 0, 0)", person,
        )  # fmt: skip
    assert len((await stage.judged()).doubled) == 2


async def test_more_grants_than_coupons_are_doubled(stage: Scene) -> None:
    """Coupons of a campaign that were never stocked."""
    for number in (8, 9):
        await stage.run(GRANT, "sold-out", f"p{number}", 1, number)
    assert len((await stage.judged()).doubled) == 1


async def test_a_shelf_that_disagrees_with_the_grants_is_found(stage: Scene) -> None:
    """One coupon left without an owner, one has an owner and never left."""
    await stage.run("UPDATE coupon SET state = 'granted' WHERE id = 1")
    await stage.run(GRANT, "newcomer", "甲", 1, 2)
    found = await stage.judged()
    assert (len(found.lost), len(found.wrong)) == (1, 1)


def test_a_script_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    """So that an audit can be repeated from the files of a kept home."""
    script = Script(
        promises=(Promise(step=2, who="甲", kind="shown", value="券码", happening="H000002"),),
        kills=(Kill(at=NOW, number=1),),
    )
    path = tmp_path / "script.json"
    path.write_bytes(script.to_json())
    assert read_script(path) == script


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"v": 2, "promises": [], "kills": []}', '{"v": 1}',
     '{"v": 1, "promises": [{"step": 1, "who": "a", "kind": "sung", "value": ""}], "kills": []}'],
)  # fmt: skip
def test_what_is_no_script_is_refused(tmp_path: Path, text: str) -> None:
    """With the file's name."""
    path = tmp_path / "script.json"
    path.write_text(text)
    with pytest.raises(BadScript, match=r"script\.json"):
        read_script(path)


def test_a_missing_script_is_refused(tmp_path: Path) -> None:
    """With the file's name."""
    with pytest.raises(BadScript, match=r"script\.json"):
        read_script(tmp_path / "script.json")


def test_a_promise_of_an_unknown_kind_is_refused_at_once() -> None:
    """Not only when the audit comes to it."""
    with pytest.raises(ValueError, match="sung"):
        Promise(step=1, who="甲", kind="sung", value="")
