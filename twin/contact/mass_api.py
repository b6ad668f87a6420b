"""Mass-send tasks by API: made, listed, read, reminded of, cancelled; none of it sends anything."""

from twin.contact.attachments import picture_url, worded
from twin.contact.mass import GROUP, SINGLE, Fate, Mass, Receiver, Task
from twin.contact.mass_receivers import to_customers, to_groups
from twin.host import Denied, Done, Endpoint
from twin.paging import page_of
from twin.people import Seen
from twin.shape import BadShape, Json, flag, record, records, text, whole
from twin.stage import Stage
from twin.tokens import DAY_S
from twin.world import WecomAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
LONGEST_LIST_S = 31 * DAY_S
LIST_PAGE, USUAL_PAGE, LARGEST_PAGE = 100, 500, 1000
BY_CORP, BY_PERSON, BY_ALL = 0, 1, 2


def add(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/add_msg_template`: a task for each member who has receivers."""
    chat_type = _chat_type(args)
    words, shown = worded(stage, account, args, "")
    tasks, failed = (to_customers if chat_type == SINGLE else to_groups)(stage, args)
    if not tasks:
        raise Denied(41048, "no customer to send")
    mass = Mass(
        msgid=stage.masses.next_id(),
        chat_type=chat_type,
        creator=text(args, "sender", ""),
        made=stage.now(),
        text=words,
        attachments=_given(stage, account, args),
        shown=shown,
        selectable=chat_type == SINGLE and flag(args, "allow_select"),
        tasks=tasks,
    )
    stage.masses.by_id[mass.msgid] = mass
    receivers = {one.userid: [to.id for to in one.receivers] for one in tasks.values()}
    effect: Json = {"msgid": mass.msgid, "chat_type": chat_type, "receivers": receivers}
    body: Json = {**OK, "fail_list": failed, "msgid": mass.msgid}
    return Done(body=body, who=mass.creator, effect=effect, shows=_notices(stage, mass))


def list_masses(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/get_groupmsg_list_v2`: newest first, at most a month at once."""
    begin, end = whole(args, "start_time"), whole(args, "end_time")
    if not 0 <= end - begin <= LONGEST_LIST_S:
        raise BadShape("end_time")
    filtered = whole(args, "filter_type", BY_ALL)
    if filtered not in (BY_CORP, BY_PERSON, BY_ALL):
        raise BadShape("filter_type")
    creator, told_creator = text(args, "creator", ""), stage.settings.mass_creator > 0
    found = [
        one
        for one in stage.masses.made_between(begin, end + 1, _chat_type(args))
        if filtered != BY_PERSON and (not creator or (told_creator and creator == one.creator))
    ]
    page, after = page_of(args, found, LIST_PAGE, LIST_PAGE)
    listed = [_told(one, creator=told_creator) for one in page]
    return Done(body={**OK, "next_cursor": after, "group_msg_list": listed})


def list_tasks(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/get_groupmsg_task`: who has tapped."""
    mass = _dispatched(stage, args)
    page, after = page_of(args, list(mass.tasks.values()), USUAL_PAGE, LARGEST_PAGE)
    listed = [_told_task(one) for one in page]
    return Done(body={**OK, "next_cursor": after, "task_list": listed})


def list_results(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/get_groupmsg_send_result`: what came of one member's receivers."""
    mass, userid = _dispatched(stage, args), text(args, "userid")
    task = mass.tasks.get(userid)
    if task is None:
        raise Denied(40003, "invalid userid", userid)
    page, after = page_of(args, task.receivers, USUAL_PAGE, LARGEST_PAGE)
    listed = [_told_receiver(mass, userid, one) for one in page]
    return Done(body={**OK, "next_cursor": after, "send_list": listed}, who=userid)


def remind(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/remind_groupmsg_send`: three times in 24 h, to who has not tapped."""
    mass = _living(stage, args)
    if not mass.may_remind(stage.now()):
        raise Denied(41094, "remind group msg reaches the limit")
    mass.reminded.append(stage.now())
    effect: Json = {"msgid": mass.msgid, "reminded": [one.userid for one in mass.waiting()]}
    return Done(body=OK, who=mass.creator, effect=effect, shows=_notices(stage, mass, "提醒："))


def cancel(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/cancel_groupmsg_send`: what was sent stays; 41093 from now on."""
    mass = _living(stage, args)
    mass.cancelled = True
    return Done(body=OK, who=mass.creator, effect={"msgid": mass.msgid, "cancelled": True})


def _chat_type(args: Json) -> str:
    chat_type = text(args, "chat_type", SINGLE)
    if chat_type not in (SINGLE, GROUP):
        raise BadShape("chat_type")
    return chat_type


def _given(stage: Stage, account: WecomAccount, args: Json) -> tuple[Json, ...]:
    """Return the attachments as they are listed: a picture with its address too."""
    listed: list[Json] = []
    for one in records(args, "attachments"):
        image = record(one, "image")
        seen = {"image": {**image, "pic_url": picture_url(stage, account, image)}} if image else {}
        listed.append({**one, **seen})
    return tuple(listed)


def _dispatched(stage: Stage, args: Json) -> Mass:
    msgid = text(args, "msgid", "")
    if not msgid:
        raise Denied(41046, "missing group msg id")
    mass = stage.masses.by_id.get(msgid)
    if mass is None:
        raise Denied(41047, "invalid group msg id")
    if stage.now() - mass.made < stage.settings.mass_dispatch_s:
        raise Denied(41063, "group msg is being dispatched")
    return mass


def _living(stage: Stage, args: Json) -> Mass:
    mass = _dispatched(stage, args)
    if mass.cancelled:
        raise Denied(41093, "group msg has been cancelled")
    return mass


def _told(mass: Mass, *, creator: bool) -> Json:
    told: Json = {"msgid": mass.msgid, "create_time": int(mass.made), "create_type": BY_CORP}
    if creator:
        told["creator"] = mass.creator
    if mass.text:
        told["text"] = {"content": mass.text}
    return {**told, "attachments": list(mass.attachments)}


def _told_task(task: Task) -> Json:
    told: Json = {"userid": task.userid, "status": int(task.progress())}
    return told if task.sent is None else {**told, "send_time": int(task.sent)}


def _told_receiver(mass: Mass, userid: str, receiver: Receiver) -> Json:
    name = "external_userid" if mass.chat_type == SINGLE else "chat_id"
    told: Json = {name: receiver.id, "userid": userid, "status": int(receiver.fate)}
    if receiver.fate is Fate.SENT and receiver.sent is not None:
        told["send_time"] = int(receiver.sent)
    return told


def _notices(stage: Stage, mass: Mass, before: str = "") -> tuple[tuple[str, Seen], ...]:
    seen = Seen(
        at=stage.now(),
        channel="notice",
        sender="客户联系",
        text=f"{before}企业群发待确认：{mass.text}",
        via="mass_task",
        attachments=({"type": "mass_task", "msgid": mass.msgid}, *mass.shown),
    )
    return tuple((one.userid, seen) for one in mass.waiting())


_AT = "/cgi-bin/externalcontact"
MASS_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    f"{_AT}/add_msg_template": Endpoint(method="POST", act=add),
    f"{_AT}/get_groupmsg_list_v2": Endpoint(method="POST", act=list_masses),
    f"{_AT}/get_groupmsg_task": Endpoint(method="POST", act=list_tasks),
    f"{_AT}/get_groupmsg_send_result": Endpoint(method="POST", act=list_results),
    f"{_AT}/remind_groupmsg_send": Endpoint(method="POST", act=remind),
    f"{_AT}/cancel_groupmsg_send": Endpoint(method="POST", act=cancel),
}
