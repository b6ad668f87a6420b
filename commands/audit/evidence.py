"""All the evidence of one audit, joined: book, script, tables, and who stands behind an id."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from commands.audit.book import Book, Call, Happening, Seen, comparable
from commands.audit.messages import Identity
from commands.audit.script import Kill, Script
from commands.audit.tables import EffectRow, InboxRow, Tables
from commands.audit.targets import Target, target_of_effect, targets_of_call, words_of

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What every check of one audit reads; nothing in it changes."""

    book: Book
    script: Script
    tables: Tables
    phones: Mapping[str, Sequence[Seen]]
    contacts: Mapping[str, Mapping[str, Any]]
    names: Mapping[str, str]  # openid or external_userid -> who
    happenings: Mapping[Identity, Sequence[Happening]]
    rows: Mapping[Identity, Sequence[InboxRow]]  # of callbacks
    causes: Mapping[int, Sequence[Happening]]  # by inbox row; empty for events of the bot's own
    effects: Mapping[Target, Sequence[EffectRow]]
    calls: Mapping[Target, Sequence[Call]]
    answers: Mapping[Target, Sequence[Seen]]  # shown inside a response

    def who(self, effect: EffectRow) -> str:
        """Return the customer an effect is meant for, "" when nobody knows."""
        for name in ("openid", "member"):
            if found := self.names.get(effect.field(name)):
                return found
        causes = self.causes.get(effect.inbox_id, ())
        return causes[0].who if causes else ""

    def kill_after(self, at: float) -> Kill | None:
        """Return the first kill at or after a moment of the twin's clock."""
        later = [one for one in self.script.kills if one.at >= at]
        return min(later, key=lambda one: one.at, default=None)

    def persons(self, who: str) -> set[str]:
        """Return the bot's person rows that somebody's ids lead to, or led to while erased."""
        now = {self.tables.owners[one] for one in self._ids(who) if one in self.tables.owners}
        return now or self._former(who)

    def ever(self, who: str) -> set[str]:
        """Return the same with the rows that went on without a name when they were erased."""
        return self.persons(who) | self._former(who)

    def _former(self, who: str) -> set[str]:
        return {self.tables.former[one] for one in self._ids(who) if one in self.tables.former}

    def _ids(self, who: str) -> list[str]:
        return [one for one, owner in self.names.items() if owner == who]


def join(
    *,
    book: Book,
    phones: Mapping[str, Sequence[Seen]],
    contacts: Mapping[str, Mapping[str, Any]],
    script: Script,
    tables: Tables,
) -> Evidence:
    """Put everything next to what it belongs to."""
    happenings = _by(book.happenings.values(), Happening.identity)
    callbacks = [row for row in tables.inbox if row.source == "callback"]
    rows = _by(callbacks, InboxRow.identity)
    causes = {one.id: happenings.get(at, ()) for at, some in rows.items() for one in some}
    calls: dict[Target, list[Call]] = defaultdict(list)
    for call in book.calls:
        for target in targets_of_call(call):
            calls[target].append(call)
    return Evidence(
        book=book,
        script=script,
        tables=tables,
        phones=phones,
        contacts=contacts,
        names=names_of(book, contacts),
        happenings=happenings,
        rows=rows,
        causes=causes,
        effects=_by(tables.effects, target_of_effect),
        calls=calls,
        answers=_answers(book),
    )


def _by(things: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    found: dict[K, list[T]] = defaultdict(list)
    for one in things:
        found[key(one)].append(one)
    return dict(found)


def names_of(book: Book, contacts: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return who each openid and external user id of the book belongs to."""
    found = {}
    for one in book.happenings.values():
        if one.openid() not in ("", "sys"):
            found[one.openid()] = one.who
    for who, known in contacts.items():
        ids = [known.get("external_userid"), *(known.get("openids") or {}).values()]
        found |= {str(one): who for one in ids if one}
    return found


def _answers(book: Book) -> dict[Target, list[Seen]]:
    found: dict[Target, list[Seen]] = defaultdict(list)
    for seen in book.shown:
        cause = book.happenings.get(seen.happening)
        if cause is None:
            continue
        if seen.via == "passive":
            found["say", cause.openid(), words_of(seen.text)].append(seen)
        elif seen.via == "aibot" and seen.who == cause.who:  # the whole group sees one answer
            found["say", cause.who, comparable(seen.text)].append(seen)
    return found
