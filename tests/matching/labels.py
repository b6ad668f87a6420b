"""Messages with the rule that should answer them, as people labelled them."""

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import orjson

from keyword_rules.match import RuleSet
from keyword_rules.rule import TEXT
from tests.conformance.cases import CASES
from tests.source import ROOT

OWN = ROOT / "tests" / "matching" / "messages.jsonl"
SHARED = OWN.with_name("shared_messages.jsonl")
SHARED_TEXTS = CASES / "messages.txt"

_HALF = 128  # of the 256 values of a byte
_DIGITS = 16  # of a digest


class BadLabels(ValueError):
    """A file of labels cannot be used; the message has a line for each line that is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a customer typed, and the rule that should answer it, "" for none."""

    text: str
    rule: str = ""

    @property
    def is_held_out(self) -> bool:
        """Whether nobody may look at it who writes rules: half of all texts, by their digest."""
        return sha256(self.text.encode()).digest()[0] >= _HALF


def read_labels(path: Path, rules: RuleSet) -> tuple[Message, ...]:
    """Read JSON lines of `text` and `rule`, whose null means that no rule should answer.

    UTF-8, GB18030 and UTF-16 with its mark are read.
    Other keys and empty lines do not count. Raises BadLabels, which names every wrong line, when a
    line is neither, names a rule that no words lead to, or labels a text a second time in another
    way; and for a file that cannot be read or holds no message.
    """
    reading = _Reading(path.name, rules)
    for number, line in _lines(path):
        if line.strip():
            reading.take(number, line)
    return reading.done()


def read_shared(rules: RuleSet, folder: Path = SHARED_TEXTS.parent) -> tuple[Message, ...]:
    """Read the list that lies beside this repository; nothing when it is not there.

    Raises BadLabels when a label is of another text than the line that it names.
    """
    texts = folder / SHARED_TEXTS.name
    if not texts.exists():
        return ()
    lines = dict(_lines(texts))
    reading = _Reading(SHARED.name, rules)
    labels: dict[int, str] = {}
    for number, label in _lines(SHARED):
        told = orjson.loads(label)
        if sha256(lines.get(told["line"], b"")).hexdigest()[:_DIGITS] != told["sha256"]:
            reading.wrong(number, f"line {told['line']} of {texts.name} has another text")
        labels[told["line"]] = reading.rule(number, told["rule"])
    reading.done(least=0)
    return tuple(
        Message(text=line.decode(), rule=labels.get(number, ""))
        for number, line in lines.items()
        if line.strip()
    )


class _Reading:
    """Takes labels line by line, and remembers what was wrong."""

    def __init__(self, name: str, rules: RuleSet) -> None:
        self._name = name
        self._spoken_to = {one.id for one in rules.rules if TEXT in one.on and one.say}
        self._labels: dict[str, str] = {}
        self._wrong: list[str] = []

    def wrong(self, number: int, what: str) -> None:
        self._wrong.append(f"{self._name}:{number}: {what}")

    def rule(self, number: int, label: object) -> str:
        if label is None:
            return ""
        if not isinstance(label, str):
            self.wrong(number, "rule must be an id or null")
            return ""
        if label not in self._spoken_to:
            self.wrong(number, f"no rule {label[:40]!r} is led to by words")
        return label

    def take(self, number: int, line: bytes) -> None:
        told = _object(line)
        if told is None:
            return self.wrong(number, "not a JSON object in UTF-8")
        text = told.get("text")
        if not isinstance(text, str) or not text.strip():
            return self.wrong(number, "text must be a string that is not empty")
        if "rule" not in told:
            return self.wrong(number, "rule is missing; null says that no rule should answer")
        rule = self.rule(number, told["rule"])
        if self._labels.setdefault(text, rule) != rule:
            self.wrong(number, "labelled before, in another way")
        return None

    def done(self, least: int = 1) -> tuple[Message, ...]:
        if self._wrong:
            raise BadLabels("\n".join(self._wrong))
        if len(self._labels) < least:
            raise BadLabels(f"{self._name}: no message in it")
        return tuple(Message(text=text, rule=rule) for text, rule in self._labels.items())


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadLabels(f"{path}: cannot be read: {error.strerror}") from error
    return enumerate(_in_utf8(raw).removeprefix(b"\xef\xbb\xbf").splitlines(), start=1)


def _in_utf8(raw: bytes) -> bytes:
    """Return a file of UTF-16 with its mark, or of GB18030, in UTF-8; any other as it is."""
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not marked and _is_utf8(raw):
        return raw
    try:
        return raw.decode("utf-16" if marked else "gb18030").encode()
    except UnicodeDecodeError:
        return raw


def _is_utf8(raw: bytes) -> bool:
    """Whether at least half of the lines with Chinese are UTF-8: then others are damaged."""
    lines = [line for line in raw.splitlines() if not line.isascii()]
    return 2 * sum(map(_decodes, lines)) >= len(lines)


def _decodes(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _object(line: bytes) -> Mapping[str, object] | None:
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return told if isinstance(told, dict) else None
