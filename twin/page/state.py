"""What the page shows, as its address says it: whose phones, which chats, which entry."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qsl, urlencode

LANGUAGES = ("zh", "en")
SCAN = "scan"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One view of the page. Empty fields are left out of its address.

    `who` and `chat` are the customer's phone, `staff` and `desk` the employee's, `pick` the number
    of an entry in the book. `about`, `sort` and `find` filter the list of entries; `until` stops
    it at an entry.
    """

    who: str = ""
    chat: str = ""
    staff: str = ""
    desk: str = ""
    pick: str = ""
    about: str = ""
    sort: str = ""
    find: str = ""
    until: str = ""
    lang: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "View":
        """Return the view that a query says; unknown names are ignored.

        >>> View.read({"who": "甲", "color": "red"}).who
        '甲'
        """
        return cls(**{one.name: query[one.name] for one in fields(cls) if one.name in query})

    @classmethod
    def of(cls, address: str) -> "View":
        """Return the view of an address as `address` returned it."""
        return cls.read(dict(parse_qsl(address.partition("?")[2])))

    def address(self, **changes: str) -> str:
        """Return the address of this view with some fields changed.

        >>> View(who="a", pick="3").address(pick="")
        '/?who=a'
        """
        other = replace(self, **changes)
        held = [(one.name, getattr(other, one.name)) for one in fields(other)]
        query = urlencode([pair for pair in held if pair[1]])
        return f"/?{query}" if query else "/"

    def picked(self) -> int:
        """Return the number of the selected entry, 0 for none."""
        return int(self.pick) if self.pick.isascii() and self.pick.isdigit() else 0

    def last(self) -> int:
        """Return the number at which the list stands still, 0 while it runs."""
        return int(self.until) if self.until.isascii() and self.until.isdigit() else 0

    def language(self) -> str:
        """Return zh or en."""
        return self.lang if self.lang in LANGUAGES else LANGUAGES[0]
