"""Counts wrong PINs of the cashiers' pages, and says how long to wait; kept over restarts.

Several kinds of places are counted, so that neither guessing nor locking out pays:

* a device that signed in at the store before is counted by itself: a stranger cannot make the
  cashiers wait, however much they guess
* any other device is counted by its address, with all of those of the store together, so that
  changing the address does not help, and with those of all stores, so that changing the store
  does not help either
* devices that know the cashier's PIN are counted together for the manager's, which is not looked
  at while they pause: who forgets a wrong guess by a right sign-in must not guess on and on
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.db import journal
from bot.db.tx import Row, Tx

FREE_TRIES = 5
FREE_TRIES_EVERYWHERE = 20  # a store may take on some new phones on one morning
FREE_TRIES_ALL_STORES = 200  # and a chain a phone for each of its stores
_MANAGER = "manager"
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 30, 15 * 60
_DAY_US = 24 * 3600 * 1_000_000  # after a day without a try, all is forgiven
_SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where tries come from. `shared` by many: a right PIN of one does not forgive the others.

    The wrong tries of a shared place fade, `free` of them a day.
    """

    store: str
    name: str
    free: int = FREE_TRIES
    shared: bool = False
    told: str = ""  # how operators are told of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """Not before `wait_s` seconds may a PIN be looked at; after a wrong one, not for `next_s`.

    `paused` are the places where a wrong one begins a pause.
    """

    wait_s: int = 0
    next_s: int = 0
    paused: tuple[Place, ...] = ()


def strangers(store: str, address: str) -> tuple[Place, ...]:
    """Return the places of a device that a store does not know."""
    return (
        Place(store=store, name=f"address:{address}", told=f"门店 {store} 的收银台页面"),
        Place(
            store=store, name="*", free=FREE_TRIES_EVERYWHERE, shared=True,
            told=f"门店 {store} 的收银台页面",
        ),
        Place(
            store="", name="*", free=FREE_TRIES_ALL_STORES, shared=True,
            told="有人在许多门店的收银台页面",
        ),
    )  # fmt: skip


def known(store: str, device: str) -> tuple[Place, ...]:
    """Return the place of a device that signed in at a store before."""
    return (Place(store=store, name=f"device:{device}", told=f"门店 {store} 的收银台页面"),)


def insiders(store: str) -> tuple[Place, ...]:
    """Return the place of all devices of a store together that try the manager's PIN."""
    told = f"门店 {store} 登录过的手机上"
    place = Place(store=store, name=_MANAGER, free=FREE_TRIES_EVERYWHERE, shared=True, told=told)
    return (place,)


async def begin_try(tx: Tx, places: Sequence[Place], now_us: int) -> Try:
    """Count a try at each place before the PIN is looked at, so that many at once do not help.

    While a pause lasts nothing is counted. A try that turns out right is taken back by `right_pin`.
    """
    await tx.lock("till_guard")
    await tx.run("DELETE FROM till_guard WHERE at_us < ?", now_us - _DAY_US)
    rows = [(place, await _row(tx, place.store, place.name)) for place in places]
    wait_us = max((row["until_us"] - now_us for _, row in rows if row), default=0)
    if wait_us > 0:
        return Try(wait_s=-(-wait_us // _SECOND_US))
    counted = [(await _count(tx, place, row, now_us), place) for place, row in rows]
    return Try(
        next_s=max(pause for pause, _ in counted),
        paused=tuple(place for pause, place in counted if pause),
    )


async def wrong_pin(tx: Tx, tried: Try, now_us: int, day: str) -> None:
    """Show operators, once a `day`, each place where a wrong PIN began a pause."""
    for place in tried.paused:
        text = f"{place.told}连续输错 PIN，已暂停输入；如果不是店员，请换 PIN"
        role = "manager:" if place.name == _MANAGER else ""
        await journal.notice(tx, f"till-pin:{place.store}:{role}{day}", text, now_us)


async def right_pin(tx: Tx, places: Sequence[Place]) -> None:
    """Forget the tries of a device that knew the PIN, and take its last one back elsewhere."""
    for place in places:
        if place.shared:
            await tx.run(
                "UPDATE till_guard SET failures = failures - 1, until_us = 0"
                " WHERE store = ? AND place = ?",
                place.store, place.name,
            )  # fmt: skip
        else:
            await tx.run(
                "DELETE FROM till_guard WHERE store = ? AND place = ?", place.store, place.name
            )


async def leave(tx: Tx, store: str, visit: str, now_us: int) -> None:
    """End a visit at once, for whoever copied its cookie too. Kept for a day, longer than one."""
    await tx.run(
        "INSERT INTO till_guard(store, place, at_us) VALUES(?,?,?) ON CONFLICT DO NOTHING",
        store, f"left:{visit}", now_us,
    )  # fmt: skip


async def has_left(tx: Tx, store: str, visit: str) -> bool:
    """Tell whether a visit was ended."""
    return await _row(tx, store, f"left:{visit}") is not None


def pause_s(failures: int, free: int) -> int:
    """Return for how long a place pauses after so many wrong PINs in a row.

    >>> [pause_s(failures, FREE_TRIES) for failures in (4, 5, 6, 7, 9, 10, 99)]
    [0, 30, 60, 120, 480, 900, 900]
    """
    if failures < free:
        return 0
    return int(min(_FIRST_PAUSE_S * 2 ** min(failures - free, 9), _LONGEST_PAUSE_S))


async def _row(tx: Tx, store: str, place: str) -> Row | None:
    return await tx.one(
        "SELECT failures, until_us, at_us FROM till_guard WHERE store = ? AND place = ?",
        store, place,
    )  # fmt: skip


async def _count(tx: Tx, place: Place, row: Row | None, now_us: int) -> int:
    failures, at_us = _faded(place, row, now_us) if row else (0, now_us)
    paused_s = pause_s(failures + 1, place.free)
    await tx.run(
        "INSERT INTO till_guard(store, place, failures, until_us, at_us) VALUES(?,?,?,?,?)"
        " ON CONFLICT(store, place) DO UPDATE SET failures = excluded.failures,"
        " until_us = excluded.until_us, at_us = excluded.at_us",
        place.store, place.name, failures + 1,
        now_us + paused_s * _SECOND_US if paused_s else 0, at_us,
    )  # fmt: skip
    return paused_s


def _faded(place: Place, row: Row, now_us: int) -> tuple[int, int]:
    """Return the wrong tries that still count, and up to when they have faded."""
    failures = max(int(row["failures"]), 0)
    if not place.shared:
        return failures, now_us
    each_us = _DAY_US // place.free
    gone = min((now_us - int(row["at_us"])) // each_us, failures)
    left = failures - gone
    return left, int(row["at_us"]) + gone * each_us if left else now_us
