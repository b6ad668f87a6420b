"""The ledger: what is owed is claimed once, in order, settled under its fence, never forgotten."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.actions import Label, ReadProfile, Receipt, Remote, Reply, Send, State, WelcomeContact
from bot.clock import moment
from bot.db import claims, ledger, orphans
from bot.db.claims import Claim
from bot.db.tx import Database, Row, Work
from bot.events import Alias, AliasKind
from tests.little_shop import NOW_US
from tests.rooms import database

SECOND = 1_000_000


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with database(tmp_path) as one:
        yield one


def send(openid: str = "ada") -> Send:
    return Send(account="oa", openid=openid, text="您好")


def label(member: str = "ada") -> Label:
    return Label(account="corp", member=member, staff="bo", add=("老客",))


def welcome(deadline: datetime | None = None) -> WelcomeContact:
    return WelcomeContact(account="corp", code="WC", text="欢迎", deadline=deadline)


def profile() -> ReadProfile:
    return ReadProfile(account="oa", alias=Alias(AliasKind.OA_OPENID, "wx", "ada"))


def owing_of(action: Remote, event: str, *, inside: bool) -> Work[None]:
    owing = ledger.Owing(inbox=1, event_id=event, person=None, now_us=NOW_US)
    return lambda tx: ledger.owe(tx, action, owing, inside=inside)


async def owe(db: Database, *owed: Remote, event: str = "E1", inside: bool = False) -> None:
    for action in owed:
        await db.write(owing_of(action, event, inside=inside))


async def claim(db: Database, now_us: int = NOW_US, lanes: tuple[int, int] = (0, 9)) -> (
    Sequence[Row]
):  # fmt: skip
    return await db.write(lambda tx: claims.claim(tx, now_us, Claim(limit=100, lanes=lanes)))


async def settle(db: Database, row: Row, state: State, retry_s: float = 0) -> bool:
    receipt = Receipt(state=state, retry_s=retry_s)
    return await db.write(lambda tx: ledger.settle(tx, row, receipt, NOW_US))


async def states(db: Database) -> dict[str, str]:
    rows = await db.read(lambda tx: tx.all("SELECT kind, state FROM effect ORDER BY id"))
    return {row["kind"]: row["state"] for row in rows}


async def test_owing_the_same_effect_again_changes_nothing(db: Database) -> None:
    await owe(db, send(), send())
    await owe(db, send())
    assert len(await claim(db)) == 1
    await owe(db, send())
    assert await claim(db) == []


async def test_the_intent_is_on_disk_before_a_claim_returns(db: Database) -> None:
    await owe(db, send())
    (row,) = await claim(db)
    assert (row["state"], row["attempts"], row["sent_us"]) == ("sending", 1, NOW_US)
    (attempt,) = await db.read(lambda tx: tx.all("SELECT * FROM attempt"))
    assert (attempt["n"], attempt["phase"], attempt["ended_us"]) == (1, "intent", None)


async def test_many_claimers_never_share_an_effect(db: Database) -> None:
    for number in range(100):
        await owe(db, send(f"customer{number}"), event=f"E{number}")
    claimed = await asyncio.gather(
        *(db.write(lambda tx: claims.claim(tx, NOW_US, Claim(limit=5))) for _ in range(40))
    )
    ids = [row["id"] for rows in claimed for row in rows]
    assert len(ids) == len(set(ids)) == 100


async def test_the_tightest_lane_and_then_the_nearest_deadline_goes_first(
    db: Database,
) -> None:
    await owe(db, label("x"), send("y"), profile())
    await owe(db, welcome(moment(NOW_US + 18 * SECOND)), event="late")
    await owe(db, welcome(moment(NOW_US + 3 * SECOND)), event="soon")
    keys = [row["key"].partition(":")[0] + ":" + row["kind"] for row in await claim(db)]
    assert keys == [
        "soon:wecom_welcome", "late:wecom_welcome", "E1:oa_send", "E1:read_profile", "E1:label",
    ]  # fmt: skip


async def test_a_claim_takes_only_the_lanes_it_asks_for(db: Database) -> None:
    await owe(db, welcome(), label())
    assert [row["kind"] for row in await claim(db, lanes=(0, 0))] == ["wecom_welcome"]


async def test_effects_of_one_contact_never_overlap_and_keep_their_order(
    db: Database,
) -> None:
    await owe(db, label(), event="first")
    await owe(db, label(), event="second")
    await owe(db, label("another"), event="third")
    began = await claim(db)
    assert [row["key"].partition(":")[0] for row in began] == ["first", "third"]
    assert await claim(db) == []
    await settle(db, began[0], State.DONE)
    assert [row["key"].partition(":")[0] for row in await claim(db)] == ["second"]


async def test_an_effect_that_waits_for_later_does_not_hold_up_the_next(
    db: Database,
) -> None:
    await owe(db, label(), event="first")
    (row,) = await claim(db)
    await owe(db, label(), event="second")
    await settle(db, row, State.READY, retry_s=60)
    assert [row["key"].partition(":")[0] for row in await claim(db)] == ["second"]


async def test_what_goes_along_with_words_waits_for_their_next_try(db: Database) -> None:
    await owe(db, send(), replace(send(), name="link"))
    (words,) = await claim(db)
    await settle(db, words, State.READY, retry_s=2)
    assert await claim(db, NOW_US + SECOND) == []
    (again,) = await claim(db, NOW_US + 2 * SECOND)
    assert again["id"] == words["id"]
    await settle(db, again, State.FAILED)
    assert len(await claim(db, NOW_US + 2 * SECOND)) == 1


async def test_words_that_must_wait_long_hold_up_nothing_that_goes_along(
    db: Database,
) -> None:
    await owe(db, send(), replace(send(), name="link"))
    (words,) = await claim(db)
    await settle(db, words, State.READY, retry_s=60)
    (link,) = await claim(db, NOW_US + SECOND)
    assert link["id"] != words["id"]


async def test_a_retry_is_due_when_its_time_has_come(db: Database) -> None:
    await owe(db, send())
    (row,) = await claim(db)
    assert await settle(db, row, State.READY, retry_s=5)
    assert await claim(db, NOW_US + 5 * SECOND - 1) == []
    (again,) = await claim(db, NOW_US + 5 * SECOND)
    assert (again["attempts"], again["fence"]) == (2, 2)


async def test_an_outcome_is_written_only_under_the_fence_of_its_try(db: Database) -> None:
    await owe(db, label())
    (stale,) = await claim(db)
    await db.write(lambda tx: orphans.recover(tx, NOW_US))
    (current,) = await claim(db)
    assert not await settle(db, stale, State.FAILED)
    assert await states(db) == {"label": "sending"}
    assert await settle(db, current, State.DONE)
    assert not await settle(db, current, State.FAILED)
    assert await states(db) == {"label": "done"}


async def test_after_a_crash_each_effect_goes_by_its_policy(db: Database) -> None:
    await owe(db, label(), welcome(), profile(), send())
    await claim(db)
    assert await db.write(lambda tx: orphans.recover(tx, NOW_US)) == 4
    repeated = {"label": "ready", "wecom_welcome": "ready", "read_profile": "ready"}
    assert await states(db) == {**repeated, "oa_send": "unknown"}


async def test_what_was_never_begun_is_no_business_of_recovery(db: Database) -> None:
    await owe(db, send())
    assert await db.write(lambda tx: orphans.recover(tx, NOW_US)) == 0
    assert await states(db) == {"oa_send": "ready"}


async def test_an_effect_past_its_deadline_expires_unsent(db: Database) -> None:
    await owe(db, welcome(moment(NOW_US + SECOND)))
    assert await db.write(lambda tx: ledger.expire(tx, NOW_US)) == ()
    assert await db.write(lambda tx: ledger.expire(tx, NOW_US + SECOND)) == ("untried",)
    assert await claim(db, NOW_US + SECOND) == []
    assert await states(db) == {"wecom_welcome": "expired"}


async def test_an_answer_inside_is_done_once_its_response_was_written(db: Database) -> None:
    await owe(db, Reply(account="oa", openid="ada", text="您好"), inside=True)
    assert await claim(db) == []
    await db.write(lambda tx: ledger.answered(tx, 1, NOW_US))
    assert await states(db) == {"oa_reply": "done"}


async def test_an_answer_nobody_asked_for_again_is_unknown_not_sent_twice(
    db: Database,
) -> None:
    await owe(db, Reply(account="oa", openid="ada", text="您好"), inside=True)
    give_up = ledger.give_up_silent_answers
    assert await db.write(lambda tx: give_up(tx, NOW_US + 20 * SECOND - 1, 20 * SECOND)) == 0
    assert await db.write(lambda tx: give_up(tx, NOW_US + 20 * SECOND, 20 * SECOND)) == 1
    assert await states(db) == {"oa_reply": "unknown"}
    assert await claim(db, NOW_US * 2) == []


async def test_an_answer_under_way_as_a_message_is_not_given_into_a_response(
    db: Database,
) -> None:
    await owe(db, Reply(account="oa", openid="ada", text="您好"))
    await claim(db)
    assert not await db.write(lambda tx: ledger.answer_inside(tx, 1, NOW_US))


@pytest.mark.parametrize(
    ("word", "state"), [("done", "done"), ("retry", "ready"), ("give_up", "failed")]
)
async def test_a_person_settles_an_unknown_effect(db: Database, word: str, state: str) -> None:
    await owe(db, send())
    await claim(db)
    assert not await db.write(lambda tx: ledger.resolve(tx, 1, word, NOW_US))
    await db.write(lambda tx: orphans.recover(tx, NOW_US))
    assert await db.write(lambda tx: ledger.resolve(tx, 1, word, NOW_US))
    assert await states(db) == {"oa_send": state}


async def test_a_response_that_gave_up_leaves_an_answer_a_retry_took_alone(
    db: Database,
) -> None:
    await owe(db, Reply(account="oa", openid="ada", text="您好"), inside=True)
    assert await db.write(lambda tx: ledger.answer_inside(tx, 1, NOW_US))
    await db.write(lambda tx: ledger.not_answered(tx, 1, NOW_US, 0))
    assert await states(db) == {"oa_reply": "sending"}
    assert await claim(db) == []


async def test_an_effect_tried_without_an_answer_is_unknown_when_its_time_is_up(
    db: Database,
) -> None:
    await owe(db, welcome(moment(NOW_US + SECOND)))
    (row,) = await claim(db)
    written = Receipt(state=State.READY, phase="written")
    await db.write(lambda tx: ledger.settle(tx, row, written, NOW_US))
    assert await db.write(lambda tx: ledger.expire(tx, NOW_US + SECOND)) == ("unanswered",)
    assert await states(db) == {"wecom_welcome": "unknown"}


async def test_what_goes_along_waits_for_an_answer_that_waits_for_a_retry(
    db: Database,
) -> None:
    answer = Reply(account="oa", openid="ada", text="您好")
    await owe(db, answer, inside=True)
    await owe(db, send())
    assert await claim(db) == []
    await db.write(lambda tx: ledger.not_answered(tx, 1, NOW_US, 20 * SECOND))
    assert [row["kind"] for row in await claim(db)] == ["oa_typing"]
    assert [row["kind"] for row in await claim(db, NOW_US + 20 * SECOND)] == ["oa_reply"]
    await db.write(lambda tx: tx.run("UPDATE effect SET state = 'done' WHERE kind = 'oa_reply'"))
    assert [row["kind"] for row in await claim(db, NOW_US + 20 * SECOND)] == ["oa_send"]


async def test_a_follower_sees_once_that_somebody_is_at_it_and_within_seconds(
    db: Database,
) -> None:
    await owe(db, Reply(account="oa", openid="ada", text="您好"), inside=True)
    for _ in range(2):
        await db.write(lambda tx: ledger.not_answered(tx, 1, NOW_US, 20 * SECOND))
    assert await states(db) == {"oa_reply": "ready", "oa_typing": "ready"}
    await db.write(lambda tx: ledger.expire(tx, NOW_US + 5 * SECOND))
    assert await states(db) == {"oa_reply": "ready", "oa_typing": "expired"}
