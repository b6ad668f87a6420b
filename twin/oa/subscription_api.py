"""Notices that a person asked for: 订阅通知 and 一次性订阅 (oa/api.md section 7)."""

from twin.host import Denied, Done, Endpoint
from twin.letters import Inside, Node
from twin.oa.fans import owner
from twin.oa.notice_values import values_of
from twin.oa.template_api import job_event, shown_notice, template_of
from twin.people import Person
from twin.shape import Json, record, text, whole
from twin.stage import Happening, Stage
from twin.world import NoticeTemplate, OaAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
SENT_EVENT = "subscribe_msg_sent_event"
TITLE_CHARS = 15
HIGHEST_SCENE = 10_000
_TYPE_ONCE = 2  # a template that needs one consent for each message


def send_subscription(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST message/subscribe/bizsend`: uses one consent up, also of one who does not follow."""
    openid = text(args, "touser")
    person = owner(stage, account, openid)
    template = template_of(stage, account, args, "subscription")
    values = values_of(template, args, person.name)
    seen = shown_notice(stage, account, template, values, args)
    if not stage.notices.spend(account.appid, openid, template.id):
        raise Denied(43101, "user refuse to accept the msg", person.name)
    fails = bool(stage.settings.notice_fails)
    return Done(
        body=OK,
        who=person.name,
        effect={"template": template.id},
        shows=() if fails else ((person.name, seen),),
        happenings=(_sent(stage, account, person, template, fails=fails),),
    )


def send_once(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST message/template/subscribe`: one message for one consent of this scene; no event."""
    openid = text(args, "touser")
    person = owner(stage, account, openid)
    template = template_of(stage, account, args, "once")
    scene, title = whole(args, "scene"), text(args, "title")
    if not 1 <= len(title) <= TITLE_CHARS:
        raise Denied(47003, "argument invalid! title invalid", person.name)
    if not 0 <= scene <= HIGHEST_SCENE:
        raise Denied(47003, "argument invalid! scene invalid", person.name)
    words = text(record(record(args, "data"), "content"), "value")
    if not words:
        raise Denied(47003, "argument invalid! data.content.value invalid", person.name)
    values = {"title": title, "content": words}
    seen = shown_notice(stage, account, template, values, args)
    if not stage.notices.spend(account.appid, openid, template.id, str(scene)):
        raise Denied(43101, "user refuse to accept the msg", person.name)
    return Done(
        body=OK,
        who=person.name,
        effect={"template": template.id},
        shows=((person.name, seen),),
    )


def list_templates(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`GET wxaapi/newtmpl/gettemplate`: the account's own subscription templates."""
    mine = [
        one
        for one in stage.world.templates
        if (one.account, one.kind) == (account.id, "subscription")
    ]
    return Done(body={**OK, "data": [_told(one) for one in mine]})


def _told(template: NoticeTemplate) -> Json:
    return {
        "priTmplId": template.id,
        "title": template.title,
        "content": "\n".join(f"{key}:{{{{{key}.DATA}}}}" for key in template.keys),
        "example": "",
        "type": _TYPE_ONCE,
    }


def _sent(
    stage: Stage, account: OaAccount, person: Person, template: NoticeTemplate, *, fails: bool
) -> Happening:
    report: tuple[Node, ...] = (
        ("TemplateId", template.id),
        ("MsgID", stage.notices.next_msgid()),
        ("ErrorCode", int(fails)),
        ("ErrorStatus", "system failed" if fails else "success"),
    )
    inside = Inside((("List", Inside(report)),))
    nodes: list[Node] = [("Event", SENT_EVENT), ("SubscribeMsgSentEvent", inside)]
    return job_event(stage, account, person, *nodes)


SUBSCRIPTION_ENDPOINTS: dict[str, Endpoint[OaAccount]] = {
    "/cgi-bin/message/subscribe/bizsend": Endpoint(method="POST", act=send_subscription),
    "/cgi-bin/message/template/subscribe": Endpoint(method="POST", act=send_once),
    "/wxaapi/newtmpl/gettemplate": Endpoint(method="GET", act=list_templates),
}
