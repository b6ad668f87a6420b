"""The ledger of remote effects: owed, under way, settled; nothing is silently forgotten.

An outcome is written only under the fence of the try that produced it. How an effect is begun
stands in `bot.db.claims`, what becomes of it when its process is gone in `bot.db.orphans`.
"""

from dataclasses import dataclass
from datetime import timedelta

from bot.actions import Receipt, Remote, Reply, SendKf, SendTemplate, ShowTyping, State
from bot.clock import micros, micros_of, moment
from bot.codec import action_from_json, action_to_json
from bot.db import pauses, restored
from bot.db.tx import Row, Tx

# A try that was begun and whose answer never came: written to the socket, or cut off by a crash.
_MAYBE_ARRIVED = (
    "EXISTS (SELECT 1 FROM attempt a WHERE a.effect_id = effect.id"
    " AND a.phase IN ('intent', 'written'))"
)
_WRITTEN = "written"  # how far a try came that had no answer
# For how long a platform knows a repeat again, where that is not for ever.
_KNOWN_FOR_US = {SendTemplate.kind: micros_of(SendTemplate.known_for)}
_ANSWER_WAITS_US = 10 * 60 * 1_000_000
_FAILED_RESTS_US = 24 * 3_600 * 1_000_000
_TYPING_WITHIN = timedelta(seconds=5)
_FINAL = (State.DONE, State.FAILED, State.EXPIRED, State.SKIPPED, State.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    """From which decision an effect stems."""

    inbox: int
    event_id: str
    person: str | None
    now_us: int


async def owe(tx: Tx, action: Remote, owing: Owing, *, inside: bool = False) -> None:
    """Owe a remote effect; owing the same one again changes nothing.

    `inside`: the answer travels in the response that is being written now, so it is under way as
    soon as this transaction commits.
    """
    not_before = micros(action.not_before) if action.not_before else owing.now_us
    await tx.run(
        "INSERT INTO effect(key, inbox_id, person_id, account, rule, kind, klass, policy,"
        " order_key, lane, deadline_us, next_us, body, state, carrier, attempts, fence, sent_us,"
        " created_us) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(key) DO NOTHING",
        f"{owing.event_id}:{action.kind}:{action.key()}", owing.inbox, owing.person,
        action.account, action.rule, action.kind, action.klass, action.policy, action.order(),
        action.lane, micros(action.deadline) if action.deadline else None, not_before,
        action_to_json(action), State.SENDING if inside else State.READY,
        "response" if inside else "call", int(inside), int(inside),
        owing.now_us if inside else None, owing.now_us,
    )  # fmt: skip


async def settle(tx: Tx, effect: Row, receipt: Receipt, now_us: int) -> bool:
    """Write what became of a try. False when another try holds the fence by now.

    A try that was held back before any call leaves only its reason, and is not counted.
    """
    final = receipt.state in _FINAL
    if receipt.state is State.READY and receipt.phase == _WRITTEN:
        await repeat_while_known(tx, effect)
    changed = await tx.run(
        "UPDATE effect SET state = ?, code = ?, meaning = ?, next_us = ?, done_us = ?,"
        " attempts = attempts - ?"
        " WHERE id = ? AND fence = ? AND state = 'sending'",
        receipt.state, receipt.code, receipt.meaning,
        now_us + int(receipt.retry_s * 1_000_000), now_us if final else None,
        int(not receipt.tried), effect["id"], effect["fence"],
    )  # fmt: skip
    if changed == 1 and not receipt.tried:
        await tx.run(
            "DELETE FROM attempt WHERE effect_id = ? AND n = ?", effect["id"], effect["attempts"]
        )
        return True
    await tx.run(
        "UPDATE attempt SET ended_us = ?, phase = ?, code = ?, meaning = ?"
        " WHERE effect_id = ? AND n = ?",
        now_us, receipt.phase, receipt.code, receipt.meaning, effect["id"], effect["attempts"],
    )  # fmt: skip
    return changed == 1


async def repeat_while_known(tx: Tx, effect: Row) -> None:
    """Let an effect under way that may have arrived be repeated only while its key is known."""
    if effect["kind"] not in _KNOWN_FOR_US:
        return
    ends_us = effect["sent_us"] + _KNOWN_FOR_US[effect["kind"]]
    await tx.run(
        "UPDATE effect SET deadline_us = ? WHERE id = ? AND state = 'sending'"
        " AND (deadline_us IS NULL OR deadline_us > ?)",
        ends_us, effect["id"], ends_us,
    )  # fmt: skip


async def asked(tx: Tx, order: str, now_us: int) -> frozenset[str]:
    """Return the effects of one order, by their own keys, that need not be owed again now.

    They are under way, or were done so shortly ago that the answer may still wait in the inbox, or
    failed within a day.
    """
    rows = await tx.all(
        "SELECT key FROM effect WHERE order_key = ? AND (state IN ('ready', 'sending', 'unknown')"
        " OR (state = 'done' AND done_us > ?) OR (state = 'failed' AND done_us > ?))",
        order, now_us - _ANSWER_WAITS_US, now_us - _FAILED_RESTS_US,
    )  # fmt: skip
    return frozenset(str(r["key"]).split(":", 2)[2] for r in rows)


async def said_since(tx: Tx, order: str, since_us: int) -> int:
    """Count the messages of one conversation that went out since a moment or still will."""
    row = await tx.one(
        "SELECT count(*) AS n FROM effect WHERE order_key = ? AND kind = ?"
        " AND (state IN ('ready', 'sending') OR state IN ('done', 'unknown') AND sent_us >= ?)",
        order, SendKf.kind, since_us,
    )  # fmt: skip
    return int(row["n"]) if row else 0


async def reply_of(tx: Tx, inbox_id: int) -> Row | None:
    """Return the answer owed for an inbox row, or None."""
    return await tx.one(
        "SELECT * FROM effect WHERE inbox_id = ? AND kind IN ('oa_reply', 'aibot_reply')", inbox_id
    )


async def answer_inside(tx: Tx, inbox_id: int, now_us: int) -> bool:
    """Intend to write the answer into a response now; False when it went another way already.

    An answer that a response carried before is written again: the platform asks again only when
    it did not get it, and shows one answer a message; so one that was given up as unknown is known
    not to have arrived. While sending is paused nothing is written.
    """
    if await pauses.sending(tx):
        return False
    changed = await tx.run(
        "UPDATE effect SET state = 'sending', carrier = 'response', attempts = attempts + 1,"
        " fence = fence + 1, sent_us = ?, done_us = NULL"
        " WHERE inbox_id = ? AND kind IN ('oa_reply', 'aibot_reply')"
        " AND (state = 'ready' OR carrier = 'response' AND state IN ('sending', 'unknown'))",
        now_us, inbox_id,
    )  # fmt: skip
    if changed == 1:
        return True
    row = await reply_of(tx, inbox_id)
    return row is not None and row["carrier"] == "response" and row["state"] == State.DONE


async def answered(tx: Tx, inbox_id: int, now_us: int) -> Row | None:
    """Note that the response holding the answer was written whole, even if it was given up.

    Returns the effect, or None when it was settled before.
    """
    return await tx.one(
        "UPDATE effect SET state = 'done', done_us = ?, code = 0, meaning = '已在回调响应中回复'"
        " WHERE inbox_id = ? AND kind IN ('oa_reply', 'aibot_reply') AND carrier = 'response'"
        " AND state IN ('sending', 'unknown') RETURNING id, kind, attempts",
        now_us, inbox_id,
    )  # fmt: skip


async def not_answered(tx: Tx, inbox_id: int, now_us: int, after_us: int) -> None:
    """Note that the response left without the answer: it follows as a message after a while.

    Only the response that was open when the answer was decided may say so: a later one, which the
    platform's retry opened, has a fence of its own and may hold the answer already. Until then a
    follower sees that somebody is at it.
    """
    row = await tx.one(
        "UPDATE effect SET state = 'ready', carrier = 'call', next_us = ?"
        " WHERE inbox_id = ? AND kind IN ('oa_reply', 'aibot_reply') AND carrier = 'response'"
        " AND state = 'sending' AND fence = 1 RETURNING *",
        now_us + after_us, inbox_id,
    )  # fmt: skip
    if row is None or row["kind"] != Reply.kind:
        return
    answer = action_from_json(row["kind"], row["body"])
    if isinstance(answer, Reply):
        event_id = str(row["key"]).partition(":")[0]
        deadline = moment(now_us) + _TYPING_WITHIN
        typing = ShowTyping(account=answer.account, openid=answer.openid, deadline=deadline)
        owing = Owing(inbox=inbox_id, event_id=event_id, person=row["person_id"], now_us=now_us)
        await owe(tx, typing, owing)


async def expire(tx: Tx, now_us: int) -> tuple[str, ...]:
    """Settle effects whose deadline has passed: a receipt, not a call. Return why each was missed.

    Expired when no try can have arrived; unknown when one was written and never answered. While
    sending is paused the receipt says so.
    """
    await restored.note_overdue(tx, now_us)
    rows = await tx.all(
        f"UPDATE effect SET done_us = ?, state = CASE WHEN {_MAYBE_ARRIVED} THEN 'unknown'"  # noqa: S608  (ours)
        f" ELSE 'expired' END, meaning = CASE WHEN {_MAYBE_ARRIVED}"
        " THEN '已过时限，不再重试；先前发过一次没有应答：平台可能已执行'"
        " WHEN meaning <> '' THEN '已过时限，未发送；先前：' || meaning"
        " ELSE '已过时限，未发送' END"
        " WHERE state = 'ready' AND deadline_us IS NOT NULL AND deadline_us <= ?"
        " RETURNING kind, state, attempts",
        now_us, now_us,
    )  # fmt: skip
    # That somebody is typing is no promise.
    return tuple(_why_missed(row) for row in rows if row["kind"] != ShowTyping.kind)


def _why_missed(row: Row) -> str:
    if row["state"] == State.UNKNOWN:
        return "unanswered"
    return "tried" if row["attempts"] else "untried"


async def give_up_silent_answers(tx: Tx, now_us: int, fallback_us: int) -> int:
    """Mark answers as unknown that may or may not have arrived and were not asked for again."""
    return await tx.run(
        "UPDATE effect SET state = 'unknown', done_us = ?,"
        " meaning = '回复写出途中中断，平台未再重试：顾客可能已看到'"
        " WHERE state = 'sending' AND carrier = 'response' AND sent_us <= ?",
        now_us, now_us - fallback_us,
    )  # fmt: skip


async def resolve(tx: Tx, effect_id: int, verdict: str, now_us: int, by: str = "") -> bool:
    """Settle an unknown effect by the word of operator `by`: done, retry, give_up.

    False: it is not unknown, or what is to be tried again would only expire.
    """
    state = {"done": State.DONE, "retry": State.READY, "give_up": State.FAILED}[verdict]
    again = state is State.READY
    who = f"由运营 {by} 确认" if by else "由运营确认"
    changed = await tx.run(
        "UPDATE effect SET state = ?, carrier = 'call', next_us = ?, done_us = ?, meaning = ?"
        " WHERE id = ? AND state = 'unknown'"
        " AND (deadline_us IS NULL OR deadline_us > ?)",
        state, now_us, None if again else now_us, f"{who}：{verdict}", effect_id,
        now_us if again else 0,
    )  # fmt: skip
    return changed == 1
