"""`why`: one member's whole story, or one event's, from what the rooms kept."""

import asyncio
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.actions import Receipt, State
from bot.events import (
    Alias,
    AliasKind,
    GroupDismissed,
    JoinWayMade,
    MemberJoined,
    ProfileRead,
    RedeemAsked,
)
from tests.homes import (
    OPENED_S,
    Served,
    Told,
    command,
    contact_added,
    oa_event,
    oa_text,
    served_home,
)

JIA = Alias(AliasKind.OA_OPENID, "wxfa1e00000000demo", "oJia")
JIA_AS_CONTACT = Alias(AliasKind.EXTERNAL_USERID, "wwfa1e00000000demo", "wmJia")
PETS = "wrPETS_S012_1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """A home after a morning, closed, with the names that were given in it."""

    home: Path
    coupon: str
    scanned: str  # the event of the first scan
    dissolved: str  # an event that is about no member


async def _scan_and_type(rooms: Served) -> str:
    join_way = JoinWayMade(
        account="wecom-main", chat=PETS, config_id="c1", qr_code="https://p.example/1"
    )
    await rooms.tell(join_way)
    scanned = await rooms.hear(oa_event("oJia", "subscribe", "qrscene_poster-S012-door"))
    assert scanned is not None
    for minute, text in enumerate(("领劵", "宠物群", "你们收不收二手冰箱"), start=1):
        rooms.clock.follow(60 * minute)
        xml = oa_text("oJia", text, minute, OPENED_S + 60 * minute)
        await rooms.hear(xml)
        await rooms.hear(xml)
    return scanned.event_id


async def _join_and_redeem(rooms: Served) -> str:
    rooms.clock.follow(300)
    await rooms.tell(ProfileRead(account="oa-main", who=JIA, unionid="uJia"))
    await rooms.hear(contact_added("wmJia", "xiaowang", at_s=OPENED_S + 300), "wecom-main")
    await rooms.tell(
        MemberJoined(account="wecom-main", who=JIA_AS_CONTACT, chat=PETS, unionid="uJia")
    )
    row = await rooms.db.read(
        lambda tx: tx.one("SELECT code FROM coupon WHERE state = 'granted' ORDER BY id")
    )
    assert row is not None
    for number, store in enumerate(("S012", "S001")):
        rooms.clock.follow(360 + 60 * number)
        await rooms.tell(
            RedeemAsked(
                account=f"till:{store}",
                code=row["code"],
                store=store,
                request=f"r{number}",
                cashier="小陈",
            )
        )
    return str(row["code"])


async def _morning(home: Path) -> Morning:
    async with served_home(home) as rooms:
        scanned = await _scan_and_type(rooms)
        coupon = await _join_and_redeem(rooms)
        dissolved = await rooms.tell(GroupDismissed(account="wecom-main", chat=PETS))
        assert dissolved is not None
        await rooms.hear(oa_text("oDing", "营业时间", 9))
        outcome = Receipt(state=State.FAILED, code=48002, meaning="应用没有该接口权限")
        await rooms.settle_owed(lambda _: outcome)
        names = {"甲": ["oJia", "wmJia"], "丁": ["oDing", "oJia"]}
        (home / "names.json").write_text(json.dumps(names), "utf-8")
    return Morning(home=home, coupon=coupon, scanned=scanned, dissolved=dissolved.event_id)


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Morning:
    return asyncio.run(_morning(tmp_path_factory.mktemp("home")))


def _why(morning: Morning, capsys: pytest.CaptureFixture[str], *argv: str) -> Told:
    return command(capsys, "why", *argv, "--home", morning.home)


def _in_order(text: str, *parts: str) -> bool:
    places = [text.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


def test_a_story_is_told_in_the_order_in_which_it_happened(
    morning: Morning, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _why(morning, capsys, "甲")
    assert told.code == 0
    assert _in_order(
        told.out,
        "2026-03-02 09:00:00  公众号 oa-main  关注公众号，活码 poster-S012-door（门口海报）",
        "说「领劵」",
        "说「宠物群」",
        "说「你们收不收二手冰箱」",
        "平台告知是谁，unionid uJia",
        "加导购 小王（xiaowang） 为好友",
        "进群 「良渚店宠物 1 群」",
        f"在 壹店便利良渚店（S012） 出示券码 {morning.coupon}",
        f"在 壹店便利文三路店（S001） 出示券码 {morning.coupon}",
    )


def test_a_story_says_which_rule_won_by_what_and_which_came_near(
    morning: Morning, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _why(morning, capsys, "甲")
    assert "命中 coupon-newcomer（sound：领券）" in told.out
    assert "差点 group-full：没有这些词，要「" in told.out
    assert _in_order(told.out, "说「你们收不收二手冰箱」", "没有规则命中，走兜底")


def test_a_story_says_who_spoke_why_and_who_must_act(
    morning: Morning, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _why(morning, capsys, "甲")
    assert "【全自动】福利官小度哥（默认人设" in told.out
    assert "【需顾客点一下】" in told.out


def test_a_story_says_what_it_led_to_and_how_that_ended(
    morning: Morning, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _why(morning, capsys, "甲")
    assert f"发券 新人满20减5券 {morning.coupon}" in told.out
    assert "留座：「良渚店宠物 1 群」" in told.out
    assert "失败 2026-03-02 09:07:00，错误码 48002，应用没有该接口权限" in told.out
    assert "平台又送来 1 次，只算一次" in told.out
    assert _in_order(told.out, "答复收银：核销成功", "答复收银：这张券已于 2026-03-02 09:06")


def test_a_story_begins_with_who_the_member_is(
    morning: Morning, capsys: pytest.CaptureFixture[str]
) -> None:
    head = _why(morning, capsys, "甲").out.partition("\n\n")[0]
    assert "公众号 openid oJia" in head
    assert "企业微信 external_userid wmJia" in head
    assert "unionid uJia" in head
    assert "归属 壹店便利良渚店（S012）" in head
    assert "群/宠物" in head
    assert f"{morning.coupon} 新人满20减5券，2026-03-02 09:06:00 在" in head
    assert "（查明是同一个人）" in head


@pytest.mark.parametrize("what", ["oJia", "wmJia", "uJia", "甲", " 甲 "])
def test_every_name_of_a_member_leads_to_the_same_story(
    morning: Morning, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    assert _why(morning, capsys, what).out == _why(morning, capsys, "甲").out


def test_a_member_is_found_by_id_by_the_id_of_a_merged_one_and_by_coupon_code(
    morning: Morning, capsys: pytest.CaptureFixture[str]
) -> None:
    person = json.loads(_why(morning, capsys, "甲", "--json").out)["person"]
    typed = f"{morning.coupon[:4]}-{morning.coupon[4:]}".lower()
    for what in (person["id"], *person["merged"], morning.coupon, typed):
        found = json.loads(_why(morning, capsys, what, "--json").out)
        assert found["person"]["id"] == person["id"]
    assert len(person["merged"]) == 1


def test_the_json_form_says_who_the_person_is(
    morning: Morning, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _why(morning, capsys, "甲", "--json")
    document = json.loads(told.out)
    person = document["person"]
    assert (told.code, document["v"], document["also"]) == (0, 1, [])
    assert {a["kind"]: a["value"] for a in person["aliases"]} == {
        "oa_openid": "oJia",
        "unionid": "uJia",
        "external_userid": "wmJia",
    }
    assert (person["store"], person["stage"]) == ("S012", "visitor")
    assert {tag["name"] for tag in person["tags"]} > {"门店/S012", "群/宠物"}
    assert person["coupons"][0]["redeemed"] == "2026-03-02T01:06:00+00:00"
    assert person["groups"][0]["chat"] == PETS


def test_the_json_form_holds_every_event_with_its_trace_and_effects(
    morning: Morning, capsys: pytest.CaptureFixture[str]
) -> None:
    events = json.loads(_why(morning, capsys, "甲", "--json").out)["events"]
    asked = events[1]
    assert [e["trace"]["event"] for e in events[:3]] == ["Followed", "TextSaid", "TextSaid"]
    assert [e["at"] for e in events] == sorted(e["at"] for e in events)
    assert (asked["kind"], asked["duplicates"], asked["what"]) == ("msg.text", 1, "说「领劵」")
    assert asked["trace"]["hits"][0]["mode"] == "sound"
    assert {effect["kind"] for effect in asked["effects"]} == {"label", "oa_reply"}
    assert events[-1]["verdict"].startswith("这张券已于")


def test_a_name_that_means_two_members_tells_the_first_and_names_the_other(
    morning: Morning, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(_why(morning, capsys, "丁", "--json").out)
    jia = json.loads(_why(morning, capsys, "甲", "--json").out)["person"]["id"]
    assert document["person"]["aliases"][0]["value"] == "oDing"
    assert document["also"] == [jia]
    assert f"python run.py why {jia}" in _why(morning, capsys, "丁").out


def test_one_event_is_told_alone(morning: Morning, capsys: pytest.CaptureFixture[str]) -> None:
    told = _why(morning, capsys, morning.scanned)
    assert told.code == 0
    assert told.out.count("  事件 ") == 1
    assert "关注公众号" in told.out


def test_an_event_that_is_about_no_member_is_told_too(
    morning: Morning, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _why(morning, capsys, morning.dissolved)
    document = json.loads(_why(morning, capsys, morning.dissolved, "--json").out)
    assert told.code == 0
    assert "群 「良渚店宠物 1 群」 解散" in told.out
    assert "提醒运营" in told.out
    assert document["person"] is None


def test_nobody_of_that_name_is_a_finding(
    morning: Morning, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _why(morning, capsys, "戊")
    as_json = _why(morning, capsys, "戊", "--json")
    assert (told.code, told.out) == (1, "")
    assert "没有找到「戊」" in told.err
    assert (as_json.code, json.loads(as_json.out)["person"]) == (1, None)


def test_asking_for_nothing_is_a_usage_error(
    morning: Morning, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _why(morning, capsys, " ").code == 2


def test_a_damaged_file_of_names_is_told_and_not_guessed_at(
    morning: Morning, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = shutil.copytree(morning.home, tmp_path / "home")
    (home / "names.json").write_text('{"甲": "oJia"}', "utf-8")
    told = command(capsys, "why", "甲", "--home", home)
    assert told.code == 1
    assert "names.json" in told.err


def test_a_story_survives_an_account_that_is_no_longer_configured(
    morning: Morning, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = shutil.copytree(morning.home, tmp_path / "home")
    settings = home / "settings.yaml"
    settings.write_text(settings.read_text("utf-8").replace("id: oa-main", "id: oa-new"), "utf-8")
    told = command(capsys, "why", "甲", "--home", home)
    assert told.code == 0
    assert "账号 oa-main  收到 msg.text" in told.out
    assert "命中 coupon-newcomer（sound：领券）" in told.out
