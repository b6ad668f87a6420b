"""Checks arrivals whose callback the platform lost: a comparison that followed must find them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from commands.audit.book import Happening
from commands.audit.evidence import Evidence
from commands.audit.finding import Finding, Verdict
from commands.audit.messages import leaves
from commands.audit.tables import EffectRow

# The bot leaves what is this young to its callback, which may still be under way.
_UNDER_WAY_S = 120.0
_CLOCKS_S = 5.0  # a list tells whole seconds, and may have begun its count a moment earlier
Found = Mapping[tuple[str, str], Sequence[tuple[str, float]]]
_TOLD = {
    "AddFound": ("ask_contacts", "staff"),
    "JoinFound": ("ask_group", "chat"),
    "MemberJoined": ("ask_group", "chat"),  # a group is also read when somebody else joins
    "FollowFound": ("ask_followers", "account"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """An arrival or departure: by which question it is found, about whom, and who it is."""

    question: str
    about: str
    members: frozenset[str]
    arrival: bool


def check_late(evidence: Evidence) -> Iterator[Finding]:
    """Yield each lost arrival that was still so at a later comparison, and that it missed.

    Departures are left out: that somebody went is only to be found where they were known.
    """
    found = _found(evidence)
    for happening in evidence.book.happenings.values():
        coming = _coming(evidence, happening)
        if coming is None or not coming.arrival or not _lost(evidence, happening):
            continue
        asked = _asked_after(evidence, coming, happening.at + _UNDER_WAY_S)
        if (
            asked
            and _missing(evidence, coming, found, happening.at)
            and not _undone(evidence, coming, happening.at, asked)
        ):
            yield Finding(
                verdict=Verdict.LOST,
                what=happening.name(),
                expected="回调没有送到，由之后的对账补记",
                found="对账问过平台，没有补记",
                culprit="对账：名单里有他，没有认出来",
            )


def _lost(evidence: Evidence, happening: Happening) -> bool:
    tries = evidence.book.deliveries.get(happening.id, ())
    return bool(tries) and all(one.trouble == "lost" for one in tries)


def _coming(evidence: Evidence, happening: Happening) -> Coming | None:
    said = dict(leaves(happening.inner))
    who = happening.who.split("|")
    change = said.get("UpdateDetail") or said.get("ChangeType") or said.get("Event", "")
    match change:
        case "add_external_contact" | "del_external_contact":
            about, question = said.get("UserID", ""), "ask_contacts"
            ids = frozenset({said.get("ExternalUserID", "")})
        case "add_member" | "del_member":
            about, question = said.get("ChatId", ""), "ask_group"
            ids = frozenset(_items(happening)) or _externals(evidence, who)
        case "subscribe" | "unsubscribe":
            about, question = happening.account, "ask_followers"
            ids = frozenset({happening.openid()})
        case _:
            return None
    arrival = change in ("add_external_contact", "add_member", "subscribe")
    return Coming(question=question, about=about, members=ids, arrival=arrival)


def _items(happening: Happening) -> Iterator[str]:
    for path, text in leaves(happening.inner):
        if path.startswith("MemChangeList"):
            yield from (one for one in text.split(",") if one)


def _externals(evidence: Evidence, who: Sequence[str]) -> frozenset[str]:
    known = (evidence.contacts.get(one, {}).get("external_userid") for one in who)
    return frozenset(str(one) for one in known if one)


def _asked_after(evidence: Evidence, coming: Coming, at: float) -> float:
    """Return when the platform was last asked about this after a moment, 0 when it never was."""
    moments = (
        _begun(one)
        for one in evidence.tables.effects
        if one.kind == coming.question and one.state == "done" and _about(one) == coming.about
    )
    return max((one for one in moments if one > at), default=0.0)


def _about(effect: EffectRow) -> str:
    names = {"ask_contacts": "staff", "ask_group": "chat", "ask_followers": "account"}
    return effect.field(names[effect.kind])


def _begun(effect: EffectRow) -> float:
    return datetime.fromisoformat(effect.field("begun")).timestamp()


def _missing(evidence: Evidence, coming: Coming, found: Found, since: float) -> bool:
    """Return whether anybody was not found since they came; an earlier coming is another one."""
    there = found.get((coming.question, coming.about), ())
    rest = coming.members - {who for who, at in there if at >= since - _CLOCKS_S}
    if coming.question == "ask_followers":  # whatever a follower does next makes them known
        rest -= {
            later.openid()
            for later in evidence.book.happenings.values()
            if later.at > since and not _lost(evidence, later)
        }
    return bool(rest)


def _undone(evidence: Evidence, coming: Coming, since: float, until: float) -> bool:
    """Return whether somebody had gone again by the time the platform was asked."""
    for later in evidence.book.happenings.values():
        if since <= later.at <= until:
            other = _coming(evidence, later)
            same = other and (other.question, other.about) == (coming.question, coming.about)
            if other and same and not other.arrival and other.members & coming.members:
                return True
    return False


def _found(evidence: Evidence) -> Found:
    """Return whom comparisons found and when they came, by question and what it was about."""
    found: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for row in evidence.tables.inbox:
        if row.kind in _TOLD:
            told = orjson.loads(row.body)
            question, about = _TOLD[row.kind]
            came = datetime.fromisoformat(told["at"]).timestamp() if told["at"] else math.inf
            where = (question, str(told[about]))
            found.setdefault(where, []).append((str(told["who"]["value"]), came))
    return found
