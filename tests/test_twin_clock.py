"""The platforms' clock runs, stops, jumps and runs faster; whatever waits by it follows."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import pytest

from bot.clock import Clock as BusinessClock
from commands.parts.watch import follow_clock
from tests.twin_bot import Answer, Json, Scene, node, on_stage
from twin.clock import Clock, turn
from twin.shape import BadShape

DAY_S = 86_400


class Wall:
    """A wall clock that a test moves."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def soon(what: Awaitable[object]) -> None:
    async with asyncio.timeout(2):
        await what


async def received(scene: Scene, count: int) -> None:
    """Wait until the bot got so many deliveries."""
    for _ in range(200):
        if len(scene.bot.received) >= count:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"the bot got {len(scene.bot.received)} deliveries, not {count}")


def test_a_clock_jumps_stops_and_runs_faster_from_where_it_stands() -> None:
    wall = Wall()
    clock = Clock(wall)
    clock.jump(50)
    wall.at += 10
    assert (clock.now(), clock.offset_s) == (1_060, 50)
    clock.stop()
    wall.at += 100
    assert (clock.now(), clock.running) == (1_060, False)
    clock.jump(5)
    assert clock.now() == 1_065
    clock.run(60)
    wall.at += 2
    assert (clock.now(), clock.speed) == (1_185, 60)
    clock.run(1)
    wall.at += 1
    assert clock.now() == 1_186


async def test_who_waits_is_woken_by_a_jump_and_not_by_one_back() -> None:
    clock = Clock()
    clock.stop()
    waiting = asyncio.create_task(clock.wait(30))
    await asyncio.sleep(0)
    clock.jump(-100)
    clock.jump(29)
    await asyncio.sleep(0.02)
    assert not waiting.done()
    clock.jump(1)
    await soon(waiting)


async def test_a_faster_clock_lets_nobody_wait_longer() -> None:
    clock = Clock()
    waiting = asyncio.create_task(clock.wait(600))
    await asyncio.sleep(0)
    clock.run(20_000)
    await soon(waiting)


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"jump": 5},
        {"speed": 0},
        {"speed": 1_000_000},
        {"stop": True, "run": True},
        {"stop": True, "speed": 2},
        {"stop": 1},
        {"jump_s": "5"},
        {"jump_s": 5, "speed": 0},
    ],
)
def test_what_a_clock_cannot_do_moves_nothing(bad: Json) -> None:
    wall = Wall()
    clock = Clock(wall)
    with pytest.raises(BadShape):
        turn(clock, bad)
    assert (clock.now(), clock.running, clock.speed) == (1_000, True, 1)


async def test_the_control_tells_the_time_and_the_book_every_turn(scene: Scene) -> None:
    told = await scene.control("clock")
    assert (told["offset_s"], told["running"], told["speed"]) == (0, True, 1)
    await scene.control("clock", {"jump_s": 20, "stop": True})
    first, second = await scene.control("clock"), await scene.control("clock")
    assert first["now"] == second["now"] and first["running"] is False
    fast = await scene.control("clock", {"run": True, "speed": 1000})
    assert (fast["running"], fast["speed"]) == (True, 1000)
    assert "error" in await scene.control("clock", {"speed": 0.5})
    turned = [
        {key: one[key] for key in one if key not in ("n", "kind", "at")}
        for one in await scene.book("clock")
    ]
    assert turned == [{"jump_s": 20, "stop": True}, {"run": True, "speed": 1000}]


async def test_a_stopped_clock_holds_a_retry_back_until_it_runs_again(scene: Scene) -> None:
    await scene.control("settings", {"retry_s": 5})
    answers: list[Answer] = [(503, ""), (200, "success")]
    scene.bot.answer = lambda got: answers.pop(0)
    await scene.control("clock", {"stop": True})
    await scene.control("do", {"act": "follow", "who": "甲"})  # what is due now still goes out
    await received(scene, 1)
    assert await scene.control("idle", {"wait_s": 0.1}) == {"idle": False}
    assert len(scene.bot.received) == 1
    assert "tags" in await scene.call("oa", "tags/get")  # HTTP answers as ever
    await scene.control("clock", {"jump_s": 5})
    await received(scene, 2)
    stamps = [int(one.query["timestamp"]) for one in scene.bot.received]
    assert stamps[1] - stamps[0] == 5


async def test_a_fast_clock_brings_the_retries_sooner(scene: Scene) -> None:
    await scene.control("settings", {"retry_s": 60})
    scene.bot.answer = lambda got: (500, "")
    await scene.control("clock", {"speed": 3600})
    told = await scene.do("follow", "甲")
    assert (told["delivered"], len(scene.bot.received)) == (False, 4)


async def test_a_silent_kf_session_ends_while_the_clock_runs_fast(scene: Scene) -> None:
    """Nobody jumps over its end: the last hour passes in a moment."""
    await scene.do("enter_kf", "甲")
    await scene.do("kf_type", "甲", text="在吗")
    await scene.control("clock", {"jump_s": 2 * DAY_S - 3600})
    assert [one["act"] for one in await scene.book("kf")] == ["enter_kf", "kf_type"]
    await scene.control("clock", {"speed": DAY_S})
    for _ in range(100):
        if (await scene.book("kf"))[-1]["act"] == "auto_end":
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the session never ended")


async def test_what_lives_by_the_clock_dies_by_it(scene: Scene) -> None:
    """A token, a code that expires, an upload, and a welcome code."""
    token = await scene.token("oa")
    made: Json = {
        "expire_seconds": 600, "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": "short"}},
    }  # fmt: skip
    ticket = (await scene.call("oa", "qrcode/create", made))["ticket"]
    media = await scene.media_id()
    await scene.do("add_contact", "乙", staff="xiaowang")
    code = node(scene.bot.received[-1].inner, "WelcomeCode")
    asked: Json = {"welcome_code": code, "text": {"content": "您好"}}
    await scene.control("clock", {"jump_s": 21})
    late = await scene.call("wecom", "externalcontact/send_welcome_msg", asked)
    assert late["errcode"] == 41050
    await scene.control("clock", {"jump_s": 600})
    assert "过期" in str((await scene.do("scan_oa", "甲", ticket=ticket))["error"])
    await scene.control("clock", {"jump_s": 3 * DAY_S})
    assert (await scene.call("oa", "tags/get", access_token=token))["errcode"] == 42001
    sent: Json = {"touser": "xiaowang", "msgtype": "image"}
    sent |= {"agentid": scene.twin.stage.world.wecom[0].agentid, "image": {"media_id": media}}
    assert (await scene.call("wecom", "message/send", sent))["errcode"] == 40007


async def test_a_bot_that_follows_the_clock_keeps_its_time(scene: Scene) -> None:
    clock = BusinessClock()
    url = scene.twin.control("/twin/clock")
    await scene.control("clock", {"jump_s": DAY_S, "stop": True})
    await follow_clock(clock, url, once=True)
    stood = scene.twin.stage.now()
    assert abs(clock() / 1_000_000 - stood) < 0.01
    await asyncio.sleep(0.1)
    assert abs(clock() / 1_000_000 - stood) < 0.01
    await scene.control("clock", {"run": True, "speed": 600})
    await follow_clock(clock, url, once=True)
    await asyncio.sleep(0.1)
    assert abs(clock() / 1_000_000 - scene.twin.stage.now()) < 10
    assert clock() / 1_000_000 - stood > 50
