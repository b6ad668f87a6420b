"""Logs: one JSON line an event on standard error, of allowed fields only.

A line written while an event or an effect is handled names it: `event_id`, and `effect`, which is
the ledger's number. Members appear by their random id, never by a name that a platform knows.
"""

import contextlib
import io
import logging
import select
import sys
import threading
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO
from zlib import crc32

import orjson
import structlog

from commands.parts.faults import told

Level = Literal["debug", "info", "warning", "error"]
Line = MutableMapping[str, Any]
# Message text, tokens, keys and identifiers of customers are not in this list, and so never logged.
ALLOWED = frozenset({
    "event", "level", "timestamp", "exception", "event_id", "effect", "member", "account", "kind",
    "rules", "actions", "ms", "state", "code", "attempt", "step", "reason", "inbox", "loop",
    "host", "port", "recovered", "files", "problems", "ruleset", "stocked", "setting", "api",
    "what", "notice", "count", "worker", "role", "by_s", "believed_in_s", "slowed_for_s",
    "library", "where", "template", "pid", "again_s", "rows", "effects", "bytes",
})  # fmt: skip
_QUIET = frozenset({"debug", "info"})
_PATIENCE_MS = 100
_MOST_CHARS = 5_000  # a fault with its frames
_LIBRARIES_SPEAK_FIRST = {"asyncio"}  # whose first line is a constant, and the rest a repr


def set_up(*, quiet: bool = False, level: Level = "info", sample: float = 1.0) -> None:
    """Log JSON lines to standard error, from `level` on; `quiet` keeps only warnings and worse.

    `sample`: of how many events, 0 to 1, the lines below a warning are written; all of an event's
    or none.
    """
    least = logging.WARNING if quiet else getattr(logging, level.upper())
    _speak(least, sample, for_good=True)
    root = logging.getLogger()
    root.handlers = [Libraries()]
    root.setLevel(max(least, logging.WARNING) if level != "debug" else logging.DEBUG)
    logging.captureWarnings(True)
    logging.getLogger("aiohttp.server").addFilter(is_ours)
    sys.excepthook = lambda _kind, fault, _trace: _died("program", fault)
    threading.excepthook = lambda died: _died("thread", died.exc_value)


def hush() -> None:
    """Keep a command's output its own: of what we log only warnings and worse, on standard error.

    `set_up` after it holds.
    """
    _speak(logging.WARNING, 1.0, for_good=False)


def _speak(least: int, sample: float, *, for_good: bool) -> None:
    structlog.configure(
        processors=processors(sample),
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=lambda *_names: StandardError(),
        cache_logger_on_first_use=for_good,
    )


def processors(sample: float = 1.0) -> list[structlog.typing.Processor]:
    """Return what makes a line of a call, in order: whatever is not allowed ends here."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        _Sampled(sample),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _told_fault,
        allowed_only,
        structlog.processors.JSONRenderer(serializer=_json),
    ]


def is_ours(record: logging.LogRecord) -> bool:
    """Tell whether a fault of the HTTP server is one, and not what a stranger sent that is no HTTP.

    That is answered 400; told, it would put a part of their headers into the log.
    """
    # only a server has loaded it, and only it asks
    from aiohttp.http_exceptions import BadHttpMessage

    return not (record.exc_info and isinstance(record.exc_info[1], BadHttpMessage))


class Libraries(logging.Handler):
    """Tells what libraries log as lines of ours: who said it and where, never their arguments."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record as a line; a template is code, what it was filled with is not."""
        structlog.get_logger().log(
            record.levelno, "library", library=record.name,
            where=f"{record.module}:{record.lineno}", template=_template(record),
            exc_info=record.exc_info[1] if record.exc_info else None,
        )  # fmt: skip


def _template(record: logging.LogRecord) -> str:
    if record.args:
        return str(record.msg)
    if record.name in _LIBRARIES_SPEAK_FIRST:
        return str(record.msg).partition("\n")[0]
    return ""


def _died(what: str, fault: BaseException | None) -> None:
    structlog.get_logger().error("died", what=what, exc_info=fault)


class StandardError:
    """Writes to what standard error is now, which a test or a supervisor may have replaced.

    A log that cannot be written, or that nobody reads any more, stops and delays nothing else: its
    lines are lost until it can be. A reader is waited for a tenth of a second, once.
    """

    _stuck = False

    def msg(self, line: str) -> None:
        """Write one line, if that can be done now."""
        with contextlib.suppress(OSError, ValueError, AttributeError):  # full, closed, none at all
            if _takes(sys.stderr, 0 if StandardError._stuck else _PATIENCE_MS):
                StandardError._stuck = False
                sys.stderr.write(line + "\n")
            else:
                StandardError._stuck = True

    debug = info = warning = error = critical = exception = msg


def _takes(stream: TextIO, within_ms: int) -> bool:
    """Tell whether a stream takes a line without making us wait; what has no number does."""
    try:
        number = stream.fileno()
    except io.UnsupportedOperation:
        return True
    poll = select.poll()
    poll.register(number, select.POLLOUT)
    return bool(poll.poll(within_ms))


class _Sampled:
    """Lets the ordinary lines of some events pass, and every line that somebody should see."""

    def __init__(self, share: float) -> None:
        self._below = share * 2**32

    def __call__(self, _logger: Any, _method: str, line: Line) -> Line:
        event_id = line.get("event_id")
        if event_id and line["level"] in _QUIET and crc32(str(event_id).encode()) >= self._below:
            raise structlog.DropEvent
        return line


def _told_fault(_logger: Any, method: str, line: Line) -> Line:
    fault = line.pop("exc_info", None)
    if fault is True:
        fault = sys.exc_info()
    if isinstance(fault, tuple):
        fault = fault[1]
    if isinstance(fault, BaseException):
        line["exception"] = told(fault)
    return line


def allowed_only(_logger: Any, _method: str, line: Line) -> Line:
    """Return a line of nothing but allowed fields."""
    return {
        name: _plain(value) for name, value in line.items() if name in ALLOWED and value is not None
    }


def _plain(value: object) -> object:
    """Return text without what a terminal would obey, a line break apart: JSON escapes that."""
    if not isinstance(value, str):
        return value
    shown = value[:_MOST_CHARS]
    if shown.isprintable():
        return shown
    return "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in shown)


def _json(line: object, **_options: object) -> str:
    return orjson.dumps(line, default=_named).decode()


def _named(value: object) -> str:
    return type(value).__name__  # what it would say of itself may be anything
