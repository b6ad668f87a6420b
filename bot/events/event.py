"""What every event says: the account it came to, when, whom it is about, and all that arrived."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar


class AliasKind(StrEnum):
    """The names one person is known by. The scope of an alias is what makes its value unique."""

    OA_OPENID = "oa_openid"  # scope: AppID
    EXTERNAL_USERID = "external_userid"  # scope: CorpID
    KF_ID = "kf_id"  # of customer service, where it is another id; scope: CorpID
    MP_OPENID = "mp_openid"  # of a mini program; scope: its AppID
    PHONE = "phone"  # value: a keyed hash, never the number; scope: ""
    CARD = "card"  # number of a member card; scope: ""
    UNIONID = "unionid"  # scope: the Open Platform account; one installation is one brand, so ""


@dataclass(frozen=True, slots=True, order=True)
class Alias:
    """One name of one person. Equal aliases always mean the same person."""

    kind: AliasKind
    scope: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something happened. `at` is None when the platform gave no readable time."""

    account: str
    at: datetime | None = None
    who: Alias | None = None
    fields: Mapping[str, str] = field(default_factory=dict)

    occasion: ClassVar[str] = ""  # the word rules use for this kind; "" = no rule can name it

    def once(self) -> str:
        """Return what names this happening in all the account's history; "" = nothing does.

        An answer to a query that tells it a second time is recognised by it and counted.
        """
        return ""

    def ignored(self) -> bool:
        """Return whether reports count it among what we could do nothing about."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Event):
    """A kind that the platform's manual names and that we only record.

    `kind` is its canonical name, such as `oa.event.card_pass_check`. `incomplete`: we would have
    acted on it, had it said whom or what it is about.
    """

    kind: str
    incomplete: bool = False

    def ignored(self) -> bool:
        """Return whether something we act on came without what acting needs."""
        return self.incomplete


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecognised(Event):
    """A callback we can read and no manual names. Kept, counted and shown; never dropped."""

    kind: str

    def ignored(self) -> bool:
        """Return True: somebody should find out what it is."""
        return True
