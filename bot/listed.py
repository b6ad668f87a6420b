"""What we know of the people and groups that a platform's list is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether somebody is there by what we know, and since when it is so.

    `guessed`: that they are not was found by a comparison, which may have been wrong.
    """

    on: bool
    changed: datetime
    guessed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Amiss:
    """The labels of a contact that do not follow our tags."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFacts:
    """What a comparison may look at.

    `since` is when we first heard of the account, `scope` its AppID or CorpID. `known` tells of
    those in the list, `unlisted` of those who should be in it and are in no page of it; `seen` are
    those of this page whom an earlier one has shown. `amiss` are labels by contact or follower,
    `labelled` the followers in the list whose labels are to be looked at today. `chats` are the
    groups of our pools there, True for one the list has shown, `owners` whose they are; `met`: the
    group was read before. `kf` are the customer service accounts we know; a message there is late
    that is younger than `kf_heard`, when we first pulled or a bell last rang. `resting` says which
    parts are not asked for this time, and why. `overtaken`: what was found is no news any more.
    """

    since: datetime | None = None
    scope: str = ""
    known: Mapping[str, Standing] = field(default_factory=dict)
    unlisted: Mapping[str, Standing] = field(default_factory=dict)
    amiss: Mapping[str, Amiss] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()
    labelled: tuple[str, ...] = ()
    chats: Mapping[str, bool] = field(default_factory=dict)
    owners: tuple[str, ...] = ()
    met: bool = False
    kf: tuple[str, ...] = ()
    kf_heard: datetime | None = None
    resting: Mapping[str, str] = field(default_factory=dict)
    overtaken: bool = False
