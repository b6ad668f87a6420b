"""The calls about customers of employees, made by our client to the twin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import State
from bot.platforms.call import ask, every_page
from bot.platforms.wecom.api.contacts import (
    ListContacts,
    ListStaff,
    ReadContact,
    ReadContacts,
    WriteRemark,
)
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def test_who_may_have_customers_is_listed(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        told = await ask(port, ListStaff())
    assert told.value == ("xiaowang", "xiaoli", "dianzhang")


async def test_an_employee_without_customers_is_told_apart_from_an_unknown_one(
    scene: Scene,
) -> None:
    async with way_out(scene, "wecom") as port:
        none = await ask(port, ListContacts(staff="xiaowang"))
        unknown = await ask(port, ListContacts(staff="nobody"))
    assert (none.receipt.code, unknown.receipt.code) == (84061, 60111)
    assert none.value is None and none.receipt.state is State.FAILED


async def test_a_customer_is_read_with_everybody_who_has_them(scene: Scene) -> None:
    await scene.do("add_contact", "甲", code="staff-xiaowang-S012")
    await scene.do("add_contact", "甲", staff="xiaoli")
    member = scene.external("甲")
    async with way_out(scene, "wecom") as port:
        listed = await ask(port, ListContacts(staff="xiaowang"))
        remark = WriteRemark(staff="xiaowang", member=member, remark="阿" * 25)
        assert (await ask(port, remark)).done
        told = await ask(port, ReadContact(member=member))
    assert listed.value == (member,)
    assert told.value is not None
    (contact,) = told.value
    assert contact.member == member and contact.unionid
    assert {one.staff for one in contact.followers} == {"xiaowang", "xiaoli"}
    ours = next(one for one in contact.followers if one.staff == "xiaowang")
    assert ours.remark == "阿" * 20 and ours.state and ours.added


async def test_customers_of_many_employees_come_page_by_page(scene: Scene) -> None:
    for who, staff in (("甲", "xiaowang"), ("乙", "xiaowang"), ("甲", "xiaoli")):
        await scene.do("add_contact", who, staff=staff)
    call = ReadContacts(staff=("xiaowang", "xiaoli"), limit=2)
    async with way_out(scene, "wecom") as port:
        pages = [page async for page in every_page(port, call)]
    assert [len(page.rows) for page in pages] == [2, 1]
    pairs = [(one.member, one.followers[0].staff) for page in pages for one in page.rows]
    assert len(set(pairs)) == 3
