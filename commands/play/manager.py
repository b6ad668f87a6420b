"""What the store manager does: a mass message that an employee confirms, and a comparison 对账."""

import asyncio

from commands.play.operator import typed
from commands.play.story import OWNER, POSTER, STORE
from commands.play.theatre import Theatre

_LETTER = "会员日：周末宠物粮满 39 减 8"
_READERS = ("乙", "己")
_NEAR = f"wrNEAR_{STORE}_1"
_CLOCK_S = 1.0  # until the bot has seen the jump
_OLD_S = 300  # what is younger than two minutes is left to its callback


async def a_mass_message(play: Theatre) -> None:
    """18. The manager writes to 小王's customers; 小王 taps once, and they read it."""
    await play.act(
        18, "己", "扫导购小王的活码加好友", "add_contact", patient=True,
        code=f"staff-xiaowang-{STORE}",
    )  # fmt: skip
    await play.settled()
    made = await typed(
        play, "mass", "make", "--staff", OWNER, "--everyone", "--text", _LETTER, "--name", "会员日",
        "--yes",
    )  # fmt: skip
    play.expect(18, made.code == 0, f"群发应建得成，实为 {made.text}")
    await play.settled()
    early = [who for who in _READERS if _LETTER in await play.news(who)]
    play.expect(18, not early, f"员工点确认以前谁也不该收到，却有 {early}")
    play.say(
        18, "店长", f"mass make：给小王的顾客群发「{_LETTER}」",
        (made.lines("需员工确认") or [made.text])[-1], truth="employee",
    )  # fmt: skip
    done = await play.twin.do("confirm_mass", OWNER)
    await play.settled()
    play.expect(18, "error" not in done, f"小王应点得动，实为 {done.get('error')}")
    play.say(
        18, "小王", "点一下确认发送", f"{done.get('sent', 0)} 位顾客收到",
        channel="企业微信", truth="employee",
    )  # fmt: skip
    for who in _READERS:
        play.promise(18, who, "shown", _LETTER)
        await play.news(who)


async def callbacks_are_lost(play: Theatre) -> None:
    """19. The platform loses three callbacks; the comparison finds and names each of them."""
    await play.settled()
    await play.twin.post("settings", lost_share=1.0)
    await play.twin.do("add_contact", "庚", code=f"staff-xiaowang-{STORE}", wait_s=0.0)
    await play.twin.do("join_group", "辛", chat_id=_NEAR, wait_s=0.0)
    await play.twin.do("scan_oa", "壬", poster=POSTER, wait_s=0.0)
    await play.twin.post("settings", lost_share=0.0)
    await play.twin.post("clock", jump_s=_OLD_S)
    await asyncio.sleep(_CLOCK_S)
    play.say(
        19,
        "平台",
        "弄丢了三条回调：庚加好友、辛进群、壬关注",
        "店小二什么也没有听到",
        channel="回调",
    )
    told = await typed(play, "reconcile")
    await play.settled()
    for who, did in (("庚", "加了好友"), ("辛", "进了群"), ("壬", "关注了公众号")):
        contact = await play.twin.get(f"contact/{who}")
        names = {str(contact["external_userid"]), *map(str, contact["openids"].values())}
        found = [line for line in told.lines(did) if any(name in line for name in names)]
        play.expect(19, len(found) == 1, f"对账应发现{who}{did}，实为 {told.text}")
        play.say(19, "店长", f"reconcile 对账：{who}", found[0] if found else "没有发现")
    play.promise(19, "庚", "label", STORE)
    play.promise(19, "辛", "seat", _NEAR)
    play.promise(19, "壬", "label", f"来源/{POSTER}")


SCENES = (a_mass_message, callbacks_are_lost)
