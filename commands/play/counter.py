"""The coupon at the counter: shown on the customer's phone, taken in on the cashier's page."""

import re
from collections.abc import Mapping
from typing import Any

from commands.play import peek
from commands.play.browser import Browser
from commands.play.furnish import CASHIER_PIN, MANAGER_PIN
from commands.play.power import failing
from commands.play.story import STORE
from commands.play.theatre import Theatre, code_in

WHO = "甲"
_CAMPAIGN = "pet-newcomer"
_LINK = re.compile(r"https?://[^\s\"]+/c/[0-9A-Za-z_-]+")
_STATE = re.compile(r'data-state="([a-z]+)"')


async def at_the_counter(play: Theatre) -> None:
    """16. 甲 shows the coupon's page; the cashier takes it in once, and never twice."""
    text = (await play.act(16, WHO, "输入「我的券」", "type", text="我的券"))["text"]
    link = next(iter(_LINK.findall(text)), "")
    code = next((c for part in text.split("\n") if (c := code_in(part)) and _is_pets(play, c)), "")
    play.expect(16, bool(link and code), f"应看到进群礼的券码和链接，实为「{text}」")
    page = await _open(play, link)
    play.expect(16, code in page and _state(page) == "good", "券的页面应显示券码，状态可用")
    async with Browser(play.bot.url) as cashier:
        entered = await cashier.sign_in(STORE, CASHIER_PIN)
        play.expect(16, entered, "收银 PIN 应能登录")
        async with failing(play):
            await _redeem(play, cashier, code, "redeemed")
        await _polled(play, link, "used")
        await _redeem(play, cashier, code, "already_redeemed")
        play.expect(16, not cashier.can_undo(), "收银员不应能撤销核销")
    await _second_thoughts(play, link, code)
    play.promise(16, WHO, "redeemed", code)


async def _second_thoughts(play: Theatre, link: str, code: str) -> None:
    async with Browser(play.bot.url) as manager:
        wrong = await manager.sign_in(STORE, CASHIER_PIN[::-1])
        play.expect(16, not wrong, "错的 PIN 不应能登录")
        await manager.sign_in(STORE, MANAGER_PIN)
        outcome, title = await manager.undo()
        play.say(16, "店长", "撤销这笔核销", title, channel="收银", truth="automatic",
                 actions=("undo_redeem",))  # fmt: skip
        play.expect(16, outcome == "undone", f"店长应能撤销，实为「{title}」")
        await _polled(play, link, "good")
        await _redeem(play, manager, code, "redeemed")
        await _polled(play, link, "used")


async def _redeem(play: Theatre, cashier: Browser, code: str, expected: str) -> None:
    outcome, title = await cashier.redeem(code)
    play.say(
        16, "收银员", f"在收银页输入 {code}", title, channel="收银", truth="automatic",
        actions=("redeem",) if outcome == "redeemed" else (),
    )  # fmt: skip
    play.expect(16, outcome == expected, f"收银页应为 {expected}，实为 {outcome}「{title}」")


async def _open(play: Theatre, link: str) -> str:
    opened: Mapping[str, Any] = await play.twin.do("open_link", WHO, url=link)
    page = str(opened.get("page", ""))
    play.say(
        16, WHO, "打开券的链接", "看到券码和二维码" if _state(page) == "good" else str(opened),
        channel="手机", truth="automatic",
    )  # fmt: skip
    return page


async def _polled(play: Theatre, link: str, expected: str) -> None:
    """Look at what the open page asks for every few seconds."""
    polled = await play.twin.do("open_link", WHO, url=f"{link}/state")
    page = str(polled.get("page", ""))
    told = {"used": "已使用", "good": "可用"}[expected]
    play.expect(16, f'"{expected}"' in page, f"券的页面应变成{told}，实为 {page}")
    play.say(16, WHO, "看券的页面", told if told in page else page, channel="手机",
             truth="automatic")  # fmt: skip


def _state(page: str) -> str:
    found = _STATE.search(page)
    return found[1] if found else ""


def _is_pets(play: Theatre, code: str) -> bool:
    return peek.campaign_of(play.database, code) == _CAMPAIGN


SCENES = (at_the_counter,)
