"""Effects in customer service: pulling what was said, answering, handing over, inviting."""

import hashlib
from dataclasses import dataclass
from typing import ClassVar

from bot.actions.action import Class, Policy, Remote
from bot.actions.remote import Attachment
from bot.events import Alias

_MSG_ID_CHARS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One line of a menu, content <= 128 bytes: a tap sends `id` back, or opens `url`."""

    id: str
    content: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullKf(Remote):
    """Pull what a customer service account has for us since the last pull.

    Answered by the events themselves, oldest first, and by one more `KfRang` while there is more.
    Pulled by a comparison, its `run`, it is also answered by a `KfPulled`.
    """

    kind: ClassVar[str] = "kf_pull"
    klass: ClassVar[Class] = Class.B
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 1
    kf: str
    token: str = ""
    run: str = ""

    def key(self) -> str:
        return f"pull:{self.kf}"

    def order(self) -> str:
        return f"kf:{self.account}:{self.kf}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendKf(Remote):
    """Send a customer a message, under a message id made of the effect's own key.

    A text of at most 2,048 bytes, or above a menu of at most 10 lines, 1,024; or a `link`, or an
    `image` of the home's media folder (JPG or PNG up to 2 MiB), each a message of its own. Only in
    states 0 and 1, within 48 h of the customer's last words, and 5 times after them. Whether the
    platform takes a message id twice is not documented, so a try that was cut off is not repeated.
    """

    kind: ClassVar[str] = "kf_send"
    klass: ClassVar[Class] = Class.E
    policy: ClassVar[Policy] = Policy.AT_MOST_ONCE
    lane: ClassVar[int] = 1
    kf: str
    member: str
    text: str
    menu: tuple[Choice, ...] = ()
    link: Attachment | None = None
    image: str = ""
    name: str = "send"

    def key(self) -> str:
        return f"{self.name}:{self.kf}:{self.member}"

    def order(self) -> str:
        return f"say:{self.account}:{self.kf}:{self.member}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomeKf(Remote):
    """Say the one thing a code allows: a welcome within 20 s, or a word at a change of hands."""

    kind: ClassVar[str] = "kf_welcome"
    klass: ClassVar[Class] = Class.C
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 0
    code: str
    text: str
    menu: tuple[Choice, ...] = ()

    def key(self) -> str:
        return f"welcome:{self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransKf(Remote):
    """Put a conversation into a state: 1 the bot, 2 the pool, 3 a person on duty, 4 ended."""

    kind: ClassVar[str] = "kf_trans"
    klass: ClassVar[Class] = Class.B
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 1
    kf: str
    member: str
    state: int
    servicer: str = ""

    def key(self) -> str:
        return f"trans:{self.kf}:{self.member}:{self.state}"

    def order(self) -> str:
        return f"say:{self.account}:{self.kf}:{self.member}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteKf(Remote):
    """Recommend a customer group in the conversation; naming the same group again changes nothing.

    The group must be among those of the console's 升级服务, and the customer must tap to join.
    """

    kind: ClassVar[str] = "kf_invite"
    klass: ClassVar[Class] = Class.B
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 1
    kf: str
    member: str
    chat: str
    wording: str = ""

    def key(self) -> str:
        return f"invite:{self.kf}:{self.member}:{self.chat}"

    def order(self) -> str:
        return f"say:{self.account}:{self.kf}:{self.member}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadKfCustomer(Remote):
    """Ask who a customer of customer service is; answered by a `ProfileRead` event."""

    kind: ClassVar[str] = "kf_read_customer"
    klass: ClassVar[Class] = Class.B
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 1
    alias: Alias

    def key(self) -> str:
        return f"profile:{self.alias.value}"


def kf_msgid(effect: str) -> str:
    """Return a message's id by its effect's key: the same for every try, so it is known again."""
    return hashlib.sha256(effect.encode()).hexdigest()[:_MSG_ID_CHARS]
