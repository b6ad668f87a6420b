"""Golden traces: a signed callback → the event → the rules → the actions → the calls, to the byte.

`pytest tests/test_golden.py --update-traces` writes them anew; the difference is the review.
"""

import itertools
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.clock import moment
from bot.codec import event_to_json
from bot.db import inbox
from bot.decide import event_of
from bot.events import RedeemAsked
from commands.parts.compose import sample_home
from keyword_rules.match import RuleSet
from tests.callbacks import contact_added, followed, group_changed, said
from tests.rooms import INSTANCE_KEY, Installed, Plans, installed, post_of

TRACES = Path(__file__).with_name("traces")
PEOPLE = {"oADA": "uADA", "wmADA": "uADA", "wmBOB": ""}
Json = dict[str, Any]


class Counting:
    """Stands where `secrets` stands for names: the next one, instead of a random one."""

    def __init__(self) -> None:
        self._next = itertools.count(1)

    def randbits(self, _bits: int) -> int:
        """Return the next number."""
        return next(self._next)


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    home = sample_home()
    assert not home.rules.problems
    return home.rules.current


@pytest.fixture
async def shop(
    tmp_path: Path, rules: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Installed]:
    monkeypatch.setattr("bot.ids.secrets", Counting())
    content = sample_home().content
    codes = {
        campaign: [f"{campaign.upper()}{number}" for number in (1, 2)]
        for campaign in content.campaigns
    }
    plans = Plans(content=lambda: content, rules=lambda: rules, codes=codes)
    async with installed(tmp_path, plans) as one:
        one.platform.world.unionids.update(PEOPLE)
        one.platform.world.names.update(wmADA="甲", wmBOB="乙")
        await one.run(
            "INSERT INTO chat_group(chat, account, state, qr_code) VALUES"
            "('wrPETS_S012_1', 'corp', 'open', 'https://wework.qpic.cn/wwpic/pets1')"
        )
        yield one


async def hear(shop: Installed, message: str) -> Json:
    """Let one callback in, follow it to its end, and tell the story."""
    account = "corp" if "change_external" in message else "oa"
    began, asked = await last_row(shop), len(shop.platform.asked)
    if account == "oa":
        answer = await shop.say("", message)
    else:
        await shop.deliver(message)
        answer = None
    return {
        "callback": {"account": account, "query": post_of(message, account).query},
        "plain": message,
        "answered inside": answer.decode() if answer else "",
        **await followed_up(shop, began, asked),
    }


async def present(shop: Installed, request: str) -> Json:
    """Let a till present the newcomer coupon."""
    began, asked = await last_row(shop), len(shop.platform.asked)
    event = RedeemAsked(
        account="till:S012", at=moment(shop.shop.clock()), code="NEWCOMER1", store="S012",
        request=request, cashier="小王",
    )  # fmt: skip
    arrival = inbox.Arrival(
        account=event.account, source="internal", kind="RedeemAsked", body=event_to_json(event),
        dedupe=inbox.dedupe_key(INSTANCE_KEY, request.encode()), received_us=shop.shop.clock(),
    )  # fmt: skip
    accepted = await shop.acceptor.record(arrival)
    await shop.worker.decide_now(accepted.id)
    answer = await shop.one("SELECT answer FROM inbox WHERE id = ?", accepted.id)
    return {"verdict": json.loads(answer), **await followed_up(shop, began, asked)}


async def last_row(shop: Installed) -> int:
    return int(await shop.one("SELECT coalesce(max(id), 0) FROM inbox"))


async def followed_up(shop: Installed, began: int, asked: int) -> Json:
    await shop.settle_down(wait_s=3)
    rows = await shop.rows(
        "SELECT i.*, t.body AS trace FROM inbox i JOIN trace t ON t.inbox_id = i.id WHERE i.id > ?"
        " ORDER BY i.id", began,
    )  # fmt: skip
    effects = await shop.rows("SELECT kind, state, klass FROM effect WHERE inbox_id > ?", began)
    return {
        "events": [told(shop, row) for row in rows],
        "effects": sorted(f"{one['kind']} {one['klass']} {one['state']}" for one in effects),
        "calls": [
            {"api": one.path, "query": one.query, "body": one.body}
            for one in shop.platform.asked[asked:]
        ],
    }


def told(shop: Installed, row: Any) -> Json:
    """One decided event: what it was, which rules won, what was said and owed."""
    event, trace = event_of(shop.shop, row), json.loads(row["trace"])
    return {
        "event": type(event).__name__,
        "who": f"{event.who.kind}:{event.who.value}" if event.who else "",
        "hits": trace["hits"],
        "said": trace["said"],
        "linked": trace["linked"],
        "actions": [settled(action) for action in trace["actions"]],
    }


def settled(action: Json) -> Json:
    """An action without what depends on this machine's clock or on the rules' text."""
    if isinstance(action.get("event"), dict):
        action["event"].pop("at", None)
    return {name: value for name, value in action.items() if value not in ("", None, [], {})}


FOLLOW = followed("oADA", "poster-S012-door")
COUPON = said("oADA", "领劵", "23190000000000001")
INVITE = said("oADA", "怎么进宠物群", "23190000000000002")
CONTACT = contact_added("wmADA", state="staff-xiaowang-S012", code="WELCOME1")
JOINED = group_changed("wrPETS_S012_1", "wmADA")

STORIES: dict[str, tuple[Sequence[str], str]] = {
    "follow-by-poster": ((), FOLLOW),
    "coupon-by-sound": ((FOLLOW,), COUPON),
    "coupon-again": ((FOLLOW, COUPON), said("oADA", "领券", "23190000000000003")),
    "group-invitation": ((FOLLOW,), INVITE),
    "contact-added": ((), CONTACT),
    "group-joined-with-benefit": ((FOLLOW, INVITE, CONTACT), JOINED),
    "fallback": ((FOLLOW,), said("oADA", "量子面包几时出炉", "23190000000000004")),
}


@pytest.mark.parametrize("name", STORIES)
async def test_a_callback_leads_to_exactly_these_calls(
    shop: Installed, name: str, request: pytest.FixtureRequest
) -> None:
    before, message = STORIES[name]
    shop.platform.world.seats["wrPETS_S012_1"] = ["wmADA"]
    for earlier in before:
        await hear(shop, earlier)
    compare(name, await hear(shop, message), request)


async def test_a_coupon_is_redeemed_once_and_the_second_till_is_told(
    shop: Installed, request: pytest.FixtureRequest
) -> None:
    await hear(shop, FOLLOW)
    await hear(shop, COUPON)
    story = {"first": await present(shop, "R1"), "second": await present(shop, "R2")}
    compare("redeem-twice", story, request)


def compare(name: str, story: Json, request: pytest.FixtureRequest) -> None:
    path = TRACES / f"{name}.json"
    text = json.dumps(story, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if request.config.getoption("--update-traces"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_every_trace_belongs_to_a_story() -> None:
    assert {path.stem for path in TRACES.glob("*.json")} == {*STORIES, "redeem-twice"}
