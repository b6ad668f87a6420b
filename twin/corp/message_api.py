"""`message/send` and `message/recall`: who gets an app message, and who no more."""

from twin.corp.bodies import Message, message
from twin.corp.parties import ROOT
from twin.corp.room import SENT_CODE_S, Card, Sent
from twin.host import Denied, Done, Endpoint
from twin.people import Seen
from twin.shape import BadShape, Json, flag, text, whole
from twin.stage import Stage
from twin.tokens import DAY_S
from twin.world import WecomAccount

RECEIVERS, PARTIES, TAGS = 1000, 100, 100
REPEAT_S, LONGEST_REPEAT_S = 1800, 14_400
EVERYBODY = "@all"
RECALLED = "撤回了一条消息"


def send(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """Send to employees; a repeat within the interval is swallowed when that is asked for."""
    if whole(args, "agentid") != account.agentid:
        raise Denied(40056, "invalid agentid")
    if whole(args, "safe", 0) not in (0, 1):
        raise BadShape("safe")
    said = message(stage, account, args)
    known, missed = _receivers(stage, args)
    if not known:
        raise Denied(81013, "user & party & tag all invalid")
    reached = [one for one in known if not _repeats(stage, args, one, said)]
    msgid = f"MSG{stage.next_msg_id()}"
    body: Json = {"errcode": 0, "errmsg": "ok", "msgid": msgid, "unlicenseduser": "", **missed}
    if reached and said.card is not None:
        body |= _laid(stage, said.card, reached)
    for one in reached:
        stage.app.sent(one, said.digest(), stage.now())
    task_id = text(said.card, "task_id", "") if said.card else ""
    stage.app.keep(msgid, Sent(userids=tuple(reached), at=stage.now(), task_id=task_id))
    seen = _seen(stage, account, said.words, "app", said.attachments)
    effect: Json | None = {"reached": list(reached)} if reached else None
    shows = tuple((one, seen) for one in reached)
    return Done(body=body, who="|".join(known), effect=effect, shows=shows)


def recall(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """Take a message back within 24 h: a line on the phones says so, a card has no buttons more."""
    sent = stage.app.kept(text(args, "msgid", ""))
    if sent is None or stage.now() - sent.at > DAY_S:
        raise BadShape("msgid")
    ok: Json = {"errcode": 0, "errmsg": "ok"}
    if sent.recalled:
        return Done(body=ok)
    sent.recalled = True
    stage.app.clear(sent.task_id)
    told: Json = {"type": "recall", "msgid": text(args, "msgid")}
    seen = _seen(stage, account, RECALLED, "app_recall", (told,))
    effect: Json = {"recalled": list(sent.userids)}
    shows = tuple((one, seen) for one in sent.userids)
    return Done(body=ok, who="|".join(sent.userids), effect=effect, shows=shows)


def _receivers(stage: Stage, args: Json) -> tuple[list[str], Json]:
    """Return the employees named by id or department, and what nobody stands behind."""
    touser = text(args, "touser", "")
    users = _named(args, "touser", RECEIVERS) if touser != EVERYBODY else []
    departments = _named(args, "toparty", PARTIES)
    tags = _named(args, "totag", TAGS)
    staff = [one.userid for one in stage.world.staff]
    if touser == EVERYBODY or str(ROOT) in departments:
        known = [one for one in staff if stage.world.in_scope(one)]
    else:
        known = [one for one in users if one in staff]
    missed: Json = {
        "invaliduser": "|".join(one for one in users if one not in staff),
        "invalidparty": "|".join(one for one in departments if one != str(ROOT)),
        "invalidtag": "|".join(tags),
    }
    return known, missed


def _named(args: Json, key: str, most: int) -> list[str]:
    wanted = [one for one in text(args, key, "").split("|") if one]
    if len(wanted) > most:
        raise Denied(40032, f"too many in {key}")
    return wanted


def _repeats(stage: Stage, args: Json, userid: str, said: Message) -> bool:
    if not flag(args, "enable_duplicate_check"):
        return False
    within = min(whole(args, "duplicate_check_interval", REPEAT_S), LONGEST_REPEAT_S)
    return stage.app.repeats(userid, said.digest(), stage.now() - within)


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


def _seen(
    stage: Stage, account: WecomAccount, words: str, via: str, attachments: tuple[Json, ...]
) -> Seen:
    return Seen(
        at=stage.now(),
        channel="app",
        sender=account.id,
        text=words,
        via=via,
        attachments=attachments,
    )


APP_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    "/cgi-bin/message/send": Endpoint(method="POST", act=send),
    "/cgi-bin/message/recall": Endpoint(method="POST", act=recall),
}
