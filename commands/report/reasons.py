"""The sentences in which reports tell why a rule acted, or did not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from commands.report.words import MISSES

OUTRANKED = "outranked"
_NO_WORDS = "不看词"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule hit by: its words, what was written for them, and what its patterns caught."""

    mode: str
    words: Sequence[str] = ()
    heard: Mapping[str, str] = field(default_factory=dict)
    captures: Mapping[str, str] = field(default_factory=dict)


def won(rule: str, found: Found) -> str:
    """Return a rule that hit, and by what.

    >>> won("coupon", Found(mode="sound", words=["领券"], heard={"领券": "领劵"}))
    'coupon（sound：领券），写的是「领劵」'
    >>> won("order", Found(mode="regex", words=["单号"], captures={"order": "123"}))
    'order（regex：单号），取到 order=123'
    """
    words = "、".join(found.words) or _NO_WORDS
    heard = "".join(f"，写的是「{written}」" for written in dict.fromkeys(found.heard.values()))
    caught = "".join(f"，取到 {name}={value}" for name, value in found.captures.items())
    return f"{rule}（{found.mode}：{words}）{heard}{caught}"


def missed(rule: str, why: str, want: str, got: str, over: str = "") -> str:
    """Return a rule that did not, with the two values that were compared.

    >>> missed("late", "hours", "22:00-06:00", "12:00")
    'late：不在时段内，要「22:00-06:00」，是「12:00」'
    >>> missed("broad", "outranked", "-20", "coupon", "priority 0 > -20")
    'broad：先被别的规则命中并停止：coupon（优先级 0 > -20）'
    """
    if why == OUTRANKED:
        return f"{rule}：{meaning(why)}：{shadow(got, over)}"
    return f"{rule}：{compared(why, want, got)}"


def compared(why: str, want: str, got: str) -> str:
    """Return what did not hold and its two values; one that is empty is left out.

    >>> compared("hours", "22:00-06:00", "12:00"), compared("share", "0-50%", "")
    ('不在时段内，要「22:00-06:00」，是「12:00」', '不在这一份会员里，要「0-50%」')
    """
    values = "".join(f"，{name}「{value}」" for name, value in (("要", want), ("是", got)) if value)
    return meaning(why) + (values if want else "")


def shadow(winner: str, over: str) -> str:
    """Return which rule stands above another, and by what.

    >>> shadow("coupon", "words 4 > 2"), shadow("coupon", "place"), shadow("coupon", "")
    ('coupon（词更长，4 字 > 2 字）', 'coupon（在文件里更靠前）', 'coupon')
    """
    by, _, values = over.partition(" ")
    match by:
        case "priority":
            return f"{winner}（优先级 {values}）"
        case "words":
            return f"{winner}（词更长，{values.replace(' > ', ' 字 > ')} 字）"
        case "place":
            return f"{winner}（在文件里更靠前）"
    return winner


def meaning(why: str) -> str:
    """Return what a miss's code means; one that this version does not know, as it is."""
    return MISSES.get(why, why)
