"""The transcript of a story: who, where, what they did and saw, which rule, and the truth."""

import json
import sys
from dataclasses import asdict, dataclass
from typing import TextIO

_LINE_CHARS = 96
TRUTHS = {
    "automatic": "全自动",
    "customer_tap": "需顾客点一下",
    "employee": "需员工确认",
    "": "—",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the story; `ms` is how long the person waited for what they saw."""

    step: int
    who: str
    channel: str
    did: str
    saw: str
    truth: str = ""
    rule: str = ""
    actions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    ms: int = 0


class Transcript:
    """Prints lines as they happen: for people, or one JSON object a line."""

    def __init__(self, *, as_json: bool, out: TextIO | None = None) -> None:
        self._as_json = as_json
        self._out = out or sys.stdout
        self._step = 0

    def tell(self, line: Line) -> None:
        """Print one line."""
        if self._as_json:
            self._write(json.dumps(asdict(line), ensure_ascii=False))
            return
        if line.step != self._step:
            self._step = line.step
            self._write(f"── 第 {line.step} 幕")
        head = f"{line.who}〔{line.channel}〕{line.did}"
        tail = [f"看到：{_short(line.saw)}"] if line.saw else []
        tail += [f"规则 {line.rule}"] if line.rule else []
        tail += [f"【{TRUTHS.get(line.truth, line.truth)}】"] if line.truth else []
        tail += [f"标签 {'、'.join(line.tags)}"] if line.tags else []
        tail += [f"{line.ms} ms"] if line.ms else []
        self._write(f"   {head} → {'；'.join(tail)}" if tail else f"   {head}")

    def note(self, text: str) -> None:
        """Print something about the play itself; left out of the JSON form."""
        if not self._as_json:
            self._write(text)

    def verdict(self, lines: list[str], last: str) -> None:
        """Print what the auditor found; the last line is always the book's.

        With JSON lines it goes to standard error, so that every line of the output is one of the
        story.
        """
        for text in (*lines, last):
            if self._as_json:
                print(text, file=sys.stderr, flush=True)
            else:
                self._write(text)

    def _write(self, text: str) -> None:
        self._out.write(text + "\n")
        self._out.flush()


def _short(text: str) -> str:
    one_line = " / ".join(part.strip() for part in text.splitlines() if part.strip())
    return one_line if len(one_line) <= _LINE_CHARS else one_line[: _LINE_CHARS - 1] + "…"
