"""What customers send instead of words: a rule may answer it, as it answers words."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.events import (
    SENT,
    Event,
    KfNotice,
    KfSaid,
    KfServicerSaid,
    Notice,
    TextSaid,
    answered_inside,
    key_of,
    occasion_of,
    words_of,
)
from bot.plan import OCCASIONS
from keyword_rules.match import RuleSet
from keyword_rules.rule import Key, Mode, Phrase, Rule, Step
from tests.callbacks import pictured
from tests.doors import contact, openid, tell
from tests.little_shop import NOW, shop_rules
from tests.rooms import Installed, Plans, installed
from tests.rule_makers import ruleset

KF = "wk1"
ADA, ADA_AT_KF = openid("ada"), contact("wm-ada")


def rules() -> RuleSet:
    """The shop's rules, one that answers pictures, and one for a line of a menu."""
    thanks = Rule(
        id="picture", file="t.yaml", line=1, column=1, on=frozenset({"image"}),
        do=(Step(verb="reply", args={"text": "照片收到"}),),
    )  # fmt: skip
    line = replace(
        thanks, id="line", on=frozenset({"text"}),
        key=Key(any=(Phrase(text="m7", mode=Mode.EQUALS),)),
        do=(Step(verb="reply", args={"text": "第七行"}),),
    )  # fmt: skip
    return ruleset(*shop_rules().rules, thanks, line)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path, Plans(rules=rules)) as one:
        yield one


def oa(kind: str, **fields: str) -> Notice:
    return Notice(account="oa", at=NOW, who=ADA, kind=f"oa.msg.{kind}", fields=fields)


def kf(kind: str, msg_id: str = "k1", **fields: str) -> KfNotice:
    return KfNotice(
        account="corp", at=NOW, who=ADA_AT_KF, kind=f"kf.msg.{kind}", kf=KF, msg_id=msg_id,
        fields={"origin": "3", **fields},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("event", "occasion", "words", "key"),
    [
        (oa("image"), "image", "", ""),
        (oa("shortvideo"), "video", "", ""),
        (oa("location", Label="玉鸟路 12 号"), "location", "玉鸟路 12 号", ""),
        (oa("link", Title="一篇文章", Url="https://x.example"), "link", "一篇文章", "https://x.example"),
        (kf("voice"), "voice", "", ""),
        (kf("file"), "file", "", ""),
        (
            kf("location", **{"location.name": "良渚店", "location.address": "玉鸟路"}),
            "location", "良渚店 玉鸟路", "",
        ),
        (
            kf("miniprogram", **{"miniprogram.title": "商城", "miniprogram.appid": "wx1"}),
            "miniprogram", "商城", "wx1",
        ),
        (KfSaid(account="corp", kf=KF, msg_id="1", text="券", menu_id="m7"), "text", "券", "m7"),
        (TextSaid(account="oa", text="券", msg_id="1"), "text", "券", ""),
    ],
)  # fmt: skip
def test_what_was_sent_is_an_occasion_with_words_and_a_key(
    event: Event, occasion: str, words: str, key: str
) -> None:
    assert (occasion_of(event), words_of(event), key_of(event)) == (occasion, words, key)
    assert occasion in OCCASIONS


@pytest.mark.parametrize(
    "event",
    [
        replace(kf("image"), fields={"origin": "5"}),  # an employee sent it
        replace(oa("image"), who=None),
        oa("music"),
        Notice(account="oa", kind="oa.event.view", who=ADA),
    ],
)
def test_what_no_customer_sent_is_no_occasion(event: Event) -> None:
    assert occasion_of(event) == ""
    assert not answered_inside(event)


def test_every_sort_of_thing_can_be_named_by_rules() -> None:
    assert SENT <= OCCASIONS


async def test_a_follower_who_sends_a_picture_is_answered_inside_the_response(
    shop: Installed,
) -> None:
    answer = await shop.say("ada", pictured("ada", 1))
    assert "照片收到" in (answer or b"").decode()
    assert await shop.one("SELECT count(*) FROM gap") == 0


async def test_a_picture_in_customer_service_is_answered_there(shop: Installed) -> None:
    trace = await tell(shop, kf("image"))
    assert [hit["rule"] for hit in trace["hits"]] == ["picture"]
    assert trace["occasion"] == "image"
    kinds = {row["kind"] for row in await shop.rows("SELECT kind FROM effect")}
    assert {"kf_send", "kf_trans"} <= kinds


async def test_a_sent_thing_that_no_rule_knows_is_answered_by_nobody(shop: Installed) -> None:
    trace = await tell(shop, kf("voice"))
    assert (trace["hits"], trace["said"]) == ([], [])
    assert await shop.one("SELECT count(*) FROM effect") == 0


async def test_while_a_person_serves_a_picture_is_left_to_them(shop: Installed) -> None:
    await tell(shop, KfSaid(account="corp", at=NOW, who=ADA_AT_KF, kf=KF, msg_id="1", text="hi"))
    spoke = KfServicerSaid(
        account="corp", at=NOW, who=ADA_AT_KF, kf=KF, msg_id="2", servicer="xiaowang"
    )
    await tell(shop, spoke)
    trace = await tell(shop, kf("image", "k2"))
    assert trace["silent"] == "真人接待中"
    assert trace["said"] == []


async def test_a_tapped_line_of_a_menu_is_known_by_its_id(shop: Installed) -> None:
    tapped = KfSaid(
        account="corp", at=NOW, who=ADA_AT_KF, kf=KF, msg_id="3", text="随便", menu_id="m7"
    )
    trace: dict[str, Any] = await tell(shop, tapped)
    assert [hit["rule"] for hit in trace["hits"]] == ["line"]
    assert orjson.dumps(trace["hits"][0]["captures"]) == b"{}"
