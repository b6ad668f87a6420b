"""The verdict over a drill: the twin's book against the tables, and what the kills explain."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.db.location import Location, SqliteFile
from commands.audit.auditor import Audit, examine
from commands.audit.book import Book, Delivery, Seen, read_book
from commands.audit.evidence import join
from commands.audit.finding import Finding
from commands.audit.script import Script
from commands.audit.tables import Tables, read_tables
from commands.play import peek

_LONGEST_SEND_S = 12.0  # a call is given up before; what was begun earlier was not under way
# What the platform does where no try reached us; the customer sees a fault then.
_OUTAGE = ("得到一次 200 应答", "得到一句回复，或什么也不显示")


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """One death of a process: which of the rig's, when by the twin's clock, at which point.

    `back`: when a process in its place could be reached again; infinity while there is none.
    """

    number: int
    process: int
    at: float
    point: str
    back: float = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a drill came to. `sound` only when nothing is lost, doubled, made up or unexplained.

    `given_up` are callbacks that the platform stopped sending, each try of which fell into an
    outage: nobody was told that we have them. `unknown` are the effects in doubt, each with the
    kill that explains it; `wrong` is whatever else does not agree.
    """

    sent: int
    answered: int
    deliveries: int
    rows: int
    kills: tuple[Killed, ...] = ()
    effects: Mapping[str, int]
    doubled: Mapping[str, int]  # by the class of the effect
    findings: tuple[str, ...]  # what is doubled, in words
    lost: tuple[str, ...]
    unknown: tuple[str, ...]
    given_up: tuple[str, ...]
    wrong: tuple[str, ...]
    sums: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether the books agree."""
        return not (self.lost or self.doubled or self.wrong)

    @property
    def done_share(self) -> float:
        """The share of all effects that the ledger calls done; 1 when there was none."""
        every = sum(self.effects.values())
        return self.effects.get("done", 0) / every if every else 1.0

    @property
    def last_line(self) -> str:
        """The verdict in one line; scripts read it."""
        line = f"lost {len(self.lost)}, doubled {sum(self.doubled.values())}"
        return f"{line}, wrong {len(self.wrong)}" if self.wrong else line


def judge(  # noqa: PLR0913  (each named by its caller)
    entries: Sequence[Mapping[str, Any]],
    contacts: Mapping[str, Mapping[str, Any]],
    script: Script,
    location: Location,
    kills: Sequence[Killed],
    *,
    troubled: bool = False,
) -> Judged:
    """Let the auditor compare book and tables, and sort what it found by what a kill explains.

    `troubled`: the platform broke exchanges itself, so an effect may be unknown without a kill;
    the auditor wants to see the call that broke.
    """
    book, tables = read_book(entries), read_tables(location)
    phones: dict[str, list[Seen]] = {who: [] for who in contacts}
    for seen in book.shown:
        phones.setdefault(seen.who, []).append(seen)
    evidence = join(book=book, phones=phones, contacts=contacts, script=script, tables=tables)
    audit = examine(evidence)
    given_up = {one: one.expected in _OUTAGE and _excused(book, one, kills) for one in audit.wrong}
    wrong = (
        *(one.line() for one, excused in given_up.items() if not excused),
        *(one.line() for one in audit.ghosts),
        *(one.line() for one in audit.balances if not one.holds),
        *(() if troubled else _long_before_any_kill(tables, kills)),
        *_damage(location),
    )
    excused = [one for one, told in given_up.items() if told]
    return replace(_told(audit, book, tables, wrong, excused), kills=tuple(kills))


def _told(
    audit: Audit, book: Book, tables: Tables, wrong: Iterable[str], given_up: Iterable[Finding]
) -> Judged:
    return Judged(
        sent=audit.sent,
        answered=audit.answered,
        deliveries=sum(len(tries) for tries in book.deliveries.values()),
        rows=len(tables.inbox),
        effects=Counter(one.state for one in tables.effects),
        doubled=_by_class(audit.doubled, tables),
        lost=tuple(one.line() for one in audit.lost),
        unknown=tuple(one.line() for one in audit.unknown),
        given_up=tuple(one.line() for one in given_up),
        wrong=tuple(wrong),
        findings=tuple(one.line() for one in audit.doubled),
        sums=tuple(audit.accounts()),
    )


def _excused(book: Book, finding: Finding, kills: Sequence[Killed]) -> bool:
    name = finding.what.removeprefix("回调 ").partition("（")[0].strip()
    tries = [one for one in book.deliveries.get(name, ()) if not one.answered]
    return all(_in_an_outage(one, kills) for one in tries)


def _in_an_outage(tried: Delivery, kills: Sequence[Killed]) -> bool:
    """Whether a kill, or what followed until the bot was back, touched an attempt."""
    began = tried.at - tried.took_s
    return any(one.at <= tried.at + 0.5 and began <= one.back for one in kills)


def _long_before_any_kill(tables: Tables, kills: Sequence[Killed]) -> list[str]:
    """Return the unknown effects that no process can have had under way when it died."""
    found = []
    for one in tables.effects:
        sent = (one.sent_us or 0) / 1_000_000
        near = any(-0.5 <= kill.at - sent <= _LONGEST_SEND_S for kill in kills)
        if one.state == "unknown" and not near:
            found.append(f"动作 {one.key} 结果未知，而它发送时没有进程被杀")
    return found


def _by_class(doubled: Sequence[Finding], tables: Tables) -> Counter[str]:
    classes = {one.key: one.klass for one in tables.effects}
    found: Counter[str] = Counter()
    for one in doubled:
        key = one.what.removeprefix("动作 ").partition("「")[0]
        found[classes.get(key, "A")] += 1
    return found


def _damage(location: Location) -> list[str]:
    if not isinstance(location, SqliteFile):
        return []
    found = peek.rows(location, "PRAGMA integrity_check")
    return [
        f"数据库文件损坏：{one['integrity_check']}"
        for one in found
        if one["integrity_check"] != "ok"
    ]
