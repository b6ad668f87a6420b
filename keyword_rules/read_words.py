"""The `say` and `key` of a rule: phrases, and how each is compared."""

from keyword_rules.fields import items, kind, table, text, texts
from keyword_rules.patterns import BadPattern, check_pattern
from keyword_rules.problem import Report, nearest
from keyword_rules.rule import Key, Mode, Phrase, Say
from keyword_rules.sound import LEAST_SYLLABLES
from keyword_rules.words import comparable
from keyword_rules.yaml_source import Leaf, Listing, Node, Table

KEY_MODES = (Mode.EQUALS, Mode.PREFIX, Mode.CONTAINS, Mode.REGEX)
LONGEST_PHRASE = 200  # characters

_JOINS = ("any", "all", "none")


def read_say(node: Node, report: Report) -> Say:
    """Read `say`. A bare text or list means `any` of them, by `contains`."""
    if not isinstance(node, Table):
        return Say(any=_phrases(node, "say ", Mode.CONTAINS, tuple(Mode), report))
    rows = table(node, (*_JOINS, "mode"), "say ", report) or {}
    mode = _mode(rows.get("mode"), Mode.CONTAINS, tuple(Mode), report)
    if "any" not in rows and "all" not in rows:
        report.add(node, "say 要有 any 或 all")
    any_of, all_of, none_of = (
        _phrases(rows[join], f"say.{join} ", mode, tuple(Mode), report) if join in rows else ()
        for join in _JOINS
    )
    return Say(any=any_of, all=all_of, none=none_of)


def read_key(node: Node, report: Report) -> Key:
    """Read `key`. A bare text or list means `any` of them, by `equals`."""
    if not isinstance(node, Table):
        return Key(any=_phrases(node, "key ", Mode.EQUALS, KEY_MODES, report))
    rows = table(node, ("any", "mode"), "key ", report) or {}
    mode = _mode(rows.get("mode"), Mode.EQUALS, KEY_MODES, report)
    if "any" not in rows:
        report.add(node, "key 要有 any")
        return Key()
    return Key(any=_phrases(rows["any"], "key.any ", mode, KEY_MODES, report))


def _phrases(
    node: Node, what: str, mode: Mode, modes: tuple[Mode, ...], report: Report
) -> tuple[Phrase, ...]:
    listed = items(node, what, report) if isinstance(node, Listing) else (node,)
    phrases: dict[Phrase, None] = {}
    for item in listed:
        for leaf, its_mode in _worded(item, what, mode, modes, report):
            if _is_usable(leaf, its_mode, report):
                phrases[Phrase(text=leaf.value, mode=its_mode)] = None
    return tuple(phrases)


def _worded(
    item: Node, what: str, mode: Mode, modes: tuple[Mode, ...], report: Report
) -> list[tuple[Leaf, Mode]]:
    if not isinstance(item, Table):
        if isinstance(item, Listing):
            report.add(item, f"{what}里应是文字，这里是{kind(item)}")
            return []
        return [(leaf, mode) for leaf in texts(item, what, report)]
    rows = table(item, ("words", "mode"), what, report) or {}
    own_mode = _mode(rows.get("mode"), mode, modes, report)
    if "words" not in rows:
        report.add(item, f"{what}缺少 words")
        return []
    return [(leaf, own_mode) for leaf in texts(rows["words"], what, report)]


def _mode(node: Node | None, default: Mode, modes: tuple[Mode, ...], report: Report) -> Mode:
    if node is None:
        return default
    name = text(node, "mode ", report)
    if name and name not in modes:
        report.add(node, f"没有匹配方式 {name}", nearest(name, modes))
    return Mode(name) if name in modes else default


def _is_usable(leaf: Leaf, mode: Mode, report: Report) -> bool:
    before = len(report.problems)
    if mode is Mode.REGEX:
        _check_regex(leaf, report)
    elif len(leaf.value) > LONGEST_PHRASE:
        report.add(leaf, f"关键词超过 {LONGEST_PHRASE} 个字")
    elif not comparable(leaf.value):
        report.add(leaf, "关键词里没有看得见的字")
    elif mode is Mode.SOUND and len(comparable(leaf.value)) < LEAST_SYLLABLES:
        report.add(leaf, f"按读音匹配的关键词至少要 {LEAST_SYLLABLES} 个字")
    return len(report.problems) == before


def _check_regex(leaf: Leaf, report: Report) -> None:
    try:
        check_pattern(leaf.value)
    except BadPattern as error:
        report.add(leaf, str(error))
