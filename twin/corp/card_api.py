"""`message/update_template_card`: change a card once for each code that was given out."""

from twin.cards import card_kind, shown, title
from twin.corp.room import Card, Code
from twin.host import Denied, Done, Endpoint
from twin.people import Seen
from twin.shape import Json, flag, record, text, texts, whole
from twin.stage import Stage
from twin.world import WecomAccount

BAD_CODE = 40058


def update(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """Close the buttons under a new name, or put a whole card in place, for `userids` or all."""
    if whole(args, "agentid") != account.agentid:
        raise Denied(40056, "invalid agentid")
    code = _living(stage, text(args, "response_code", ""))
    wanted = list(code.card.views) if flag(args, "atall") else list(texts(args, "userids"))
    known = [one for one in wanted if one in code.card.views]
    if not known:
        raise Denied(81013, "user & party & tag all invalid")
    told = _changed(code.card, known, args)
    code.used = True
    seen = Seen(
        at=stage.now(),
        channel="app",
        sender=account.id,
        text=title(told),
        via="app_update",
        attachments=(told,),
    )
    body: Json = {"errcode": 0, "errmsg": "ok"}
    body["invaliduser"] = [one for one in wanted if one not in known]
    effect: Json = {"task_id": code.card.task_id, "reached": list(known)}
    shows = tuple((one, seen) for one in known)
    return Done(body=body, who="|".join(known), effect=effect, shows=shows)


def _living(stage: Stage, wanted: str) -> Code:
    code = stage.app.code(wanted)
    if code is None:
        raise Denied(BAD_CODE, "invalid response_code")
    if code.used:
        raise Denied(BAD_CODE, "response_code already used")
    if stage.now() > code.dies:
        raise Denied(BAD_CODE, "response_code expired")
    return code


def _changed(card: Card, userids: list[str], args: Json) -> Json:
    """Change the views of these employees; return the card as it now shows."""
    content, words = record(args, "template_card"), ""
    if content:
        card_kind(content)
        content = {"task_id": card.task_id, **content}
    else:
        words = text(record(args, "button"), "replace_name", "")
        if not words or not card.kind.endswith("_interaction"):
            raise Denied(40063, "button.replace_name or template_card needed")
        content = card.views[userids[0]]
    for userid in userids:
        card.views[userid] = content
        card.closed.pop(userid, None)
        if words:
            card.closed[userid] = words
    return shown(content, **({"replace_name": words} if words else {}))


CARD_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    "/cgi-bin/message/update_template_card": Endpoint(method="POST", act=update),
}
