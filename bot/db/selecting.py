"""Finds whom a mass message may go to: the customers a selection fits, or the groups it names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.actions import MakeMass
from bot.clock import micros_of
from bot.db.tx import Row, Tx, Value
from bot.events import Selection
from bot.mass import TASK_LIVES, Candidate

_WISHES = "触达/%"  # tags in which a customer said how often to be written to
_STANDS = (
    "t.op = 'add' AND (t.expires_us IS NULL OR t.expires_us > ?) AND t.id = (SELECT max(u.id)"
    " FROM tag u WHERE u.person_id = t.person_id AND u.name = t.name)"
)
_GIVEN_UP = (
    "SELECT p.mass, p.part FROM mass_part p JOIN mass m ON m.name = p.mass"
    " JOIN inbox i ON i.id = m.inbox_id JOIN effect e"
    " ON e.key = i.event_id || ':' || ? || ':mass:' || p.mass || ':' || p.part"
    " WHERE p.state = 'owed' AND e.state = 'failed'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A selection among one account's customers; `since_us` is where the cap's span began."""

    account: str
    selection: Selection
    now_us: int
    since_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Whom a selection fits; `unreached` counts members whom no employee has as contact."""

    candidates: tuple[Candidate, ...]
    unreached: int = 0


async def found(tx: Tx, search: Search) -> Found:
    """Return whom a selection fits, each with what it had of the cap."""
    had = await _had(tx, search)
    if search.selection.chats:
        return Found(candidates=await _groups(tx, search, had))
    fits, args = _fits(search)
    rows = await tx.all(
        "SELECT r.person_id, r.address, r.staff FROM reach r JOIN person p ON p.id = r.person_id"  # noqa: S608  (ours)
        " WHERE r.account = ? AND r.channel = 'wecom' AND r.staff <> '' AND r.is_on = 1"
        f" AND (? = '' OR r.staff = ?) AND {fits} ORDER BY r.changed_us, r.id",
        search.account, search.selection.staff, search.selection.staff, *args,
    )  # fmt: skip
    wishes = await _wishes(tx, search.now_us)
    newest = {row["person_id"]: row for row in rows}  # by whoever became a friend last
    customers = {row["address"]: _candidate(row, wishes, had) for row in newest.values()}
    return Found(candidates=tuple(customers.values()), unreached=await _unreached(tx, search))


def _candidate(row: Row, wishes: Mapping[str, frozenset[str]], had: Mapping[str, int]) -> Candidate:
    return Candidate(
        receiver=row["address"],
        staff=row["staff"],
        wishes=wishes.get(row["person_id"], frozenset()),
        had=had.get(row["address"], 0),
    )


def _fits(search: Search) -> tuple[str, list[Value]]:
    """Return the condition on a person `p`, and its arguments."""
    selection = search.selection
    parts, args = ["p.merged_into IS NULL"], list[Value]()
    for column, wanted in (("store", selection.store), ("stage", selection.stage)):
        if wanted:
            parts.append(f"p.{column} = ?")
            args.append(wanted)
    tagged = [(names, "") for names in selection.tags]
    tagged += [((name,), "NOT ") for name in selection.without]
    for names, negated in tagged:
        marks = ",".join("?" * len(names))
        parts.append(
            f"{negated}EXISTS (SELECT 1 FROM tag t WHERE t.person_id = p.id"  # noqa: S608  (ours)
            f" AND t.name IN ({marks}) AND {_STANDS})"
        )
        args += [*names, search.now_us]
    return " AND ".join(parts), args


async def _unreached(tx: Tx, search: Search) -> int:
    fits, args = _fits(search)
    row = await tx.one(
        f"SELECT count(*) AS n FROM person p WHERE {fits} AND NOT EXISTS (SELECT 1 FROM reach r"  # noqa: S608  (ours)
        " WHERE r.person_id = p.id AND r.account = ? AND r.channel = 'wecom' AND r.staff <> ''"
        " AND r.is_on = 1)",
        *args, search.account,
    )  # fmt: skip
    return int(row["n"]) if row else 0


async def unheard_of(tx: Tx, selection: Selection) -> tuple[str, ...]:
    """Return the tags of a selection that nobody ever had: most likely misspelt."""
    named = dict.fromkeys([*(one for names in selection.tags for one in names), *selection.without])
    marks = ",".join("?" * len(named))
    rows = await tx.all(f"SELECT DISTINCT name FROM tag WHERE name IN ({marks})", *named)  # noqa: S608  (ours)
    known = {row["name"] for row in rows}
    return tuple(one for one in named if one not in known)


async def _wishes(tx: Tx, now_us: int) -> Mapping[str, frozenset[str]]:
    rows = await tx.all(
        f"SELECT t.person_id, t.name FROM tag t WHERE t.name LIKE ? AND {_STANDS}",  # noqa: S608  (ours)
        _WISHES, now_us,
    )  # fmt: skip
    told: dict[str, frozenset[str]] = {}
    for row in rows:
        told[row["person_id"]] = told.get(row["person_id"], frozenset()) | {row["name"]}
    return told


async def _had(tx: Tx, search: Search) -> Mapping[str, int]:
    """Return how much each receiver had: sent within the span, or promised and still open.

    What will never be handed over, as when an operator gave its unknown outcome up, is no promise.
    """
    rows = await tx.all(
        "SELECT receiver, count(*) AS n FROM mass_receiver"  # noqa: S608  (ours)
        " WHERE state = 'sent' AND at_us >= ?"
        f" OR state = 'promised' AND at_us >= ? AND (mass, part) NOT IN ({_GIVEN_UP})"
        " GROUP BY receiver",
        search.since_us, search.now_us - micros_of(TASK_LIVES), MakeMass.kind,
    )  # fmt: skip
    return {row["receiver"]: int(row["n"]) for row in rows}


async def _groups(tx: Tx, search: Search, had: Mapping[str, int]) -> tuple[Candidate, ...]:
    owners = await _owners(tx, search.account, search.selection.chats)
    wanted = search.selection.staff
    return tuple(
        Candidate(receiver=chat, staff=owners.get(chat, ""), had=had.get(chat, 0))
        for chat in dict.fromkeys(search.selection.chats)
        if not wanted or owners.get(chat) == wanted
    )


async def _owners(tx: Tx, account: str, chats: Sequence[str]) -> Mapping[str, str]:
    marks = ",".join("?" * len(chats))
    rows = await tx.all(
        "SELECT chat, owner FROM chat_group WHERE account = ? AND state <> 'dismissed'"  # noqa: S608  (ours)
        f" AND chat IN ({marks})",
        account, *chats,
    )  # fmt: skip
    return {row["chat"]: row["owner"] for row in rows}
