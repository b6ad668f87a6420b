"""Acquisition links (获客链接): who comes by each, the paid quota, and keys of conversations."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from twin.mint import mint
from twin.tokens import DAY_S

ADDRESS = "https://work.weixin.qq.com/ca/"
CHANNEL = "customer_channel"
CHANNEL_BYTES = 64
CHAT_KEY_S = 1800.0
BOUGHT, LASTS_S = 1000, 365 * DAY_S
WARNED_DAYS = (14, 7, 3, 2, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comer:
    """Somebody who added an employee by a link."""

    external_userid: str
    userid: str
    state: str
    at: float


@dataclass(slots=True, kw_only=True)
class Link:
    """One link. `clicks` are the first openings by each customer."""

    link_id: str
    name: str
    url: str
    staff: tuple[str, ...]
    parties: tuple[int, ...]
    skip_verify: bool
    made: float
    usable: bool = True
    comers: list[Comer] = field(default_factory=list)
    clicks: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Quota:
    """Additions that were bought together. `warned` are the days before expiry told already."""

    expires: float
    balance: int
    warned: set[int] = field(default_factory=set)

    def due(self, now: float) -> bool:
        """Tell whether a warning of the coming expiry is due, and remember it as given."""
        left = (self.expires - now) / DAY_S
        passed = {one for one in WARNED_DAYS if left <= one}
        fresh = bool(passed - self.warned) and left > 0 and self.balance > 0
        self.warned |= passed
        return fresh


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatKey:
    """What a key of `message_from_customer` stands for."""

    userid: str
    external_userid: str
    link_id: str
    state: str
    said: int
    issued: float


class Links:
    """Every acquisition link of the corp and what is left of the quota."""

    def __init__(self, world: str, now: float) -> None:
        self._world = world
        self._made = 0
        self._keys: dict[str, ChatKey] = {}
        self.by_id: dict[str, Link] = {}
        self.total = BOUGHT
        self.quotas = [Quota(expires=now + LASTS_S, balance=BOUGHT)]

    def next_id(self) -> str:
        """Return an id for the next link."""
        self._made += 1
        return mint("ca", 20, self._world, "link", str(self._made))

    def by_url(self, url: str) -> Link | None:
        """Return the link of this address, whatever was appended to it."""
        address = url.partition("?")[0]
        return next((one for one in self.by_id.values() if one.url == address), None)

    def buy(self, count: int, expires: float) -> None:
        """Add quota."""
        self.total += count
        self.quotas.append(Quota(expires=expires, balance=count))

    def living(self, now: float) -> list[Quota]:
        """Return the quota that has not expired, what expires first at the beginning."""
        return sorted((one for one in self.quotas if one.expires > now), key=lambda q: q.expires)

    def balance(self, now: float) -> int:
        """Return how many customers can still be added."""
        return sum(one.balance for one in self.living(now))

    def spend(self, now: float) -> None:
        """Use up one addition of what expires first."""
        next(one for one in self.living(now) if one.balance).balance -= 1

    def expiring(self, now: float) -> Iterator[Quota]:
        """Yield the quota whose expiry is to be warned of now, each warning once."""
        yield from (one for one in self.quotas if one.due(now))

    def issue(self, key: ChatKey) -> str:
        """Return a new ChatKey."""
        name = secrets.token_urlsafe(24)
        self._keys[name] = key
        return name

    def chat(self, name: str, now: float) -> ChatKey | None:
        """Return what a ChatKey stands for, within 30 minutes."""
        key = self._keys.get(name)
        return key if key and now - key.issued <= CHAT_KEY_S else None
