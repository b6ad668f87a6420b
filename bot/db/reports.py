"""Reads for operators: what is owed, and what nobody can know."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.actions import State
from bot.db.pauses import Pause, standing
from bot.db.tx import Row, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One remote effect as the ledger has it. Times are UTC microseconds."""

    id: int
    event_id: str
    inbox: int
    person: str
    account: str
    kind: str
    rule: str
    body: str
    state: str
    code: int | None
    meaning: str
    carrier: str
    attempts: int
    created_us: int
    next_us: int
    deadline_us: int | None
    done_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """An inbox row that cannot be decided, and why."""

    event_id: str
    account: str
    kind: str
    error: str
    attempts: int
    since_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something operators should look at."""

    name: str
    text: str
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """How the ledger and the inbox stand. Lists are cut at the limit asked for, counts are not."""

    effects: Mapping[str, Mapping[str, int]]  # state → kind → how many
    inbox: Mapping[str, int]
    ignored: Mapping[str, int]  # kind of callback → how many we keep and do not act on
    refused: Mapping[str, int]  # account and step → how many callbacks were turned away at the door
    paused: tuple[Pause, ...]
    owed: tuple[Owed, ...]
    under_way: tuple[Owed, ...]
    unknown: tuple[Owed, ...]
    quarantined: tuple[Quarantined, ...]
    notices: tuple[Notice, ...]


async def books(tx: Tx, limit: int) -> Books:
    """Return how the ledger and the inbox stand; each list holds at most `limit` rows."""
    return Books(
        effects=await _effect_counts(tx),
        inbox=await _counts(tx, "SELECT state AS name, count(*) AS n FROM inbox GROUP BY state"),
        ignored=await _counts(
            tx,
            "SELECT kind AS name, count(*) AS n FROM inbox WHERE state = 'ignored'"
            " GROUP BY kind ORDER BY n DESC, kind",
        ),
        refused=await _counts(
            tx,
            "SELECT account || ' ' || step AS name, sum(count) AS n FROM refusal GROUP BY name",
        ),
        paused=await standing(tx),
        owed=await _effects_in(tx, State.READY, limit),
        under_way=await _effects_in(tx, State.SENDING, limit),
        unknown=await _effects_in(tx, State.UNKNOWN, limit),
        quarantined=await _quarantined(tx, limit),
        notices=await _notices(tx, limit),
    )


async def _effect_counts(tx: Tx) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for row in await tx.all(
        "SELECT state, kind, count(*) AS n FROM effect GROUP BY state, kind ORDER BY state, kind"
    ):
        counts.setdefault(row["state"], {})[row["kind"]] = row["n"]
    return counts


async def _counts(tx: Tx, sql: str) -> dict[str, int]:
    return {row["name"]: row["n"] for row in await tx.all(sql)}


async def _effects_in(tx: Tx, state: State, limit: int) -> tuple[Owed, ...]:
    rows = await tx.all(
        "SELECT e.*, i.event_id FROM effect e JOIN inbox i ON i.id = e.inbox_id"
        " WHERE e.state = ? ORDER BY e.lane, e.next_us, e.id LIMIT ?",
        state, limit,
    )  # fmt: skip
    return tuple(map(owed_of, rows))


def owed_of(row: Row) -> Owed:
    """Return an effect row, joined with its event's id, as a value."""
    return Owed(
        id=row["id"],
        event_id=row["event_id"],
        inbox=row["inbox_id"],
        person=row["person_id"] or "",
        account=row["account"],
        kind=row["kind"],
        rule=row["rule"],
        body=row["body"],
        state=row["state"],
        code=row["code"],
        meaning=row["meaning"],
        carrier=row["carrier"],
        attempts=row["attempts"],
        created_us=row["created_us"],
        next_us=row["next_us"],
        deadline_us=row["deadline_us"],
        done_us=row["done_us"],
    )


async def _quarantined(tx: Tx, limit: int) -> tuple[Quarantined, ...]:
    rows = await tx.all(
        "SELECT event_id, account, kind, error, attempts, received_us FROM inbox"
        " WHERE state = 'quarantined' ORDER BY id DESC LIMIT ?",
        limit,
    )
    return tuple(
        Quarantined(
            event_id=r["event_id"],
            account=r["account"],
            kind=r["kind"],
            error=r["error"] or "",
            attempts=r["attempts"],
            since_us=r["received_us"],
        )
        for r in rows
    )


async def _notices(tx: Tx, limit: int) -> tuple[Notice, ...]:
    rows = await tx.all("SELECT name, text, at_us FROM notice ORDER BY id DESC LIMIT ?", limit)
    return tuple(Notice(name=r["name"], text=r["text"], at_us=r["at_us"]) for r in rows)
