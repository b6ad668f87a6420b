"""What was measured, as tables for people and pages and as values for programs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from tests.matching.figures import MOST_HEARD_FALSE, Figures
from tests.matching.labels import Message
from tests.matching.measured import Measured, why
from tests.matching.variants import Stage

Part = Callable[[Message], bool]

_COLUMNS = ("answers", "right", "precision", "recall", "F1", "another rule's", "nobody's")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under headings; the first column names the row."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def text(self) -> str:
        """Return it for a terminal."""
        lines = [self.header, *self.rows]
        widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
        return "\n".join([f"== {self.title}", *(_aligned(line, widths) for line in lines)])

    def markdown(self) -> str:
        """Return it for a page."""
        ruler = ["---", *("--:" for _ in self.header[1:])]
        lines = ["| " + " | ".join(line) + " |" for line in (self.header, *self.rows)]
        return "\n".join([f"{self.title}:", "", lines[0], f"|{'|'.join(ruler)}|", *lines[1:]])


def parts(done: Measured) -> Mapping[str, Part]:
    """Return the parts of a set by their names: its halves, or the whole of what may be told."""
    if not done.halved:
        return {"all": lambda _message: True}
    return {
        "the half to look at": lambda message: not message.is_held_out,
        "the held-out half": lambda message: message.is_held_out,
    }


def tables(done: Measured, stage: Stage) -> Iterator[Table]:
    """Yield what a set says: its variants part by part, then the modes of the shipped rules."""
    for part, keep in parts(done).items():
        by_variant = done.variants(keep)
        size = sum(map(keep, done.messages))
        wanted = next(iter(by_variant.values())).wanted
        yield Table(
            title=f"{done.name}, {part}: {size} messages, {wanted} of them to be answered",
            header=("", *_COLUMNS),
            rows=[(name, *_cells(one)) for name, one in by_variant.items()],
        )
    yield Table(
        title=f"{done.name}, all, as shipped, by the mode of the rules' words",
        header=("", "rules", "to answer", *_COLUMNS),
        rows=[
            (mode, str(rules), str(one.wanted), *_cells(one))
            for mode, (rules, one) in done.modes(stage).items()
        ],
    )


def heard_line(done: Measured) -> str:
    """Return one sentence about what only sound found."""
    right = sum(one.is_right for one in done.heard)
    wrong = [one for one in done.heard if not one.is_right]
    nobodys = sum(not one.message.rule for one in wrong)
    return (
        f"{done.name}: only sound found {len(done.heard)} answers; {right} are right, {nobodys} "
        f"nobody's and {len(wrong) - nobodys} another rule's, which is {done.false_share:.2%} of "
        f"{len(done.messages)} messages (at most {MOST_HEARD_FALSE:.1%})"
    )


def heard_false(done: Measured, stage: Stage) -> Iterator[str]:
    """Yield the wrong answers that only sound found; where a text may not be told, its rule."""
    for one in done.heard:
        if not one.is_right and done.may_tell(one.message):
            yield wrong_line(stage, one.message, one.rule)
        elif not one.is_right:
            yield f"{_name(one.message.rule)} -> {one.rule} (in the held-out half)"


def wrong_line(stage: Stage, message: Message, answer: str) -> str:
    """Return a message that was answered wrongly, with label, answer and why."""
    reasons = "; ".join(why(stage, message, answer))
    return f"{_name(message.rule)} -> {_name(answer)}: {message.text!r} ({reasons})"


def document(sets: Sequence[Measured], stage: Stage) -> dict[str, object]:
    """Return everything that was measured as programs read it, version 1."""
    return {"v": 1, "rules": stage.rules.hash, "sets": [_set(done, stage) for done in sets]}


def _set(done: Measured, stage: Stage) -> dict[str, object]:
    return {
        "name": done.name,
        "messages": len(done.messages),
        "parts": {
            part: {
                "messages": sum(map(keep, done.messages)),
                "variants": {name: _values(one) for name, one in done.variants(keep).items()},
            }
            for part, keep in parts(done).items()
        },
        "modes": {
            mode: {"rules": rules, **_values(one)}
            for mode, (rules, one) in done.modes(stage).items()
        },
        "heard_only": {
            "answers": len(done.heard),
            "right": sum(one.is_right for one in done.heard),
            "false_share": done.false_share,
            "false": list(heard_false(done, stage)),
        },
        "wrong": [
            {
                "text": message.text,
                "label": message.rule or None,
                "answer": answer or None,
                "why": list(why(stage, message, answer)),
            }
            for message, answer in done.wrong()
        ],
    }


def _values(one: Figures) -> dict[str, object]:
    return {
        "to_answer": one.wanted,
        "answers": one.answers,
        "right": one.right,
        "another_rules": one.other,
        "nobodys": one.false,
        "precision": one.precision,
        "recall": one.recall,
        "f1": one.f1,
    }


def _cells(one: Figures) -> tuple[str, ...]:
    shares = (one.precision, one.recall, one.f1)
    shown = ("–" if share is None else f"{share:.1%}" for share in shares)
    return (str(one.answers), str(one.right), *shown, str(one.other), str(one.false))


def _name(rule: str) -> str:
    return rule or "null"


def _width(text: str) -> int:
    return sum(1 + (east_asian_width(char) in "WF") for char in text)


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(line, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])
