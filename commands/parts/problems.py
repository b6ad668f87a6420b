"""Says what is wrong with a home, all of it, and ends a command that cannot go on."""

import sys
from collections.abc import Iterable
from typing import NoReturn

FINE, FINDINGS, USAGE, UNREACHABLE = 0, 1, 2, 3


class Stop(Exception):
    """A command cannot go on; `text` says why and what to do, `code` is the exit status."""

    def __init__(self, text: str, code: int = FINDINGS) -> None:
        super().__init__(text)
        self.text = text
        self.code = code


def stop(text: str, code: int = FINDINGS) -> NoReturn:
    """End the command with a message for the operator."""
    raise Stop(text, code)


def show(problems: Iterable[object]) -> int:
    """Print problems one a line on standard error and return how many there were."""
    lines = [str(problem) for problem in problems]
    for line in lines:
        print(line, file=sys.stderr)
    return len(lines)
