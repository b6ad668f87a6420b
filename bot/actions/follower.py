"""Effects that say something to the followers of an Official Account."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from bot.actions.action import Class, Policy, Remote
from bot.actions.kf import Choice
from bot.actions.remote import Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Remote):
    """Answer a follower, inside the response where the callback still waits, else by message.

    The platform shows one answer a message and offers no key (oa/callbacks.md section 6).
    """

    kind: ClassVar[str] = "oa_reply"
    klass: ClassVar[Class] = Class.E
    policy: ClassVar[Policy] = Policy.AT_MOST_ONCE
    lane: ClassVar[int] = 0
    openid: str
    text: str

    def key(self) -> str:
        return "reply"

    def order(self) -> str:
        return f"say:{self.account}:{self.openid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(Remote):
    """Send a follower a customer-service message: no key, no message id (oa/api.md section 2).

    A text of at most 2,048 bytes, with a `menu` under it if there is one; or a `link` as a card; or
    an `image` of the home's media folder (JPG or PNG below 2 MB). Each is a message of its own.
    """

    kind: ClassVar[str] = "oa_send"
    klass: ClassVar[Class] = Class.E
    policy: ClassVar[Policy] = Policy.AT_MOST_ONCE
    lane: ClassVar[int] = 1
    openid: str
    text: str
    menu: tuple[Choice, ...] = ()
    link: Attachment | None = None
    image: str = ""
    name: str = "send"

    def key(self) -> str:
        return self.name

    def order(self) -> str:
        return f"say:{self.account}:{self.openid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowTyping(Remote):
    """Show a follower 正在输入 for up to 15 s, because their answer comes later (oa/api.md 2).

    Tried once within seconds; what comes of it troubles nobody.
    """

    kind: ClassVar[str] = "oa_typing"
    klass: ClassVar[Class] = Class.E
    policy: ClassVar[Policy] = Policy.AT_MOST_ONCE
    lane: ClassVar[int] = 0
    openid: str

    def key(self) -> str:
        return "typing"


def with_menu(text: str, menu: Sequence[Choice]) -> str:
    """Return a text that holds its menu itself, for where a menu cannot go as such.

    >>> with_menu("您好", [Choice(id="m1", content="领券"), Choice(id="m2", content="地址")])
    '您好\\n回复：领券 / 地址'
    """
    lines = " / ".join(choice.content for choice in menu)
    return f"{text}\n回复：{lines}" if lines else text
