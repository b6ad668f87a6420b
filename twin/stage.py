"""Everything the twin knows while it runs: one mutable stage that all parts act on."""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import TypeAlias

from twin.aibot.room import TalkRoom
from twin.book import Book
from twin.clock import Clock
from twin.contact.links import Links
from twin.contact.mass import Masses
from twin.contact.relations import Contacts
from twin.contact.ways import ContactWay
from twin.corp.room import AppRoom
from twin.faults import Faults
from twin.group.archive import Archive
from twin.group.seats import CUSTOMER, Groups, Seat
from twin.group.templates import Templates
from twin.group.transcripts import Transcripts
from twin.kf.room import KfRoom
from twin.labels import FanTags, Labels
from twin.media import MediaShelf
from twin.mint import mint
from twin.oa.notices import Notices
from twin.oa.rids import Rids
from twin.oa.scenes import SceneCode
from twin.oa.some_menus import ConditionalMenu
from twin.parcels import Parcels
from twin.people import Crowd, Seen
from twin.plants import Plants
from twin.settings import Settings
from twin.shape import Json
from twin.tokens import DAY_S, Tokens
from twin.trace_source import TraceSource
from twin.usage import Usage
from twin.world import Account, OaAccount, WecomAccount, World

Later: TypeAlias = Coroutine[None, None, None]


@dataclass(slots=True, kw_only=True)
class Happening:
    """One thing that happened, its exact inner XML, and how its delivery went."""

    id: str
    account: Account
    act: str
    kind: str
    inner: str
    who: str = ""
    openid: str = ""
    msg_id: str = ""
    said: str = ""  # what a fan typed
    kept: str = ""  # why the platform itself sent nothing
    answerable: bool = False  # a chat window is open: a passive reply, or the fault text, shows
    delivered: bool = False
    shown: bool = False
    answer: str = ""
    reason: str = ""  # what is wrong with the newest answer, or that there is none
    delay_s: float = 0.0  # before the first delivery
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    def digest(self) -> str:
        """Return a short name of the inner XML."""
        return hashlib.sha256(self.inner.encode()).hexdigest()[:16]


class Stage:
    """The world in motion. It does no I/O but the book."""

    def __init__(self, world: World, book: Book, settings: Settings) -> None:
        self.world = world
        self.book = book
        self.settings = settings
        self.clock = Clock()
        self.crowd = Crowd(world)
        self.contacts = Contacts()
        self.labels = Labels(world.id)
        self.fan_tags = {one.appid: FanTags() for one in world.oa}
        self.groups = Groups(world.id)
        self.templates = Templates(world.id)
        self.transcripts = Transcripts()
        self.media = MediaShelf()
        self.app = AppRoom()
        self.talks = TalkRoom()
        self.archive = Archive(world=world.id)
        self.kf = KfRoom(world.id)
        self.bells: dict[str, tuple[Happening, float]] = {}  # open_kfid -> last bell, when it rings
        self.announce: Callable[[Happening], None] = self.happened  # the sender also delivers
        self.later: Callable[[Later], None] = Later.close  # the sender does it in its time
        self.tokens = Tokens()
        self.faults = Faults(self.now)
        self.plants = Plants(world.plants)
        self.usage = Usage()
        self.menus: dict[str, tuple[Json, ...]] = {}  # account id -> buttons made by API
        self.conditional_menus: dict[str, list[ConditionalMenu]] = {}  # by account id
        self.scenes: dict[str, SceneCode] = {}  # by ticket
        self.notices = Notices()
        self.rids = Rids()
        self.masses = Masses(world.id)
        self.links = Links(world.id, self.now())
        self.ways_to_add: dict[str, ContactWay] = {}  # by config_id
        self.staff_phones: dict[str, list[Seen]] = {one.userid: [] for one in world.staff}
        self.happenings: list[Happening] = []
        self.callbacks: dict[str, str] = {}  # account id -> URL
        self.bases: dict[str, str] = {}  # host name -> base URL
        self.trace_source = TraceSource()
        self.parcels = Parcels()
        self._last_msg_id = 24_000_000_000_000_000
        self._open()

    def _open(self) -> None:
        """Let there be what was there before the twin: members of groups, printed links, codes."""
        self._fill_groups()
        self._print_links()
        self._print_codes()

    def now(self) -> float:
        """Return Unix seconds by the platforms' clock."""
        return self.clock.now()

    def date(self, host: str) -> float:
        """Return the Unix seconds that a host (oa, wecom) writes into its Date header."""
        accounts = self.world.oa if host == "oa" else self.world.wecom
        return self.now() + self.plants.skew_s(*(one.id for one in accounts))

    def corp(self) -> WecomAccount | None:
        """Return the WeCom account, if the world has one."""
        return self.world.wecom[0] if self.world.wecom else None

    def oa(self, wanted: str = "") -> OaAccount | None:
        """Return the Official Account of this id, the first one for ""."""
        return next((one for one in self.world.oa if wanted in ("", one.id)), None)

    def next_msg_id(self) -> int:
        """Return a MsgId never used before."""
        self._last_msg_id += 1
        return self._last_msg_id

    def next_happening_id(self) -> str:
        """Return the id the next happening will have."""
        return f"H{len(self.happenings) + 1:06d}"

    def happened(self, happening: Happening) -> None:
        """Book a happening before anything of it is sent."""
        self.happenings.append(happening)
        self.book.write(
            "happening",
            self.now(),
            id=happening.id,
            who=happening.who,
            act=happening.act,
            account=happening.account.id,
            event=happening.kind,
            msg_id=happening.msg_id,
            digest=happening.digest(),
            inner=happening.inner,
        )

    def show(self, who: str, seen: Seen) -> None:
        """Put a message on a customer's or employee's phone and into the book."""
        phone = self.phone(who)
        if phone is None:
            return
        phone.append(seen)
        kind = "fault_shown" if seen.via == "fault" else "shown"
        told = {name: value for name, value in seen.told().items() if name != "at"}
        self.book.write(kind, seen.at, who=who, **told)

    def phone(self, who: str) -> list[Seen] | None:
        """Return what is on the phone of this customer or employee."""
        employee = self.world.employee(who)
        if employee is not None:
            return self.staff_phones[employee.userid]
        person = self.crowd.person(who)
        return person.phone if person else None

    def ways_in(self) -> int:
        """Return how many ways in the corp has that count: to employees and into groups."""
        lasting = sum(not one.temporary for one in self.ways_to_add.values())
        return lasting + len(self.groups.ways)

    def printed_id(self, code_id: str) -> str:
        """Return the config_id of an entry code of the world."""
        return mint("", 32, self.world.id, "way", code_id)

    def _print_codes(self) -> None:
        """The printed codes were made by API before the twin began."""
        for code in self.world.entry_codes:
            way = ContactWay(
                config_id=self.printed_id(code.id),
                state=code.state,
                staff=code.staff,
                made=self.now() - DAY_S,
            )
            self.ways_to_add[way.config_id] = way

    def _print_links(self) -> None:
        for kf in self.world.kf:
            for scene in ("", *kf.scenes):
                self.kf.link(kf.open_kfid, scene)

    def _fill_groups(self) -> None:
        """Early members joined a month ago, so that no reader takes them for newcomers."""
        long_ago = self.now() - 30 * DAY_S
        for plan in self.world.groups:
            group = self.groups.create(plan.name, plan.owner, long_ago, plan.chat_id)
            for number in range(1, plan.members + 1):
                person = self.crowd.born(f"{plan.name}老客{number}")
                seat = Seat(userid=person.external_userid, kind=CUSTOMER, joined=long_ago)
                seat.unionid, seat.name = person.unionid, person.name
                group.seats.append(seat)
