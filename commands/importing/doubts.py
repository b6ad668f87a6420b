"""What of somebody else's rules was read in one way and may have been meant in another."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from commands.importing.replies import Keywords
from commands.importing.rows import FIELDS, REPLIES, WORDS
from keyword_rules.rule import Mode

_PARTING = "|｜,，、;；"
_MOST_TOLD = 10


def unread_rows(numbers: Sequence[int]) -> Iterator[str]:
    """Say which rows have no words or no answer, and how these would be called."""
    if numbers:
        yield (
            f"第 {_some([*map(str, numbers)])} 条没有关键词或没有回复，没有导入（认识的键："
            f"关键词 {'、'.join(WORDS)}；回复 {'、'.join(REPLIES)}）"
        )


def odd_keys(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Say which fields of rows were not looked at, such as one that turns a rule off."""
    odd = dict.fromkeys(key for row in rows for key in row if key.strip().casefold() not in FIELDS)
    if odd:
        yield f"规则里的这些键没有用到：{_some([*odd])}；有写着停用的规则，请自己删掉"


def odd_words(rules: Iterable[Keywords]) -> Iterator[str]:
    """Say which words hold a sign by which other programs part several."""
    odd = [
        word
        for rule in rules
        for word, mode in rule.words
        if mode is not Mode.REGEX and any(sign in word.strip(_PARTING) for sign in _PARTING)
    ]
    if odd:
        shown = _some([f"「{one}」" for one in odd])
        yield f"这些关键词里有 | 、 , ; 之类，各当成一个词：{shown}；原来是几个词的，请拆开"


def _some(names: Sequence[str]) -> str:
    more = f" 等 {len(names)} 个" if len(names) > _MOST_TOLD else ""
    return f"{'、'.join(names[:_MOST_TOLD])}{more}"
