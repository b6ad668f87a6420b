"""Keyword rules as mappings: which fields hold the words, how they are compared, the answer."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from commands.importing.replies import Keywords, Reply
from keyword_rules.patterns import BadPattern, check_pattern
from keyword_rules.rule import Mode

WORDS = (
    *("keywords", "keyword", "words", "key", "question", "关键词", "关键字"),
    *("触发词", "触发关键词", "问题", "问"),
)
REPLIES = (
    *("reply", "replies", "answer", "response", "content", "text", "回复", "答案"),
    *("answers", "value", "回复内容", "自动回复", "回答", "答"),
)
_MODES = (
    *("match_type", "match_mode", "keyword_type", "mode", "match", "matchtype", "匹配方式"),
    *("匹配类型", "匹配模式"),
)
_CALLED = ("name", "rule_name", "规则名称", "规则名", "名称")
FIELDS = {
    *(*WORDS, *REPLIES, *_MODES, *_CALLED),
    *("id", "title", "create_time", "编号", "序号", "备注"),
}
_COLUMNS = {
    **dict.fromkeys(WORDS, "words"),
    **dict.fromkeys(REPLIES, "reply"),
    **dict.fromkeys(_MODES, "mode"),
}
_KINDS = {
    "img": "图片", "image": "图片", "voice": "语音", "video": "视频", "file": "文件",
    "music": "音乐", "mpnews": "图文",
}  # fmt: skip
_NAMES: Mapping[Mode, tuple[str, ...]] = {
    Mode.EQUALS: (
        *("0", "exact", "equal", "equals", "full"),
        *("完全匹配", "精确匹配", "精确", "全匹配", "完全一致", "等于"),
    ),
    Mode.PREFIX: (
        "1",
        "left",
        "prefix",
        "startswith",
        "starts_with",
        "左边匹配",
        "前缀匹配",
        "开头",
    ),
    Mode.SUFFIX: ("2", "right", "suffix", "endswith", "ends_with", "右边匹配", "后缀匹配", "结尾"),
    Mode.CONTAINS: (
        *("3", "contains", "contain", "include", "includes", "fuzzy", "partial"),
        *("模糊匹配", "模糊", "包含匹配", "包含", "半匹配"),
    ),
    Mode.WORD: ("整词",),
    Mode.SOUND: ("读音",),
    Mode.REGEX: ("regex", "regexp", "正则", "正则匹配"),
}
_MODE_OF = {name: mode for mode, names in _NAMES.items() for name in names}


def mode_of(written: object) -> Mode | None:
    """Return the mode that a number or name of another program means, else None.

    >>> mode_of(1), mode_of("模糊匹配"), mode_of("psychic")
    (<Mode.PREFIX: 'prefix'>, <Mode.CONTAINS: 'contains'>, None)
    """
    return _MODE_OF.get(str(written).strip().casefold())


def column_of(title: str) -> str:
    """Return what a heading names: words, reply or mode; "" for anything else."""
    return _COLUMNS.get(title.strip().casefold(), "")


def is_row(value: object) -> bool:
    """Whether a value is a rule of its own: a mapping with words and an answer."""
    return isinstance(value, Mapping) and bool(_of(value, WORDS)) and _of(value, REPLIES) != ""


def is_answer(value: object) -> bool:
    """Whether a value is an answer by itself: a text, or a list of texts."""
    listed = value if isinstance(value, list) else [value]
    return bool(listed) and all(isinstance(one, str) for one in listed)


def read_row(name: str, row: Mapping[str, Any], table: Mapping[str, Any]) -> Keywords:
    """Return one rule. `table` says what the numbers of its modes are called, where it is told.

    Words in one text are parted by spaces where the mode is a number, as in the programs that
    number them; elsewhere a text is one word.
    """
    written = _of(row, _MODES)
    number = str(int(written) if isinstance(written, float) and written.is_integer() else written)
    mode = Mode.EQUALS if written == "" else mode_of(table.get(number, number))
    words = list(_words(_of(row, WORDS) or name, parted=number.isdigit()))
    known = "、".join(words)
    remarks = [] if mode else [f"不认识的匹配方式 {written}，关键词 {known}"]
    if mode is Mode.REGEX:
        words, wrong = _patterns(words)
        remarks += wrong
    return Keywords(
        name=str(_of(row, _CALLED) or name),
        words=tuple((word, mode) for word in words) if mode else (),
        replies=tuple(read_replies(_of(row, REPLIES))),
        remarks=tuple(remarks),
    )


def read_replies(value: object) -> Iterator[Reply]:
    """Yield each reply of a text, a mapping with a kind, or a list of these."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str) and one.strip():
            yield Reply(text=one.strip())
        elif isinstance(one, Mapping):
            yield _typed(one)
        elif isinstance(one, int | float) and not isinstance(one, bool):
            yield Reply(text=str(one))


def _typed(one: Mapping[str, Any]) -> Reply:
    kind, content = str(one.get("type") or "text"), _of(one, REPLIES)
    if kind in ("text", "文字") and isinstance(content, str) and content.strip():
        return Reply(text=content.strip())
    return Reply(by_hand=f"{_KINDS.get(kind, kind)} {content if content != '' else ''}".strip())


def _of(row: Mapping[str, Any], names: Iterable[str]) -> Any:
    told = {str(key).strip().casefold(): value for key, value in row.items()}
    found = (told[name] for name in names if told.get(name) not in (None, "", []))
    return next(found, "")


def _words(value: object, *, parted: bool) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str | int) and not isinstance(one, bool):
            text = str(one)
            yield from text.split() if parted else filter(None, [text.strip()])


def _patterns(words: Iterable[str]) -> tuple[list[str], list[str]]:
    usable, wrong = [], []
    for word in words:
        try:
            check_pattern(word)
        except BadPattern as trouble:
            wrong.append(f"正则 {word} 用不了：{trouble}")
        else:
            usable.append(word)
    return usable, wrong
