"""Logs: one JSON line an event on standard error, of allowed fields only."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog
from aiohttp.http_exceptions import BadHttpMessage

# Message text, tokens, keys and identifiers of customers are not in this list, and so never logged.
ALLOWED = frozenset({
    "event", "level", "timestamp", "exception", "account", "kind", "rules", "actions", "ms",
    "state", "code", "attempt", "effect", "duplicate", "step", "reason", "inbox", "loop", "host",
    "port", "recovered", "files", "problems", "ruleset", "stocked", "event_id",
})  # fmt: skip


def set_up(*, quiet: bool = False) -> None:
    """Log JSON lines to standard error; `quiet` keeps only warnings and worse."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _allowed_only,
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.WARNING if quiet else logging.INFO
        ),
        logger_factory=lambda *_names: _StandardError(),
        cache_logger_on_first_use=True,
    )
    logging.getLogger("aiohttp.server").addFilter(is_ours)


def is_ours(record: logging.LogRecord) -> bool:
    """Tell whether a fault of the HTTP server is one, and not what a stranger sent that is no HTTP.

    That is answered 400; told, it would put a part of their headers into the log.
    """
    return not (record.exc_info and isinstance(record.exc_info[1], BadHttpMessage))


class _StandardError:
    """Writes to what standard error is now, which a test or a supervisor may have replaced."""

    def msg(self, line: str) -> None:
        sys.stderr.write(line + "\n")

    debug = info = warning = error = critical = exception = msg


def _json(event: object, **_options: object) -> str:
    return orjson.dumps(event, default=str).decode()


def _allowed_only(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {name: value for name, value in event.items() if name in ALLOWED}
