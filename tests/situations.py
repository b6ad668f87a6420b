"""Short ways to say: this happened, to this member, and this is known of the little shop."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot.actions import Output
from bot.events import Alias, AliasKind, ContactAdded, Event, Followed, MemberJoined, TextSaid
from bot.facts import CampaignFacts, Content, Facts, GroupFacts, Member, PoolFacts, Reach, Situation
from keyword_rules.rule import Hit, Step
from tests.little_shop import LAST_EGG, NEWCOMER, NOW, PET_GIFT, PETS, shop_content

ADA = Alias(AliasKind.OA_OPENID, "wx", "ada")
ADA_AT_WECOM = Alias(AliasKind.EXTERNAL_USERID, "ww", "m-ada")
FOLLOWS = Reach(account="oa", channel="oa", address="ada", spoke=NOW)
T = TypeVar("T")


def member(**more: Any) -> Member:
    """Ada, a follower who spoke just now."""
    return replace(Member(id="P1", aliases=frozenset({ADA}), reaches=(FOLLOWS,)), **more)


def facts(**more: Any) -> Facts:
    """The little shop as it is with nobody in a group and every shelf full."""
    stocked = {
        c.id: CampaignFacts(campaign=c, coupon=number, code=f"CODE{number}")
        for number, c in enumerate((NEWCOMER, LAST_EGG, PET_GIFT), 1)
    }
    usual = Facts(
        now=NOW, content=shop_content(), member=member(), campaigns=stocked,
        pools={"pets": pool()}, dice="0" * 64, ticket="T" * 24, public_url="https://shop.example",
        zone=ZoneInfo("Asia/Shanghai"),
    )  # fmt: skip
    return replace(usual, **more)


def pool(*groups: GroupFacts, **more: Any) -> PoolFacts:
    """The pets pool; its three groups empty unless others are given."""
    found = groups or tuple(GroupFacts(group=g, qr_code=g.qr_code) for g in PETS.groups)
    return replace(PoolFacts(pool=PETS, groups=found), **more)


def given(event: Event, *hits: Hit, **more: Any) -> Situation:
    """One event with the little shop's facts, some of them replaced."""
    return Situation(event=event, facts=facts(**more), hits=hits)


def said(text: str = "在吗") -> TextSaid:
    """Ada types something to the Official Account."""
    return TextSaid(account="oa", at=NOW, who=ADA, text=text, msg_id="1")


def followed(scene: str = "") -> Followed:
    """Ada follows, by an entry code."""
    return Followed(account="oa", at=NOW, who=ADA, scene=scene)


def added(state: str = "staff-xiaowang", code: str = "WC", staff: str = "xiaowang") -> ContactAdded:
    """Ada adds a member of staff."""
    return ContactAdded(
        account="corp", at=NOW, who=ADA_AT_WECOM, staff=staff, state=state, welcome_code=code
    )


def joined(chat: str = "wrPETS1") -> MemberJoined:
    """Ada is seen in a group."""
    return MemberJoined(account="corp", at=NOW, who=ADA_AT_WECOM, chat=chat)


def hit(rule: str, *steps: Step) -> Hit:
    """A rule that won."""
    return Hit(rule=rule, mode="contains", words=("x",), file="t.yaml", line=1, do=steps)


def step(verb: str, **args: str | tuple[str, ...]) -> Step:
    """One thing to do on a hit."""
    return Step(verb=verb, args=args)


def only(kind: type[T], outputs: Iterable[Output]) -> Sequence[T]:
    """The outputs of one kind."""
    return [one for one in outputs if isinstance(one, kind)]


def with_content(**more: Any) -> Content:
    """The little shop's content, some of it replaced."""
    return replace(shop_content(), **more)
