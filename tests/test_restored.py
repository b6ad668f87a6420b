"""After a restore: nothing leaves, no code is given twice, what cannot be known is said to be."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from bot.clock import moment
from bot.codec import event_to_json
from bot.db import copies, inbox, reopening, restored
from bot.db.pauses import Pause, pause
from bot.db.reopening import Reopened
from bot.db.tx import Tx
from bot.events import Alias, AliasKind, KfSaid
from bot.facts import Content
from bot.pausing import ALL_SENDING
from bot.reopen import imported, reopen
from tests.callbacks import CORP, contact_added, said
from tests.little_shop import NEWCOMER, NOW_US, shop_content
from tests.rooms import Installed, Plans, installed
from tests.servers import on_postgres

HOUR_S, HOUR_US = 3_600, 3_600_000_000
CODES = tuple(f"TILL{number}" for number in range(5))
Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.skipif(on_postgres(), reason="files are copied; see test_dumps")


def with_imported() -> Content:
    """The shop, whose newcomers' codes come from the till's system."""
    usual = shop_content()
    campaign = replace(NEWCOMER, codes_file="codes.csv")
    return replace(usual, campaigns={**usual.campaigns, NEWCOMER.id: campaign})


GENERATED = Plans()
IMPORTED = Plans(content=with_imported, codes={NEWCOMER.id: CODES})


@pytest.fixture
async def old(tmp_path: Path) -> AsyncIterator[Installed]:
    """The shop as it is backed up."""
    async with installed(_folder(tmp_path, "old")) as one:
        yield one


def _folder(parent: Path, name: str) -> Path:
    (parent / name).mkdir(exist_ok=True)
    return parent / name


async def _mark(tx: Tx) -> None:
    await restored.mark(tx, NOW_US, NOW_US + 2 * HOUR_US)


def back_up(folder: Path) -> Callable[[], Path]:
    """Copy the database of a test's old shop now; the result puts it into a new folder."""
    kept = folder / "kept.db"
    copies.copy(folder / "old" / "xiaoer.db", kept, lambda _done, _total: None)

    def restore() -> Path:
        place = _folder(folder, "new") / "xiaoer.db"
        asyncio.run(copies.put_in_place(kept, place, _mark, "before"))
        return place.parent

    return restore


@asynccontextmanager
async def brought_back(folder: Path, plans: Plans = GENERATED) -> AsyncIterator[Installed]:
    """Run the shop from its backup, two hours later; its platform is asked nothing meanwhile."""
    new = await asyncio.to_thread(back_up(folder))
    async with installed(new, plans) as one:
        one.hand.move(2 * HOUR_S)
        yield one


async def confirm(shop: Installed, gap_s: int = HOUR_S) -> Reopened:
    done = await reopen(shop.db, shop.shop, ("corp",), NOW_US + gap_s * 1_000_000)
    assert done is not None
    return done


async def codes_given(shop: Installed) -> set[str]:
    rows = await shop.rows("SELECT code FROM coupon c JOIN coupon_grant g ON g.coupon_id = c.id")
    return {row["code"] for row in rows}


async def ask_for_coupons(shop: Installed, *openids: str) -> None:
    for number, openid in enumerate(openids):
        await shop.deliver(said(openid, "领券", f"{openid}{number}"))
    await shop.decide_due()


async def test_generated_codes_given_after_the_backup_are_never_given_again(
    old: Installed, tmp_path: Path
) -> None:
    await ask_for_coupons(old, "ada")
    async with brought_back(tmp_path) as new:
        before = await codes_given(old)
        await ask_for_coupons(old, "bo", "cy", "di")
        lost = await codes_given(old) - before
        await ask_for_coupons(new, "eve", "flo")
        await confirm(new)
        await ask_for_coupons(new, "gus", "hal", "ida")
        given = await codes_given(new)
    assert len(lost) == 3
    assert before < given
    assert not lost & given
    assert len(given) == NEWCOMER.stock  # one from before, four new ones: the stock is the stock


async def test_imported_codes_wait_until_they_were_compared_with_the_till(
    tmp_path: Path,
) -> None:
    async with installed(_folder(tmp_path, "old"), IMPORTED) as old:
        await ask_for_coupons(old, "ada")
        async with brought_back(tmp_path, IMPORTED) as new:
            await ask_for_coupons(old, "bo")
            (lost,) = await codes_given(old) - await codes_given(new)
            await ask_for_coupons(new, "eve")
            assert len(await codes_given(new)) == 1
            done = await confirm(new)
            assert (done.held, done.kept_out, done.released) == (4, 7 - 1, 0)
            await ask_for_coupons(new, "flo")
            assert len(await codes_given(new)) == 1

            safe = [code for code in CODES if code not in {lost, *await codes_given(new)}]
            campaigns = imported(new.shop)
            release = reopening.release
            assert await new.db.write(lambda tx: release(tx, safe, campaigns)) == 3
            assert await new.db.write(lambda tx: release(tx, safe, campaigns)) == 0
            await ask_for_coupons(new, "gus", "hal", "ida", "jo")
            given = await codes_given(new)
    assert lost not in given
    assert len(given) == 4


async def test_a_file_that_grew_in_the_gap_gives_no_code_before_it_was_compared(
    tmp_path: Path,
) -> None:
    async with installed(_folder(tmp_path, "old"), IMPORTED):
        pass
    more = replace(NEWCOMER, codes_file="codes.csv", stock=8)
    content = replace(with_imported(), campaigns={NEWCOMER.id: more})
    grown = replace(
        IMPORTED, content=lambda: content, codes={NEWCOMER.id: (*CODES, "LATE1", "LATE2")}
    )
    async with brought_back(tmp_path, grown) as new:
        await ask_for_coupons(new, "eve")
        done = await confirm(new)
        await ask_for_coupons(new, "flo")
        assert done.held == 7
        assert await codes_given(new) == set()


async def test_until_it_is_confirmed_nothing_leaves_and_a_resume_is_refused(
    old: Installed, tmp_path: Path
) -> None:
    await ask_for_coupons(old, "ada")
    async with brought_back(tmp_path) as new:
        await new.deliver(contact_added("wmADA", state="staff-xiaowang", at_s=int(new.hand())))
        await new.settle_down()
        assert await new.db.write(lambda tx: restored.resume(tx, ALL_SENDING)) == "unconfirmed"
        await new.settle_down()
        assert new.platform.asked == []
        await confirm(new)
        await new.settle_down()
    assert len(new.platform.to("send_welcome_msg")) == 1


async def test_what_may_have_been_said_in_the_gap_is_unknown_and_labels_are_written_again(
    old: Installed, tmp_path: Path
) -> None:
    await ask_for_coupons(old, "ada")
    async with brought_back(tmp_path) as new:
        done = await confirm(new)
        rows = {
            row["kind"]: row for row in await new.rows("SELECT * FROM effect WHERE inbox_id = 1")
        }
        assert rows["oa_reply"]["state"] == "unknown"
        assert "备份之后可能已经发出" in rows["oa_reply"]["meaning"]
        assert rows["oa_reply"]["attempts"] > 0
        states = {row["state"] for kind, row in rows.items() if kind != "oa_reply"}
        assert states == {"ready"}
        assert (done.unknown, done.repeated) == (1, len(rows) - 1)
        await new.settle_down()
        assert new.platform.to("message/custom/send") == []


async def test_what_was_to_be_done_later_is_not_in_doubt(old: Installed, tmp_path: Path) -> None:
    await ask_for_coupons(old, "ada")
    tomorrow = NOW_US + 24 * HOUR_US
    await old.run("UPDATE effect SET next_us = ? WHERE kind = 'oa_reply'", tomorrow)
    async with brought_back(tmp_path) as new:
        assert (await confirm(new)).unknown == 0
        assert await new.one("SELECT state FROM effect WHERE kind = 'oa_reply'") == "ready"


async def test_a_mass_message_is_looked_for_before_it_is_made_again(
    old: Installed, tmp_path: Path
) -> None:
    await ask_for_coupons(old, "ada")
    await old.run("UPDATE effect SET klass = 'D', policy = 'repeat' WHERE kind = 'oa_reply'")
    async with brought_back(tmp_path) as new:
        await confirm(new)
        assert await new.one("SELECT attempts FROM effect WHERE klass = 'D'") == 1
        assert await new.one("SELECT phase FROM attempt") == "written"


async def test_what_dies_before_the_gap_is_confirmed_is_told_for_what_it_is(
    old: Installed, tmp_path: Path
) -> None:
    await old.deliver(contact_added("wmADA", state="staff-xiaowang", code="W1"))
    await old.decide_due()
    async with brought_back(tmp_path) as new:
        later = int(new.hand())
        await new.deliver(contact_added("wmBO", state="staff-xiaowang", code="W2", at_s=later))
        await new.decide_due()
        new.hand.move(60)
        await new.perform_due()
        rows = await new.rows(
            "SELECT state FROM effect WHERE deadline_us IS NOT NULL AND lane = 0 ORDER BY id"
        )
    assert [row["state"] for row in rows] == ["unknown", "expired"]


async def test_when_the_old_process_had_stopped_before_the_backup_nothing_is_in_doubt(
    tmp_path: Path,
) -> None:
    async with installed(_folder(tmp_path, "old"), IMPORTED) as old:
        await ask_for_coupons(old, "ada")
        async with brought_back(tmp_path, IMPORTED) as new:
            done = await confirm(new, gap_s=-60)
            assert (done.gap_us, done.unknown, done.repeated, done.released) == (0, 0, 0, 4)
            await ask_for_coupons(new, "bo")
            await new.settle_down(wait_s=30)
            assert len(await codes_given(new)) == 2
            assert len(new.platform.to("message/custom/send")) == 2


async def test_confirming_again_does_nothing(old: Installed, tmp_path: Path) -> None:
    async with brought_back(tmp_path) as new:
        await confirm(new)
        assert await reopen(new.db, new.shop, ("corp",), NOW_US + HOUR_US) is None


async def test_confirming_has_the_accounts_compared(old: Installed, tmp_path: Path) -> None:
    async with brought_back(tmp_path) as new:
        await confirm(new)
        assert await new.one("SELECT count(*) FROM inbox WHERE kind = 'ReconcileDue'") == 1


async def test_what_an_operator_had_paused_before_the_backup_stays_paused(
    old: Installed, tmp_path: Path
) -> None:
    stop = Pause(name=ALL_SENDING, reason="盘点", by="bo", at_us=NOW_US)
    await old.db.write(lambda tx: pause(tx, stop))
    async with brought_back(tmp_path) as new:
        assert (await confirm(new)).paused
        assert await new.one("SELECT by FROM pause") == "bo"


async def test_each_restore_begins_a_new_epoch(old: Installed, tmp_path: Path) -> None:
    assert await old.db.read(restored.epoch) == ""
    async with brought_back(tmp_path) as new:
        assert len(await new.db.read(restored.epoch)) == 26


async def test_what_was_said_in_the_gap_is_kept_and_not_answered_again(
    old: Installed, tmp_path: Path
) -> None:
    async with brought_back(tmp_path) as new:
        gap_s = 2 * HOUR_S - 10
        await confirm(new, gap_s)
        for number, at_s in enumerate((gap_s - 1, gap_s + 1)):
            at_us = NOW_US + at_s * 1_000_000
            await new.db.write(partial(_pulled, number=number, at_us=at_us))
        await new.decide_due()
        assert await new.one("SELECT count(*) FROM inbox WHERE kind = 'KfSaid'") == 2
        of = "FROM effect e JOIN inbox i ON i.id = e.inbox_id WHERE e.kind = 'kf_send'"
        assert [row["dedupe"] for row in await new.rows(f"SELECT i.dedupe {of}")] == ["said 1"]


async def _pulled(tx: Tx, number: int, at_us: int) -> None:
    who = Alias(AliasKind.EXTERNAL_USERID, CORP, f"wmADA{number}")
    said_ = KfSaid(
        account="corp", at=moment(at_us), who=who, kf="wk1", msg_id=f"M{number}", text="几点"
    )
    arrival = inbox.Arrival(
        account="corp", source="internal", dedupe=f"said {number}", kind="KfSaid",
        body=event_to_json(said_), received_us=NOW_US + 2 * HOUR_US,
    )  # fmt: skip
    await inbox.accept(tx, arrival)
