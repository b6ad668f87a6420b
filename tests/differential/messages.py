"""Messages as the platforms write them, generated: every shape of text, list and white space."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from xml.sax.saxutils import escape

_WORDS = (
    "领券", "今天几点开门？", "hello", "a&b<c>", "]]", "]]>", "&amp;", "<xml>", "'\"", "😀👨‍👩‍👧",
    "颌", "ａｂｃ", "0", "-1", "1e308", str(2**70), "wm_-AB", "a,b;c", "x" * 500, "é\u0301",
)  # fmt: skip
_EDGES = ("", "", " ", "\n", "\t  ", "\r\n")
_NAMES = (
    "Content", "EventKey", "Ticket", "MediaId", "PicUrl", "Format", "State", "WelcomeCode",
    "UserID", "ExternalUserID", "ChatId", "UpdateDetail", "OpenKfId", "Token", "Label", "a", "B-c",
)  # fmt: skip
_TYPES = ("text", "image", "voice", "video", "location", "link", "hologram")
_EVENTS = ("CLICK", "VIEW", "SCAN", "unsubscribe", "kf_msg_or_event", "teleported")


@dataclass(frozen=True, slots=True)
class Made:
    """One message and the account it was written to."""

    text: str
    channel: str  # oa or wecom


def made(dice: Random) -> Made:
    """Return a well-formed message; the same dice make the same."""
    channel = dice.choice(("oa", "wecom"))
    nodes = [*_head(dice), *(_node(dice, 0) for _ in range(dice.randrange(8)))]
    if channel == "wecom":
        nodes.append(f"<AgentID>{dice.randrange(2_000_000)}</AgentID>")
    gap = dice.choice(("", "\n", "\n  "))
    return Made(f"<xml>{gap}{gap.join(nodes)}{gap}</xml>", channel)


def _head(dice: Random) -> Sequence[str]:
    told = dice.choice(_TYPES)
    kind = [_leaf(dice, "MsgType", told)]
    if dice.random() < 0.5:
        kind = [_leaf(dice, "MsgType", "event"), _leaf(dice, "Event", dice.choice(_EVENTS))]
    return (
        _leaf(dice, "ToUserName", "gh_0123456789ab"),
        _leaf(dice, "FromUserName", f"o{dice.getrandbits(40):x}"),
        f"<CreateTime>{dice.randrange(2**31)}</CreateTime>",
        *kind,
        f"<MsgId>{dice.getrandbits(64)}</MsgId>",
    )


def _node(dice: Random, depth: int) -> str:
    name = dice.choice(_NAMES)
    if depth < 4 and dice.random() < 0.25:
        item = dice.choice(("item", "Item", "List"))
        inner = "".join(
            f"<{item}>{_node(dice, depth + 2)}</{item}>" for _ in range(dice.randrange(1, 4))
        )
        return f"<{name}s>{inner}</{name}s>"
    if dice.random() < 0.1:
        return dice.choice((f"<{name}/>", f"<{name}></{name}>", f"<{name}><![CDATA[]]></{name}>"))
    return _leaf(dice, name, _words(dice))


def _words(dice: Random) -> str:
    return dice.choice(_EDGES) + "".join(
        dice.choice(_WORDS) for _ in range(dice.randrange(4))
    ) + dice.choice(_EDGES)  # fmt: skip


def _leaf(dice: Random, name: str, text: str) -> str:
    if dice.random() < 0.5:
        return f"<{name}>{escape(text)}</{name}>"
    section = "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    edge = dice.choice(_EDGES)
    return f"<{name}>{edge}{section}{edge}</{name}>"
