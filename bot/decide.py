"""The second room: what do we owe? One transaction from the inbox row to settled and owed effects.

Running it twice gives the same plan: the second time the row is closed and nothing happens.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from bot.actions import AnswerBot, Gap, Reply
from bot.clock import micros, micros_of, moment
from bot.codec import action_summary, event_from_json
from bot.db import inbox, journal, pauses, rule_hits
from bot.db.people import People
from bot.db.tx import Database, Row, Tx
from bot.errors import Contended
from bot.events import Event, KfSaid, TextSaid, occasion_of
from bot.facts import Situation
from bot.gather import Known, gather
from bot.gather.holds import hold
from bot.plan import Plan, plan
from bot.platforms.aibot import reply as bot_reply
from bot.platforms.oa.reply import text_reply
from bot.settle import Decision, settle
from bot.shop import Shop, decoded
from keyword_rules.explain import kept_hit, kept_miss
from keyword_rules.remembered import subject_document

_TRIES = 5  # a contended decision finds fresh facts at once; more means something else is wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a decision left behind: the answer for an open response, and how much it did."""

    inbox: int
    event_id: str
    kind: str
    answer: bytes | None
    rules: tuple[str, ...]
    actions: int
    person: str | None = None  # the member's random id


class Decider:
    """Decides inbox rows, each in one transaction."""

    def __init__(self, db: Database, shop: Shop) -> None:
        self._db = db
        self._shop = shop
        self._people = People(shop.instance_key)

    async def decide(
        self, inbox_id: int, *, inside: bool = False, wait: bool = False
    ) -> Decided | None:
        """Decide one row and return what came of it; None when it was decided before.

        `inside`: a response is open that will carry the answer. One that another process is
        deciding is left to it, unless we `wait` for what comes of it. Raises whatever a handler
        raises; nothing is kept then.
        """

        async def work(tx: Tx) -> Decided | None:
            row = await inbox.take(tx, inbox_id, wait=wait or inside)
            if row is None:
                return None
            if inside and await pauses.sending(tx):  # the answer is owed like any other effect
                return replace(await self._decide(tx, row, inside=False), answer=None)
            return await self._decide(tx, row, inside)

        for _ in range(_TRIES - 1):
            try:
                return await self._db.write(work)
            except Contended:
                continue
        return await self._db.write(work)

    async def _decide(self, tx: Tx, row: Row, inside: bool) -> Decided:
        shop = self._shop
        event = event_of(shop, row)
        if not tx.alone:
            await hold(tx, self._people, shop.instance_key, event)
        known = await gather(tx, shop, self._people, row, event)
        situation = Situation(event=event, facts=known.facts, hits=known.trace.hits)
        made = plan(situation, shop.playbook)
        decision = self._decision(row, event, known, inside)
        for action in made.actions:
            await settle(tx, action, decision)
        await self._keep(tx, decision, event, known, made)
        answer = _answer(row, event, made, known)
        await inbox.close(
            tx,
            row["id"],
            person=decision.person,
            answer=answer,
            at=decision.now_us,
            ignored=event.ignored(),
        )
        return Decided(
            inbox=row["id"],
            event_id=row["event_id"],
            kind=row["kind"],
            answer=answer,
            rules=tuple(h.rule for h in known.trace.hits),
            actions=len(made.actions),
            person=decision.person,
        )

    def _decision(self, row: Row, event: Event, known: Known, inside: bool) -> Decision:
        shop = self._shop
        return Decision(
            inbox=row["id"],
            event_id=row["event_id"],
            account=event.account,
            channel=shop.channel(event.account),
            person=known.facts.member.id if known.facts.member else None,
            now_us=micros(known.facts.now),
            event_us=row["event_us"] or row["received_us"],
            answer_by_us=row["received_us"] + micros_of(shop.times.reply_fallback),
            ruleset=known.trace.ruleset,
            instance_key=shop.instance_key,
            inside=inside,
        )

    async def _keep(
        self, tx: Tx, decision: Decision, event: Event, known: Known, made: Plan
    ) -> None:
        body = orjson.dumps(trace_body(event, known, made)).decode()
        await journal.trace(
            tx, inbox=decision.inbox, person=decision.person, body=body, at_us=decision.now_us
        )
        if known.facts.silent:
            return
        await _count(tx, decision, known)
        if decision.person is not None and isinstance(event, TextSaid | KfSaid):
            missed = any(isinstance(action, Gap) for action in made.actions)
            await journal.misses(tx, decision.person, missed)


async def _count(tx: Tx, decision: Decision, known: Known) -> None:
    """Keep hits for the limits of their rules, and meetings with rules that count those."""
    person, at_us = decision.person or "", decision.now_us
    store, chat = known.subject.store, known.facts.chat
    for hit in known.trace.hits if person or store or chat else ():
        await rule_hits.note(
            tx, person=person, rule=hit.rule, op=rule_hits.HIT, at_us=at_us, store=store, chat=chat
        )
    for rule in known.trace.met if person else ():
        await rule_hits.note(tx, person=person, rule=rule, op=rule_hits.MET, at_us=at_us)


def event_of(shop: Shop, row: Row) -> Event:
    """Return the event an inbox row holds. Raises LookupError for an account no longer there."""
    if row["source"] == "internal":
        return shop.named(event_from_json(row["kind"], row["body"]))
    keys = shop.accounts.get(row["account"])
    if keys is None:
        raise LookupError(f"账号 {row['account']} 已不在 settings.yaml 中，这条回调无法处理")
    return decoded(keys, row["body"])


def _answer(row: Row, event: Event, made: Plan, known: Known) -> bytes | None:
    if made.verdict is not None:
        verdict = made.verdict
        return orjson.dumps({"code": verdict.code, "text": verdict.text, **verdict.details})
    for_bot = next((a for a in made.actions if isinstance(a, AnswerBot)), None)
    if for_bot:  # the event's own id names its stream, so that a poll finds its row
        return bot_reply.answer(event, row["event_id"], for_bot.text)
    replies = [a for a in made.actions if isinstance(a, Reply)]
    if not replies:
        return None
    try:
        return text_reply(event, replies[0].text, known.facts.now)
    except ValueError:  # the callback does not say which account it was sent to
        return None


def trace_body(event: Event, known: Known, made: Plan) -> Mapping[str, Any]:
    """Return the trace of one event as it is kept and shown (docs/reference/trace.md)."""
    trace = known.trace
    return {
        "v": 1,
        "event": type(event).__name__,
        "occasion": occasion_of(event),
        "account": event.account,
        "at": event.at.isoformat() if event.at else None,
        "now": moment(micros(known.facts.now)).isoformat(),
        "text": str(getattr(event, "text", "")),
        "silent": known.facts.silent,
        "comparable": trace.text,
        "ruleset": trace.ruleset,
        "new_member": bool(known.facts.member and known.facts.member.new),
        "linked": known.linked,
        "hits": [kept_hit(hit) for hit in trace.hits],
        "dry": [kept_hit(hit) for hit in trace.dry],
        "met": list(trace.met),
        "missed": [kept_miss(miss) for miss in trace.missed],
        "subject": subject_document(known.subject),
        "said": [
            {
                "persona": s.persona,
                "why": s.why,
                "text": s.text,
                "truth": s.truth,
                "rule": s.rule,
                "card": s.card.title if s.card else "",
                "topic": s.topic,
                "variant": s.variant,
                "withheld": s.withheld,
            }
            for s in made.said
        ],
        "unreachable": made.unreachable,
        "verdict": made.verdict.code if made.verdict else "",
        "actions": [action_summary(a) for a in made.actions],
    }
