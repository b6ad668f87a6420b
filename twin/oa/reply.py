"""Judge what a bot answered to an Official Account callback, as the customer's client would."""

from dataclasses import dataclass
from xml.parsers.expat import ExpatError

import xmltodict

from twin.seal import Unopened, opened
from twin.shape import Json
from twin.world import OaAccount

FAULT_TEXT = "该公众号提供的服务出现故障，请稍后再试"
TEXT_BYTES = 2048
_MEDIA = {"image": "Image", "voice": "Voice", "video": "Video"}


class Malformed(Exception):
    """The answer cannot be shown; the message says why. The customer sees the fault text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A passive reply that can be shown. An empty `kind` shows nothing."""

    kind: str = ""
    text: str = ""
    attachments: tuple[Json, ...] = ()


def read_reply(account: OaAccount, openid: str, body: bytes) -> Reply:
    """Return what the customer would see. Raises Malformed when that is the fault text."""
    clear = body.decode("utf-8", "replace").strip()
    if clear in ("", "success"):
        return Reply()
    nodes = _nodes(clear)
    if "Encrypt" in nodes:
        nodes = _nodes(_open(account, nodes))
    elif account.mode == "safe":
        raise Malformed("安全模式下收到明文回复")
    _check_address(account, openid, nodes)
    return _shown(nodes)


def _nodes(clear: str) -> Json:
    if not clear.startswith("<xml>") or "<!DOCTYPE" in clear:
        raise Malformed("回复不是 <xml> 文档")
    try:
        found: object = xmltodict.parse(clear, strip_whitespace=False).get("xml")
    except (ExpatError, ValueError) as cause:
        raise Malformed(f"XML 读不了：{cause}") from cause
    if not isinstance(found, dict):
        raise Malformed("XML 里没有字段")
    return {str(name): value for name, value in found.items()}


def _open(account: OaAccount, nodes: Json) -> str:
    try:
        clear = opened(
            account,
            _text(nodes, "Encrypt"),
            _text(nodes, "MsgSignature"),
            _text(nodes, "TimeStamp"),
            _text(nodes, "Nonce"),
        )
    except Unopened as cause:
        raise Malformed(str(cause)) from cause
    if clear.strip() == "success":
        raise Malformed("success 不可加密")
    return clear


def _check_address(account: OaAccount, openid: str, nodes: Json) -> None:
    if _text(nodes, "ToUserName") != openid:
        raise Malformed("ToUserName 不是这位粉丝的 openid")
    if _text(nodes, "FromUserName") != account.gh:
        raise Malformed("FromUserName 不是公众号原始 id")
    if not _text(nodes, "CreateTime").isdigit():
        raise Malformed("CreateTime 不是整数")


def _shown(nodes: Json) -> Reply:
    kind = _text(nodes, "MsgType")
    if kind == "text":
        return Reply(kind=kind, text=_content(nodes))
    if kind == "news":
        return _news(nodes)
    if kind == "transfer_customer_service":
        return Reply()
    if kind == "music":
        return Reply(kind=kind, text="[music]")
    if kind in _MEDIA:
        media = _text(_inside(nodes, _MEDIA[kind]), "MediaId")
        return Reply(kind=kind, attachments=({"type": kind, "media_id": media},))
    raise Malformed(f"MsgType {kind} 不能用于被动回复")


def _content(nodes: Json) -> str:
    text = nodes.get("Content")
    if not isinstance(text, str) or not text.strip() or len(text.encode()) > TEXT_BYTES:
        raise Malformed("Content 为空或超过 2048 字节")
    return text


def _news(nodes: Json) -> Reply:
    """Only one article shows since 2018; more are not displayed at all."""
    if _text(nodes, "ArticleCount") != "1":
        raise Malformed("图文只能有 1 条")
    item = _inside(_inside(nodes, "Articles"), "item")
    article: Json = {"type": "link"}
    for name, key in (("Title", "title"), ("Description", "desc"), ("Url", "url")):
        article[key] = item.get(name) or ""
    article["picurl"] = item.get("PicUrl") or ""
    return Reply(kind="news", text=str(article["title"]), attachments=(article,))


def _inside(nodes: Json, name: str) -> Json:
    found = nodes.get(name)
    if not isinstance(found, dict):
        raise Malformed(f"{name} 里没有字段")
    return {str(key): value for key, value in found.items()}


def _text(nodes: Json, name: str) -> str:
    found = nodes.get(name)
    if not isinstance(found, str):
        raise Malformed(f"缺少 {name}，或出现多次")
    return found.strip()
