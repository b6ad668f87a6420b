"""What the database remembers of an account's callbacks; looked at while a server may run."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.db import memory
from bot.db.location import Location
from bot.db.reading import ask
from bot.db.tx import Row, Tx

_RECENT = 20
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Callbacks refused at one step today: how many, when the last one was, and why."""

    step: str
    count: int
    last_us: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """One accepted callback."""

    kind: str
    body: bytes
    received_us: int
    event_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOn:
    """What became of callbacks that an older system gets too, within a day."""

    done: int
    waiting: int
    lost: int  # refused, expired, or nobody knows
    meaning: str  # of the newest that is not done


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What the database knows of an account's callbacks, the newest first."""

    callbacks: tuple[Callback, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    verified_us: int = 0
    kf_rang: bool = False

    @property
    def last_us(self) -> int:
        """Return when the last callback was accepted, 0 for never."""
        return self.callbacks[0].received_us if self.callbacks else 0


def traces_of(database: Location, account: str, now_us: int) -> Traces:
    """Return what is known of an account's callbacks. Raises DatabaseTrouble."""

    async def work(tx: Tx) -> Traces:
        callbacks = await tx.all(
            "SELECT kind, body, received_us, event_us FROM inbox WHERE account = ?"
            " AND source = 'callback' AND kind <> 'unreadable' ORDER BY id DESC LIMIT ?",
            account, _RECENT,
        )  # fmt: skip
        refusals = await tx.all(
            "SELECT step, count, last_us, reason FROM refusal WHERE account = ? AND last_us > ?"
            " ORDER BY last_us DESC",
            account, now_us - _DAY_US,
        )  # fmt: skip
        verified = await tx.one(
            "SELECT value FROM memory WHERE account = ? AND name = ?", account, memory.VERIFIED
        )
        rang = await tx.one(
            "SELECT 1 FROM inbox WHERE account = ? AND kind = 'event.kf_msg_or_event'", account
        )
        return Traces(
            callbacks=tuple(_callback(row) for row in callbacks),
            refusals=tuple(_refusal(row) for row in refusals),
            verified_us=int(verified["value"]) if verified else 0,
            kf_rang=rang is not None,
        )

    return ask(database, work)


def contacts_of(database: Location, account: str, since_us: int) -> tuple[Callback, ...]:
    """Return the callbacks of added contacts since then, newest first. Raises DatabaseTrouble."""

    async def work(tx: Tx) -> tuple[Callback, ...]:
        rows: Sequence[Row] = await tx.all(
            "SELECT kind, body, received_us, event_us FROM inbox WHERE account = ?"
            " AND kind = 'event.change_external_contact.add_external_contact'"
            " AND received_us > ? ORDER BY id DESC LIMIT 200",
            account, since_us,
        )  # fmt: skip
        return tuple(_callback(row) for row in rows)

    return ask(database, work)


def handed_on(database: Location, account: str, now_us: int) -> HandedOn:
    """Return what became of callbacks handed on within a day. Raises DatabaseTrouble."""

    async def work(tx: Tx) -> HandedOn:
        rows = await tx.all(
            "SELECT state, count(*) AS n FROM effect WHERE kind = 'relay' AND account = ?"
            " AND created_us > ? GROUP BY state",
            account, now_us - _DAY_US,
        )  # fmt: skip
        newest = await tx.one(
            "SELECT meaning FROM effect WHERE kind = 'relay' AND account = ? AND state <> 'done'"
            " AND meaning <> '' AND created_us > ? ORDER BY id DESC LIMIT 1",
            account, now_us - _DAY_US,
        )  # fmt: skip
        counts = {row["state"]: int(row["n"]) for row in rows}
        done = counts.pop("done", 0)
        waiting = counts.pop("ready", 0) + counts.pop("sending", 0)
        return HandedOn(
            done=done, waiting=waiting, lost=sum(counts.values()),
            meaning=str(newest["meaning"]) if newest else "",
        )  # fmt: skip

    return ask(database, work)


def _callback(row: Row) -> Callback:
    return Callback(
        kind=row["kind"], body=bytes(row["body"]), received_us=row["received_us"],
        event_us=row["event_us"],
    )  # fmt: skip


def _refusal(row: Row) -> Refusal:
    return Refusal(
        step=row["step"], count=row["count"], last_us=row["last_us"], reason=row["reason"]
    )
