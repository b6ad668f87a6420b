"""`group_welcome_template/*`: material for group welcomes; it greets nobody by itself."""

from twin.contact.attachments import attachment, picture_url
from twin.group.templates import Template
from twin.host import Denied, Done, Endpoint
from twin.people import Seen
from twin.shape import BadShape, Json, record, text, whole
from twin.stage import Stage
from twin.world import WecomAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
MOST = 100
TEXT_BYTES = 3000
_KINDS = ("image", "link", "miniprogram", "file", "video")


def add(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """Add a template; with `notify` (unless 0) every group owner is told of it."""
    template = _template(stage, account, args, stage.templates.next_id())
    if len(stage.templates.by_id) >= MOST:
        raise Denied(41055, "group welcome template count out of limit")
    stage.templates.by_id[template.template_id] = template
    body: Json = {**OK, "template_id": template.template_id}
    effect: Json = {"template_id": template.template_id}
    return Done(body=body, effect=effect, shows=_notices(stage, template, args))


def edit(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """Replace a template as a whole; groups that picked it greet with the new one."""
    known = _known(stage, account, args)
    template = _template(stage, account, args, known.template_id)
    stage.templates.by_id[known.template_id] = template
    return Done(body=OK, effect={"template_id": known.template_id})


def get(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """Return a template."""
    known = _known(stage, account, args)
    body: Json = {**OK, "text": {"content": known.text}}
    if known.attachment:
        inside = {key: value for key, value in known.attachment.items() if key != "type"}
        if known.attachment["type"] == "image":
            inside = {"pic_url": picture_url(stage, account, inside)}
        body[str(known.attachment["type"])] = inside
    return Done(body=body)


def delete(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """Delete a template; groups that picked it greet nobody any more."""
    known = _known(stage, account, args)
    del stage.templates.by_id[known.template_id]
    return Done(body=OK, effect={"template_id": known.template_id, "deleted": True})


def _known(stage: Stage, account: WecomAccount, args: Json) -> Template:
    known = stage.templates.by_id.get(text(args, "template_id"))
    if known is None:
        raise BadShape("template_id")
    if _agent(account, args) != known.agentid:
        raise Denied(41058, "no right to edit this group welcome template")
    return known


def _agent(account: WecomAccount, args: Json) -> int:
    return whole(args, "agentid", account.agentid)


def _template(stage: Stage, account: WecomAccount, args: Json, template_id: str) -> Template:
    words = text(record(args, "text"), "content", "")
    if len(words.encode()) > TEXT_BYTES:
        raise Denied(45002, "content size out of limit")
    given = [kind for kind in _KINDS if args.get(kind)]
    if not words and not given:
        raise Denied(40063, "text and attachment are both empty")
    if len(given) > 1:
        raise BadShape(given[1])
    if whole(args, "notify", 1) not in (0, 1):
        raise BadShape("notify")
    found: Json | None = None
    if given:
        found = attachment(stage, account, {"msgtype": given[0], given[0]: args[given[0]]}, "")
    return Template(
        template_id=template_id, agentid=_agent(account, args), text=words, attachment=found
    )


def _notices(stage: Stage, template: Template, args: Json) -> tuple[tuple[str, Seen], ...]:
    if not whole(args, "notify", 1):
        return ()
    owners = dict.fromkeys(one.owner for one in stage.groups.by_id.values())
    seen = Seen(
        at=stage.now(),
        channel="notice",
        sender="客户联系",
        text=f"新的入群欢迎语素材：{template.text}",
        via="group_welcome_template",
        attachments=(template.attachment,) if template.attachment else (),
    )
    return tuple((one, seen) for one in owners)


_AT = "/cgi-bin/externalcontact/group_welcome_template"
GROUP_WELCOME_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    f"{_AT}/add": Endpoint(method="POST", act=add),
    f"{_AT}/edit": Endpoint(method="POST", act=edit),
    f"{_AT}/get": Endpoint(method="POST", act=get),
    f"{_AT}/del": Endpoint(method="POST", act=delete),
}
