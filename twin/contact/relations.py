"""Who has added whom in WeCom, and the welcome codes that die 20 s after an add."""

import secrets
from dataclasses import dataclass, field
from enum import Enum

BY_CODE, BY_LINK = 1, 16  # add_way (customer-contact.md section 3)


@dataclass(slots=True, kw_only=True)
class Contact:
    """One customer of one employee. `confirmed` is false until the employee accepts."""

    userid: str
    external_userid: str
    created: float
    state: str = ""
    confirmed: bool = True
    left_by_customer: bool = False
    remark: str = ""
    description: str = ""
    corp_name: str = ""
    mobiles: tuple[str, ...] = ()
    labels: set[str] = field(default_factory=set)
    chatted: float = 0.0  # the last message between the two
    said: int = 0  # messages of the customer
    way: int = BY_CODE
    link_id: str = ""  # the acquisition link they came by
    temporary_way: str = ""  # the temporary code they came by

    def latest(self) -> float:
        """Return when the two last had to do with each other."""
        return max(self.created, self.chatted)


@dataclass(slots=True, kw_only=True)
class Welcome:
    """A welcome code: to whom it speaks, since when, and when it was used."""

    code: str
    userid: str
    external_userid: str
    issued: float
    used: float | None = None


class Spent(Enum):
    """What came of presenting a welcome code."""

    OK = "ok"
    UNKNOWN = "unknown"
    LATE = "late"
    SENDING = "sending"
    USED = "used"


class Contacts:
    """Every relation of customer and employee, and every welcome code given out."""

    # Nothing published says how long 41096 precedes 41051; one second is the twin's invention.
    SENDING_S = 1.0

    def __init__(self) -> None:
        self._pairs: dict[tuple[str, str], Contact] = {}
        self._welcomes: dict[str, Welcome] = {}

    def add(self, contact: Contact) -> None:
        """Remember a relation; adding again after a deletion starts afresh."""
        self._pairs[contact.userid, contact.external_userid] = contact

    def pair(self, userid: str, external_userid: str) -> Contact | None:
        """Return the relation of these two, as far as the employee's side has it."""
        return self._pairs.get((userid, external_userid))

    def of(self, external_userid: str) -> tuple[Contact, ...]:
        """Return every relation of this customer, in the order they were made."""
        return tuple(one for one in self._pairs.values() if one.external_userid == external_userid)

    def held_by(self, userid: str) -> tuple[Contact, ...]:
        """Return every relation of this employee, in the order they were made."""
        return tuple(one for one in self._pairs.values() if one.userid == userid)

    def drop(self, userid: str, external_userid: str) -> None:
        """The employee deletes the customer."""
        self._pairs.pop((userid, external_userid), None)

    def unmark(self, label_id: str) -> None:
        """Take a label off everybody who wears it."""
        for contact in self._pairs.values():
            contact.labels.discard(label_id)

    def issue(self, userid: str, external_userid: str, now: float) -> str:
        """Return a new welcome code for this add."""
        code = f"CALLBACK{secrets.token_urlsafe(24)}"
        self._welcomes[code] = Welcome(
            code=code, userid=userid, external_userid=external_userid, issued=now
        )
        return code

    def welcome(self, code: str) -> Welcome | None:
        """Return what is known of a welcome code."""
        return self._welcomes.get(code)

    def greeted(self, userid: str, external_userid: str) -> bool:
        """Tell whether a welcome code of this pair was used."""
        return any(
            one.used is not None
            for one in self._welcomes.values()
            if (one.userid, one.external_userid) == (userid, external_userid)
        )

    def spend(self, code: str, now: float, lives_s: float) -> Spent:
        """Use a welcome code up; only the first call within its life gets OK."""
        welcome = self._welcomes.get(code)
        if welcome is None:
            return Spent.UNKNOWN
        if welcome.used is not None:
            return Spent.SENDING if now - welcome.used < self.SENDING_S else Spent.USED
        if now - welcome.issued > lives_s:
            return Spent.LATE
        welcome.used = now
        return Spent.OK
