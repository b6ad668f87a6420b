"""Callbacks: each decodes without an exception, loses no leaf, and says what its source asserts."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from commands.decode import decode_one
from commands.report.payload import PLATFORMS
from tests.conformance.cases import SHEETS, Case
from tests.conformance.replies import written_again
from tests.conformance.tally import Board, Tally

ENOUGH = 0.95  # of everything that is not marked malformed
_SEPARATORS = re.compile(r"[|,_]")


def judge_callbacks(cases: Iterable[Case], sheets: Path = SHEETS) -> Board:
    """Return what `decode` makes of every callback.

    Payments have another door and are only counted; malformed bodies must not raise, and need
    not be recognised.
    """
    board, judged, recognised = Board("callbacks"), 0, 0
    for case in cases:
        tally = board.of(f"{case.platform} {case.kind}")
        tally.cases += 1
        if case.platform not in PLATFORMS:
            tally.unjudged += 1
            continue
        answer = json.loads(decode_one(case.platform, case.text))
        known = bool(answer.get("recognised"))
        tally.recognised += known
        if case.kind == "malformed":
            continue
        judged, recognised = judged + 1, recognised + known
        _judge(case, answer, tally, sheets)
    board.summary.append(f"   recognised {recognised} of {judged}, at least {ENOUGH:.0%} wanted")
    if judged and recognised / judged < ENOUGH:
        board.of("recognised").misses.append(f"{recognised} of {judged} are too few")
    return board


def _judge(case: Case, answer: Mapping[str, object], tally: Tally, sheets: Path) -> None:
    if "error" in answer:
        tally.misses.append(f"{case.id}: {answer['error']}")
        return
    tally.named = _named(case.kind, sheets)
    if not answer["recognised"] and tally.named:
        tally.misses.append(f"{case.id}: the sheets name it, and it is not recognised")
    fields = answer["fields"]
    assert isinstance(fields, dict)
    if lost := _lost(case.expected.get("derived", {}), fields):
        tally.misses.append(f"{case.id}: lost or changed {lost}")
    for name, value in case.expected.get("asserted", {}).items():
        _agree(case.id, name, value, fields, tally)
    if case.kind.startswith("reply."):
        _write_again(case, tally)


def _write_again(case: Case, tally: Tally) -> None:
    try:
        fault = written_again(case)
    except ValueError as other:
        tally.note = str(other)
        return
    tally.misses += [f"{case.id}: {fault}"] if fault else []


def _lost(derived: Mapping[str, object], fields: Mapping[str, str]) -> list[str]:
    return [path for path, leaf in derived.items() if fields.get(path) != _as_text(leaf)]


def _as_text(leaf: object) -> str:
    if leaf is None:
        return ""
    return leaf if isinstance(leaf, str) else json.dumps(leaf)


def _agree(where: str, name: str, value: object, fields: Mapping[str, str], tally: Tally) -> None:
    """Count a value that some leaf holds, whatever name the source has for it.

    What a source asserts about its own handling (a flag, a count of its calls) is in no leaf.
    """
    if any(_same(value, text) for text in fields.values()):
        tally.asserted += 1
    elif isinstance(value, str) or any(_plain(path).endswith(_plain(name)) for path in fields):
        tally.misses.append(f"{where}: asserts {name} = {value!r}, and no leaf holds it")
    else:
        tally.note = "its source asserts what it did, not what it read"


def _plain(name: str) -> str:
    return name.rpartition(".")[2].replace("_", "").lower()


def _same(value: object, text: str) -> bool:
    if isinstance(value, dict):  # one of the source's constants
        return True
    if isinstance(value, bool):
        return text.strip() == _as_text(value)
    if isinstance(value, int | float):
        return _number(text) == value
    wanted = str(value).strip()
    return wanted in (text.strip(), _unbase64(text)) or wanted in _SEPARATORS.split(text)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _unbase64(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _named(kind: str, sheets: Path) -> bool:
    """Tell whether every part of a kind's name stands in the sheets as a word."""
    family, *names = kind.split(".")
    names = [name for name in names if name not in ("msg", "event", "text", "single", "edge")]
    words = _words(sheets)
    return bool(words) and family != "other" and all(name.lower() in words for name in names)


@cache
def _words(sheets: Path) -> frozenset[str]:
    pages = sheets.glob("*/*.md") if sheets.exists() else ()
    return frozenset(
        word for page in pages for word in re.findall(r"\w+", page.read_text("utf-8").lower())
    )
