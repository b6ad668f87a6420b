"""Prints what the published cases say of this program, and fails when something does not hold."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.conformance.answers import judge_answers
from tests.conformance.answers_read import read_answers
from tests.conformance.callbacks import judge_callbacks
from tests.conformance.cases import CASES, SHEETS, read_cases
from tests.conformance.requests import request_shapes
from tests.conformance.shapes_oa import oa_shapes
from tests.conformance.shapes_wecom import wecom_shapes
from tests.conformance.tally import Board, shapes_board
from tests.conformance.vectors import judge_vectors

FILES = ("callbacks.jsonl", "vectors.jsonl", "api.jsonl")


async def judged(folder: Path) -> list[Board]:
    """Return what every file of cases in a folder says."""
    callbacks, vectors, answers = (list(read_cases(folder / name)) for name in FILES)
    sheets = folder.parent / SHEETS.name
    return [
        judge_callbacks(callbacks),
        judge_vectors(vectors),
        await judge_answers(answers),
        shapes_board("shapes of the twin's answers: Official Account", await oa_shapes(answers)),
        shapes_board("shapes of the twin's answers: WeCom and kf", await wecom_shapes(answers)),
        shapes_board("shapes of what we send", request_shapes(answers, sheets)),
        shapes_board("what we read of others' answers", read_answers(answers)),
    ]


def main(arguments: Sequence[str]) -> int:
    """Report on the folder given, else on the one beside this repository.

    Returns 0, 1 when a case does not hold, 2 when a folder that was named has no cases.
    """
    named = next(iter(arguments), "")
    folder = Path(named) if named else CASES
    missing = [name for name in FILES if not (folder / name).exists()]
    if missing:
        _say(f"SKIPPED: {', '.join(missing)} not found in {folder}; name another: CASES=DIR")
        return 2 if named else 0
    boards = asyncio.run(judged(folder))
    for board in boards:
        _say("\n".join(board.lines()))
    misses = sum(len(board.misses) for board in boards)
    cases = sum(tally.cases for board in boards for tally in board.tallies)
    _say(f"{cases} cases, {misses} misses")
    return 1 if misses else 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
