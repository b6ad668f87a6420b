"""Acquisition links, made by our client at the twin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import State
from bot.platforms.call import ask, every_page
from bot.platforms.checks import Unfit
from bot.platforms.wecom.api.acquisition import (
    CountClicks,
    CreateLink,
    DeleteLink,
    Link,
    ListAcquired,
    ListLinks,
    ReadLink,
    ReadLinkChat,
    ReadLinkQuota,
    UpdateLink,
    with_channel,
)
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out

LINK = Link(name="小王的链接", staff=("xiaowang",))


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def test_a_link_is_made_read_changed_and_removed(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        made = await ask(port, CreateLink(link=LINK))
        assert made.value is not None and made.value.id
        assert made.value.url.startswith("https://work.weixin.qq.com/ca/")
        read = await ask(port, ReadLink(link=made.value.id))
        assert read.value == made.value
        changed = Link(id=made.value.id, name="小李的链接", staff=("xiaoli",), skip_verify=False)
        assert (await ask(port, UpdateLink(link=changed))).done
        again = await ask(port, ReadLink(link=made.value.id))
        assert again.value is not None and again.value.url == made.value.url
        assert (again.value.name, again.value.staff) == ("小李的链接", ("xiaoli",))
        assert not again.value.skip_verify
        assert (await ask(port, DeleteLink(link=made.value.id))).done
        gone = await ask(port, ReadLink(link=made.value.id))
    assert gone.receipt.state is State.FAILED


async def test_links_and_their_customers_come_page_by_page(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        made = [await ask(port, CreateLink(link=LINK)) for _ in range(3)]
        links = [one.value for one in made if one.value]
        pages = [one async for one in every_page(port, ListLinks(limit=2))]
        for who in ("甲", "乙", "丙"):
            url = with_channel(links[0].url, "staff-xiaowang-S012")
            await scene.do("open_link", who, link=links[0].id, url=url)
        call = ListAcquired(link=links[0].id, limit=2)
        found = [one async for one in every_page(port, call)]
    assert [len(page.rows) for page in pages] == [2, 1]
    assert {name for page in pages for name in page.rows} == {one.id for one in links}
    came = [one for page in found for one in page.rows]
    assert [len(page.rows) for page in found] == [2, 1]
    assert {one.member for one in came} == {scene.external(who) for who in ("甲", "乙", "丙")}
    assert {(one.staff, one.state) for one in came} == {("xiaowang", "staff-xiaowang-S012")}


async def test_a_new_contact_costs_one_of_the_quota_and_is_counted(scene: Scene) -> None:
    now = int(scene.twin.stage.now())
    async with way_out(scene, "wecom") as port:
        made = await ask(port, CreateLink(link=LINK))
        assert made.value is not None
        before = await ask(port, ReadLinkQuota())
        await scene.do("open_link", "甲", link=made.value.id)
        after = await ask(port, ReadLinkQuota())
        clicks = CountClicks(link=made.value.id, since=now - 60, until=now + 60)
        counted = await ask(port, clicks)
    assert before.value is not None and after.value is not None and counted.value is not None
    assert after.value.balance == before.value.balance - 1
    assert sum(left for _, left in after.value.expiring) == after.value.balance
    assert (counted.value.clicked, counted.value.added) == (1, 1)


async def test_a_chat_key_tells_who_spoke_by_which_link(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        made = await ask(port, CreateLink(link=LINK))
        assert made.value is not None
        await scene.do("open_link", "甲", link=made.value.id, customer_channel="ch")
        for number in range(3):
            await scene.do("write_staff", "甲", staff="xiaowang", text=f"在吗 {number}")
        keys = [key for key in scene.bot.texts("ChatKey") if key]
        told = await ask(port, ReadLinkChat(key=keys[-1]))
        stale = await ask(port, ReadLinkChat(key="nothing"))
    assert told.value is not None
    assert (told.value.staff, told.value.member) == ("xiaowang", scene.external("甲"))
    assert (told.value.messages, told.value.link, told.value.state) == (3, made.value.id, "ch")
    assert stale.receipt.state is State.FAILED


async def test_too_many_links_are_refused(scene: Scene) -> None:
    await scene.control("settings", {"link_most": 1})
    async with way_out(scene, "wecom") as port:
        codes = [(await ask(port, CreateLink(link=LINK))).receipt.code for _ in range(2)]
    assert codes == [0, 41095]


def test_what_would_be_refused_is_never_asked() -> None:
    for link in (Link(name="", staff=("a",)), Link(name="n")):
        with pytest.raises(Unfit):
            CreateLink(link=link).body()
    with pytest.raises(Unfit, match="link_id"):
        UpdateLink(link=LINK).body()
    with pytest.raises(Unfit, match="开始时间"):
        CountClicks(link="l", since=2, until=1).body()
    with pytest.raises(Unfit, match="64 字节"):
        with_channel("https://work.weixin.qq.com/ca/x", "好" * 22)
