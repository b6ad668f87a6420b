"""Reads a trace back: what was compared then, and which rules acted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from bot.clock import moment
from bot.db.tx import Row
from config.calendar import Calendar
from keyword_rules.remembered import subject_from
from keyword_rules.rule import WORDED, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Was:
    """One decided event. `acted` is None when the trace does not say what was compared.

    Such a trace is of an older version: only its words, account and time are known.
    """

    event: str
    at_us: int
    person: str
    subject: Subject
    acted: tuple[str, ...] | None
    met: frozenset[str]
    silent: bool
    ruleset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What an installation is for the traces that were kept in it."""

    channels: Mapping[str, str]  # of its accounts
    zone: ZoneInfo
    calendar: Calendar


def kept(row: Row, place: Place) -> Was | None:
    """Return what a trace tells; None for one that cannot be compared again.

    It cannot when it is of an older version and about anything but words, or damaged.
    """
    try:
        return _kept(row, orjson.loads(row["body"]), place)
    except (KeyError, TypeError, ValueError):
        return None


def _kept(row: Row, body: Any, place: Place) -> Was | None:
    whole = "subject" in body
    if not whole and body["occasion"] not in WORDED:
        return None
    subject = subject_from(body["subject"]) if whole else _known(row, body, place)
    if subject.local:  # the offset that was kept says the time and not the zone
        subject = replace(subject, local=subject.local.astimezone(place.zone))
    return Was(
        event=row["event_id"],
        at_us=row["at_us"],
        person=row["person_id"] or "",
        subject=subject,
        acted=tuple(str(hit["rule"]) for hit in body["hits"]) if whole else None,
        met=frozenset(map(str, body.get("met", ()))),
        silent=bool(body["silent"]),
        ruleset=str(body["ruleset"]),
    )


def _known(row: Row, body: Any, place: Place) -> Subject:
    local = moment(row["at_us"]).astimezone(place.zone)
    return Subject(
        occasion=body["occasion"],
        text=body["text"],
        channel=place.channels.get(row["account"], ""),
        person=row["person_id"] or "",
        local=local,
        days=place.calendar.days_of(local.date()),
    )
