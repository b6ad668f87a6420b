"""A made-up member types: matched and planned for real, and remembered nowhere but here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.actions import Action, Claim, MarkTalk, MarkTold, Tag, Untag
from bot.events import Alias, AliasKind, Event, KfSaid, TextSaid
from bot.facts import (
    CampaignFacts,
    Content,
    Facts,
    Grant,
    GroupFacts,
    Member,
    PoolFacts,
    Reach,
    Situation,
    Talk,
)
from bot.plan import Plan, Playbook, needs, plan
from config.nouns import Given
from keyword_rules.match import RuleSet
from keyword_rules.rule import TEXT, Hit, Subject

_MONDAY = "2026-03-02"
_ACCOUNT, _KF, _WHO = "dialogue", "wk-dialogue", "customer"
_PICTURE = "https://example.invalid/way-in.png"
_LINK = "made-up"
_HELD = "真人接待中"


class Rehearsal:
    """Plays the turns of one dialogue, a minute apart. Nothing is read or written elsewhere.

    It begins on a Monday at the given hour, or `at` a moment.
    """

    def __init__(
        self,
        content: Content,
        rules: RuleSet,
        playbook: Playbook,
        given: Given,
        dice: int,
        at: datetime | None = None,
    ) -> None:
        self._content = content
        self._rules = rules
        self._playbook = playbook
        self._given = given
        self._zone = ZoneInfo(content.store_zone)
        self._dice = f"{dice:08x}" + "0" * 56
        local = datetime.fromisoformat(f"{_MONDAY} {given.hour}").replace(tzinfo=self._zone)
        self._now = (at or local).astimezone(UTC)
        self._member = _member(given, self._now)
        self._grants: dict[str, tuple[Grant, ...]] = {}

    def turn(self, text: str) -> tuple[Plan, Sequence[Hit]]:
        """Return what one message leads to and the rules that hit; remember it for the next."""
        hits = self._rules.match(self._subject(text)).hits
        situation = self._situation(text, hits)
        made = plan(situation, self._playbook)
        if not situation.facts.silent:
            misses = 0 if hits else self._member.misses + 1
            self._member = replace(self._member, misses=misses)
        for action in made.actions:
            self._remember(action)
        self._now += timedelta(minutes=1)
        return made, hits

    def answer(self, text: str, hits: Sequence[Hit]) -> Plan:
        """Return what one message leads to when these rules act; nothing is remembered.

        The member has been told already that a program answers, which is said once a while.
        """
        situation = self._situation(text, hits)
        told = replace(self._member, told_auto=self._now)
        return plan(replace(situation, facts=replace(situation.facts, member=told)), self._playbook)

    def _situation(self, text: str, hits: Sequence[Hit]) -> Situation:
        event = self._said(text)
        return Situation(event=event, facts=self._facts(event, hits), hits=tuple(hits))

    def _said(self, text: str) -> Event:
        who = next(iter(self._member.aliases))
        if self._given.channel == "kf":
            return KfSaid(account=_ACCOUNT, at=self._now, who=who, kf=_KF, msg_id="1", text=text)
        return TextSaid(account=_ACCOUNT, at=self._now, who=who, msg_id="1", text=text)

    def _subject(self, text: str) -> Subject:
        return Subject(
            occasion=TEXT,
            text=text,
            channel=self._given.channel,
            store=self._given.store,
            tags=frozenset(self._member.tags),
            stage=self._given.stage,
            local=self._now.astimezone(self._zone),
        )

    def _facts(self, event: Event, hits: Sequence[Hit]) -> Facts:
        wanted = needs(event, hits, self._content, "")
        return Facts(
            now=self._now,
            content=self._content,
            member=self._member,
            campaigns={name: self._campaign(name) for name in sorted(wanted.campaigns)},
            pools={name: self._pool(name) for name in sorted(wanted.pools)},
            dice=self._dice,
            public_url="https://example.invalid",
            silent=_HELD if any(talk.held(self._now) for talk in self._member.talks) else "",
            answers_inside=isinstance(event, TextSaid),
            ticket="0" * 24,
            zone=self._zone,
        )

    def _campaign(self, name: str) -> CampaignFacts:
        campaign = replace(self._content.campaigns[name], opens=None, closes=None)
        mine = self._grants.get(name, ())
        code = f"{name.upper()}-0001"
        return CampaignFacts(campaign=campaign, mine=mine, coupon=1, code=code, link=_LINK)

    def _pool(self, name: str) -> PoolFacts:
        pool = self._content.pools[name]
        groups = tuple(
            GroupFacts(group=replace(group, expires=None), qr_code=group.qr_code or _PICTURE)
            for group in pool.groups
        )
        return PoolFacts(pool=pool, groups=groups)

    def _remember(self, action: Action) -> None:
        member = self._member
        match action:
            case Tag():
                self._member = replace(member, tags={**member.tags, action.name: action.value})
            case Untag():
                left = {name: value for name, value in member.tags.items() if name != action.name}
                self._member = replace(member, tags=left)
            case MarkTold():
                self._member = replace(member, told_auto=self._now)
            case MarkTalk(state=str(state)):
                talks = tuple(replace(talk, state=state) for talk in member.talks)
                self._member = replace(member, talks=talks)
            case Claim():
                grant = Grant(
                    ordinal=action.ordinal, code=action.code, expires=action.expires, link=_LINK
                )
                self._grants[action.campaign] = (*self._grants.get(action.campaign, ()), grant)


def _member(given: Given, now: datetime) -> Member:
    kf = given.channel == "kf"
    kind = AliasKind.EXTERNAL_USERID if kf else AliasKind.OA_OPENID
    state = "human" if given.held else "bot"
    talk = Talk(account=_ACCOUNT, kf=_KF, member=_WHO, state=state, spoke=now)
    reach = Reach(account=_ACCOUNT, channel="oa", address=_WHO, spoke=now)
    return Member(
        id=_WHO,
        aliases=frozenset({Alias(kind, _ACCOUNT, _WHO)}),
        tags=dict.fromkeys(given.tags, ""),
        stage=given.stage,
        store=given.store,
        reaches=() if kf else (reach,),
        talks=(talk,) if kf else (),
    )
