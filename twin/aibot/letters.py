"""The inner JSON of every aibot callback the twin sends (apps-and-bots.md sections 4.1, 4.2)."""

import json

from twin.aibot.room import Talk
from twin.shape import Json
from twin.stage import Stage


def question(stage: Stage, talk: Talk, msgid: str, words: str) -> str:
    """An employee said something to the aibot, in a group or alone with it."""
    url = f"{stage.bases.get('wecom', '')}/cgi-bin/aibot/response?response_code={talk.code}"
    body: Json = {**_head(talk, msgid), "response_url": url}
    return _plain({**body, "msgtype": "text", "text": {"content": words}})


def entered(stage: Stage, talk: Talk, msgid: str) -> str:
    """An employee opened the chat with the aibot for the first time on this day."""
    head = {**_head(talk, msgid), "create_time": int(stage.now())}
    return _plain({**head, "msgtype": "event", "event": {"eventtype": talk.kind}})


def refresh(stage: Stage, talk: Talk) -> str:
    """The platform asks for the present content of an unfinished stream."""
    head = _head(talk, f"AIS{stage.next_msg_id()}")
    return _plain({**head, "msgtype": "stream", "stream": {"id": talk.stream_id}})


def _head(talk: Talk, msgid: str) -> Json:
    head: Json = {"msgid": msgid, "aibotid": talk.bot.aibotid}
    if talk.chat_id:
        head["chatid"] = talk.chat_id
    return {
        **head,
        "chattype": "group" if talk.chat_id else "single",
        "from": {"userid": talk.userid},
    }


def _plain(body: Json) -> str:
    return json.dumps(body, ensure_ascii=False)
