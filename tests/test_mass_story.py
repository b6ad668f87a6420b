"""Mass messages against the twin: handed over once, sent by a tap, counted, taken back."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.clock import Clock
from bot.codec import event_to_json
from bot.db import inbox
from bot.db.inbox import Arrival
from bot.events import Event, Letter, MassAsked, MassDue, MassNudged, MassStopped, Selection
from tests.twin_shop import TwinShop, twin_shop

CORP = "wecom-main"
LETTER = Letter(text="周末宠物粮满减", link="https://shop.example/d", title="会员日")


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[TwinShop]:
    async with twin_shop(tmp_path) as one:
        await meet(one)
        yield one


async def meet(shop: TwinShop) -> None:
    """Let three customers become friends of two employees."""
    for who, staff in (("甲", "xiaowang"), ("乙", "xiaowang"), ("丙", "xiaoli")):
        await shop.act("add_contact", who, staff=staff)
    await shop.settled()


def asked(name: str = "秋", **chosen: Any) -> MassAsked:
    """An operator wants a letter sent."""
    selection = Selection(**chosen)
    return MassAsked(account=CORP, mass=name, letter=LETTER, selection=selection)


async def tell(shop: TwinShop, event: Event, name: str = "") -> dict[str, Any]:
    """Tell the shop something as the operator does; return the verdict once all is done."""
    now_us = Clock()()
    arrival = Arrival(
        account=event.account, source="internal", dedupe=f"{type(event)}{name}{now_us}",
        kind=type(event).__name__, body=event_to_json(event), received_us=now_us,
    )  # fmt: skip
    accepted = await shop.db.write(lambda tx: inbox.accept(tx, arrival))
    await shop.worker.decide_now(accepted.id)
    shop.worker.arrived()
    await shop.settled()
    decided = await shop.db.read(lambda tx: inbox.look_again(tx, accepted.id))
    verdict: dict[str, Any] = orjson.loads(decided.answer or b"{}")
    return verdict


async def standing(shop: TwinShop) -> dict[str, str]:
    """What became of each receiver, by the customer's name."""
    rows = await shop.rows("SELECT receiver, state FROM mass_receiver")
    names = {shop.scene.external(one): one for one in ("甲", "乙", "丙")}
    return {names[row["receiver"]]: row["state"] for row in rows}


async def parts(shop: TwinShop) -> dict[str, str]:
    rows = await shop.rows("SELECT staff, state FROM mass_part ORDER BY id")
    return {row["staff"]: row["state"] for row in rows}


async def tasks(shop: TwinShop) -> int:
    """How many tasks the twin's book says were made."""
    calls = await shop.scene.book("call")
    return sum("add_msg_template" in str(one["api"]) and bool(one["effect"]) for one in calls)


async def clean(shop: TwinShop) -> None:
    """Nothing lost, nothing doubled, nothing from nowhere, by the twin's own book."""
    await shop.settled()
    told = await shop.audited("甲", "乙", "丙", "xiaowang", "xiaoli")
    assert (told.lost, told.doubled, told.ghosts, told.wrong) == ((), (), (), ())


async def test_nothing_is_sent_until_the_employee_taps_and_then_it_is_counted(
    shop: TwinShop,
) -> None:
    verdict = await tell(shop, asked())
    assert verdict["code"] == "made" and "需员工确认" in verdict["text"]
    assert await tasks(shop) == 2
    assert not [one for one in await shop.scene.phone("甲") if one["via"] == "mass"]

    await shop.act("confirm_mass", "xiaowang")
    assert (await shop.read("甲", "周末宠物粮满减"))["via"] == "mass"
    await tell(shop, MassDue(account=CORP))

    assert await standing(shop) == {"甲": "sent", "乙": "sent", "丙": "promised"}
    assert await parts(shop) == {"xiaoli": "made", "xiaowang": "done"}
    await clean(shop)


async def test_a_name_is_used_once(shop: TwinShop) -> None:
    await tell(shop, asked())
    assert (await tell(shop, asked()))["code"] == "known"
    assert await tasks(shop) == 2


def _one_a_day(home: Path) -> None:
    settings = home / "settings.yaml"
    settings.write_text(settings.read_text("utf-8") + "mass_cap: day1\n", "utf-8")


async def test_a_customer_at_the_cap_is_left_out_and_open_promises_count(tmp_path: Path) -> None:
    async with twin_shop(tmp_path, furnish=_one_a_day) as shop:
        await meet(shop)
        await tell(shop, asked(staff="xiaowang"))
        verdict = await tell(shop, asked("冬"))
        assert (verdict["receivers"], verdict["staff"]) == ("1", "1")
        rows = await shop.rows("SELECT receiver FROM mass_receiver WHERE state = 'left'")
        left = {shop.scene.external(one) for one in ("甲", "乙")}
        assert {row["receiver"] for row in rows} == left
        assert (await tell(shop, asked("再来")))["code"] == "nobody"


async def test_an_answer_that_was_cut_off_leads_to_one_task(shop: TwinShop) -> None:
    fault = {"host": "wecom", "path": "/cgi-bin/externalcontact/add_msg_template"}
    await shop.scene.control("faults", {**fault, "kind": "reset_after"})
    await tell(shop, asked(staff="xiaowang"))

    assert await tasks(shop) == 1
    assert await parts(shop) == {"xiaowang": "made"}
    (row,) = await shop.rows("SELECT state, attempts, meaning FROM effect WHERE kind = 'mass_make'")
    assert (row["state"], row["attempts"]) == ("done", 2)
    await clean(shop)


async def test_a_request_that_never_arrived_is_made_again(shop: TwinShop) -> None:
    await tell(shop, asked("早先", staff="xiaowang"))
    fault = {"host": "wecom", "path": "/cgi-bin/externalcontact/add_msg_template"}
    await shop.scene.control("faults", {**fault, "kind": "reset_before"})
    await tell(shop, asked(staff="xiaoli"))

    assert await tasks(shop) == 2
    assert await parts(shop) == {"xiaowang": "made", "xiaoli": "made"}
    await clean(shop)


@pytest.mark.parametrize("fault", ["reset_before", "html", "reset_after", "truncated"])
async def test_two_messages_of_the_same_words_keep_a_task_each(shop: TwinShop, fault: str) -> None:
    await shop.scene.control("settings", {"mass_creator": 0})
    await tell(shop, asked("早先", staff="xiaowang"))
    planted = {"host": "wecom", "path": "/cgi-bin/externalcontact/add_msg_template"}
    await shop.scene.control("faults", {**planted, "kind": fault})
    await tell(shop, asked(staff="xiaowang"))

    rows = await shop.rows("SELECT DISTINCT msgid FROM mass_part WHERE state = 'made'")
    assert len(rows) == await tasks(shop) == 2
    await clean(shop)


async def test_reminders_stop_at_three_and_a_message_can_be_taken_back(shop: TwinShop) -> None:
    await tell(shop, asked(staff="xiaowang"))
    nudge = MassNudged(account=CORP, mass="秋")
    codes = [(await tell(shop, nudge, str(n)))["code"] for n in range(4)]
    assert codes == ["reminded", "reminded", "reminded", "spent"]

    assert (await tell(shop, MassStopped(account=CORP, mass="秋")))["code"] == "stopped"
    assert "error" in await shop.scene.do("confirm_mass", "xiaowang")
    assert await parts(shop) == {"xiaowang": "stopped"}
    assert set((await standing(shop)).values()) == {"free"}
    await clean(shop)


async def test_a_friend_who_left_gets_nothing_and_is_shown_as_gone(shop: TwinShop) -> None:
    await tell(shop, asked(staff="xiaowang"))
    await shop.act("delete_staff", "甲", staff="xiaowang")
    await shop.act("confirm_mass", "xiaowang")
    await tell(shop, MassDue(account=CORP))
    assert await standing(shop) == {"甲": "gone", "乙": "sent"}
