"""What a follower gets besides words: a card and a picture after the answer, 正在输入 before."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.perform import Performer
from bot.platforms.wire import Answer, File
from bot.shop import Times
from keyword_rules.match import RuleSet
from tests.callbacks import said
from tests.pictures import PNG
from tests.platform import Asked, fine, refused
from tests.rooms import INSTANCE_KEY, Installed, Plans, installed
from tests.rule_makers import rule, ruleset
from tests.situations import step

SEND, TYPING = "message/custom/send", "message/custom/typing"
PAGE = "https://shop.example/m"


def rules() -> RuleSet:
    reply = step(
        "reply",
        text="会员有券",
        menu=("领券", "地址"),
        link=PAGE,
        link_title="会员",
        image="map.png",
    )
    return ruleset(replace(rule("member", "contains", "会员"), do=(reply,)))


@pytest.fixture
async def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Installed]:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "map.png").write_bytes(PNG)
    plans = Plans(rules=rules, times=Times(answer_within_s=0.05))
    async with installed(tmp_path, plans) as one:
        doors = {
            name: replace(door, port=replace(door.port, media=tmp_path / "media"))
            for name, door in one.doors.items()
        }
        one.performer = Performer(one.db, doors, one.shop.clock, INSTANCE_KEY)

        async def upload(path: str, file: File, *, query: dict[str, str]) -> Answer:
            one.platform.asked.append(Asked(method="POST", path=path, query=query, body=file))
            return fine(media_id="M1")

        monkeypatch.setattr(one.platform, "upload", upload)
        yield one


def types(shop: Installed) -> list[str]:
    return [one.body["msgtype"] for one in shop.platform.to(SEND)]


async def test_card_and_picture_follow_the_answer_in_the_response(shop: Installed) -> None:
    answer = await shop.say("ada", said("ada", "会员", 1))
    assert answer is not None
    assert "会员有券\n回复：领券 / 地址" in answer.decode()
    await shop.settle_down()
    card, picture = shop.platform.to(SEND)
    assert card.body["news"]["articles"][0]["title"] == "会员"
    assert picture.body["image"] == {"media_id": "M1"}


async def test_a_redelivery_sends_nothing_a_second_time(shop: Installed) -> None:
    for _ in range(3):
        assert await shop.say("ada", said("ada", "会员", 1)) is not None
        await shop.settle_down()
    assert types(shop) == ["news", "image"]


async def test_a_picture_is_uploaded_once_for_all_followers(shop: Installed) -> None:
    for number, who in enumerate(("ada", "bob")):
        await shop.say(who, said(who, "会员", number))
        await shop.settle_down()
    assert types(shop) == ["news", "image"] * 2
    assert len(shop.platform.to("media/upload")) == 1


async def test_without_a_response_the_answer_comes_first_all_the_same(shop: Installed) -> None:
    await shop.deliver(said("ada", "会员", 1))
    await shop.decide_due()
    await shop.perform_due()
    assert types(shop) == []
    shop.hand.move(20)
    await shop.settle_down()
    assert types(shop) == ["text", "news", "image"]


async def late(shop: Installed) -> None:
    """Let Ada ask, and the answer miss its response."""
    shop.worker.able.clear()
    accepted = await shop.deliver(said("ada", "会员", 1))
    assert await shop.worker.answer(accepted) is None
    shop.worker.able.set()
    await shop.worker.stop(1.0)  # what was begun is brought to its end


async def test_who_waits_for_a_late_answer_sees_that_somebody_is_at_it(shop: Installed) -> None:
    await late(shop)
    await shop.perform_due()
    (typing,) = shop.platform.to(TYPING)
    assert typing.body == {"touser": "ada", "command": "Typing"}
    assert types(shop) == []
    shop.hand.move(20)
    await shop.settle_down()
    assert types(shop) == ["text", "news", "image"]
    assert len(shop.platform.to(TYPING)) == 1


async def test_typing_that_is_refused_or_unanswered_is_skipped_and_not_tried_again(
    shop: Installed,
) -> None:
    shop.platform.answers[TYPING] = lambda _: refused(45080)
    await late(shop)
    await shop.settle_down(wait_s=5)
    (row,) = await shop.rows("SELECT state, meaning FROM effect WHERE kind = 'oa_typing'")
    assert (row["state"], "没有显示「正在输入」" in row["meaning"]) == ("skipped", True)
    assert len(shop.platform.to(TYPING)) == 1
    assert types(shop) == ["text", "news", "image"]


async def test_an_answer_in_time_shows_no_typing(shop: Installed) -> None:
    await shop.say("ada", said("ada", "会员", 1))
    await shop.settle_down(wait_s=5)
    assert shop.platform.to(TYPING) == []


async def test_a_card_never_overtakes_words_that_are_tried_again(shop: Installed) -> None:
    tries = iter(range(100))
    # Neither the words nor the card get through at once.
    shop.platform.answers[SEND] = lambda _: refused(-1) if next(tries) in (0, 2) else fine()
    await shop.deliver(said("ada", "会员", 1))
    await shop.decide_due()
    shop.hand.move(20)
    for _ in range(20):
        await shop.perform_due()
        shop.hand.move(0.3)
    assert types(shop) == ["text", "text", "news", "news", "image"]


async def test_one_that_is_refused_in_the_middle_keeps_nothing_from_the_next(
    shop: Installed,
) -> None:
    shop.platform.answers[SEND] = lambda asked: (
        refused(45008) if asked.body["msgtype"] == "news" else fine()
    )
    await shop.say("ada", said("ada", "会员", 1))
    await shop.settle_down(wait_s=5)
    rows = await shop.rows("SELECT state FROM effect WHERE kind = 'oa_send' ORDER BY id")
    assert [row["state"] for row in rows] == ["failed", "done"]
    assert types(shop) == ["news", "image"]


async def test_of_many_questions_in_one_breath_each_is_answered_within_the_window(
    shop: Installed,
) -> None:
    answers = [await shop.say("ada", said("ada", "会员", number)) for number in range(4)]
    await shop.settle_down()
    assert types(shop) == ["news", "image"] * 2
    # What no longer fits as a card stands in the words.
    assert [PAGE in (answer or b"").decode() for answer in answers] == [False, False, True, True]
