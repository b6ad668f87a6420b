"""The `say` and `key` of a rule: phrases, and how each is compared."""

from collections.abc import Collection
from dataclasses import dataclass

from keyword_rules.fields import items, kind, table, text, texts
from keyword_rules.patterns import BadPattern, capture_names, check_pattern
from keyword_rules.problem import Report, nearest
from keyword_rules.rule import Key, Mode, Phrase, Say
from keyword_rules.sound import LEAST_SYLLABLES
from keyword_rules.words import comparable
from keyword_rules.yaml_source import Leaf, Listing, Node, Table

KEY_MODES = (Mode.EQUALS, Mode.PREFIX, Mode.SUFFIX, Mode.CONTAINS, Mode.REGEX)
LONGEST_PHRASE = 200  # characters

_SAY_MODES = tuple(Mode)
_JOINS = ("any", "all", "none")


def read_say(node: Node, slots: Collection[str], report: Report) -> Say:
    """Read `say`. A bare text or list means `any` of them, by `contains`.

    A pattern may not capture under a name that `slots` has.
    """
    reader = _Reader(modes=_SAY_MODES, slots=slots, report=report)
    if not isinstance(node, Table):
        return Say(any=reader.phrases(node, "say ", Mode.CONTAINS))
    rows = table(node, (*_JOINS, "mode"), "say ", report) or {}
    mode = reader.mode(rows.get("mode"), Mode.CONTAINS)
    if "any" not in rows and "all" not in rows:
        report.add(node, "say 要有 any 或 all")
    any_of, all_of, none_of = (
        reader.phrases(rows[join], f"say.{join} ", mode) if join in rows else () for join in _JOINS
    )
    return Say(any=any_of, all=all_of, none=none_of)


def read_key(node: Node, slots: Collection[str], report: Report) -> Key:
    """Read `key`. A bare text or list means `any` of them, by `equals`."""
    reader = _Reader(modes=KEY_MODES, slots=slots, report=report)
    if not isinstance(node, Table):
        return Key(any=reader.phrases(node, "key ", Mode.EQUALS))
    rows = table(node, ("any", "mode"), "key ", report) or {}
    mode = reader.mode(rows.get("mode"), Mode.EQUALS)
    if "any" not in rows:
        report.add(node, "key 要有 any")
        return Key()
    return Key(any=reader.phrases(rows["any"], "key.any ", mode))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads phrases of these modes."""

    modes: tuple[Mode, ...]
    slots: Collection[str]
    report: Report

    def phrases(self, node: Node, what: str, mode: Mode) -> tuple[Phrase, ...]:
        listed = items(node, what, self.report) if isinstance(node, Listing) else (node,)
        phrases: dict[Phrase, None] = {}
        for item in listed:
            for leaf, its_mode in self._worded(item, what, mode):
                if self._is_usable(leaf, its_mode):
                    phrases[Phrase(text=leaf.value, mode=its_mode)] = None
        return tuple(phrases)

    def mode(self, node: Node | None, default: Mode) -> Mode:
        if node is None:
            return default
        name = text(node, "mode ", self.report)
        if name and name not in self.modes:
            self.report.add(node, f"没有匹配方式 {name}", nearest(name, self.modes))
        return Mode(name) if name in self.modes else default

    def _worded(self, item: Node, what: str, mode: Mode) -> list[tuple[Leaf, Mode]]:
        if not isinstance(item, Table):
            if isinstance(item, Listing):
                self.report.add(item, f"{what}里应是文字，这里是{kind(item)}")
                return []
            return [(leaf, mode) for leaf in texts(item, what, self.report)]
        rows = table(item, ("words", "mode"), what, self.report) or {}
        own_mode = self.mode(rows.get("mode"), mode)
        if "words" not in rows:
            self.report.add(item, f"{what}缺少 words")
            return []
        return [(leaf, own_mode) for leaf in texts(rows["words"], what, self.report)]

    def _is_usable(self, leaf: Leaf, mode: Mode) -> bool:
        before = len(self.report.problems)
        if mode is Mode.REGEX:
            self._check_regex(leaf)
        elif len(leaf.value) > LONGEST_PHRASE:
            self.report.add(leaf, f"关键词超过 {LONGEST_PHRASE} 个字")
        elif not (leaf.value.isalnum() or comparable(leaf.value)):  # letters are always seen
            self.report.add(leaf, "关键词里没有看得见的字")
        elif mode is Mode.SOUND and len(comparable(leaf.value)) < LEAST_SYLLABLES:
            self.report.add(leaf, f"按读音匹配的关键词至少要 {LEAST_SYLLABLES} 个字")
        return len(self.report.problems) == before

    def _check_regex(self, leaf: Leaf) -> None:
        try:
            check_pattern(leaf.value)
        except BadPattern as error:
            self.report.add(leaf, str(error))
            return
        for name in capture_names(leaf.value):
            if name in self.slots:
                said = f"捕获的名字 {name} 和变量 {{{name}}} 重名"
                self.report.add(leaf, said, "换一个名字")
