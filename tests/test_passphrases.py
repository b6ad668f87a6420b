"""A group's passphrase, typed elsewhere, makes one of two doors; never of two people."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.events import KfSaid, MergeUndone
from config.content import read
from keyword_rules.words import bare
from tests.callbacks import followed
from tests.doors import contact, content, entered, joined, names, openid, tell, types
from tests.little_shop import NOW
from tests.rooms import Installed, Plans, installed

HOUR_S = 3600
POOL = """id: {id}
name: 群
account: corp
groups:
  - {{ chat: {chat}, name: 群, passphrase: {words} }}
"""


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path, Plans(content=content)) as one:
        yield one


@pytest.mark.parametrize("typed", ["良渚喵喵", "良渚 喵喵！", "「良渚喵喵」"])
async def test_the_only_newcomer_of_the_group_is_who_types_its_passphrase(
    shop: Installed, typed: str
) -> None:
    await joined(shop, "wm-ada")
    code = await shop.one(
        "SELECT c.code FROM coupon_grant g JOIN coupon c ON c.id = g.coupon_id"
        " WHERE g.campaign = 'pet-gift'"
    )
    answer = await types(shop, "ada", typed)
    assert "良渚宠物一群" in answer
    assert code in answer, "the benefit given in the group is shown again, not given twice"
    assert await names(shop, openid("ada")) == {"ada", "wm-ada"}
    assert await shop.one("SELECT count(*) FROM coupon_grant") == 1
    tags = await shop.rows("SELECT name FROM tag WHERE op = 'add'")
    assert {row["name"] for row in tags} >= {"身份/口令", "群/宠物"}
    assert await shop.one("SELECT count(*) FROM gap") == 0
    assert await shop.one("SELECT misses FROM person WHERE merged_into IS NULL") == 0
    assert "已经在" in await types(shop, "ada", typed)


async def test_a_passphrase_outranks_the_rules(shop: Installed) -> None:
    assert "没在" in await types(shop, "ada", "良渚喵喵")
    assert await shop.one("SELECT count(*) FROM merge_log") == 0


async def test_among_several_newcomers_nobody_is_chosen_and_a_tap_decides(
    shop: Installed,
) -> None:
    await joined(shop, "wm-ada")
    await joined(shop, "wm-bo")
    answer = await types(shop, "ada", "良渚喵喵")
    assert await shop.one("SELECT count(*) FROM merge_log") == 0
    token = answer.partition("scene_param=")[2][:22]
    await tell(shop, entered("wm-ada", token))
    assert await names(shop, openid("ada")) == {"ada", "wm-ada"}
    assert await types(shop, "bo", "良渚喵喵")
    assert await names(shop, openid("bo")) == {"bo", "wm-bo"}


async def test_the_passphrase_of_another_group_links_nothing(shop: Installed) -> None:
    await shop.say("ada", followed("ada", "poster-S012-door"))
    assert "良渚宠物一群" in await types(shop, "ada", "宠物群")
    await joined(shop, "wm-bo", "wrPETS2")
    assert "别的群" in await types(shop, "ada", "良渚汪汪")
    assert await shop.one("SELECT count(*) FROM merge_log") == 0


async def test_who_was_in_the_group_before_the_invitation_is_not_who_followed_it(
    shop: Installed,
) -> None:
    await shop.say("ada", followed("ada", "poster-S012-door"))
    await joined(shop, "wm-bo")
    shop.hand.move(HOUR_S)
    await types(shop, "ada", "宠物群")
    assert "没在" in await types(shop, "ada", "良渚喵喵")
    shop.hand.move(HOUR_S)
    await joined(shop, "wm-ada")
    await types(shop, "ada", "良渚喵喵")
    assert await names(shop, openid("ada")) == {"ada", "wm-ada"}


async def test_who_joined_long_ago_is_not_recognised_by_a_passphrase(shop: Installed) -> None:
    await joined(shop, "wm-ada")
    shop.hand.move(49 * HOUR_S)
    assert "没在" in await types(shop, "ada", "良渚喵喵")


async def test_in_customer_service_the_seat_is_known_by_the_id_itself(shop: Installed) -> None:
    await joined(shop, "wm-ada")
    words = KfSaid(
        account="corp", at=NOW, who=contact("wm-ada"), kf="wk1", msg_id="m1", text="良渚喵喵"
    )
    trace = await tell(shop, words)
    assert [one["topic"] for one in trace["said"]] == ["passphrase_already"]
    assert trace["linked"] == ""


async def test_a_pair_that_was_parted_is_no_candidate_any_more(shop: Installed) -> None:
    await joined(shop, "wm-ada")
    await types(shop, "ada", "良渚喵喵")
    await tell(shop, MergeUndone(account="desk", merge=1, by="bo"))
    assert "没在" in await types(shop, "ada", "良渚喵喵")
    assert await names(shop, openid("ada")) == {"ada"}


def test_two_groups_may_not_have_one_passphrase_however_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "pools").mkdir()
    written = {"pets": "良渚 CAT", "dogs": "「良渚ｃａｔ！」", "cats": "良渚狗"}
    for number, (name, words) in enumerate(written.items()):
        text = POOL.format(id=name, chat=f"wr{number}", words=words)
        (tmp_path / "pools" / f"{number}.yaml").write_text(text, encoding="utf-8")
    _, problems = read(tmp_path, accounts=frozenset({"corp"}), comparable=bare)
    (problem,) = [str(one) for one in problems]
    assert problem.startswith("pools/1.yaml:5:")
    assert "进群口令 “良渚cat” 重复，pools/0.yaml" in problem


@pytest.mark.parametrize("words", ["喵", "喵" * 21])
def test_a_passphrase_is_neither_a_single_character_nor_a_speech(
    tmp_path: Path, words: str
) -> None:
    (tmp_path / "pools").mkdir()
    text = POOL.format(id="pets", chat="wr1", words=words)
    (tmp_path / "pools" / "pets.yaml").write_text(text, encoding="utf-8")
    _, problems = read(tmp_path, accounts=frozenset({"corp"}))
    assert ["应为 2 到 20 个字" in str(one) for one in problems] == [True]
