"""What the APIs tell of kf customers, and the cards that lead them on (kf.md section 7)."""

from twin.host import Denied, Done, Endpoint
from twin.kf.accounts import OK, consulted, kf_account, kf_customer
from twin.kf.sessions import WINDOW_S, Card, Session
from twin.people import Person, Seen
from twin.shape import BadShape, Json, flag, record, text, texts, whole
from twin.stage import Stage
from twin.world import WecomAccount

MOST_IDS = 100
MEMBER, GROUP = 1, 2


def read_customers(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST kf/customer/batchget`; 95031 when none of them consulted within 48 h."""
    wanted = texts(args, "external_userid_list")
    if not 1 <= len(wanted) <= MOST_IDS:
        raise BadShape("external_userid_list")
    found = {one: _consulting(stage, one) for one in dict.fromkeys(wanted)}
    known = [one for one in found.values() if one]
    if not known and any(stage.crowd.by_external(one) for one in wanted):
        raise Denied(95031, "no consultation within 48 hours")
    context = flag(args, "need_enter_session_context")
    body: Json = {
        **OK,
        "customer_list": [
            _told(stage, person, session, context=context) for person, session in known
        ],
        "invalid_external_userid": [one for one, there in found.items() if not there],
    }
    return Done(body=body, who="|".join(person.name for person, _ in known))


def read_range(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`GET kf/customer/get_upgrade_service_config`: what an administrator allowed cards for."""
    members: Json = {"userid_list": list(stage.world.upgrade_staff), "department_id_list": []}
    chats: Json = {"chat_id_list": list(stage.world.upgrade_chats)}
    return Done(body={**OK, "member_range": members, "groupchat_range": chats})


def put_card(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST kf/customer/upgrade_service`: the same card again changes nothing."""
    kf = kf_account(stage, args)
    person = kf_customer(stage, text(args, "external_userid"))
    session = consulted(stage, kf, person)
    card = _card(stage, args, person.name)
    if session.card == card:
        return Done(body=OK, who=person.name)
    session.card = card
    effect: Json = {"card": card.chat_id or card.userid}
    shows = ((person.name, _drawn(stage, session, card)),)
    return Done(body=OK, who=person.name, effect=effect, shows=shows)


def take_card_away(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST kf/customer/cancel_upgrade_service`; without a card it changes nothing."""
    kf = kf_account(stage, args)
    person = kf_customer(stage, text(args, "external_userid"))
    session = stage.kf.session(kf.open_kfid, person.external_userid)
    if session is None or session.card is None:
        return Done(body=OK, who=person.name)
    session.card = None
    return Done(body=OK, who=person.name, effect={"card": ""})


def _consulting(stage: Stage, external_userid: str) -> tuple[Person, Session] | None:
    """Return a customer who spoke to any kf account within 48 h, with the latest conversation."""
    person = stage.crowd.by_external(external_userid)
    session = stage.kf.latest(external_userid)
    spoke = any(one.consulted(stage.now()) for one in stage.kf.of(external_userid))
    return (person, session) if person and session and spoke else None


def _told(stage: Stage, person: Person, session: Session, *, context: bool) -> Json:
    told: Json = {
        "external_userid": person.external_userid,
        "nickname": person.name,
        "avatar": "",
        "gender": 0,
    }
    if person.unionid:
        told["unionid"] = person.unionid
    if context and stage.now() - session.entered <= WINDOW_S:
        told["enter_session_context"] = {
            "scene": session.scene,
            "scene_param": session.scene_param,
        }
    return told


def _card(stage: Stage, args: Json, who: str) -> Card:
    kind = whole(args, "type")
    if kind == GROUP:
        inside = record(args, "groupchat")
        chat_id = text(inside, "chat_id")
        if chat_id not in stage.groups.by_id:
            raise Denied(40050, "invalid chatid", who)
        if chat_id not in stage.world.upgrade_chats:
            raise Denied(40058, "chat_id not in the configured range", who)
        return Card(chat_id=chat_id, wording=text(inside, "wording", ""))
    if kind != MEMBER:
        raise BadShape("type")
    inside = record(args, "member")
    userid = text(inside, "userid")
    if userid not in stage.world.upgrade_staff:
        raise Denied(40058, "userid not in the configured range", who)
    return Card(userid=userid, wording=text(inside, "wording", ""))


def _drawn(stage: Stage, session: Session, card: Card) -> Seen:
    picture: Json = {"type": "member_card", "userid": card.userid}
    if card.chat_id:
        group = stage.groups.by_id[card.chat_id]
        picture = {"type": "group_card", "chat_id": card.chat_id, "name": group.name}
    return Seen(
        at=stage.now(),
        channel="kf",
        sender=session.open_kfid,
        text=card.wording,
        via="kf",
        attachments=(picture,),
    )


_AT = "/cgi-bin/kf/customer"
CUSTOMER_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    f"{_AT}/batchget": Endpoint(method="POST", act=read_customers),
    f"{_AT}/get_upgrade_service_config": Endpoint(method="GET", act=read_range),
    f"{_AT}/upgrade_service": Endpoint(method="POST", act=put_card),
    f"{_AT}/cancel_upgrade_service": Endpoint(method="POST", act=take_card_away),
}
