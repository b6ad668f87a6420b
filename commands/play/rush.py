"""The hard part of the story: a rush, a till, repeats, an attack, and twenty power cuts."""

import asyncio
import random
from http import HTTPStatus

from commands.play import peek
from commands.play.calls import redeem
from commands.play.power import cut
from commands.play.story import POSTER, STORE
from commands.play.theatre import Theatre, code_in

EGG = "抢鸡蛋券"
RUSH = 20
_WORDS = ("领券", "宠物群", "营业时间", "地址", "怎么停车", "谢谢", "几点关门", "邻居群")
_CROWD = 12
_PACE_S = 0.06


async def the_last_coupon(play: Theatre) -> None:
    """8. Twenty customers claim the last coupon at once: one gets it, 19 are told so kindly."""
    names = [f"客{n:03d}" for n in range(101, 101 + RUSH)]
    await asyncio.gather(*(play.twin.do("scan_oa", n, poster=POSTER) for n in names))
    for name in names:
        await play.news(name)
    done = await asyncio.gather(*(play.twin.do("type", n, text=EGG) for n in names))
    texts = [await play.news(n) for n in names]
    winners = [n for n, t in zip(names, texts, strict=True) if code_in(t)]
    for name, outcome, text in zip(names, done, texts, strict=True):
        if name in winners:
            await play.tell(8, name, f"输入「{EGG}」", outcome, text, 0)
    loser = next(n for n in names if n not in winners)
    sold_out = texts[names.index(loser)]
    await play.tell(
        8, loser, f"输入「{EGG}」（共 {RUSH} 人同时）", done[names.index(loser)], sold_out, 0
    )
    play.expect(8, len(winners) == 1, f"最后一张券应有 1 人抢到，实为 {len(winners)} 人")
    play.say(8, "账本", "数一数", f"{len(winners)} 人抢到，{RUSH - len(winners)} 人被婉拒")
    play.promise(8, "*", "stock", "flash-egg:1")
    for name, outcome, text in zip(names, done, texts, strict=True):
        wanted = code_in(text) or "抢走"
        play.promise(8, name, "shown", wanted, happening=str(outcome["happening"]))


async def the_till(play: Theatre) -> None:
    """9. The cashier redeems 甲's coupon; a second try is told when and where the first was."""
    phone = await play.twin.get("phone/甲")
    code = next(
        c
        for m in phone
        if (c := code_in(m["text"])) and peek.campaign_of(play.database, c) == "newcomer"
    )
    for attempt in (1, 2):
        answer = await redeem(play, code)
        play.say(
            9, f"{STORE} 收银台", f"核销 {code}（第 {attempt} 次）", answer["text"],
            channel="收银", truth="automatic", rule="", actions=("redeem",) if attempt == 1 else (),
        )  # fmt: skip
        expected = "redeemed" if attempt == 1 else "already_redeemed"
        play.expect(
            9, answer["code"] == expected, f"第 {attempt} 次核销应为 {expected}，实为 {answer}"
        )
        play.expect(
            9, attempt == 1 or answer.get("redeemed_store") == STORE, "应说出首次核销的门店"
        )


async def everything_again(play: Theatre) -> None:
    """17. A quarter of all callbacks comes again, some out of order: nothing happens twice."""
    await play.settled()
    again = await play.twin.post("redeliver", share=0.25, seed=play.seed, shuffle=True)
    await play.settled()
    play.say(
        17, "平台", "把四分之一的回调打乱重发一遍",
        f"重发 {again['redelivered']} 条，都应答了 {again['answered']} 条；没有一件事做第二遍",
        channel="回调",
    )  # fmt: skip


async def an_attack(play: Theatre) -> None:
    """20. A tampered callback is refused; a replayed one is absorbed."""
    for how in ("body", "signature"):
        done = await play.twin.do("tamper", "甲", account="oa-main", how=how)
        play.say(20, "攻击者", f"篡改回调（{how}）", f"HTTP {done['status']}", channel="回调")
        play.promise(20, "攻击者", "refused", f"tamper {how}")
    done = await play.twin.do("replay_last", "甲", account="wecom-main")
    play.expect(
        20, done["status"] == HTTPStatus.OK, f"重放应被收下而不再做事，实为 HTTP {done['status']}"
    )
    play.say(
        20, "攻击者", "重放截获的回调", f"HTTP {done['status']}，收下但不再做事", channel="回调"
    )


async def power_cuts(play: Theatre) -> None:
    """21. The server is killed at random moments while customers go on; it comes back."""
    if play.kills_wanted == 0:
        return
    await play.settled()
    await play.twin.post("settings", retry_s=1.0)
    dice = random.Random(play.seed)  # noqa: S311  (a reproducible play)
    done = asyncio.Event()
    customers = asyncio.create_task(_go_on(play, dice, done))
    try:
        while len(play.kills) < play.kills_wanted:
            number = await cut(play, dice.uniform(0.02, 0.6))
            if number % 5 == 0:
                play.transcript.note(f"   ……已强杀 {number} 次，都回来了")
        done.set()
        said = await customers
    finally:
        customers.cancel()
    await play.settled()
    play.say(
        21, "机房", f"随机强杀服务，连同前面几幕共 {len(play.kills)} 次（SIGKILL）",
        f"期间 {_CROWD} 位顾客照常说了 {said} 句话", channel="后台",
    )  # fmt: skip


async def _go_on(play: Theatre, dice: random.Random, done: asyncio.Event) -> int:
    names = [f"客{n:03d}" for n in range(201, 201 + _CROWD)]
    waiting: list[asyncio.Task[object]] = [
        asyncio.create_task(play.twin.do("scan_oa", name, poster=POSTER, wait_s=30.0))
        for name in names
    ]
    try:
        while not done.is_set():
            name, text = dice.choice(names), dice.choice(_WORDS)
            waiting.append(asyncio.create_task(_type(play, name, text)))
            await asyncio.sleep(_PACE_S)
        await asyncio.gather(*waiting)
    finally:
        for task in waiting:
            task.cancel()
    return len(waiting) - len(names)


async def _type(play: Theatre, name: str, text: str) -> None:
    done = await play.twin.do("type", name, text=text, wait_s=30.0)
    if happening := done.get("happening"):
        play.promise(21, name, "shown", "", happening=str(happening))
    if text == "领券":
        play.promise(21, name, "code", "newcomer")


SCENES = (the_last_coupon, the_till)
AGAIN = (everything_again,)
LAST_SCENES = (an_attack, power_cuts)
