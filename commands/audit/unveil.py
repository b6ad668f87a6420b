"""Reads rows that were emptied: the book holds what stood in them, and a mark shows where.

Whoever was erased, or grew too old to be kept, left marks made with the instance key. The book
knows every name and message, so each mark of it can be found again; what the book does not hold
stays a mark, and is a finding like any other.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from bot.db.owned import CLOSED
from bot.db.veil import GONE, mark, mark_body, mark_words
from commands.audit.book import Book, Call, Happening
from commands.audit.tables import EffectRow, InboxRow, Tables
from commands.audit.targets import Target, target_of_effect, targets_of_call, words_of

_MARK = re.compile(r"~[0-9a-f]{32}")
_TRIED = ("done", "failed", "unknown")
# Where a target that holds words names its customer.
_CUSTOMER = {"say": 1, "notice": 1, "remark": 2}
_CATEGORY = {
    "oa_reply": "say", "oa_send": "say", "kf_send": "say", "oa_template": "notice",
    "oa_subscription": "notice", "oa_once": "notice", "wecom_remark": "remark",
}  # fmt: skip


def unveiled(tables: Tables, book: Book, names: Mapping[str, str], instance_key: bytes) -> Tables:
    """Return the tables with everything in its place that the book still knows.

    `names` are the ids of customers and who they are. Without emptied rows nothing changes.
    """
    if not tables.former and not any(_emptied(row.body) for row in tables.inbox):
        return tables
    marks = {mark(instance_key, name): name for name in names}
    reader = _Reader(book, marks, instance_key)
    return replace(
        tables,
        inbox=reader.inbox(tables.inbox, names, tables.former),
        effects=reader.effects(tables.effects),
        former={marks[digest]: who for digest, who in tables.former.items() if digest in marks},
    )


def _emptied(body: bytes) -> bool:
    return body.startswith(b'{"gone":')


class _Reader:
    def __init__(self, book: Book, marks: Mapping[str, str], instance_key: bytes) -> None:
        self._book = book
        self._marks = marks
        self._key = instance_key

    # --- the inbox ---

    def inbox(
        self, rows: Iterable[InboxRow], names: Mapping[str, str], former: Mapping[str, str]
    ) -> list[InboxRow]:
        """Return the rows with what the platform had told, or with what people wrote in groups."""
        told = {
            mark_body(self._key, one.inner.encode()): one for one in self._book.happenings.values()
        }
        erased = {names[self._marks[one]] for one in former if one in self._marks}
        lines = iter([one for one in self._book.lines if one.who in erased])
        found = []
        for row in rows:
            if not _emptied(row.body):
                found.append(replace(row, body=self._named(row.body)))
            elif row.source == "callback":
                found.append(self._told(row, told))
            elif row.kind == "GroupSaid" and (line := next(lines, None)):
                body = orjson.dumps({"chat": line.chat, "text": line.text})
                found.append(replace(row, body=body))
            else:  # an event of the bot's own, which no book holds
                found.append(replace(row, kind=GONE))
        return found

    def _told(self, row: InboxRow, told: Mapping[str, Happening]) -> InboxRow:
        happening = told.get(str(orjson.loads(row.body)[GONE]))
        return replace(row, body=happening.inner.encode()) if happening else row

    def _named(self, body: bytes) -> bytes:
        if b"~" not in body:
            return body
        text = body.decode("utf-8", "replace")
        return _MARK.sub(lambda one: self._marks.get(one[0], one[0]), text).encode()

    # --- effects ---

    def effects(self, rows: Iterable[EffectRow]) -> list[EffectRow]:
        """Return the effects, each emptied one aimed at what the book shows of it."""
        named = [self._effect(row) for row in rows]
        unclaimed = _Unclaimed(self._book, [one for one in named if GONE not in one.body])
        return [
            one if GONE not in one.body or "aim" in one.body else unclaimed.claim(one)
            for one in named
        ]

    def _effect(self, row: EffectRow) -> EffectRow:
        body = orjson.loads(self._named(orjson.dumps(row.body)))
        row = replace(row, body=body)
        if GONE in body and str(body.get("text", "")).startswith("~~"):
            return self._with_words(row)
        return row

    def _with_words(self, row: EffectRow) -> EffectRow:
        """Return a message to an employee with its words, when the book has such words."""
        for call in self._book.calls:
            for target in targets_of_call(call):
                to_them = target[:2] == ("say", row.field("staff"))
                if to_them and mark_words(self._key, call.text()) == row.text():
                    return _aimed(row, target)
        return row


class _Unclaimed:
    """What the book shows of customers and no effect that still has its words accounts for."""

    def __init__(self, book: Book, whole: Iterable[EffectRow]) -> None:
        self._left: dict[tuple[str, str], list[Target]] = defaultdict(list)
        self._labels: dict[Target, list[Call]] = defaultdict(list)
        owed = Counter(target_of_effect(one) for one in whole)
        for target, _ in sorted(_shown(book), key=lambda one: one[1]):
            owed[target] -= 1
            if owed[target] < 0:
                self._left[target[0], target[_CUSTOMER[target[0]]]].append(target)
        for call in book.calls:
            for target in targets_of_call(call):
                if target[0] == "label" and call.changed:
                    self._labels[target].append(call)

    def claim(self, effect: EffectRow) -> EffectRow:
        """Return an emptied effect aimed at the next thing that its customer saw of its kind."""
        if effect.kind == "label":
            return self._labelled(effect)
        category = _CATEGORY.get(effect.kind)
        if category is None:
            return effect
        customer = effect.field("openid") or effect.field("member")
        tried = effect.state in _TRIED and effect.attempts > 0
        left = self._left.get((category, customer), [])
        if tried and left:
            done = "done" if effect.meaning == CLOSED else effect.state
            return _aimed(replace(effect, state=done), left.pop(0))
        return _aimed(effect, ("read", effect.key)) if effect.state != "done" else effect

    def _labelled(self, effect: EffectRow) -> EffectRow:
        calls = self._labels.get(target_of_effect(effect), ())
        added = [name for one in calls for name in one.effect.get("added", ())]
        added += [str(one.effect["name"]) for one in calls if "name" in one.effect]
        removed = [name for one in calls for name in one.effect.get("removed", ())]
        return replace(effect, body={**effect.body, "add": added, "remove": removed})


def _shown(book: Book) -> Iterator[tuple[Target, float]]:
    for call in book.calls:
        if call.changed:
            yield from ((one, call.at) for one in targets_of_call(call) if one[0] in _CUSTOMER)
    for seen in book.shown:
        cause = book.happenings.get(seen.happening)
        if cause is not None and seen.via == "passive":
            yield ("say", cause.openid(), words_of(seen.text)), seen.at


def _aimed(effect: EffectRow, target: Target) -> EffectRow:
    body: dict[str, Any] = {**effect.body, "aim": list(target)}
    return replace(effect, body=body)
