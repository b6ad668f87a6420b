"""The answer inside the response to an Official Account callback, clear and sealed.

Written by hand, not with wechatpy's reply classes: those let `]]>` in a customer's own words
break out of the CDATA section, and they read the clock. `success` and the empty body, which mean
«nothing to say», are never sealed (oa/callbacks.md section 5).
"""

import re
import secrets
from datetime import datetime

from bot.events import Event
from bot.platforms.envelope import Seal
from bot.platforms.happening import Fields

LIMIT_TEXT_BYTES = 2048  # oa/replies-and-messages.md section 8

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text_reply(event: Event, text: str, at: datetime) -> bytes:
    """A clear text answer to the sender of `event`; the same arguments give the same bytes.

    Characters XML cannot carry are dropped. A text over 2,048 bytes is cut at a character and
    ends in «…», because the platform would show a fault instead. Raises ValueError when nothing
    is left to say, or when the event does not tell who wrote to whom.
    """
    said = fitting(_NOT_XML.sub("", text))
    account = Fields(event.fields).id("ToUserName")
    if not said.strip() or not account or event.who is None:
        raise ValueError("a text reply needs a text, a sender and the account's original id")
    return (
        "<xml>"
        f"<ToUserName>{_cdata(event.who.value)}</ToUserName>"
        f"<FromUserName>{_cdata(account)}</FromUserName>"
        f"<CreateTime>{int(at.timestamp())}</CreateTime>"
        "<MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{_cdata(said)}</Content>"
        "</xml>"
    ).encode()


def sealed_reply(seal: Seal, clear: bytes, nonce: str, timestamp: int) -> bytes:
    """A clear answer sealed for compatible and safe mode; `timestamp` is Unix seconds, now.

    Fresh random bytes enter each time, so a repeat differs on the wire and means the same.
    Raises ValueError when the seal has no key or admits several receivers.
    """
    sealed = seal.close(
        clear, nonce=nonce, timestamp=str(timestamp), random16=secrets.token_bytes(16)
    )
    return (
        "<xml>"
        f"<Encrypt>{_cdata(sealed.encrypt)}</Encrypt>"
        f"<MsgSignature>{_cdata(sealed.signature)}</MsgSignature>"
        f"<TimeStamp>{sealed.timestamp}</TimeStamp>"
        f"<Nonce>{_cdata(sealed.nonce)}</Nonce>"
        "</xml>"
    ).encode()


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def fitting(text: str) -> str:
    """A text that the platform takes: as it is up to 2,048 bytes, else cut, ending in «…»."""
    if len(text.encode()) <= LIMIT_TEXT_BYTES:
        return text
    room = LIMIT_TEXT_BYTES - len("…".encode())
    return text.encode()[:room].decode(errors="ignore") + "…"
