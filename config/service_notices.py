"""Service notices (服务通知) of an Official Account as values, and what each field may hold.

oa/api.md section 7: a field such as `thing1` is a kind and a number, and the kind has a form. What
a kind's own manual page adds to the sheet's lengths is the usual form of such a value.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from config.problems import Place

_NOWHERE = Place("")
TEMPLATE, SUBSCRIPTION, ONCE = "template", "subscription", "once"
MOST_CHARS = {
    "thing": 20, "character_string": 32, "phone_number": 17, "car_number": 8, "const": 20,
    "number": 32, "letter": 32, "symbol": 5,
}  # fmt: skip
_CUT = frozenset({"thing"})  # words; anything else would mean something else when cut
_WORDS = frozenset({"thing", "const", "car_number"})
_NARROW = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}
_TIMES = frozenset({"time", "date"})
KINDS = frozenset({*MOST_CHARS, *_TIMES, "amount"})
_FORMS = {
    "number": (re.compile(r"-?[0-9]+(\.[0-9]+)?"), "只能是数字，可以带小数"),
    "letter": (re.compile(r"[A-Za-z]+"), "只能是字母"),
    "character_string": (re.compile(r"[!-~ ]+"), "只能是数字、字母和半角符号"),
    "phone_number": (re.compile(r"[0-9+() -]+"), "只能是数字和半角符号"),
    "amount": (
        re.compile(r"[¥￥$€£]?[0-9]{1,10}(\.[0-9]{1,2})?元?"),
        "应为金额，如 ¥9.90 或 9.9元",
    ),
}
_DAY = r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"
_CLOCK = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]"
_WHEN = re.compile(rf"(?:{_DAY})?[ T]?({_CLOCK})?(?::[0-9]{{2}})?")
_NUMBER = re.compile(r"[0-9]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeField:
    """One field of a template: its key, such as `thing1`, and its text with slots."""

    key: str
    text: str
    at: Place = _NOWHERE

    @property
    def kind(self) -> str:
        """Return what kind of value the key asks for.

        >>> NoticeField(key="character_string12", text="").kind
        'character_string'
        """
        return _NUMBER.sub("", self.key)

    def fit(self, value: str) -> str:
        """Return a value in the field's own form: one line, words cut, a day written out.

        Where no words are meant, full-width digits and letters become narrow ones.

        >>> NoticeField(key="number3", text="").fit("１２．５")
        '12.5'
        >>> NoticeField(key="time2", text="").fit("2026-11-01 23:59")
        '2026年11月1日 23:59'
        """
        line = " ".join(value.split())
        if self.kind not in _WORDS:
            line = line.translate(_NARROW)
        if self.kind in _TIMES:
            return _dated(line)
        most = MOST_CHARS.get(self.kind, len(line))
        return f"{line[: most - 1]}…" if self.kind in _CUT and len(line) > most else line

    def fault(self, value: str) -> str:
        """Return why the platform would refuse a fitted value (47003); "" when it would not."""
        if not value:
            return "没有内容"
        if self.kind in _TIMES:
            return _untimely(self.kind, value)
        most = MOST_CHARS.get(self.kind, len(value))
        if len(value) > most:
            return f"{len(value)} 字，最多 {most} 字"
        form, wanted = _FORMS.get(self.kind, (None, ""))
        return "" if form is None or form.fullmatch(value) else wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNotice:
    """A notice that an Official Account may send outside a conversation, and to whom it may.

    * template: to any follower, services only
    * subscription: once for each consent that the follower gave
    * once: to whoever agreed on its page, follower or not

    `page` is a mini program's when `appid` is given. What is older than `within` is not sent.
    """

    id: str
    account: str
    kind: str
    template: str
    fields: tuple[NoticeField, ...] = ()
    url: str = ""  # texts with slots, like `page`
    appid: str = ""
    page: str = ""
    title: str = ""  # of a notice of kind once, like `scene`
    scene: int = 0
    within: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remind:
    """Which notice tells a member that a coupon expires: `before`, at an hour by the stores' clock.

    `minute` is that hour, in minutes after midnight.
    """

    notice: str
    before: timedelta
    minute: int
    at: Place = _NOWHERE


def _dated(line: str) -> str:
    found = _WHEN.fullmatch(line)
    if found is None or not line:
        return line
    year, month, day, clock = found.groups()
    date = f"{year}年{int(month)}月{int(day)}日" if year else ""
    return " ".join(part for part in (date, clock) if part)


def _exists(found: re.Match[str]) -> bool:
    """Tell whether a day that was written out is one of the calendar."""
    if not found[1]:
        return True
    try:
        date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return False
    return True


def _untimely(kind: str, value: str) -> str:
    found = _WHEN.fullmatch(value)
    if found is None or not _exists(found):
        return "应为日期或时间，如 2026-11-01 08:00"
    if kind == "date" and not found[1]:
        return "要有年月日，如 2026-11-01"
    if kind == "time" and not found[4]:
        return "要有时分，如 08:00 或 2026-11-01 08:00"
    return ""
