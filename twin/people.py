"""The customers: who they are on each platform, whom they follow, and what their phones show."""

import re
from dataclasses import dataclass, field

from twin.mint import mint
from twin.settings import Settings
from twin.shape import Json
from twin.world import World

_GENERATED = re.compile(r"客\d{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One message on a phone, and the call or happening that put it there.

    `chat_id` is the group it stands in, "" for a conversation of two.
    """

    at: float
    channel: str
    sender: str
    text: str
    via: str
    attachments: tuple[Json, ...] = ()
    call: int | None = None
    happening: str = ""
    chat_id: str = ""

    def told(self) -> Json:
        """Return the message as JSON."""
        return {
            "at": self.at,
            "channel": self.channel,
            "from": self.sender,
            "text": self.text,
            "attachments": list(self.attachments),
            "via": self.via,
            "call": self.call,
            "happening": self.happening,
            "chat_id": self.chat_id,
        }


@dataclass(slots=True, kw_only=True)
class Window:
    """How many customer-service messages may still be sent, and until when."""

    until: float
    left: int


@dataclass(slots=True, kw_only=True)
class Following:
    """One person follows one Official Account (oa/api.md section 2 for the windows).

    `scene` is that of the code they came by, written as digits when it `is_number`.
    """

    since: int
    scene: str = ""
    is_number: bool = False
    remark: str = ""
    is_blacklisted: bool = False
    refuses_notices: bool = False
    tags: set[int] = field(default_factory=set)
    windows: dict[str, Window] = field(default_factory=dict)
    touched: float = 0.0  # the latest interaction
    typing_until: float = 0.0

    def spoke(self, now: float, settings: Settings) -> None:
        """A message restores the long window."""
        self.touched = now
        until = now + settings.message_window_s
        self.windows["message"] = Window(until=until, left=settings.message_quota)

    def acted(self, now: float, settings: Settings) -> None:
        """A follow, scan or menu tap restores the short window."""
        self.touched = now
        until = now + settings.event_window_s
        self.windows["event"] = Window(until=until, left=settings.event_quota)

    def open_windows(self, now: float) -> list[Window]:
        """Return the windows that have not run out of time."""
        return [one for one in self.windows.values() if one.until > now]


@dataclass(slots=True, kw_only=True)
class Person:
    """A customer. `openids` and `follows` are by AppID; ids never change."""

    name: str
    unionid: str
    external_userid: str
    openids: dict[str, str]
    follows: dict[str, Following] = field(default_factory=dict)
    phone: list[Seen] = field(default_factory=list)


class Crowd:
    """Everybody there is. Unnamed customers 客001, 客002 … appear when asked for."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._named: dict[str, Person] = {}
        self._by_openid: dict[tuple[str, str], Person] = {}
        self._by_external: dict[str, Person] = {}
        self._last_generated = 0
        for name in world.customers:
            self.born(name)

    def person(self, name: str) -> Person | None:
        """Return the customer of this name; a name like 客007 is made on first use."""
        if name not in self._named and _GENERATED.fullmatch(name):
            return self.born(name)
        return self._named.get(name)

    def fresh(self) -> Person:
        """Return a customer nobody has met yet."""
        while (name := f"客{self._last_generated + 1:03d}") in self._named:
            self._last_generated += 1
        return self.born(name)

    def by_openid(self, appid: str, openid: str) -> Person | None:
        """Return the owner of this openid at this Official Account."""
        return self._by_openid.get((appid, openid))

    def by_external(self, external_userid: str) -> Person | None:
        """Return the owner of this external_userid."""
        return self._by_external.get(external_userid)

    def everyone(self) -> tuple[Person, ...]:
        """Return all customers so far, oldest first."""
        return tuple(self._named.values())

    def born(self, name: str) -> Person:
        """Add a customer; ids follow from the world and the name, so a re-run has the same."""
        world = self._world.id
        person = Person(
            name=name,
            unionid=mint("u", 28, world, name) if self._world.unionids else "",
            external_userid=mint("wm", 32, world, name),
            openids={one.appid: mint("o", 28, world, one.appid, name) for one in self._world.oa},
        )
        self._named[name] = person
        self._by_external[person.external_userid] = person
        for appid, openid in person.openids.items():
            self._by_openid[appid, openid] = person
        return person
