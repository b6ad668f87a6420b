"""Spans of time as people write them: 5s, 500ms, 30m, +48h, 3d."""

import re

_SPAN = re.compile(r"[+-]?\d+(?:\.\d+)?(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def span_s(written: object) -> float:
    """Return the seconds of a span; a bare number is seconds. Raises ValueError.

    >>> span_s("+48h"), span_s("500ms"), span_s(3)
    (172800.0, 0.5, 3.0)
    """
    if isinstance(written, int | float) and not isinstance(written, bool):
        return float(written)
    found = _SPAN.fullmatch(str(written))
    if found is None:
        raise ValueError(written)
    return float(str(written)[: found.start(1)]) * _SECONDS[found[1]]
