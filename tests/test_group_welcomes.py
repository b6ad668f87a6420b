"""The welcome of a group: made once, changed when its words change, picked by its owner."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.events import group_scene
from bot.facts import Content
from bot.platforms.wire import Answer
from commands.parts.stock import meet_groups
from config.nouns import Pool, Welcome
from keyword_rules.rule import Step, Where
from tests.callbacks import group_changed
from tests.kf_log import KfLog
from tests.little_shop import GROUPS, PETS, shop_content
from tests.platform import Asked, fine, refused
from tests.rooms import Installed, Plans, installed
from tests.rule_makers import rule, ruleset

LINK, ADD, EDIT = "kf/add_contact_way", "group_welcome_template/add", "group_welcome_template/edit"
APP = "message/send"
CHAT = GROUPS[0].chat
TEXT = "%NICKNAME% 欢迎来{group_name}（{store_name|总店}）{passphrase|}"
HELLO = Welcome(id="g", occasion="enter", key="g-*", text="我是{group_name}的，在{store_name}")


def welcoming(**more: Any) -> Callable[[], Content]:
    groups = (replace(GROUPS[0], passphrase="喵呜"), *GROUPS[1:])
    known = {"kf": "wk1", "group_welcome": TEXT, "groups": groups}
    pool: Pool = replace(PETS, **(known | more))
    content = shop_content()
    return lambda: replace(content, pools={"pets": pool}, welcomes=(*content.welcomes, HELLO))


def answers(shop: Installed) -> None:
    """Let the platform know the owner of every group, and make links and welcomes."""

    def group(asked: Asked) -> Answer:
        chat = asked.body["chat_id"]
        who = [{"userid": one, "type": 2} for one in shop.platform.world.seats.get(chat, [])]
        told = {"chat_id": chat, "owner": "xiaowang", "member_list": who}
        return fine(group_chat=told)

    def link(asked: Asked) -> Answer:
        return fine(url=f"https://kf/{asked.body['open_kfid']}?enc_scene={asked.body['scene']}")

    def made(asked: Asked) -> Answer:
        return fine(template_id=f"T-{asked.body['link']['url'][-6:]}")

    shop.platform.answers |= {"groupchat/get": group, LINK: link, ADD: made}


@asynccontextmanager
async def started(
    folder: Path, content: Callable[[], Content], *, known: bool = True
) -> AsyncIterator[Installed]:
    """Start an installation over what is in the folder, and let everything settle."""
    async with installed(folder, Plans(content=content)) as shop:
        answers(shop)
        if known:
            await meet_groups(shop.db, shop.shop)
            await shop.settle_down(wait_s=5)
        yield shop


async def test_each_group_gets_a_link_and_a_welcome_and_its_owner_one_message(
    tmp_path: Path,
) -> None:
    async with started(tmp_path, welcoming()) as shop:
        scenes = [one.body["scene"] for one in shop.platform.to(LINK)]
        assert sorted(scenes) == sorted(group_scene(group.chat) for group in GROUPS)
        assert all(len(scene.encode()) <= 32 for scene in scenes)
        first = next(o.body for o in shop.platform.to(ADD) if "一群" in o.body["text"]["content"])
        assert first["text"]["content"] == "%NICKNAME% 欢迎来良渚宠物一群（良渚店）喵呜"
        assert first["link"]["url"] == f"https://kf/wk1?enc_scene={group_scene(CHAT)}"
        assert first["notify"] == 0
        texts = [one.body["text"]["content"] for one in shop.platform.to(APP)]
        assert sorted("良渚宠物一群" in text for text in texts) == [False, False, True]
        assert {one.body["touser"] for one in shop.platform.to(APP)} == {"xiaowang"}


async def test_a_second_start_and_every_later_reading_change_nothing(tmp_path: Path) -> None:
    async with started(tmp_path, welcoming()) as shop:
        before = len(shop.platform.effects())
        assert await meet_groups(shop.db, shop.shop) == 0
        await shop.deliver(group_changed(CHAT, "m-ada", at_s=int(shop.hand())))
        await shop.settle_down(wait_s=5)
        again = [one.api for one in shop.platform.effects()[before:]]
        assert not {LINK, ADD, EDIT, APP} & {*again}


async def test_two_readings_at_once_make_one_link(tmp_path: Path) -> None:
    async with started(tmp_path, welcoming(), known=False) as shop:
        for second in (1, 2):
            await shop.deliver(
                group_changed(CHAT, detail="change_owner", at_s=1_760_000_000 + second)
            )
        await shop.settle_down(wait_s=5)
        assert len(shop.platform.to(LINK)) == len(shop.platform.to(ADD)) == 1


async def test_other_words_change_the_welcome_and_tell_the_owner_once(tmp_path: Path) -> None:
    async with started(tmp_path, welcoming()) as shop:
        (name,) = {await shop.one("SELECT welcome FROM chat_group WHERE chat = ?", CHAT)}
    async with started(tmp_path, welcoming(group_welcome="新的欢迎")) as shop:
        assert shop.platform.to(ADD) == []
        edited = {one.body["template_id"]: one.body for one in shop.platform.to(EDIT)}
        assert edited[name]["text"]["content"] == "新的欢迎"
        told = [one.body["text"]["content"] for one in shop.platform.to(APP)]
        assert len(told) == 3
        assert all("换了内容" in text for text in told)
        assert shop.platform.to(LINK) == []


async def test_another_service_account_gets_links_of_its_own(tmp_path: Path) -> None:
    async with started(tmp_path, welcoming()):
        pass
    async with started(tmp_path, welcoming(kf="wk2")) as shop:
        assert len(shop.platform.to(LINK)) == len(shop.platform.to(EDIT)) == 3
        link = await shop.one("SELECT kf_link FROM chat_group WHERE chat = ?", CHAT)
        assert link.startswith("https://kf/wk2")


@pytest.mark.parametrize("code", [40058, 41058])
async def test_a_welcome_that_somebody_deleted_is_made_anew(tmp_path: Path, code: int) -> None:
    async with started(tmp_path, welcoming()):
        pass
    async with installed(tmp_path, Plans(content=welcoming(group_welcome="新"))) as shop:
        answers(shop)
        shop.platform.answers[EDIT] = lambda _: refused(code)
        await meet_groups(shop.db, shop.shop)
        await shop.settle_down(wait_s=5)
        assert len(shop.platform.to(ADD)) == 3


async def test_a_full_library_is_a_failure_and_not_tried_again_today(tmp_path: Path) -> None:
    async with installed(tmp_path, Plans(content=welcoming())) as shop:
        answers(shop)
        shop.platform.answers[ADD] = lambda _: refused(41055)
        await meet_groups(shop.db, shop.shop)
        await shop.settle_down(wait_s=5)
        meaning = await shop.one("SELECT meaning FROM effect WHERE kind = 'group_welcome'")
        assert "100 条" in meaning
        await shop.deliver(group_changed(CHAT, "m-ada", at_s=int(shop.hand())))
        await shop.settle_down(wait_s=5)
        assert len(shop.platform.to(ADD)) == 3
        shop.hand.move(24 * 3600)
        await meet_groups(shop.db, shop.shop)
        await shop.settle_down(wait_s=5)
        assert len(shop.platform.to(ADD)) == 6


async def test_without_a_known_owner_operators_are_told(tmp_path: Path) -> None:
    async with installed(tmp_path, Plans(content=welcoming())) as shop:
        answers(shop)
        del shop.platform.answers["groupchat/get"]
        await meet_groups(shop.db, shop.shop)
        await shop.settle_down(wait_s=5)
        assert shop.platform.to(APP) == []
        names = [row["name"] for row in await shop.rows("SELECT name FROM notice")]
        assert sum(name.startswith("welcome-owner:") for name in names) == 3


async def test_a_pool_without_a_welcome_makes_none(tmp_path: Path) -> None:
    async with started(tmp_path, welcoming(group_welcome="", kf="")) as shop:
        assert not {LINK, ADD, APP} & {one.api for one in shop.platform.effects()}


async def test_a_group_whose_welcome_was_picked_is_known_in_customer_service(
    tmp_path: Path,
) -> None:
    async with started(tmp_path, welcoming()) as shop:
        desk = KfLog(shop=shop)
        await desk.opens(group_scene(CHAT), "WC1")
        (welcome,) = shop.platform.to("kf/send_msg_on_event")
        assert welcome.body["text"]["content"] == "我是良渚宠物一群的，在良渚店"
        assert await shop.one("SELECT chat FROM talk") == CHAT
        who = await shop.one("SELECT person_id FROM talk")
        assert await shop.one("SELECT store FROM person WHERE id = ?", who) == "S012"
        assert await shop.one(
            "SELECT count(*) FROM tag WHERE person_id = ? AND name = '群友/pets'", who
        )
        (said,) = await desk.types("几点")
        assert said == "7点开门"


async def test_a_rule_for_a_pools_groups_knows_who_came_from_one(tmp_path: Path) -> None:
    only_there = replace(rule("there", "contains", "暗号"), where=Where(group=("pets",)))
    words = replace(only_there, do=(Step(verb="reply", args={"text": "自己人"}),))
    plans = Plans(content=welcoming(), rules=lambda: ruleset(words))
    async with installed(tmp_path, plans) as shop:
        desk = KfLog(shop=shop)
        assert await desk.types("暗号") == ["没听懂"]
        await desk.opens(group_scene(CHAT))
        assert await desk.types("暗号") == ["自己人"]


async def test_a_scene_that_only_looks_like_a_groups_is_an_ordinary_one(tmp_path: Path) -> None:
    async with started(tmp_path, welcoming()) as shop:
        await KfLog(shop=shop).opens("g-0123456789abcdef0123", "WC1")
        assert await shop.one("SELECT chat FROM talk") == ""
