"""File permissions that bind root too, for tests of what a user who is not root would meet."""

import ctypes
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager

_VERSION_3 = 0x20080522
_DAC_OVERRIDE, _DAC_READ_SEARCH = 1, 2
_FORM = "=6I"  # effective, permitted, inheritable: the low words, then the high ones


@contextmanager
def bound_by_permissions() -> Iterator[None]:
    """Let the mode of a file decide in this thread what may be done with it, whoever we are."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = struct.pack("=Ii", _VERSION_3, 0)
    held = ctypes.create_string_buffer(struct.calcsize(_FORM))
    _checked(libc.capget(header, held))
    effective, *rest = struct.unpack(_FORM, held.raw)
    less = effective & ~(1 << _DAC_OVERRIDE | 1 << _DAC_READ_SEARCH)
    _checked(libc.capset(header, struct.pack(_FORM, less, *rest)))
    try:
        yield
    finally:
        _checked(libc.capset(header, held.raw))


def _checked(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), "the capabilities of this thread cannot be changed")
