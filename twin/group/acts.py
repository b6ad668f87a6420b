"""What people do with customer groups: join by a QR or an invitation, leave, open, dissolve."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from twin.acts import NotPossible, Outcome, actor, corp, employee
from twin.group.seats import BY_QR, CUSTOMER, INVITED, Group, JoinWay, Seat
from twin.group.welcomes import greet
from twin.letters import Node, group_event
from twin.people import Person
from twin.sender import Sender
from twin.shape import Json, text, whole
from twin.stage import Happening, Stage

_EVENT_SCENES = {BY_QR: 3, INVITED: 0}  # the event numbers scenes in its own way
_CHANGES = {"create_group": "create", "auto_create_group": "create", "dismiss_group": "dismiss"}
FULL = "该群聊人数已达上限，无法通过扫码加入"


def join(sender: Sender, args: Json) -> Outcome:
    """Join by a way in (`config_id`, or `qr` = its picture's address or content), or by `chat_id`.

    With `invited_by` an employee brings the customer in past the QR limit.
    Raises NotPossible with what the client says when every group of the way is full.
    """
    stage = sender.stage
    person = actor(stage, args)
    made: list[Happening] = []
    group, way = _destination(sender, args, made)
    if group.seat(person.external_userid):
        raise NotPossible(f"{person.name} 已经在群里")
    invitor = employee(stage, text(args, "invited_by")) if "invited_by" in args else ""
    _sit(stage, group, person, invitor, way.state if way else "")
    joined = _grown(sender, group, [person], "join_group", INVITED if invitor else BY_QR)
    return Outcome(happenings=(*made, joined), facts={"chat_id": group.chat_id})


def join_many(sender: Sender, args: Json) -> Outcome:
    """Let `count` new customers join `chat_id`; every `batch` of them makes one callback."""
    stage = sender.stage
    group = _group(stage, text(args, "chat_id"))
    count, batch = whole(args, "count"), max(whole(args, "batch", 10), 1)
    if group.size() + count > stage.settings.group_capacity:
        raise NotPossible(FULL)
    newcomers = [stage.crowd.fresh() for _ in range(count)]
    told: list[Happening] = []
    for start in range(0, count, batch):
        some = newcomers[start : start + batch]
        for person in some:
            _sit(stage, group, person, group.owner, "")
        told.append(_grown(sender, group, some, "join_many", INVITED))
    facts: Json = {"chat_id": group.chat_id, "size": group.size()}
    return Outcome(happenings=tuple(told), facts=facts)


def leave(sender: Sender, args: Json) -> Outcome:
    """Leave `chat_id`, or every group the customer is in."""
    stage = sender.stage
    person = actor(stage, args)
    wanted = text(args, "chat_id", "")
    held = stage.groups.holding(person.external_userid)
    told = [_left(sender, group, person) for group in held if wanted in ("", group.chat_id)]
    if not told:
        raise NotPossible(f"{person.name} 不在群里")
    return Outcome(happenings=tuple(told))


def create(sender: Sender, args: Json) -> Outcome:
    """An employee opens a customer group (`name`, `owner`, optional `chat_id`)."""
    stage = sender.stage
    owner = employee(stage, text(args, "owner"))
    chat_id = text(args, "chat_id", "")
    if chat_id in stage.groups.by_id:
        raise NotPossible(f"群 {chat_id} 已存在")
    group = stage.groups.create(text(args, "name"), owner, stage.now(), chat_id)
    told = _tell(sender, group, "create_group", [])
    return Outcome(happenings=(told,), facts={"chat_id": group.chat_id})


def dismiss(sender: Sender, args: Json) -> Outcome:
    """The owner dissolves `chat_id`."""
    group = _group(sender.stage, text(args, "chat_id"))
    del sender.stage.groups.by_id[group.chat_id]
    return Outcome(happenings=(_tell(sender, group, "dismiss_group", []),))


def _destination(sender: Sender, args: Json, made: list[Happening]) -> tuple[Group, JoinWay | None]:
    """Return the group with room that the customer ends up in; a new one is told in `made`."""
    stage = sender.stage
    if "chat_id" in args:
        group = _group(stage, text(args, "chat_id"))
        limit = "group_capacity" if "invited_by" in args else "scan_limit"
        if group.size() >= getattr(stage.settings, limit):
            raise NotPossible(FULL)
        return group, None
    way = _way(stage, args)
    for chat_id in way.chat_ids:
        group_or_none = stage.groups.by_id.get(chat_id)
        if group_or_none and group_or_none.size() < stage.settings.scan_limit:
            return group_or_none, way
    return _opened(sender, way, made), way


def _way(stage: Stage, args: Json) -> JoinWay:
    config_id = text(args, "config_id", "") or _scanned(text(args, "qr", ""))
    way = stage.groups.ways.get(config_id)
    if way is None:
        raise NotPossible("二维码已失效")
    return way


def _scanned(qr: str) -> str:
    """Return the way that a picture's address, or what the picture encodes, stands for."""
    return PurePosixPath(qr).stem.rpartition(":")[2]


def _opened(sender: Sender, way: JoinWay, made: list[Happening]) -> Group:
    """Open the next group of a way that may do so; it gets the owner of the way's first one."""
    first = next((sender.stage.groups.by_id.get(one) for one in way.chat_ids), None)
    if not way.auto_create or first is None:
        raise NotPossible(FULL)
    name = f"{way.base_name or first.name}{way.base_id}"
    group = sender.stage.groups.create(name, first.owner, sender.stage.now())
    way.chat_ids.append(group.chat_id)
    way.base_id += 1
    made.append(_tell(sender, group, "auto_create_group", []))
    return group


def _group(stage: Stage, chat_id: str) -> Group:
    group = stage.groups.by_id.get(chat_id)
    if group is None:
        raise NotPossible(f"没有群 {chat_id}")
    return group


def _sit(stage: Stage, group: Group, person: Person, invitor: str, state: str) -> None:
    seat = Seat(
        userid=person.external_userid,
        kind=CUSTOMER,
        joined=stage.now(),
        name=person.name,
        unionid=person.unionid,
        scene=INVITED if invitor else BY_QR,
        state=state,
        invitor=invitor,
    )
    group.seats.append(seat)


def _grown(sender: Sender, group: Group, people: list[Person], act: str, scene: int) -> Happening:
    nodes: list[Node] = [
        ("UpdateDetail", "add_member"),
        ("JoinScene", _EVENT_SCENES[scene]),
        ("QuitScene", 0),
        *_changed(sender.stage, group, people),
    ]
    told = _tell(sender, group, act, nodes, people)
    greet(sender.stage, group, people)
    return told


def _left(sender: Sender, group: Group, person: Person) -> Happening:
    seat = group.seat(person.external_userid)
    if seat is not None:
        seat.left = sender.stage.now()
    nodes: list[Node] = [
        ("UpdateDetail", "del_member"),
        ("JoinScene", 0),
        ("QuitScene", 0),
        *_changed(sender.stage, group, [person]),
    ]
    return _tell(sender, group, "leave_group", nodes, [person])


def _changed(stage: Stage, group: Group, people: list[Person]) -> list[Node]:
    before = group.version()
    group.turn(stage.now())
    ids = [one.external_userid for one in people]
    nodes: list[Node] = [("MemChangeCnt", len(ids))]
    if stage.settings.member_list == "items":
        nodes.append(("MemChangeList", ids))
    elif stage.settings.member_list == "comma":
        nodes.append(("MemChangeList", ",".join(ids)))
    return [*nodes, ("LastMemVer", before), ("CurMemVer", group.version())]


def _tell(
    sender: Sender, group: Group, act: str, nodes: list[Node], people: Sequence[Person] = ()
) -> Happening:
    stage = sender.stage
    account = corp(stage)
    change = _CHANGES.get(act, "update")
    happening = Happening(
        id=stage.next_happening_id(),
        account=account,
        act=act,
        kind=str(nodes[0][1]) if nodes else change,
        inner=group_event(account, int(stage.now()), group.chat_id, change, *nodes),
        who="|".join(one.name for one in people),
    )
    sender.announce(happening)
    return happening
