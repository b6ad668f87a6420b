"""One person by two doors: an employee's contact who turns out to follow the Official Account."""

from commands.play import peek
from commands.play.calls import redeem
from commands.play.groups import NEAR, WORDS
from commands.play.story import POSTER, STORE, join_by_link, pick_welcome
from commands.play.theatre import Theatre, code_in, link_in

WHO = "乙"
_SCENE = f"poster-{STORE}-kf"


async def through_the_group(play: Theatre) -> None:
    """10. 乙 joins the neighbours' group by the employee's link and is shown its passphrase."""
    await pick_welcome(play, 10, NEAR)
    phone = await play.twin.get(f"phone/{WHO}")
    link = next(found for one in phone if (found := link_in(one["text"])))
    await play.news(WHO)
    await join_by_link(play, 10, WHO, link)
    await play.settled()
    await play.news(WHO)
    play.promise(10, WHO, "seat", NEAR)
    play.promise(10, WHO, "shown", f"发“{WORDS}”")


async def two_doors_one_person(play: Theatre) -> None:
    """10. 乙 asks at both doors; known by unionid, or by the passphrase, and gets one benefit."""
    await play.act(10, WHO, "扫门店海报并关注公众号", "scan_oa", poster=POSTER)
    await play.settled()
    await play.news(WHO)
    first = await play.act(10, WHO, "在公众号输入「领券」", "type", text="领券")
    await play.serve(10, WHO, "扫货架上的客服贴", "enter_kf", scene=_SCENE)
    second = await play.serve(10, WHO, "在客服里输入「领券」", "kf_type", text="领券")
    codes = [code_in(first["text"]), code_in(second)]
    play.expect(10, all(codes), f"两个入口都应给出券码，实为 {codes}")
    if play.unionids:
        play.promise(10, WHO, "code", "newcomer")
    else:
        text = f"在公众号输入口令「{WORDS}」"
        done = await play.act(10, WHO, text, "type", text=WORDS)
        play.promise(10, WHO, "shown", "对上了", happening=done["happening"])
    await play.settled()
    play.promise(10, WHO, "share", "newcomer")
    await _redeem_both(play, codes)


async def _redeem_both(play: Theatre, codes: list[str]) -> None:
    for code, expected in zip(codes, ("redeemed", "already_redeemed"), strict=True):
        answer = await redeem(play, code)
        play.say(
            10, f"{STORE} 收银台", f"核销乙的 {code}", str(answer["text"]), channel="收银",
            truth="automatic", actions=("redeem",) if answer["code"] == "redeemed" else (),
        )  # fmt: skip
        play.expect(10, answer["code"] == expected, f"核销应为 {expected}，实为 {answer}")
        campaign = peek.campaign_of(play.database, code)
        play.expect(10, campaign == "newcomer", f"{code} 应是新人券，实为「{campaign}」")
        play.promise(10, WHO, "redeemed", code)


SCENES = (through_the_group, two_doors_one_person)
