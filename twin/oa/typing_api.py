"""`message/custom/typing`: «对方正在输入» on a fan's phone (oa/api.md section 2)."""

from twin.host import Denied, Done, Endpoint
from twin.shape import Json, text
from twin.stage import Stage
from twin.world import OaAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
LASTS_S = 15.0
RECENT_S = 30.0
BEGIN, CANCEL = "Typing", "CancelTyping"


def show_typing(stage: Stage, account: OaAccount, args: Json) -> Done:
    """Begin or cancel; needs an open window and an interaction within 30 s, lasts 15 s."""
    person = stage.crowd.by_openid(account.appid, text(args, "touser"))
    command = text(args, "command")
    if person is None:
        raise Denied(40003, "invalid openid")
    if command not in (BEGIN, CANCEL):
        raise Denied(45072, "invalid command", person.name)
    now, following = stage.now(), person.follows.get(account.appid)
    if following is None or not following.open_windows(now):
        raise Denied(45015, "response out of time limit or subscription is canceled", person.name)
    if command == CANCEL:
        following.typing_until = 0.0
        return Done(body=OK, who=person.name, effect={"typing": False})
    if now - following.touched > RECENT_S:
        raise Denied(45080, "no interaction within 30 seconds", person.name)
    if following.typing_until > now:
        raise Denied(45081, "already typing", person.name)
    following.typing_until = now + LASTS_S
    return Done(body=OK, who=person.name, effect={"typing": True})


TYPING_ENDPOINTS: dict[str, Endpoint[OaAccount]] = {
    "/cgi-bin/message/custom/typing": Endpoint(method="POST", act=show_typing),
}
