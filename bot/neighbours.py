"""Which processes of this machine are gone: those need not be waited for until a lease ends."""

import hashlib
import os
from functools import cache
from pathlib import Path

_PROC = Path("/proc")
_DEAD = frozenset("ZX")  # killed, and nobody has looked yet


@cache
def machine() -> str:
    """Return a name that all processes share which see each other's pids, "" if there is none.

    It is of this boot and of this set of pids: containers of one machine have a set each.
    """
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
        pids = str((_PROC / "self/ns/pid").readlink())
    except OSError:
        return ""
    return hashlib.sha256(f"{boot} {pids}".encode()).hexdigest()[:32]


def gone(pid: int) -> bool:
    """Tell whether a process of this machine is no more; False where it cannot be known."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:  # another user's is alive all the same
        return False
    try:
        stat = (_PROC / str(pid) / "stat").read_text("utf-8", "replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] in _DEAD
