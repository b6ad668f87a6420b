"""All sending paused: nothing leaves by any door, nothing is lost, and then it all goes on."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.db import pauses, restored
from bot.db.pauses import Pause
from bot.pausing import ALL_SENDING
from tests.callbacks import contact_added, followed, said
from tests.front import front
from tests.homes import command, served_home
from tests.little_shop import NOW_US
from tests.rooms import Installed, installed, post_of
from tests.serving import serving
from tests.test_worker import until, working
from tests.unplugged import unplug

STOP = Pause(name=ALL_SENDING, reason="文案写错了", by="bo", at_us=NOW_US)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


async def pause(shop: Installed) -> None:
    await shop.db.write(lambda tx: pauses.pause(tx, STOP))


async def resume(shop: Installed) -> str:
    return await shop.db.write(lambda tx: restored.resume(tx, ALL_SENDING))


async def test_while_paused_nothing_is_claimed_and_afterwards_everything(shop: Installed) -> None:
    await shop.deliver(contact_added("wmADA", state="staff-xiaowang"))
    await shop.decide_due()
    await pause(shop)
    assert await shop.perform_due() == 0
    assert shop.platform.asked == []
    assert await resume(shop) == "lifted"
    await shop.settle_down()
    assert len(shop.platform.to("send_welcome_msg")) == 1


async def test_what_was_claimed_before_the_pause_and_waits_is_held_back(shop: Installed) -> None:
    await shop.deliver(contact_added("wmADA", state="staff-xiaowang"))
    await shop.decide_due()
    (claimed, *_) = await shop.performer.claim(1, (0, 0))
    await pause(shop)
    await shop.performer.claim(1, (0, 0))
    receipt = await shop.performer.perform(claimed)
    assert (receipt.state, receipt.tried) == ("ready", False)
    assert shop.platform.asked == []
    assert await shop.one("SELECT count(*) FROM attempt") == 0


async def test_an_answer_is_not_written_into_the_response_either(shop: Installed) -> None:
    await pause(shop)
    async with front(shop) as client:
        message = post_of(said("ada", "领券", 1))
        for _ in range(2):
            got = await client.post("/callback/oa", params=message.query, data=message.body)
            assert (got.status, await got.read()) in ((200, b""), (200, b"success"))
    assert await shop.one("SELECT count(*) FROM coupon_grant") == 1
    (row,) = await shop.rows("SELECT state, carrier FROM effect WHERE kind = 'oa_reply'")
    assert (row["state"], row["carrier"]) == ("ready", "call")


async def test_a_platforms_retry_after_the_pause_gets_the_answer(shop: Installed) -> None:
    await pause(shop)
    assert await shop.say("ada", followed("ada")) is None
    await resume(shop)
    answer = await shop.say("ada", followed("ada"))
    assert answer is not None
    assert "欢迎关注" in answer.decode()
    await shop.settle_down(wait_s=60)
    assert shop.platform.to("message/custom/send") == []


async def test_a_welcome_whose_code_dies_meanwhile_says_that_sending_was_paused(
    shop: Installed,
) -> None:
    await shop.deliver(contact_added("wmADA", state="staff-xiaowang"))
    await shop.decide_due()
    await pause(shop)
    shop.hand.move(60)
    await shop.perform_due()
    row = (await shop.rows("SELECT state, meaning FROM effect WHERE deadline_us IS NOT NULL"))[0]
    assert row["state"] == "expired"
    assert "已暂停全部发送（文案写错了）" in row["meaning"]
    assert shop.platform.asked == []


async def test_a_pause_by_another_process_stops_a_running_worker_within_two_seconds(
    shop: Installed,
) -> None:
    shop.worker.able.set()
    async with working(shop):
        await pause(shop)
        await asyncio.sleep(0.1)
        for number in range(5):
            await shop.deliver(
                contact_added(f"wm{number}", state="staff-xiaowang", code=f"W{number}")
            )
        shop.worker.arrived()
        await until(shop, "SELECT count(*) FROM inbox WHERE state = 'new'", 0)
        await asyncio.sleep(0.4)
        assert shop.platform.asked == []
        await resume(shop)
        await until(shop, "SELECT count(*) FROM effect WHERE state = 'ready' AND lane = 0", 0)
    assert len(shop.platform.to("send_welcome_msg")) == 5


async def test_a_second_pause_keeps_the_first_reason(shop: Installed) -> None:
    await pause(shop)
    again = Pause(name=ALL_SENDING, reason="别的", by="ada", at_us=NOW_US + 1)
    assert await shop.db.write(lambda tx: pauses.pause(tx, again)) is False
    assert await shop.db.read(pauses.standing) == (STOP,)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a database that nobody serves."""

    async def fill() -> None:
        async with served_home(tmp_path):
            return

    asyncio.run(fill())
    unplug(tmp_path)
    return tmp_path


def test_the_commands_pause_list_and_resume(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reason = "活动停了"
    first = command(capsys, "pause", "all-sending", "--reason", reason, "--home", home)
    assert (first.code, "已暂停全部发送" in first.out) == (0, True)
    again = command(capsys, "pause", "all-sending", "--home", home)
    assert (again.code, "早已暂停" in again.out) == (0, True)
    listed = command(capsys, "pause", "list", "--home", home)
    assert (listed.code, reason in listed.out) == (1, True)
    told = json.loads(command(capsys, "pause", "list", "--home", home, "--json").out)
    assert [(one["name"], one["reason"]) for one in told["paused"]] == [("all-sending", reason)]
    assert told["unconfirmed_backup"] is None
    assert command(capsys, "resume", "all-sending", "--home", home).out == "已恢复全部发送\n"
    assert command(capsys, "pause", "list", "--home", home).code == 0


def test_what_cannot_be_paused_is_refused_by_name(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = command(capsys, "pause", "everything", "--home", home)
    assert told.code == 2
    assert "能暂停的有 all-sending、rule:ID" in told.err
    near = command(capsys, "pause", "campaign", "newcomr", "--home", home)
    assert (near.code, "是不是 campaign:newcomer" in near.err) == (2, True)
    assert command(capsys, "resume", "everything", "--home", home).code == 2


@pytest.mark.parametrize(
    "name", ["campaign:newcomer", "pool:pets", "persona:xiaoyi", "rule:pet-group"]
)
def test_one_thing_is_paused_and_resumed_by_one_word_or_two(
    home: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    kind, which = name.split(":")
    assert command(capsys, "pause", kind, which, "--reason", "试", "--home", home).code == 0
    assert "早已暂停" in command(capsys, "pause", name, "--home", home).out
    listed = command(capsys, "pause", "list", "--home", home)
    assert (listed.code, name in listed.out) == (1, True)
    assert name in command(capsys, "doctor", "--home", home).out
    assert "已恢复" in command(capsys, "resume", name, "--home", home).out
    assert "没有暂停" in command(capsys, "resume", kind, which, "--home", home).out


def test_a_rule_that_is_gone_from_the_files_is_still_resumed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command(capsys, "pause", "rule:pet-group", "--home", home)
    for file in (home / "rules").glob("*.yaml"):
        file.unlink()
    assert command(capsys, "pause", "rule:pet-group", "--home", home).code == 2
    assert "已恢复" in command(capsys, "resume", "rule:pet-group", "--home", home).out


def test_paused_accounts_are_not_compared(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command(capsys, "pause", "all-sending", "--home", home)
    told = command(capsys, "reconcile", "--home", home)
    assert told.code == 1
    assert "已暂停" in told.err


async def test_a_running_server_is_paused_and_let_go_on_by_the_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tmp_path) as served:
        monkeypatch.setenv("XIAOER_LISTEN__PORT", str(served.port))
        told = await asyncio.to_thread(
            command, capsys, "pause", "all-sending", "--reason", "试一试", "--home", tmp_path
        )
        assert (told.code, told.err) == (0, "")
        (found,) = await served.rooms.db.read(pauses.standing)
        assert (found.name, found.reason) == ("all-sending", "试一试")
        told = await asyncio.to_thread(command, capsys, "resume", "all-sending", "--home", tmp_path)
        assert told.out == "已恢复全部发送\n"
        assert await served.rooms.db.read(pauses.standing) == ()
