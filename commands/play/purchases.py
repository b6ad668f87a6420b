"""What people buy: told by the till, matched by phone, and where it moves them."""

from collections.abc import Mapping
from typing import Any

from commands.play.calls import tell
from commands.play.power import failing
from commands.play.story import STORE
from commands.play.theatre import Theatre

_PHONES = {"甲": "13800000012", "丙": "13800000013"}
_FIRST_ORDER = "阶段/已首单"
_REGISTERED = "阶段/已注册"


async def phones_are_told(play: Theatre) -> None:
    """13. The mini program, which verified them, tells the phones of 甲 and 丙."""
    for who, phone in _PHONES.items():
        contact = await play.twin.get(f"contact/{who}")
        openid = next(iter(contact["openids"].values()))
        names = {"oa_openid": {"account": "oa-main", "value": openid}, "phone": phone}
        async with failing(play):
            answer = await tell(play, "/api/members", {"id": f"register-{who}", "names": names})
        _expect_taken(play, answer)
        play.say(13, who, "在小程序里验证手机号", _text(answer), channel="小程序")
    await play.settled()


async def an_order_by_phone(play: Theatre) -> None:
    """13. 甲 pays at the till by phone number: the stage moves, and another persona answers."""
    order = _order("0187", "甲", revision=1, state="paid", total_fen=3680)
    async with failing(play):
        _expect_taken(play, await tell(play, "/api/orders", order))
    await play.settled()
    again = await tell(play, "/api/orders", order)
    results = [one["result"] for one in again["answers"]]
    play.expect(13, results == ["repeated"], f"重推的订单应认得出，实为 {results}")
    await play.settled()
    play.say(
        13, f"{STORE} 收银系统", "推来甲的一单 36.80 元，又重推一遍", _text(again), channel="订单"
    )
    play.promise(13, "甲", "order", "0187 paid 3680")
    play.promise(13, "甲", "label", _FIRST_ORDER)
    done = await play.act(13, "甲", "输入「你好」", "type", text="你好")
    play.promise(13, "甲", "shown", "生活管家小壹妹妹", happening=done["happening"])
    done = await play.act(13, "甲", "输入「营业时间」", "type", text="营业时间")
    play.promise(13, "甲", "shown", "咱壹店便利良渚店06:30", happening=done["happening"])


async def money_back(play: Theatre) -> None:
    """13. 丙 buys and gets all of it back: the stage goes back, whatever is told again."""
    paid = _order("0188", "丙", revision=1, state="paid", total_fen=1250)
    _expect_taken(play, await tell(play, "/api/orders", paid))
    await play.settled()
    back = _order("0188", "丙", revision=2, state="refunded", total_fen=1250)
    _expect_taken(play, await tell(play, "/api/orders", back))
    again = await tell(play, "/api/orders", [paid, back])
    await play.settled()
    play.say(
        13, f"{STORE} 收银系统", "推来丙的一单 12.50 元、全额退款，又都重推一遍", _text(again),
        channel="订单",
    )  # fmt: skip
    play.promise(13, "丙", "order", "0188 refunded 0")
    play.promise(13, "丙", "label", _REGISTERED)
    play.promise(13, "丙", "label", _FIRST_ORDER, times=0)
    done = await play.act(13, "丙", "输入「你好」", "type", text="你好")
    play.promise(13, "丙", "shown", "福利官小度哥", happening=done["happening"])


def _order(number: str, who: str, **more: object) -> dict[str, object]:
    return {"order": number, "store": STORE, "phone": _PHONES[who], **more}


def _expect_taken(play: Theatre, answer: Mapping[str, Any]) -> None:
    # After a power cut the same telling may have been taken already, unanswered.
    results = {one["result"] for one in answer.get("answers", ())}
    play.expect(13, bool(results) and results <= {"taken", "repeated"}, f"应被收下，实为 {answer}")


def _text(answer: Mapping[str, Any]) -> str:
    return "；".join(str(one["text"]) for one in answer.get("answers", ())) or str(answer)


SCENES = (phones_are_told, an_order_by_phone, money_back)
