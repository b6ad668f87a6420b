"""The calls of mass messages, made by our client to the twin."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bot.actions import State
from bot.platforms.call import ask, ask_page, every_page
from bot.platforms.port import Port
from bot.platforms.wecom.api.mass import (
    AddMassTask,
    CancelTask,
    ListMassResults,
    ListMassSenders,
    ListMassTasks,
    NudgeSenders,
)
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def friends(scene: Scene, *names: str) -> tuple[str, ...]:
    """Let customers become friends of 小王, and return their ids."""
    for name in names:
        await scene.do("add_contact", name, staff="xiaowang")
    return tuple(scene.external(name) for name in names)


async def made(port: Port, customers: Sequence[str], text: str = "周末满减") -> str:
    """Make a task for 小王 and return its id."""
    call = AddMassTask(staff="xiaowang", customers=tuple(customers), text=text)
    told = await ask(port, call)
    assert told.value is not None
    return told.value.msgid


def now_s(scene: Scene) -> int:
    return int(scene.twin.stage.now())


async def test_a_task_waits_until_its_employee_taps(scene: Scene) -> None:
    ada, bo = await friends(scene, "甲", "乙")
    async with way_out(scene, "wecom") as port:
        link = {"msgtype": "link", "link": {"title": "会员日", "url": "https://shop.example/d"}}
        call = AddMassTask(
            staff="xiaowang", customers=(ada, bo, "wmNOBODY"), text="周末满减", attachments=(link,)
        )
        told = await ask(port, call)
        assert told.value is not None and told.value.failed == ("wmNOBODY",)
        msgid = told.value.msgid
        before = await ask(port, ListMassSenders(msgid=msgid))
        await scene.do("confirm_mass", "xiaowang")
        after = await ask(port, ListMassSenders(msgid=msgid))
        results = await ask(port, ListMassResults(msgid=msgid, staff="xiaowang"))
    assert before.value is not None and [one.tapped for one in before.value] == [False]
    assert after.value is not None and after.value[0].tapped and after.value[0].at
    assert results.value is not None
    assert [(one.receiver, one.status) for one in results.value] == [(ada, 1), (bo, 1)]
    assert [one for one in await scene.phone("甲") if one["via"] == "mass"]


async def test_tasks_senders_and_results_come_page_by_page(scene: Scene) -> None:
    people = await friends(scene, "甲", "乙")
    async with way_out(scene, "wecom") as port:
        msgids = [await made(port, people, f"第 {number} 条") for number in range(3)]
        end = now_s(scene) + 60
        tasks = ListMassTasks(begin=end - 86_400, end=end, limit=2)
        pages = [page async for page in every_page(port, tasks)]
        results = ListMassResults(msgid=msgids[0], staff="xiaowang", limit=1)
        told = [page async for page in every_page(port, results)]
        senders = await ask_page(port, ListMassSenders(msgid=msgids[0], limit=1))
    listed = [one for page in pages for one in page.rows]
    assert sorted(one.msgid for one in listed) == sorted(msgids)
    assert {one.text for one in listed} == {"第 0 条", "第 1 条", "第 2 条"}
    assert all(end - 600 < one.created <= end for one in listed)
    assert [len(page.rows) for page in told] == [1, 1]
    assert [one.staff for one in senders.rows] == ["xiaowang"]


async def test_groups_get_a_message_through_their_owner(scene: Scene) -> None:
    group = next(iter(scene.twin.stage.groups.by_id.values()))
    async with way_out(scene, "wecom") as port:
        call = AddMassTask(staff=group.owner, groups=(group.chat_id,), text="群里见")
        told = await ask(port, call)
        assert told.value is not None
        await scene.do("confirm_mass", group.owner)
        results = ListMassResults(msgid=told.value.msgid, staff=group.owner)
        became = await ask(port, results)
        end = now_s(scene) + 60
        listed = await ask(port, ListMassTasks(begin=end - 3600, end=end, groups=True))
    assert became.value is not None and became.value[0].receiver == group.chat_id
    assert became.value[0].status == 1
    assert listed.value is not None and [one.text for one in listed.value] == ["群里见"]


async def test_a_task_for_nobody_is_refused(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        told = await ask(port, AddMassTask(staff="xiaowang", customers=("wmNOBODY",), text="好"))
    assert (told.receipt.code, told.receipt.state) == (41048, State.FAILED)


async def test_three_reminders_a_day_and_no_more(scene: Scene) -> None:
    people = await friends(scene, "甲")
    async with way_out(scene, "wecom") as port:
        msgid = await made(port, people)
        codes = [(await ask(port, NudgeSenders(msgid=msgid))).receipt.code for _ in range(4)]
    assert codes == [0, 0, 0, 41094]


async def test_a_cancelled_task_says_so_ever_after(scene: Scene) -> None:
    people = await friends(scene, "甲")
    async with way_out(scene, "wecom") as port:
        msgid = await made(port, people)
        codes = [(await ask(port, CancelTask(msgid=msgid))).receipt.code for _ in range(2)]
    assert codes == [0, 41093]
    assert "error" in await scene.do("confirm_mass", "xiaowang")


async def test_an_unknown_task_and_one_being_dispatched_are_told_apart(scene: Scene) -> None:
    people = await friends(scene, "甲")
    await scene.control("settings", {"mass_dispatch_s": 60})
    async with way_out(scene, "wecom") as port:
        unknown = await ask(port, CancelTask(msgid="msgNONE"))
        early = await ask(port, CancelTask(msgid=await made(port, people)))
    assert (unknown.receipt.code, unknown.receipt.state) == (41047, State.FAILED)
    assert (early.receipt.code, early.receipt.state) == (41063, State.READY)
