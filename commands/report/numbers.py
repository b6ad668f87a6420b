"""Numbers of effects as operators type and read them: `12,15-19`."""

import re
from collections.abc import Iterable, Iterator, Sequence

MOST = 100_000  # that may be typed at once
_ONE = re.compile(r"#?([0-9]{1,18})(?:-#?([0-9]{1,18}))?")
_BETWEEN = re.compile(r"[,，、\s]+")


def numbers_of(typed: str) -> Sequence[int]:
    """Return the numbers that were typed, each once. Raises ValueError with how to write them.

    >>> numbers_of("#12，15-17, 12")
    [12, 15, 16, 17]
    """
    spans = [_span(word) for word in _BETWEEN.split(typed.strip(",，、 "))]
    if sum(last - first + 1 for first, last in spans) > MOST:
        raise ValueError(f"一次最多 {MOST} 个编号")
    return list(dict.fromkeys(n for first, last in spans for n in range(first, last + 1)))


def _span(word: str) -> tuple[int, int]:
    found = _ONE.fullmatch(word)
    if found is None:
        raise ValueError(f"「{word}」不是编号，要写成 12 或 15-19")
    first = int(found[1])
    last = int(found[2] or first)
    if last < first:
        raise ValueError(f"「{word}」写反了，小的在前：{last}-{first}")
    return first, last


def shown(numbers: Iterable[int]) -> str:
    """Return numbers as operators read them; those next to each other as one span.

    >>> shown([19, 12, 15, 16, 17, 18])
    '#12、#15-19'
    """
    return "、".join(
        f"#{first}" if first == last else f"#{first}-{last}" for first, last in _spans(numbers)
    )


def _spans(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = None
    for number in sorted(numbers):
        if first is None or last is None:
            first = last = number
        elif number == last + 1:
            last = number
        else:
            yield first, last
            first = last = number
    if first is not None and last is not None:
        yield first, last
