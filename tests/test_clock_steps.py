"""A wall clock that somebody sets: business time neither jumps nor goes back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.clock import Clock
from bot.db import rewound
from tests.callbacks import contact_added, said
from tests.little_shop import NOW_S, NOW_US
from tests.rooms import Hand, Installed, installed

S = 1_000_000


class Machine:
    """A machine with a wall clock that can be set, and one that goes on whatever happens."""

    def __init__(self) -> None:
        self.wall, self.steady = Hand(), Hand()
        self.clock = Clock(self.wall, self.steady)

    def pass_(self, seconds: float) -> None:
        """Let time pass on both."""
        self.wall.move(seconds)
        self.steady.move(seconds)

    def set_by(self, seconds: float) -> None:
        """Set the wall clock forward or back."""
        self.wall.move(seconds)

    @property
    def gained_s(self) -> float:
        """Seconds of business time since the start."""
        return self.clock() / S - NOW_S


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_time_passes_as_on_the_wall(machine: Machine) -> None:
    machine.pass_(3600)
    assert machine.gained_s == 3600


def test_a_clock_put_forward_an_hour_is_believed_after_five_minutes(machine: Machine) -> None:
    machine.clock()
    machine.set_by(3600)
    with capture_logs() as logged:
        for second in range(300):
            assert machine.gained_s == second
            machine.pass_(1)
        assert machine.gained_s == pytest.approx(3900)
    assert [line["event"] for line in logged] == ["clock_stepped"]


def test_a_clock_that_is_put_right_again_within_that_time_changed_nothing(
    machine: Machine,
) -> None:
    machine.set_by(3600)
    machine.clock()
    machine.pass_(200)
    machine.clock()
    machine.set_by(-3600)
    machine.clock()
    machine.pass_(200)
    assert machine.gained_s == 400


def test_a_clock_put_back_an_hour_is_approached_at_half_speed(machine: Machine) -> None:
    machine.clock()
    machine.set_by(-3600)
    with capture_logs() as logged:
        told = [machine.gained_s]
        for _ in range(90):
            machine.pass_(60)
            told.append(machine.gained_s)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(90 * 30)
    assert [line["event"] for line in logged] == ["clock_stepped"]
    machine.pass_(1800)
    assert machine.gained_s == pytest.approx(3600)
    machine.pass_(60)
    assert machine.gained_s == pytest.approx(3660)


def test_small_corrections_are_taken_over_at_once_and_never_backwards(machine: Machine) -> None:
    machine.clock()
    machine.set_by(0.5)
    machine.pass_(1)
    assert machine.gained_s == pytest.approx(1.5)
    machine.set_by(-0.4)
    assert machine.gained_s == pytest.approx(1.5)
    machine.pass_(1)
    assert machine.gained_s == pytest.approx(2.1)


def test_a_night_asleep_is_no_step(machine: Machine) -> None:
    with capture_logs() as logged:
        machine.clock()
        machine.pass_(8 * 3600)
        assert machine.gained_s == 8 * 3600
    assert logged == []


def test_a_demonstration_follows_its_twin_all_the_same(machine: Machine) -> None:
    machine.clock.follow(7 * 86_400, 2.0)
    machine.pass_(10)
    assert machine.gained_s == 7 * 86_400 + 20


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


@pytest.mark.parametrize("by_s", [-3600, 3600, 600])
async def test_no_callback_is_refused_when_the_clock_is_set(shop: Installed, by_s: float) -> None:
    machine = Machine()
    shop.shop.clock._base = machine.clock._base
    machine.set_by(by_s)
    assert await shop.say("ada", said("ada", "领券", 1)) is not None
    machine.pass_(10)
    assert await shop.say("bo", said("bo", "领券", 2)) is not None


@pytest.mark.parametrize("by_s", [-3600, 3600, 600])
async def test_no_welcome_leaves_after_its_deadline_when_the_clock_is_set(
    shop: Installed, by_s: float
) -> None:
    machine = Machine()
    shop.shop.clock._base = machine.clock._base
    await shop.deliver(contact_added("m1", code="W1"))
    await shop.decide_due()
    machine.set_by(by_s)
    shop.shop.clock()
    machine.pass_(40)  # at half speed 18 s are over after 36
    await shop.deliver(contact_added("m2", code="W2", at_s=NOW_S + 40))
    await shop.decide_due()
    await shop.perform_due()
    sent = [one.body["welcome_code"] for one in shop.platform.to("send_welcome_msg")]
    assert sent == ["W2"]


async def test_work_of_a_clock_that_ran_ahead_is_due_at_the_next_start(shop: Installed) -> None:
    await shop.deliver(contact_added("m1", code="W1"))
    await shop.decide_due()
    await shop.deliver(said("ada", "领券", 1))
    shop.hand.move(-3600)
    assert await shop.perform_due() == 0
    with capture_logs() as logged:
        await shop.worker.recover()
    assert "clock_behind_database" in {line["event"] for line in logged}
    (welcome,) = await shop.rows("SELECT * FROM effect WHERE kind = 'wecom_welcome'")
    now_us = shop.shop.clock()
    assert welcome["next_us"] <= now_us
    assert 0 < welcome["deadline_us"] - now_us <= 18 * S
    assert await shop.one("SELECT next_us FROM inbox WHERE state = 'new'") <= now_us
    (notice,) = await shop.rows("SELECT name, text FROM notice WHERE name LIKE 'clock-back:%'")
    assert "3600 秒" in notice["text"]
    assert await shop.perform_due() > 0


async def test_a_start_that_cannot_hear_its_twin_yet_moves_no_row(shop: Installed) -> None:
    await shop.deliver(contact_added("m1", code="W1"))
    await shop.decide_due()
    shop.shop.clock.follow(-3600)
    await shop.worker.recover()
    assert await shop.one("SELECT deadline_us FROM effect WHERE lane = 0") > NOW_US
    assert await shop.rows("SELECT name FROM notice") == []


async def test_a_reminder_for_tomorrow_stays_for_tomorrow(shop: Installed) -> None:
    await shop.deliver(contact_added("m1", code="W1"))
    await shop.decide_due()
    tomorrow_us = NOW_US + 86_400 * S
    await shop.run("UPDATE effect SET next_us = ? WHERE kind <> 'wecom_welcome'", tomorrow_us)
    now_us = NOW_US - 3600 * S
    assert await shop.db.write(lambda tx: rewound.mend(tx, now_us)) == 3600 * S
    assert await shop.db.write(lambda tx: rewound.mend(tx, NOW_US - 30 * S)) == 0
    later = await shop.rows("SELECT next_us FROM effect WHERE kind <> 'wecom_welcome'")
    assert {row["next_us"] for row in later} == {tomorrow_us}
