"""The answer inside the response to an internal bot's callback, clear and sealed.

Source sheets: wecom/apps-and-bots.md section 4.3, wecom/crypto.md section 7. Every body is sealed,
`{}` included, which means «nothing to say».
"""

import secrets

import orjson

from bot.events import BotEntered, Event
from bot.platforms.envelope import Seal
from bot.platforms.fitting import fitting

LIMIT_CONTENT_BYTES = 20_480
NOTHING = b"{}"


def answer(event: Event, stream: str, text: str) -> bytes:
    """The clear answer to `event`, whole: a text to who enters, a finished stream to who asks.

    A text over 20,480 bytes is cut at a character and ends in «…». The same arguments give the
    same bytes.
    """
    if isinstance(event, BotEntered):
        content = {"content": fitting(text, LIMIT_CONTENT_BYTES)}
        return orjson.dumps({"msgtype": "text", "text": content})
    return stream_reply(stream, text, finish=True)


def stream_reply(stream: str, text: str, *, finish: bool) -> bytes:
    """One step of the answer `stream`: `text` takes the place of what was shown before.

    Until `finish` the platform goes on asking, for six minutes after the question.
    """
    step = {"id": stream, "finish": finish, "content": fitting(text, LIMIT_CONTENT_BYTES)}
    return orjson.dumps({"msgtype": "stream", "stream": step})


def sealed_reply(seal: Seal, clear: bytes, nonce: str, timestamp: int) -> bytes:
    """A clear answer sealed; `nonce` is the callback's own, `timestamp` Unix seconds, now.

    Fresh random bytes enter each time, so a repeat differs on the wire and means the same.
    Raises ValueError when the seal has no key or admits several receivers.
    """
    sealed = seal.close(
        clear, nonce=nonce, timestamp=str(timestamp), random16=secrets.token_bytes(16)
    )
    return orjson.dumps(
        {
            "encrypt": sealed.encrypt,
            "msgsignature": sealed.signature,
            "timestamp": timestamp,
            "nonce": sealed.nonce,
        }
    )
