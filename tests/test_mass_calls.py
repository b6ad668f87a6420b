"""A mass message's task made twice never: what a second try reads back, and when it cannot tell."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from bot.actions import CancelMass, MakeMass, Receipt, State
from bot.db.memory import remember
from bot.events import Letter, MassMade
from bot.platforms.wecom.mass_calls import cancel, make
from bot.platforms.wire import Answer, Phase
from tests.little_shop import NOW_S
from tests.platform import Asked, fine, refused
from tests.rooms import Installed, installed

MAKE = MakeMass(
    account="corp", mass="秋", part="xiaowang-1", staff="xiaowang", letter=Letter(text="满减"),
    receivers=("wmA", "wmB"), asked=NOW_S,
)  # fmt: skip


def list_of(shop: Installed, tasks: Mapping[str, tuple[str, Sequence[str]]]) -> None:
    """Let the platform list tasks: id → whose, and to whom."""

    def results(asked: Asked) -> Answer:
        _, receivers = tasks[asked.body["msgid"]]
        return fine(send_list=[{"external_userid": one, "status": 0} for one in receivers])

    listed = [{"msgid": one, "text": {"content": "满减"}, "create_time": NOW_S} for one in tasks]
    shop.platform.answers |= {
        "get_groupmsg_list_v2": lambda _: fine(group_msg_list=listed),
        "get_groupmsg_task": lambda asked: fine(
            task_list=[{"userid": tasks[asked.body["msgid"]][0], "status": 0}]
        ),
        "get_groupmsg_send_result": results,
        "add_msg_template": lambda _: fine(msgid="NEW", fail_list=[]),
    }


async def again(folder: Path, tasks: Mapping[str, tuple[str, Sequence[str]]]) -> Receipt:
    """The receipt of a second try, with these tasks in the platform's list."""
    async with installed(folder) as shop:
        list_of(shop, tasks)
        return await make(MAKE, shop.doors["corp"].port, 2)


def _always(answer: Answer, _asked: Asked) -> Answer:
    return answer


def made(receipt: Receipt) -> str:
    """The task that a receipt tells of."""
    (event,) = receipt.events
    assert isinstance(event, MassMade)
    return event.msgid


async def test_the_task_of_the_first_try_is_found_and_not_repeated(tmp_path: Path) -> None:
    tasks = {"M1": ("xiaoli", ["wmA"]), "M2": ("xiaowang", ["wmC"]), "M3": ("xiaowang", ["wmA"])}
    receipt = await again(tmp_path, tasks)
    assert (receipt.state, made(receipt)) == (State.DONE, "M3")


async def test_where_nothing_is_ours_the_task_is_made(tmp_path: Path) -> None:
    receipt = await again(tmp_path, {"M1": ("xiaoli", ["wmA"]), "M2": ("xiaowang", ["wmC"])})
    assert (receipt.state, made(receipt)) == (State.DONE, "NEW")


async def test_two_that_may_be_ours_leave_it_unknown(tmp_path: Path) -> None:
    receipt = await again(tmp_path, {"M1": ("xiaowang", ["wmA"]), "M2": ("xiaowang", [])})
    assert (receipt.state, receipt.events) == (State.UNKNOWN, ())


async def test_the_task_of_another_message_with_the_same_words_is_not_taken_for_ours(
    tmp_path: Path,
) -> None:
    async with installed(tmp_path) as shop:
        list_of(shop, {"M1": ("xiaowang", ["wmA", "wmB"])})
        port = replace(shop.doors["corp"].port, effect="of this message")
        earlier = {"mass_task:M1": "of an earlier message"}
        await shop.db.write(lambda tx: remember(tx, "corp", earlier))
        receipt = await make(MAKE, port, 2)
        assert made(receipt) == "NEW"
        assert receipt.remember == {"mass_task:NEW": "of this message"}


async def test_words_that_come_back_with_other_line_ends_are_still_ours(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop:
        list_of(shop, {"M1": ("xiaowang", ["wmA"])})
        lines = replace(MAKE, letter=Letter(text="满\n减"))
        listed = {"msgid": "M1", "text": {"content": "满\r\n减 "}, "create_time": NOW_S}
        shop.platform.answers["get_groupmsg_list_v2"] = lambda _: fine(group_msg_list=[listed])
        assert made(await make(lines, shop.doors["corp"].port, 2)) == "M1"


async def test_a_yes_without_a_name_for_the_task_is_for_a_person(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop:
        shop.platform.answers["add_msg_template"] = lambda _: fine()
        receipt = await make(MAKE, shop.doors["corp"].port, 1)
        assert (receipt.state, receipt.events) == (State.UNKNOWN, ())
        assert "编号" in receipt.meaning


async def test_a_list_that_is_refused_leaves_it_unknown_and_one_that_is_busy_waits(
    tmp_path: Path,
) -> None:
    async with installed(tmp_path) as shop:
        for code, state in ((84061, State.UNKNOWN), (41063, State.READY)):
            answer = refused(code)
            shop.platform.answers["get_groupmsg_list_v2"] = partial(_always, answer)
            receipt = await make(MAKE, shop.doors["corp"].port, 2)
            assert receipt.state is state
        assert not shop.platform.to("add_msg_template")


async def test_no_answer_means_to_look_later_and_a_refusal_is_told(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop:
        port = shop.doors["corp"].port
        lost = Answer(phase=Phase.WRITTEN, trouble="连接断了")
        shop.platform.answers["add_msg_template"] = lambda _: lost
        receipt = await make(MAKE, port, 1)
        assert (receipt.state, receipt.phase) == (State.READY, Phase.WRITTEN)
        shop.platform.answers["add_msg_template"] = lambda _: refused(41048)
        receipt = await make(MAKE, port, 1)
        (event,) = receipt.events
        assert receipt.state is State.FAILED
        assert isinstance(event, MassMade) and "没有可发送的客户" in event.trouble


async def test_a_picture_that_is_not_there_fails_the_task_without_a_call(tmp_path: Path) -> None:
    pictured: Any = MakeMass(
        account="corp", mass="秋", part="p", staff="xiaowang", letter=Letter(images=("no.png",)),
        receivers=("wmA",),
    )  # fmt: skip
    async with installed(tmp_path) as shop:
        receipt = await make(pictured, shop.doors["corp"].port, 1)
        assert receipt.state is State.FAILED and "no.png" in receipt.meaning
        assert not shop.platform.to("add_msg_template")


async def test_a_task_that_was_cancelled_before_is_done(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop:
        shop.platform.answers["cancel_groupmsg_send"] = lambda _: refused(41093)
        action = CancelMass(account="corp", mass="秋", part="p", msgid="M1")
        receipt = await cancel(action, shop.doors["corp"].port, 2)
        assert receipt.state is State.DONE
