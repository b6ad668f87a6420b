"""The inside of every callback the twin sends (oa/replies-and-messages.md, wecom/events.md)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from twin.shape import Json
from twin.world import JSON_MODE, OaAccount, WecomAccount


@dataclass(frozen=True, slots=True)
class Inside:
    """Nodes inside a node."""

    nodes: "tuple[Node, ...]"


Content: TypeAlias = str | int | Inside | Sequence[str]
Node: TypeAlias = tuple[str, Content]


def letter(nodes: Iterable[Node]) -> str:
    """Return `<xml>` with these nodes: text in CDATA, integers bare, lists as Item elements.

    >>> letter([("Content", "a]]>b"), ("CreateTime", 5)])
    '<xml><Content><![CDATA[a]]]]><![CDATA[>b]]></Content><CreateTime>5</CreateTime></xml>'
    """
    return "<xml>" + "".join(_node(name, content) for name, content in nodes) + "</xml>"


def app_letter(account: WecomAccount, nodes: Sequence[Node]) -> str:
    """Return these nodes as the app's mode has them: `<xml>`, or the same names in JSON."""
    if account.mode == JSON_MODE:
        return json.dumps(_members(nodes), ensure_ascii=False)
    return letter(nodes)


def cdata(text: str) -> str:
    """Return `text` as CDATA that text holding `]]>` cannot leave."""
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _node(name: str, content: Content) -> str:
    if isinstance(content, int):
        inner = str(content)
    elif isinstance(content, str):
        inner = cdata(content)
    elif isinstance(content, Inside):
        inner = "".join(_node(*one) for one in content.nodes)
    else:
        inner = "".join(f"<Item>{cdata(one)}</Item>" for one in content)
    return f"<{name}>{inner}</{name}>"


def _members(nodes: Sequence[Node]) -> Json:
    """Return nodes as JSON: integers bare, lists as arrays, a name that repeats as one too."""
    found: dict[str, list[object]] = {}
    for name, content in nodes:
        found.setdefault(name, []).append(_member(content))
    return {name: one[0] if len(one) == 1 else one for name, one in found.items()}


def _member(content: Content) -> object:
    if isinstance(content, Inside):
        return _members(content.nodes)
    return content if isinstance(content, str | int) else list(content)


def oa_message(account: OaAccount, openid: str, at: int, kind: str, *rest: Node) -> str:
    """A fan said something: a message of this MsgType."""
    return letter([*_head(account.gh, openid, at, kind), *rest])


def oa_event(account: OaAccount, openid: str, at: int, *rest: Node) -> str:
    """A fan did something; `rest` begins with the Event node."""
    return letter([*_head(account.gh, openid, at, "event"), *rest])


def contact_event(account: WecomAccount, at: int, change: str, *rest: Node) -> str:
    """Something changed between an employee and a customer."""
    head = _sys_head(account, at, "change_external_contact")
    return app_letter(account, [*head, ("ChangeType", change), *rest])


def group_event(account: WecomAccount, at: int, chat: str, change: str, *rest: Node) -> str:
    """Something changed in a customer group."""
    head = _sys_head(account, at, "change_external_chat")
    return app_letter(account, [*head, ("ChatId", chat), ("ChangeType", change), *rest])


def acquisition_event(account: WecomAccount, at: int, change: str, *rest: Node) -> str:
    """Something happened to an acquisition link, its quota, or a customer who came by it."""
    head = _sys_head(account, at, "customer_acquisition")
    return app_letter(account, [*head, ("ChangeType", change), *rest])


def app_text(account: WecomAccount, userid: str, at: int, text: str, msg_id: int) -> str:
    """An employee typed something to the app."""
    head = _head(account.corpid, userid, at, "text")
    said: list[Node] = [("Content", text), ("MsgId", msg_id), ("AgentID", account.agentid)]
    return app_letter(account, [*head, *said])


def app_event(account: WecomAccount, userid: str, at: int, *rest: Node) -> str:
    """An employee did something with the app; `rest` begins with the Event node."""
    return app_letter(account, [*_head(account.corpid, userid, at, "event"), *rest])


def _head(to: str, sender: str, at: int, kind: str) -> list[Node]:
    return [("ToUserName", to), ("FromUserName", sender), ("CreateTime", at), ("MsgType", kind)]


def _sys_head(account: WecomAccount, at: int, event: str) -> list[Node]:
    return [*_head(account.corpid, "sys", at, "event"), ("Event", event)]
