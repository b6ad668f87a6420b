"""`message/send`: what the app may send to employees, and how it shows (apps-and-bots.md 2)."""

import hashlib
import json
from dataclasses import dataclass

from twin.app_room import SENT_CODE_S, Card
from twin.cards import card_kind, shown, title
from twin.host import Denied, Done, Endpoint
from twin.people import Seen
from twin.shape import BadShape, Json, flag, record, text, whole
from twin.stage import Stage
from twin.world import WecomAccount

CONTENT_BYTES = 2048
RECEIVERS = 1000
REPEAT_S, LONGEST_REPEAT_S = 1800, 14_400
_TEXTCARD = {"title": 128, "description": 512}
URL_BYTES = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    """A message that the platform takes. `card` is a template card."""

    words: str
    attachments: tuple[Json, ...] = ()
    card: Json | None = None

    def digest(self) -> str:
        plain = json.dumps([self.words, *self.attachments], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()


def send(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """Send to employees; a repeat within the interval is swallowed when that is asked for."""
    if whole(args, "agentid") != account.agentid:
        raise Denied(40056, "invalid agentid")
    message = _message(args)
    wanted = _receivers(stage, text(args, "touser", ""))
    known = [one for one in wanted if stage.world.employee(one)]
    if not known:
        raise Denied(81013, "user & party & tag all invalid")
    reached = [one for one in known if not _repeats(stage, args, one, message)]
    body: Json = {"errcode": 0, "errmsg": "ok", "msgid": f"MSG{stage.next_msg_id()}"}
    body["invaliduser"] = "|".join(one for one in wanted if one not in known)
    if reached and message.card is not None:
        body |= _laid(stage, message.card, reached)
    for one in reached:
        stage.app.sent(one, message.digest(), stage.now())
    seen = _seen(stage, account, message)
    effect: Json | None = {"reached": list(reached)} if reached else None
    shows = tuple((one, seen) for one in reached)
    return Done(body=body, who="|".join(known), effect=effect, shows=shows)


def _message(args: Json) -> _Message:
    kind = text(args, "msgtype")
    inside = record(args, kind)
    if kind in ("text", "markdown"):
        content = text(inside, "content")
        if not content:
            raise Denied(44004, "content is empty")
        form: tuple[Json, ...] = ({"type": kind},) if kind == "markdown" else ()
        return _Message(words=_cut(content, CONTENT_BYTES), attachments=form)
    if kind == "textcard":
        return _textcard(inside)
    if kind == "template_card":
        card_kind(inside)
        return _Message(words=title(inside), attachments=(shown(inside),), card=inside)
    raise Denied(40008, "invalid message type")


def _textcard(inside: Json) -> _Message:
    url = text(inside, "url")
    if not url or len(url.encode()) > URL_BYTES:
        raise BadShape("url")
    told: Json = {"type": "textcard", "url": url, "btntxt": text(inside, "btntxt", "详情")}
    for name, most in _TEXTCARD.items():
        told[name] = _cut(text(inside, name), most)
        if not told[name]:
            raise Denied(40063, f"{name} is empty")
    return _Message(words=f"{told['title']}\n{told['description']}", attachments=(told,))


def _receivers(stage: Stage, touser: str) -> list[str]:
    if touser == "@all":
        return [one.userid for one in stage.world.staff]
    wanted = [one for one in touser.split("|") if one]
    if len(wanted) > RECEIVERS:
        raise Denied(40032, "too many users")
    return wanted


def _repeats(stage: Stage, args: Json, userid: str, message: _Message) -> bool:
    if not flag(args, "enable_duplicate_check"):
        return False
    within = min(whole(args, "duplicate_check_interval", REPEAT_S), LONGEST_REPEAT_S)
    return stage.app.repeats(userid, message.digest(), stage.now() - within)


def _laid(stage: Stage, content: Json, reached: list[str]) -> Json:
    """Remember the card; return the code to change it once, when it is of a kind that can be."""
    task_id = text(content, "task_id", "") or f"card{stage.next_msg_id()}"
    if stage.app.knows(task_id):
        raise BadShape("task_id")
    views = dict.fromkeys(reached, content)
    card = Card(task_id=task_id, kind=text(content, "card_type"), views=views)
    stage.app.lay(card)
    if not card.kind.endswith("_interaction") and not content.get("action_menu"):
        return {}
    return {"response_code": stage.app.issue(card, stage.now() + SENT_CODE_S)}


def _seen(stage: Stage, account: WecomAccount, message: _Message) -> Seen:
    return Seen(
        at=stage.now(),
        channel="app",
        sender=account.id,
        text=message.words,
        via="app",
        attachments=message.attachments,
    )


def _cut(content: str, most: int) -> str:
    """Longer text is cut by the platform, not refused."""
    return content.encode()[:most].decode("utf-8", "ignore")


APP_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    "/cgi-bin/message/send": Endpoint(method="POST", act=send),
}
