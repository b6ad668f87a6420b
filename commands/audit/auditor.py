"""Compares the twin's book with the bot's tables, by the twin's script: lost, doubled, made up?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from bot.db.location import Location
from commands.audit.archive import check_archive
from commands.audit.balance import Balance, balances
from commands.audit.book import read_book, seen_of
from commands.audit.callbacks import check_callbacks
from commands.audit.coupons import check_coupons
from commands.audit.effects import check_effects
from commands.audit.evidence import Evidence, join, names_of
from commands.audit.finding import Finding, Verdict
from commands.audit.late import check_late
from commands.audit.promises import check_promises
from commands.audit.script import Script
from commands.audit.tables import read_tables
from commands.audit.unknown import check_unknown
from commands.audit.unveil import unveiled

_CHECKS = (
    check_callbacks,
    check_archive,
    check_late,
    check_effects,
    check_unknown,
    check_coupons,
    check_promises,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What the comparison came to.

    `sent` counts happenings that left the platform, however often each was delivered, and not
    those that it lost or kept back itself; `answered` those of them that were answered 200 at
    least once; `asked` the API calls, tokens included. `unknown` holds every
    effect whose outcome nobody can know; one without a good reason is also in `wrong`. `balances`
    are the six sums of the accounting identity, A1 to A6.
    """

    sent: int
    answered: int
    asked: int
    lost: tuple[Finding, ...] = ()
    doubled: tuple[Finding, ...] = ()
    ghosts: tuple[Finding, ...] = ()
    unknown: tuple[Finding, ...] = ()
    wrong: tuple[Finding, ...] = ()
    balances: tuple[Balance, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is lost, doubled, made up or wrong, and every sum comes out even.

        Explained unknowns are allowed.
        """
        even = all(one.holds for one in self.balances)
        return even and not (self.lost or self.doubled or self.ghosts or self.wrong)

    @property
    def last_line(self) -> str:
        """The verdict in one line; scripts read it."""
        line = (
            f"book: sent {self.sent}, answered {self.answered}, asked {self.asked};"
            f" lost {len(self.lost)}, doubled {len(self.doubled)}, unknown {len(self.unknown)}"
        )
        return f"{line}, ghost {len(self.ghosts)}" if self.ghosts else line

    def explain(self) -> list[str]:
        """Return one line for every finding, to be printed above the last line.

        Where no finding tells why a sum does not come out even, the sum does.
        """
        told = [one.line() for one in chain(self.lost, self.doubled, self.ghosts, self.wrong)]
        told = told or [one.line() for one in self.balances if not one.holds]
        return told + [one.line() for one in self.unknown]

    def accounts(self) -> list[str]:
        """Return one line for every sum, come out even or not."""
        return [one.line() for one in self.balances]


def audit(
    *,
    book: Sequence[Mapping[str, Any]],
    phones: Mapping[str, Sequence[Mapping[str, Any]]],
    contacts: Mapping[str, Mapping[str, Any]],
    script: Script,
    database: Location,
    instance_key: bytes = b"",
) -> Audit:
    """Compare what the twin has on paper with what the bot has in its tables.

    Give it a quiet moment: what is still on its way counts as lost. The database is read only,
    with the bot running or stopped; repeating it changes nothing. With the home's instance key it
    also reads the rows of members who were erased. Raises DatabaseTrouble when the database cannot
    be read, KeyError for entries that are no book.
    """
    read = read_book(book)
    tables = read_tables(database)
    return examine(
        join(
            book=read,
            phones={who: [seen_of(who, one) for one in phone] for who, phone in phones.items()},
            contacts=contacts,
            script=script,
            tables=unveiled(tables, read, names_of(read, contacts), instance_key),
        )
    )


def examine(evidence: Evidence) -> Audit:
    """Compare what is joined already: book, script and tables of one quiet moment."""
    every = tuple(dict.fromkeys(chain.from_iterable(check(evidence) for check in _CHECKS)))
    found = _sorted(every)
    return Audit(
        sent=evidence.book.sent,
        answered=len(evidence.book.answered),
        asked=len(evidence.book.calls),
        lost=found[Verdict.LOST],
        doubled=found[Verdict.DOUBLED],
        ghosts=found[Verdict.GHOST],
        unknown=found[Verdict.UNKNOWN],
        wrong=found[Verdict.WRONG],
        balances=balances(evidence, every),
    )


def _sorted(findings: Sequence[Finding]) -> dict[Verdict, tuple[Finding, ...]]:
    return {one: tuple(some for some in findings if some.verdict is one) for one in Verdict}
