"""The names that cells may hold: ids, what people call them, and which tags are in use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.plan import CHANNELS
from commands.sheets.wrong import BadCell
from config.nouns import Content
from config.problems import unshorn
from keyword_rules.problem import nearest
from keyword_rules.rule import Rule

THINGS: Mapping[str, str] = {
    "store": "门店",
    "channel": "渠道",
    "campaign": "活动",
    "pool": "群池",
    "persona": "人设",
    "tag": "标签",
}


MOST_HINTS = 500  # nearest names looked for in one sheet; each costs a look at all of them


@dataclass(slots=True)
class Names:
    """Each kind's ids with what they are called. Tags are known, but may be new."""

    by_kind: Mapping[str, Mapping[str, str]]
    hinted: int = 0

    def checks(self, kind: str) -> bool:
        """Whether a name of this kind must be known."""
        return kind != "tag"

    def has(self, kind: str, written: str) -> bool:
        """Whether this is an id of the kind, or what exactly one of them is called.

        A number that lost the zeros before it is the id that has them.
        """
        return bool(self._found(kind, written))

    def id_of(self, kind: str, written: str) -> str:
        """Return the id that somebody meant. Raises BadCell with the nearest one."""
        if found := self._found(kind, written):
            return found
        raise BadCell(f"没有{THINGS[kind]} {written}", self._hint(self.by_kind[kind], written))

    def _hint(self, known: Mapping[str, str], written: str) -> str:
        self.hinted += 1
        if self.hinted > MOST_HINTS:
            return ""
        return nearest(written, known) or nearest(written, known.values())

    def _found(self, kind: str, written: str) -> str:
        known = self.by_kind[kind]
        if written in known:
            return written
        called = [name for name, shown in known.items() if shown == written]
        if len(called) == 1:
            return called[0]
        whole = unshorn(written, known)
        return whole if whole in known else ""


def names_of(content: Content, rules: tuple[Rule, ...]) -> Names:
    """Return the names of a home; its tags are those that its rules and pools write."""
    tags = sorted({*_tags(rules), *(tag for pool in content.pools.values() for tag in pool.tags)})
    return Names({
        "store": {one.id: one.name for one in content.stores.values()},
        "channel": {name: "" for name in sorted(CHANNELS)},
        "campaign": {one.id: one.name for one in content.campaigns.values()},
        "pool": {one.id: one.name for one in content.pools.values()},
        "persona": {name: one.name for name, one in content.personas.items()},
        "tag": dict.fromkeys(tags, ""),
    })  # fmt: skip


def _tags(rules: tuple[Rule, ...]) -> Iterator[str]:
    for rule in rules:
        yield from rule.where.tagged + rule.where.not_tagged
        for step in rule.do:
            named = step.args.get("names")
            if isinstance(named, tuple):
                yield from named
