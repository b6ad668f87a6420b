"""What a rule file says besides its rules: how they rank, where they apply, whether on trial."""

from dataclasses import dataclass

from keyword_rules.fields import boolean, integer, items, kind, required, table, text
from keyword_rules.problem import Report
from keyword_rules.read_where import read_only
from keyword_rules.rule import ANYWHERE, Where
from keyword_rules.vocabulary import Vocabulary
from keyword_rules.yaml_source import Leaf, Listing, Node, Table

FILE_FIELDS = ("priority", "only", "dry_run", "note", "rules")
LOWEST_PRIORITY = -1_000_000

_WHAT = "规则文件"
_INCLUDE = "include"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A file's rules as they stand, and what holds for all of them."""

    rules: tuple[Node, ...] = ()
    priority: int = 0
    only: Where = ANYWHERE
    dry_run: bool = False

    @property
    def is_silent(self) -> bool:
        """Whether the file says nothing besides its rules."""
        return not self.priority and not self.dry_run and self.only == ANYWHERE


def read_frame(tree: Node, vocabulary: Vocabulary, report: Report) -> Frame:
    """Read a list of rules, or a table that holds one under `rules`."""
    tree = without_include(tree, report)
    if not isinstance(tree, Table):
        return Frame(rules=_listed(tree, report))
    rows = table(tree, FILE_FIELDS, f"{_WHAT}的外层", report) or {}
    if not rows and tree.rows:
        report.add(tree, f"{_WHAT}应是列表，或带 rules 的键值表，这里是{kind(tree)}")
        return Frame()
    required(rows, ("rules",), tree, _WHAT, report)
    if "note" in rows:
        text(rows["note"], "note ", report)
    return Frame(
        rules=_listed(rows["rules"], report) if "rules" in rows else (),
        priority=priority_of(rows.get("priority"), report),
        only=read_only(rows["only"], vocabulary, report) if "only" in rows else ANYWHERE,
        dry_run=is_true(rows.get("dry_run"), "dry_run ", report),
    )


def priority_of(node: Node | None, report: Report) -> int:
    """A whole number from minus a million to a million; 0 when there is none."""
    if node is None:
        return 0
    return integer(node, "priority ", report, least=LOWEST_PRIORITY) or 0


def is_true(node: Node | None, what: str, report: Report) -> bool:
    """`true` or `false`; false when there is none."""
    return node is not None and boolean(node, what, report) is True


def without_include(node: Node, report: Report) -> Node:
    """The table without `include`, which is noted: every file of the folder is read anyway."""
    if not isinstance(node, Table) or all(key.value != _INCLUDE for key, _ in node.rows):
        return node
    for key, value in node.rows:
        if key.value == _INCLUDE:
            paths = value.items if isinstance(value, Listing) else (value,)
            named = "、".join(path.value for path in paths if isinstance(path, Leaf))
            said = f"不能 include {named}：规则文件夹里的每个 .yaml 都会读，不用写"
            report.add(key, said, "去掉它；文件夹外的文件请放进规则文件夹")
    rows = tuple((key, value) for key, value in node.rows if key.value != _INCLUDE)
    return Table(rows, node.line, node.column)


def _listed(node: Node, report: Report) -> tuple[Node, ...]:
    """The rules; an entry that only includes another file was told and is none."""
    entries = [(entry, without_include(entry, report)) for entry in items(node, _WHAT, report)]
    return tuple(
        rest for entry, rest in entries if rest is entry or not isinstance(rest, Table) or rest.rows
    )
