"""Writes the tables of docs/reference/effects.md from the kinds of effects as they are declared.

`python -m tests.effects_page` brings the page up to date.
"""

from collections.abc import Iterable

from bot.actions import LOCAL, REMOTE, Action
from tests.source import ROOT

PAGE = ROOT / "docs" / "reference" / "effects.md"
BEGIN, END = "<!-- generated: {} -->", "<!-- end of {} -->"


class Slot(str):
    """A field of an effect, shown by its name: `{member}`, `{alias.value}`."""

    __slots__ = ()

    def __getattr__(self, name: str) -> "Slot":
        return Slot(self.replace("}", f".{name}}}"))


class Slots:
    """Stands in for any effect whose key is asked for; every field is its own name."""

    def __getattr__(self, name: str) -> Slot:
        return Slot(f"{{{name}}}")


def key_of(kind: type[Action]) -> str:
    """The key of a kind, its fields shown by name."""
    return kind.key(Slots())  # type: ignore[arg-type]  # it only reads fields


def table(kinds: Iterable[type[Action]]) -> str:
    """A Markdown table of effects, one line a kind."""
    lines = ["| kind | what it does | class | policy | lane | key |", "|---|---|---|---|---|---|"]
    for kind in kinds:
        doc = " ".join((kind.__doc__ or "").partition("\n\n")[0].split())
        lines.append(
            f"| `{kind.kind}` | {doc} | {kind.klass} | `{kind.policy}` | {kind.lane}"
            f" | `{key_of(kind)}` |"
        )
    return "\n".join(lines)


def written(page: str) -> str:
    """The page with its tables made anew."""
    for name, kinds in (("local", LOCAL), ("remote", REMOTE)):
        begin, end = BEGIN.format(name), END.format(name)
        head, _, rest = page.partition(begin)
        _, _, tail = rest.partition(end)
        page = f"{head}{begin}\n{table(kinds)}\n{end}{tail}"
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
