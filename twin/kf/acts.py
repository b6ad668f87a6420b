"""What customers do with a kf account: open its link, write, tap a menu, recall, tap a card."""

from urllib.parse import parse_qs

from twin.acts import NotPossible, Outcome, actor, conversation, corp
from twin.contact import acts as contact_acts
from twin.group import acts as group_acts
from twin.kf.bell import customer_said, event
from twin.kf.sessions import Moment, Session, State
from twin.people import Person, Seen
from twin.sender import Sender
from twin.shape import Json, record, records, text
from twin.stage import Stage
from twin.world import KfAccount

PARAM_BYTES = 128
_ADDED_PARAM = "&scene_param="


def enter(sender: Sender, args: Json) -> Outcome:
    """Open a kf account by `kf`, `scene`, `scene_param`, or by the `url` an API call gave out.

    Raises NotPossible for a link that was never given out.
    """
    stage = sender.stage
    person = actor(stage, args)
    kf, scene, param = _link(stage, args)
    session = stage.kf.open(kf.open_kfid, person.external_userid, stage.now())
    session.scene, session.scene_param = scene, param
    rest: Json = {"scene": scene, "scene_param": param}
    code = _welcome(stage, kf, session, person)
    if code:
        rest["welcome_code"] = code
    happening = event(stage, session, "enter_kf", "enter_session", **rest)
    return Outcome(happenings=(happening,), facts={"kf": kf.open_kfid, "welcome_code": code})


def type_text(sender: Sender, args: Json) -> Outcome:
    """Type `text` in the conversation opened last, or in that with `kf`."""
    return _say(sender, args, "kf_type", "text", {"content": text(args, "text")})


def send(sender: Sender, args: Json) -> Outcome:
    """Send something that is not text: `msgtype` (image unless given) with its `body`."""
    stage = sender.stage
    kind = text(args, "msgtype", "image")
    body = record(args, "body") or {"media_id": _media_id(stage, kind)}
    return _say(sender, args, "kf_send", kind, body)


def tap(sender: Sender, args: Json) -> Outcome:
    """Tap the click item of the newest menu that has it, by `id` or by its `content`."""
    person, session = conversation(sender.stage, args)
    item = _menu_item(person, session, args)
    body: Json = {"content": text(item, "content"), "menu_id": text(item, "id")}
    return _say(sender, args, "kf_tap", "text", body)


def recall(sender: Sender, args: Json) -> Outcome:
    """Take the customer's newest message back; the log keeps it."""
    stage = sender.stage
    person, session = conversation(stage, args)
    if not session.said:
        raise NotPossible(f"{person.name} 没有可以撤回的消息")
    recalled = session.said.pop()
    told = event(stage, session, "kf_recall", "user_recall_msg", recall_msgid=recalled)
    return Outcome(happenings=(told,))


def tap_card(sender: Sender, args: Json) -> Outcome:
    """Tap the card on top of the conversation: join its group as a scan would, or add the employee.

    Raises NotPossible without a card, or with what the client says when the group is full.
    """
    person, session = conversation(sender.stage, args)
    card = session.card
    if card is None:
        raise NotPossible(f"{person.name} 的会话里没有卡片")
    if card.chat_id:
        return group_acts.join(sender, {"who": person.name, "chat_id": card.chat_id})
    return contact_acts.add(sender, {"who": person.name, "staff": card.userid})


def _media_id(stage: Stage, kind: str) -> str:
    """Return the id of a file of the customer's; the corp may send it on for three days."""
    return stage.media.keep(corp(stage).id, kind, f"{kind}.bin", b"", stage.now()).media_id


def _link(stage: Stage, args: Json) -> tuple[KfAccount, str, str]:
    """Return what a link stands for: the account, the scene and what was appended to it."""
    scene, param = text(args, "scene", ""), text(args, "scene_param", "")
    if "url" in args:
        url, added, rest = text(args, "url").partition(_ADDED_PARAM)
        open_kfid, scene = stage.kf.links.get(url, ("", ""))
        param = parse_qs(added.lstrip("&") + rest).get("scene_param", [""])[0]
    else:
        open_kfid = text(args, "kf", "") or _first(stage)
    kf = stage.world.kf_account(open_kfid)
    if kf is None or (scene and not stage.kf.knows(kf.open_kfid, scene)):
        raise NotPossible(f"客服链接无效：{args.get('url') or open_kfid} {scene}".rstrip())
    if len(param.encode()) > PARAM_BYTES:
        raise NotPossible(f"scene_param 超过 {PARAM_BYTES} 字节")
    return kf, scene, param if scene else ""


def _first(stage: Stage) -> str:
    return stage.world.kf[0].open_kfid if stage.world.kf else ""


def _welcome(stage: Stage, kf: KfAccount, session: Session, person: Person) -> str:
    """Return a welcome code, "" when none is due; the console's own welcome takes its place."""
    now = stage.now()
    if session.greeted(now) or session.consulted(now):
        return ""
    if not kf.console_welcome:
        return stage.kf.codes.issue(Moment.ENTERED, session, now)
    session.welcomed = now
    seen = Seen(at=now, channel="kf", sender=kf.open_kfid, text=kf.console_welcome, via="console")
    stage.show(person.name, seen)
    return ""


def _say(sender: Sender, args: Json, act: str, kind: str, body: Json) -> Outcome:
    stage = sender.stage
    person, session = conversation(stage, args)
    happening = customer_said(stage, session, act, kind, body)
    if session.state is State.HUMAN:
        _show_servicer(stage, session, person, kind, body)
    return Outcome(happenings=(happening,), facts={"service_state": int(session.state)})


def _show_servicer(stage: Stage, session: Session, person: Person, kind: str, body: Json) -> None:
    words = text(body, "content", "")
    attachments = () if kind == "text" else ({**body, "type": kind},)
    seen = Seen(
        at=stage.now(),
        channel="kf",
        sender=person.name,
        text=words,
        via="customer",
        attachments=attachments,
    )
    stage.show(session.servicer, seen)


def _menu_item(person: Person, session: Session, args: Json) -> Json:
    wanted_id, wanted = text(args, "id", ""), text(args, "content", "")
    for seen in reversed(person.phone):
        if seen.sender != session.open_kfid:
            continue
        for item in (one for menu in seen.attachments for one in _clicks(menu)):
            if item["id"] == wanted_id or item["content"] == wanted:
                return item
    raise NotPossible(f"{person.name} 的手机上没有菜单项 {wanted_id or wanted}")


def _clicks(menu: Json) -> list[Json]:
    if menu["type"] != "msgmenu":
        return []
    return [record(one, "click") for one in records(menu, "list") if one["type"] == "click"]
