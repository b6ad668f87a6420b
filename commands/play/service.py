"""The scene at the service desk: a persona answers all by itself, and a person outranks it."""

import asyncio

from commands.play.story import STORE
from commands.play.theatre import Theatre, code_in

WHO = "丁"
_DUTY = "xiaowang"
_HALF_AN_HOUR_S = 31 * 60
_CLOCK_S = 1.0  # until the bot has seen the jump


async def at_the_desk(play: Theatre) -> None:
    """11. 丁 opens customer service from a shelf card: welcomed, served, invited by a card."""
    scene = f"poster-{STORE}-kf"
    await play.serve(11, WHO, "扫货架上的客服贴", "enter_kf", scene=scene)
    play.promise(11, WHO, "shown", "客服")
    text = await play.serve(11, WHO, "输入「领劵」", "kf_type", text="领劵")
    play.promise(11, WHO, "code", "newcomer")
    play.promise(11, WHO, "shown", code_in(text) or "券码")
    await play.serve(11, WHO, "输入「邻居群」", "kf_type", text="邻居群")
    play.promise(11, WHO, "shown", "邻居群的入口")
    joined = await play.twin.do("tap_card", WHO)
    await play.settled()
    play.expect(11, "error" not in joined, f"入群卡片应能点开，实为 {joined.get('error')}")
    play.say(
        11, WHO, "点一下群卡片进群", await play.news(WHO), channel="微信客服", truth="customer_tap"
    )


async def a_person_takes_over(play: Theatre) -> None:
    """11. 丁 wants a person: one takes over, the bot is silent, and it returns."""
    await play.serve(11, WHO, "输入「人工」", "kf_type", text="人工")
    await play.twin.do("kf_take", WHO, staff=_DUTY)
    await play.twin.do("kf_say", WHO, staff=_DUTY, text="您好，我是小王，请讲。")
    await play.settled()
    await play.news(WHO)
    text = await play.serve(11, WHO, "对小王说「在吗」", "kf_type", text="在吗")
    play.expect(11, not text, f"真人接待时应保持安静，实为「{text}」")
    await play.twin.do("kf_end", WHO, staff=_DUTY)
    await play.settled()
    await play.twin.post("clock", jump_s=_HALF_AN_HOUR_S)
    await asyncio.sleep(_CLOCK_S)
    await play.news(WHO)
    text = await play.serve(11, WHO, "半小时后输入「营业时间」", "kf_type", text="营业时间")
    play.expect(11, "06:30" in text, f"真人结束半小时后应由人设回答，实为「{text}」")
    play.promise(11, WHO, "shown", "06:30")


SCENES = (at_the_desk, a_person_takes_over)
