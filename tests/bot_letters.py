"""What the platform says to an internal bot and to the app, as the plain message inside."""

import json

from tests.callbacks import CORP
from tests.little_shop import NOW_S

INNER = "wrINNER"
URL = "https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code=RC1"


def asked(
    text: str, msgid: str = "m1", *, staff: str = "xiaowang", chat: str = "", **more: object
) -> str:
    """An employee said something to the bot; with a chat, in that internal group."""
    where = {"chattype": "group", "chatid": chat} if chat else {"chattype": "single"}
    body = {"msgtype": "text", "text": {"content": text}, "response_url": URL}
    return _letter(msgid, staff, **{**where, **body, **more})


def entered(msgid: str = "e1", staff: str = "xiaowang") -> str:
    """An employee opened the conversation."""
    return _event("enter_chat", msgid, staff)


def tapped(task: str, key: str) -> str:
    """An employee tapped a button of a card that the bot showed."""
    told = {"card_type": "button_interaction", "event_key": key, "task_id": task}
    return _event("template_card_event", "t1", template_card_event=told)


def polled(stream: str) -> str:
    """The platform asks how far a stream is."""
    return _letter("p1", "xiaowang", msgtype="stream", stream={"id": stream})


def app_said(text: str, msg_id: int, *, staff: str = "xiaowang", at_s: int = NOW_S) -> str:
    """An employee typed something to the app."""
    return _app(
        staff, at_s, f"<MsgType>text</MsgType><Content><![CDATA[{text}]]></Content>"
        f"<MsgId>{msg_id}</MsgId>",
    )  # fmt: skip


def app_tapped(task: str, key: str, code: str = "RC", *, at_s: int = NOW_S) -> str:
    """An employee tapped a button of a card that the app sent."""
    return _app(
        "xiaowang", at_s, "<MsgType>event</MsgType><Event>template_card_event</Event>"
        f"<EventKey>{key}</EventKey><TaskId>{task}</TaskId>"
        f"<CardType>button_interaction</CardType><ResponseCode>{code}</ResponseCode>",
    )  # fmt: skip


def _event(name: str, msgid: str, staff: str = "xiaowang", **more: object) -> str:
    event = {"eventtype": name, **more}
    return _letter(msgid, staff, create_time=NOW_S, chattype="single", msgtype="event", event=event)


def _letter(msgid: str, staff: str, **body: object) -> str:
    told = {"msgid": msgid, "aibotid": "AIB1", "from": {"userid": staff}, **body}
    return json.dumps(told, ensure_ascii=False)


def _app(staff: str, at_s: int, rest: str) -> str:
    return (
        f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName>"
        f"<FromUserName><![CDATA[{staff}]]></FromUserName>"
        f"<CreateTime>{at_s}</CreateTime>{rest}<AgentID>1000002</AgentID></xml>"
    )
