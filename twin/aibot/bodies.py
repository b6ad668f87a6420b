"""Judge what a bot answered to an aibot callback (apps-and-bots.md section 4.3, crypto.md 7)."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from twin.cards import card_kind, shown, title
from twin.seal import Unopened, opened
from twin.shape import BadShape, Json, read, record, records, text
from twin.world import AibotAccount

CONTENT_BYTES = 20_480
IMAGES = 10
IMAGE_BYTES = 10_000_000
FEEDBACK_BYTES = 256
_KINDS = ("stream", "template_card", "stream_with_template_card")
_GREETINGS = ("text", "template_card")


class Malformed(Exception):
    """The answer cannot be shown; the message says why. The employee sees nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotReply:
    """An answer that can be shown. An empty `kind` shows nothing."""

    kind: str = ""
    text: str = ""
    attachments: tuple[Json, ...] = ()
    stream_id: str = ""
    finish: bool = True


def read_bot_reply(account: AibotAccount, nonce: str, body: bytes, asked: str) -> BotReply:
    """Return what the employee would see. `asked` is text, enter_chat or stream (a refresh).

    Raises Malformed for an answer in clear, one that cannot be opened, and one out of bounds.
    """
    if not body.strip():
        return BotReply()
    clear = _opened(account, nonce, body)
    try:
        reply = read(clear.encode())
        return _judged(reply, asked) if reply else BotReply()
    except BadShape as cause:
        raise Malformed(f"回复里 {cause.key or 'JSON'} 不对或缺少") from cause


def _opened(account: AibotAccount, nonce: str, body: bytes) -> str:
    try:
        envelope = read(body)
    except BadShape as cause:
        raise Malformed("回复不是 JSON") from cause
    if "encrypt" not in envelope:
        raise Malformed("收到明文回复，应为加密的 JSON")
    if envelope.get("nonce") != nonce:
        raise Malformed("nonce 应与请求地址里的相同")
    stamp = str(envelope.get("timestamp", ""))
    if not stamp.isdigit():
        raise Malformed("timestamp 不是整数")
    try:
        sealed_text, signature = text(envelope, "encrypt"), text(envelope, "msgsignature")
        return opened(account, sealed_text, signature, stamp, nonce)
    except BadShape as cause:
        raise Malformed(f"回复里缺少 {cause.key}") from cause
    except Unopened as cause:
        raise Malformed(str(cause)) from cause


def _judged(reply: Json, asked: str) -> BotReply:
    kind = text(reply, "msgtype")
    if kind not in (_GREETINGS if asked == "enter_chat" else _KINDS):
        raise Malformed(f"msgtype {kind} 不能回复 {asked}")
    if kind == "text":
        return BotReply(kind=kind, text=_content(record(reply, "text")))
    card = _card(reply) if "template_card" in kind else None
    if not kind.startswith("stream"):
        return BotReply(kind=kind, text=title(card or {}), attachments=(card or {},))
    stream = _stream(record(reply, "stream"), kind, asked)
    if card is None:
        return stream
    return BotReply(
        kind=kind,
        text=stream.text,
        attachments=(*stream.attachments, card),
        stream_id=stream.stream_id,
        finish=stream.finish,
    )


def _card(reply: Json) -> Json:
    card = record(reply, "template_card")
    card_kind(card)
    return shown(card)


def _stream(stream: Json, kind: str, asked: str) -> BotReply:
    stream_id, finish = text(stream, "id"), stream.get("finish", False)
    if not stream_id or not isinstance(finish, bool):
        raise Malformed("stream 需要 id，finish 应为 true 或 false")
    words = text(stream, "content", "")
    if len(words.encode()) > CONTENT_BYTES:
        raise Malformed(f"stream.content 超过 {CONTENT_BYTES} 字节")
    feedback = text(record(stream, "feedback"), "id", "")
    if len(feedback.encode()) > FEEDBACK_BYTES or (feedback and asked == "stream"):
        raise Malformed("feedback 只在第一次回复里，id 至多 256 字节")
    pictures = tuple(_picture(one) for one in records(stream, "msg_item"))
    if pictures and (not finish or len(pictures) > IMAGES):
        raise Malformed("图片只在 finish 时带，至多 10 张")
    return BotReply(kind=kind, text=words, attachments=pictures, stream_id=stream_id, finish=finish)


def _picture(item: Json) -> Json:
    image = record(item, "image")
    try:
        content = base64.b64decode(text(image, "base64"), validate=True)
    except binascii.Error as cause:
        raise Malformed("图片的 base64 读不了") from cause
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if item.get("msgtype") != "image" or digest != text(image, "md5"):
        raise Malformed("msg_item 应为 image，md5 应为图片的")
    if len(content) > IMAGE_BYTES:
        raise Malformed("图片超过 10 MB")
    return {"type": "image", "md5": digest, "size": len(content)}


def _content(inside: Json) -> str:
    words = text(inside, "content")
    if not words or len(words.encode()) > CONTENT_BYTES:
        raise Malformed(f"text.content 为空或超过 {CONTENT_BYTES} 字节")
    return words
