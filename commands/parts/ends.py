"""Standard input, output and error: stand-ins for the closed ones, and an output nobody takes."""

import errno
import os
import sys
from io import TextIOWrapper

from commands.parts.problems import FINDINGS

_UNWRITTEN = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})
_ENDS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def hold_ends() -> None:
    """Put the null device where a standard stream was closed; repeating is safe.

    Otherwise the first file or socket that is opened would take its number, and with it what a
    library writes there. What the output's encoding cannot say is written as its number.
    """
    for number, (name, mode) in enumerate(_ENDS):
        if getattr(sys, name) is None:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")


def not_done(trouble: OSError) -> int:
    """Say in a line what the system refused a command, and return the exit status.

    What is still to be printed goes nowhere, so that the end does not fail at it again.
    """
    if isinstance(trouble, BrokenPipeError):  # whoever read has enough, as `head` has
        _let_go()
        return FINDINGS
    kind = type(trouble).__name__
    what = trouble.filename or ("输出写不出去" if trouble.errno in _UNWRITTEN else kind)
    _let_go()
    print(f"没有做完：{what}：{trouble.strerror or kind}", file=sys.stderr)
    return FINDINGS


def _let_go() -> None:
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
