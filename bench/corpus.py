"""What the platforms would send: distinct callbacks, sealed, ready for a socket."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.platforms.envelope import Key, Seal

_RANDOM16 = b"0123456789abcdef"  # sealing is not what is measured
_TEXTS = (
    "领券",
    "怎么进宠物群？",
    "几点关门",
    "你好",
    "有没有打折的牛奶",
    "人工",
    "谢谢啦",
    "鸡蛋多少钱一斤",
)
_MEMBERS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """A platform's side of one account: where it posts to, and its keys, which open nothing."""

    account: str
    scope: str
    token: str
    aes_key: str

    @property
    def path(self) -> str:
        """The callback path, which follows from the account's id."""
        return f"/callback/{self.account}"


OA = Sender(
    account="oa-main",
    scope="wxfa1e0000000bench",
    token="benchTokenOfOa",  # noqa: S106 (opens nothing)
    aes_key="benchAesKeyOfOa0000000000000000000000000000",
)
WECOM = Sender(
    account="wecom-main",
    scope="wwfa1e0000000bench",
    token="benchTokenOfWecom",  # noqa: S106 (opens nothing)
    aes_key="benchAesKeyOfWecom0000000000000000000000000",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A sealed callback as it leaves a platform; `plain` is the message inside."""

    path: str
    plain: str
    timestamp: str
    nonce: str
    signature: str
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        """The query of its URL."""
        stamp = {"timestamp": self.timestamp, "nonce": self.nonce}
        return {"msg_signature": self.signature, **stamp}

    @property
    def request(self) -> bytes:
        """The whole HTTP request, for a connection that is kept alive."""
        query = "&".join(f"{name}={value}" for name, value in self.query.items())
        head = (
            f"POST {self.path}?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Content-Type: text/xml\r\nContent-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode() + self.body


def seal_of(sender: Sender) -> Seal:
    """Return what closes a sender's callbacks and opens what it is answered."""
    receivers = frozenset({sender.scope})
    return Seal(token=sender.token, keys=(Key(sender.aes_key),), receivers=receivers)


def callbacks(
    sender: Sender, message: Callable[[int], str], first: int, count: int
) -> list[Callback]:
    """Seal the messages with the numbers from `first` on, stamped with this second."""
    seal, stamp = seal_of(sender), str(int(time.time()))
    return [_sealed(sender, seal, message(first + n), stamp, f"n{n}") for n in range(count)]


def _sealed(sender: Sender, seal: Seal, plain: str, stamp: str, nonce: str) -> Callback:
    sealed = seal.close(plain.encode(), nonce=nonce, timestamp=stamp, random16=_RANDOM16)
    body = (
        f"<xml><ToUserName><![CDATA[{sender.scope}]]></ToUserName>"
        f"<Encrypt><![CDATA[{sealed.encrypt}]]></Encrypt>"
        "<AgentID><![CDATA[1000002]]></AgentID></xml>"
    )
    return Callback(
        path=sender.path, plain=plain, timestamp=stamp, nonce=nonce, signature=sealed.signature,
        body=body.encode(),
    )  # fmt: skip


def said(number: int) -> str:
    """Return what an Official Account sends when a follower types; few words match a rule."""
    return typed(number, _TEXTS[number % len(_TEXTS)])


def typed(number: int, text: str) -> str:
    """Return what an Official Account sends when a follower types this."""
    return _xml(
        "gh_fa1e0000bench", f"oBENCH{number % _MEMBERS:022d}",
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content>"
        f"<MsgId>{23_000_000_000_000_000 + number}</MsgId>",
    )  # fmt: skip


def contact_edited(number: int) -> str:
    """Return what WeCom sends when staff edit a customer's notes."""
    return _xml(
        WECOM.scope, "sys",
        f"{_event('change_external_contact')}"
        "<ChangeType><![CDATA[edit_external_contact]]></ChangeType>"
        f"<UserID><![CDATA[staff{number % 50:03d}]]></UserID>"
        f"<ExternalUserID><![CDATA[wmBENCH{number:025d}]]></ExternalUserID>"
        "<State><![CDATA[staff-xiaowang]]></State>",
    )  # fmt: skip


def group_grew(number: int) -> str:
    """Return what WeCom sends when a customer joined a group."""
    return _xml(
        WECOM.scope, "sys",
        f"{_event('change_external_chat')}"
        f"<ChatId><![CDATA[wrBENCH{number % 200:025d}]]></ChatId>"
        "<ChangeType><![CDATA[update]]></ChangeType>"
        "<UpdateDetail><![CDATA[add_member]]></UpdateDetail><JoinScene>3</JoinScene>"
        "<QuitScene>0</QuitScene><MemChangeCnt>1</MemChangeCnt>"
        f"<MemChangeList><Item>wmBENCH{number:025d}</Item></MemChangeList>",
    )  # fmt: skip


def contact_or_group(number: int) -> str:
    """Return both kinds of WeCom's notices in turn."""
    return (group_grew if number % 2 else contact_edited)(number)


def _event(name: str) -> str:
    return f"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{name}]]></Event>"


def _xml(to: str, sender: str, rest: str) -> str:
    return (
        f"<xml><ToUserName><![CDATA[{to}]]></ToUserName>"
        f"<FromUserName><![CDATA[{sender}]]></FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime>{rest}</xml>"
    )
