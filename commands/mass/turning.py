"""`mass remind`, `mass cancel` and `mass refresh`: what follows once a message is made."""

from pathlib import Path

import orjson

from bot.db import mass_reports
from bot.events import Event, MassDue, MassNudged, MassStopped
from bot.ids import ulid
from commands.mass.telling import tell
from commands.member.direct import home_of
from commands.parts.compose import Home
from commands.parts.problems import FINDINGS, FINE, USAGE, stop
from commands.report.reading import Reader, database_of

VERSION = 1  # of the JSON form
_DONE = frozenset({"reminded", "stopped", "asked"})


def remind(folder: Path, name: str, *, as_json: bool) -> int:
    """Remind who has not confirmed; 1 when nobody was reminded. At most 3 times in 24 hours."""
    home = home_of(folder)
    return _told(home, MassNudged(account=_account(home, name), mass=name), as_json=as_json)


def cancel(folder: Path, name: str, *, as_json: bool) -> int:
    """Take a message back from who has not confirmed; what was sent stays. Repeating is safe."""
    home = home_of(folder)
    return _told(home, MassStopped(account=_account(home, name), mass=name), as_json=as_json)


def refresh(folder: Path, name: str, *, as_json: bool) -> int:
    """Ask the platform now what became of the account's open tasks; the answers follow."""
    home = home_of(folder)
    return _told(home, MassDue(account=_account(home, name), asked=True), as_json=as_json)


def _account(home: Home, name: str) -> str:
    reader = Reader(home=home, database=database_of(home))
    found = reader.ask(lambda tx: mass_reports.of_name(tx, name, 0))
    if found is None:
        stop(f"没有名为 {name} 的群发（看 mass list）", USAGE)
    return found.account


def _told(home: Home, event: Event, *, as_json: bool) -> int:
    heard = tell(home, event, ulid(0))
    if as_json:
        document = {"v": VERSION, "result": heard.code, "text": heard.text, "served": heard.served}
        print(orjson.dumps(document).decode())
    else:
        print("\n".join(filter(None, (heard.text, heard.remark))))
    return FINE if heard.code in _DONE else FINDINGS
