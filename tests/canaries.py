"""Canaries: words that no log, metric or status page may hold, and a search that finds them."""

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

_WELCOME = re.compile(r"<WelcomeCode>(?:<!\[CDATA\[)?([^<\]]+)")


def forms(canary: str) -> set[str]:
    """The ways in which text may carry a canary: as it is, escaped, or in an address."""
    return {canary, json.dumps(canary)[1:-1], quote(canary, safe=""), repr(canary)[1:-1]}


def found(canaries: Mapping[str, Iterable[str]], text: str) -> set[str]:
    """Return which sorts of canaries a text holds."""
    return {
        sort
        for sort, words in canaries.items()
        if any(form in text for word in words for form in forms(word))
    }


def of_wiring(wiring: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what the settings hold, and by which names the platforms know the customers."""
    accounts = [*wiring["accounts"], *wiring["aibots"]]
    openids = [o for person in wiring["customers"] for o in (person.get("openids") or {}).values()]
    return {
        "secret": [one["secret"] for one in accounts if "secret" in one],
        "token": [one["token"] for one in accounts],
        "aes key": [one["aes_key"] for one in accounts],
        "source secret": [one["secret"] for one in wiring["sources"]],
        "till key": [one["key"] for one in wiring["tills"]],
        "external_userid": [one["external_userid"] for one in wiring["customers"]],
        "unionid": [one["unionid"] for one in wiring["customers"]],
        "openid": openids,
    }


def of_database(path: Path) -> dict[str, list[str]]:
    """Return what only the run itself brought forth."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        bodies = [bytes(row[0]).decode("utf-8", "replace")
                  for row in database.execute("SELECT body FROM inbox")]  # fmt: skip
        return {
            "access_token": [row[0] for row in database.execute("SELECT value FROM token")],
            "coupon code": [
                row[0]
                for row in database.execute("SELECT code FROM coupon WHERE state = 'granted'")
            ],
            "welcome_code": [code for body in bodies for code in _WELCOME.findall(body)],
        }
