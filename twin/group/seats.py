"""Customer groups with their members as they were and are, and the ways into them."""

from dataclasses import dataclass, field

from twin.mint import mint

STAFF, CUSTOMER = 1, 2
INVITED, BY_QR = 1, 3  # member_list[].join_scene (customer-contact.md section 5.1)


@dataclass(slots=True, kw_only=True)
class Seat:
    """One member's stay in a group. `left` is None while it lasts."""

    userid: str
    kind: int
    joined: float
    name: str = ""
    unionid: str = ""
    scene: int = INVITED
    state: str = ""
    invitor: str = ""
    left: float | None = None

    def held_at(self, moment: float) -> bool:
        """Tell whether the seat was taken at that moment."""
        return self.joined <= moment and (self.left is None or self.left > moment)


@dataclass(slots=True, kw_only=True)
class Group:
    """A customer group. Past stays are kept, because readers see the group a little late."""

    chat_id: str
    name: str
    owner: str
    created: float
    notice: str = ""
    welcome: str = ""  # the template its owner picked
    greeted: float | None = None
    seats: list[Seat] = field(default_factory=list)
    versions: list[tuple[float, str]] = field(default_factory=list)

    def seat(self, userid: str) -> Seat | None:
        """Return the seat this member holds now."""
        return next((one for one in self.seats if one.userid == userid and one.left is None), None)

    def size(self) -> int:
        """Return how many members there are now, the owner included."""
        return sum(one.left is None for one in self.seats)

    def seats_at(self, moment: float) -> list[Seat]:
        """Return the seats that were taken at that moment."""
        return [one for one in self.seats if one.held_at(moment)]

    def version_at(self, moment: float) -> str:
        """Return the version of the member list at that moment."""
        past = [version for at, version in self.versions if at <= moment]
        return past[-1] if past else self.versions[0][1]

    def version(self) -> str:
        """Return the version of the member list now."""
        return self.versions[-1][1]

    def turn(self, now: float) -> None:
        """Give the member list a new version."""
        self.versions.append((now, mint("", 32, self.chat_id, str(len(self.versions)))))


@dataclass(slots=True, kw_only=True)
class JoinWay:
    """A way into groups («加入群聊»). Its picture is served under /qr/."""

    config_id: str
    scene: int
    chat_ids: list[str]
    state: str = ""
    remark: str = ""
    auto_create: bool = True
    base_name: str = ""
    base_id: int = 1
    marked: bool = True  # mark_source


class Groups:
    """Every customer group and every way in. A dismissed group is gone."""

    def __init__(self, world: str) -> None:
        self._world = world
        self._made = 0
        self.by_id: dict[str, Group] = {}
        self.ways: dict[str, JoinWay] = {}

    def create(self, name: str, owner: str, now: float, chat_id: str = "") -> Group:
        """Return a new group with only its owner in it."""
        self._made += 1
        minted = mint("wr", 32, self._world, "group", str(self._made))
        group = Group(chat_id=chat_id or minted, name=name, owner=owner, created=now)
        group.seats.append(Seat(userid=owner, kind=STAFF, joined=now))
        group.turn(now)
        self.by_id[group.chat_id] = group
        return group

    def way_id(self) -> str:
        """Return an id for the next way in."""
        self._made += 1
        return mint("", 32, self._world, "way", str(self._made))

    def opengid(self, chat_id: str) -> str:
        """Return what a mini-program that is opened inside a group knows it by."""
        return mint("tG", 28, self._world, "opengid", chat_id)

    def holding(self, userid: str) -> list[Group]:
        """Return the groups this member is in now."""
        return [one for one in self.by_id.values() if one.seat(userid)]
