"""Template messages, and the event that reports each of them (oa/api.md section 7)."""

from twin.host import Denied, Done, Endpoint
from twin.letters import Node, oa_event
from twin.oa.blacklist import check_blacklist
from twin.oa.fans import owner
from twin.oa.message_kinds import check_mini_program
from twin.oa.notice_values import values_of
from twin.people import Following, Person, Seen
from twin.shape import Json, record, text
from twin.stage import Happening, Stage
from twin.world import NoticeTemplate, OaAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
REPORT = "TEMPLATESENDJOBFINISH"
_VIA = {"message": "template"}
SENT, REFUSED, FAILED = "success", "failed:user block", "failed: system failed"


def send_template(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST message/template/send`: to a follower, once for a client_msg_id; reported later.

    The same client_msg_id to the same follower again answers the former msgid and shows nothing.
    """
    person = owner(stage, account, text(args, "touser"))
    following = person.follows.get(account.appid)
    if following is None:
        raise Denied(43004, "require subscribe", person.name)
    check_blacklist(person, following)
    template = template_of(stage, account, args, "message")
    values = values_of(template, args, person.name)
    appearance = shown_notice(stage, account, template, values, args)
    openid, wanted = person.openids[account.appid], text(args, "client_msg_id", "")
    former = stage.notices.sent(account.appid, openid, wanted, stage.now())
    if former:
        return Done(body={**OK, "msgid": former}, who=person.name)
    msgid, until = stage.notices.next_msgid(), stage.now() + stage.settings.client_msg_id_s
    stage.notices.guard(account.appid, openid, wanted, msgid, until)
    status = _status(stage, following)
    return Done(
        body={**OK, "msgid": msgid},
        who=person.name,
        effect={"template": template.id, "msgid": msgid, "status": status},
        shows=((person.name, appearance),) if status == SENT else (),
        happenings=(_report(stage, account, person, msgid, status),),
    )


def template_of(stage: Stage, account: OaAccount, args: Json, kind: str) -> NoticeTemplate:
    """Return the account's template of this kind. Raises Denied 40037."""
    wanted = text(args, "template_id")
    for one in stage.world.templates:
        if (one.id, one.account, one.kind) == (wanted, account.id, kind):
            return one
    raise Denied(40037, "invalid template_id")


def shown_notice(
    stage: Stage,
    account: OaAccount,
    template: NoticeTemplate,
    values: dict[str, str],
    args: Json,
) -> Seen:
    """Return a notice as it shows: of `url` and `miniprogram` the mini program wins."""
    mini_program = record(args, "miniprogram")
    if mini_program:
        check_mini_program(account, text(mini_program, "appid"))
    told: Json = {"type": "notice", "template_id": template.id, "values": values}
    opens: Json = {"miniprogram": mini_program} if mini_program else {}
    for key in () if mini_program else ("url", "page"):
        opens |= {key: text(args, key)} if key in args else {}
    return Seen(
        at=stage.now(),
        channel="oa",
        sender=account.id,
        text="\n".join([template.title, *values.values()]),
        via=_VIA.get(template.kind, template.kind),
        attachments=(told | opens,),
    )


def job_event(stage: Stage, account: OaAccount, person: Person, *nodes: Node) -> Happening:
    """Return an event that reports a notice a moment later; `nodes` begin with its name."""
    kind, openid = str(nodes[0][1]), person.openids[account.appid]
    return Happening(
        id=stage.next_happening_id(),
        account=account,
        act=kind,
        kind=kind,
        inner=oa_event(account, openid, int(stage.now()), *nodes),
        who=person.name,
        openid=openid,
        delay_s=stage.settings.job_s,
    )


def _status(stage: Stage, following: Following) -> str:
    if stage.settings.notice_fails:
        return FAILED
    return REFUSED if following.refuses_notices else SENT


def _report(stage: Stage, account: OaAccount, person: Person, msgid: int, status: str) -> Happening:
    nodes: list[Node] = [("Event", REPORT), ("MsgID", msgid), ("Status", status)]
    return job_event(stage, account, person, *nodes)


NOTICE_ENDPOINTS: dict[str, Endpoint[OaAccount]] = {
    "/cgi-bin/message/template/send": Endpoint(method="POST", act=send_template),
}
