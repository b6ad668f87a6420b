"""The pulse of a serving process: what is looked at, from where, and what a browser sees of us."""

import asyncio
import platform
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.x509 import load_pem_x509_certificate

from bot.db.location import Location, SqliteFile
from bot.db.looking import look
from bot.db.schema import known_migrations
from bot.db.tx import Database, Work
from bot.shop import Shop
from bot.vitals import Body, Look, T, Vitals
from bot.worker import Worker
from commands.parts.compose import Home
from commands.version import number

_TLS_S = 5.0
_HTTPS = 443


def vitals_of(
    home: Home,
    place: Location,
    db: Database,
    shop: Shop,
    worker: Worker,
    redis: Callable[[], str] | None = None,
    rules: Callable[[], Mapping[str, object]] = dict,
) -> Vitals:
    """Return the pulse of a process that serves or works off a home.

    `redis` and `rules` tell how those are.
    """
    url = home.settings.public_url
    outside = urlsplit(url).scheme == "https"
    return Vitals(
        Body(
            db=db, look=_looking(place, db), shop=shop, home=home.folder, able=worker.able.is_set,
            wal=_wal(place), about=_about(), redis=redis, rules=rules,
            certificate_days=(lambda: certificate_days(url)) if outside else None,
        )
    )  # fmt: skip


def _about() -> dict[str, str]:
    return {
        "version": number(),
        "python": platform.python_version(),
        "schema": known_migrations()[-1],
    }


def _wal(place: Location) -> Path | None:
    if not isinstance(place, SqliteFile):
        return None
    return place.path.with_name(f"{place.path.name}-wal")


def _looking(place: Location, db: Database) -> Look:
    # Where all reads share one connection, a count over a big table would hold up decisions.
    async def aside(work: Work[T]) -> T:
        return await asyncio.to_thread(look, place, work)

    return aside if db.alone else db.read


async def certificate_days(url: str) -> float | None:
    """Return for how many days the certificate at an https address is good, seen from here.

    None when nobody answers there within 5 s, as behind a router that does not lead back inside.
    """
    try:
        return await asyncio.to_thread(_certificate_days, url)
    except (OSError, ValueError):
        return None


def _certificate_days(url: str) -> float:
    address = urlsplit(url)
    place = (address.hostname or "", address.port or _HTTPS)
    shown = load_pem_x509_certificate(ssl.get_server_certificate(place, timeout=_TLS_S).encode())
    return (shown.not_valid_after_utc - datetime.now(UTC)).total_seconds() / 86_400
