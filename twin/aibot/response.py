"""`aibot/response`: one answer through the response_url of a question, within an hour."""

from twin.aibot.bodies import CONTENT_BYTES
from twin.aibot.room import RESPONSE_S, Talk
from twin.aibot.screen import answer_seen
from twin.cards import card_kind, shown, title
from twin.group.transcripts import Said
from twin.host import Denied, Done, OpenEndpoint
from twin.shape import Json, record, text
from twin.stage import Stage

BAD_CODE = 40058


def respond(stage: Stage, args: Json) -> Done:
    """`POST aibot/response`, in clear: markdown, or a card where no group hears it."""
    talk = stage.talks.by_code(text(args, "response_code", ""))
    if talk is None:
        raise Denied(BAD_CODE, "invalid response_code")
    if talk.code_used:
        raise Denied(BAD_CODE, "response_code already used", talk.userid)
    if stage.now() - talk.began > RESPONSE_S:
        raise Denied(BAD_CODE, "response_code expired", talk.userid)
    said = _said(stage, talk, args)
    talk.code_used = True
    body: Json = {"errcode": 0, "errmsg": "ok"}
    shows = tuple(answer_seen(stage, talk, said))
    return Done(body=body, who=talk.userid, effect={"shown": said.text}, shows=shows)


def _said(stage: Stage, talk: Talk, args: Json) -> Said:
    kind = text(args, "msgtype")
    attachments: tuple[Json, ...] = ()
    if kind == "markdown":
        words = text(record(args, kind), "content")
        if not words:
            raise Denied(44004, "content is empty", talk.userid)
        if len(words.encode()) > CONTENT_BYTES:
            raise Denied(45002, "content size out of limit", talk.userid)
    elif kind == "template_card" and not talk.chat_id:
        card = record(args, kind)
        card_kind(card)
        words, attachments = title(card), (shown(card),)
    else:
        raise Denied(40008, "invalid message type", talk.userid)
    return Said(
        at=stage.now(),
        who=talk.bot.id,
        name=talk.bot.name,
        text=words,
        via="aibot_response",
        attachments=attachments,
    )


RESPONSE_ENDPOINTS: dict[str, OpenEndpoint] = {
    "/cgi-bin/aibot/response": OpenEndpoint(method="POST", act=respond),
}
