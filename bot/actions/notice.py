"""Service notices: sent to followers outside a conversation, put off, called off, reported on.

Source sheet: oa/api.md section 7.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from bot.actions.action import Class, Local, Policy, Remote

# The sheet does not say how long the platform knows a client_msg_id again. Ten minutes outlast a
# bad network and a restart; what is still in doubt then is for a person to decide.
KEY_LIVES = timedelta(minutes=10)
_COUPON = "coupon:"


def reported_as(msgid: str) -> str:
    """Return under which name an account remembers the effect that a report will be about."""
    return f"notice:{msgid}"


def reminder_of(coupon: int) -> str:
    """Return what a notice is about that reminds its member of a coupon."""
    return f"{_COUPON}{coupon}"


def coupon_reminded(about: str) -> int | None:
    """Return the coupon that a notice reminds of, None when it reminds of none.

    >>> coupon_reminded(reminder_of(7)), coupon_reminded("newcomer")
    (7, None)
    """
    number = about.removeprefix(_COUPON)
    return int(number) if number != about and number.isdecimal() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify(Remote):
    """What every notice holds: to whom, which template, its fields, and where a tap leads.

    `about` is what it was sent for, such as one coupon; "" when its rule alone says.
    """

    openid: str
    notice: str
    template: str
    fields: tuple[tuple[str, str], ...] = ()
    url: str = ""
    appid: str = ""
    page: str = ""
    about: str = ""

    def key(self) -> str:
        """Return the notice and what it is about."""
        return f"{self.notice}:{self.about}"

    def order(self) -> str:
        """Return the follower, whose notices go one after another."""
        return f"notice:{self.account}:{self.openid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTemplate(Notify):
    """Send a follower a template message, under a key of its own that the platform knows again.

    After 10 minutes without an answer it is not repeated, since how long a key is known is not
    documented.
    """

    kind: ClassVar[str] = "oa_template"
    klass: ClassVar[Class] = Class.C
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 1
    known_for: ClassVar[timedelta] = KEY_LIVES


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSubscription(Notify):
    """Send a follower a subscription notice, which uses up one of their consents; no key."""

    kind: ClassVar[str] = "oa_subscription"
    klass: ClassVar[Class] = Class.E
    policy: ClassVar[Policy] = Policy.AT_MOST_ONCE
    lane: ClassVar[int] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOnce(Notify):
    """Send the one notice that somebody agreed to on its page, follower or not; no key."""

    kind: ClassVar[str] = "oa_once"
    klass: ClassVar[Class] = Class.E
    policy: ClassVar[Policy] = Policy.AT_MOST_ONCE
    lane: ClassVar[int] = 1
    title: str
    scene: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Withhold(Local):
    """Keep in the trace, and nowhere else, why a notice is not sent."""

    kind: ClassVar[str] = "withhold"
    notice: str
    why: str

    def key(self) -> str:
        return f"withhold:{self.notice}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkNotice(Local):
    """Record what the platform reports of a notice or message it took; `why` "" when it arrived."""

    kind: ClassVar[str] = "mark_notice"
    effect: int
    msgid: str
    why: str = ""

    def key(self) -> str:
        return f"notice:{self.msgid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOffReminder(Local):
    """Take back what still waits to remind the member of a coupon, under any of its names."""

    kind: ClassVar[str] = "call_off_reminder"
    coupon: int

    def key(self) -> str:
        return f"call_off:{self.coupon}"
