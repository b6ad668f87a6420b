"""What happens in a customer group: a welcome that leads on, questions that its owner answers."""

from collections.abc import Mapping
from typing import Any

from commands.play import peek
from commands.play.calls import tell
from commands.play.power import dark, failing
from commands.play.story import OWNER
from commands.play.theatre import Theatre

NEAR = "wrNEAR_S012_1"
WORDS = "良渚街坊"
WHO, OTHER = "戊", "丁"
_ASKED, _OWN_WORDS = "今天几点关门呀", "晚上 11 点关门，来得及哦"
_ASKED_NEXT = "店里能停车吗"
_SENT = "已发送 ✓"


async def a_neighbour_joins(play: Theatre) -> None:
    """12. 戊 joins by the group's own code, taps the link of its welcome, and is known there."""
    await play.act(12, WHO, "扫群二维码进邻居群", "join_group", chat_id=NEAR)
    await play.settled()
    welcome = await _newest(play, WHO, "邻居群")
    links = [one["url"] for one in welcome["attachments"] if one.get("type") == "link"]
    play.expect(12, len(links) == 1, f"入群欢迎语应带一个客服入口，实为 {links}")
    play.promise(12, WHO, "shown", f"发“{WORDS}”")
    play.promise(12, WHO, "seat", NEAR)
    async with failing(play):
        await play.serve(12, WHO, "点欢迎语里的客服入口", "enter_kf", url=links[0])
    text = await play.serve(12, WHO, "输入「营业时间」", "kf_type", text="营业时间")
    play.expect(12, "06:30" in text, f"应按本群的门店回答营业时间，实为「{text}」")
    play.promise(12, WHO, "shown", "06:30")
    play.promise(12, WHO, "not_shown", "文三路店")


async def a_question_in_the_group(play: Theatre) -> None:
    """14. 戊 asks in the group: its owner gets a card, says it in their own words, and taps."""
    await play.news(OWNER)
    async with dark(play):
        await play.twin.do("say_in_group", WHO, chat_id=NEAR, text=_ASKED)
    await play.settled()
    proposed = _proposed(await _card(play))
    await _told(play, WHO, _ASKED, proposed)
    play.promise(14, NEAR, "in_group", proposed, times=0)
    await _say(play, "小王", _OWN_WORDS)
    tapped = await play.twin.do("tap_button", "小王", key="sent")
    await play.settled()
    play.expect(14, "error" not in tapped, f"卡片应点得动，实为 {tapped.get('error')}")
    play.say(
        14, "小王", "在群里用自己的话回了，点「已发送」", _state(await _card(play)),
        channel="企业微信", truth="employee",
    )  # fmt: skip
    play.promise(14, NEAR, "in_group", _OWN_WORDS)


async def the_archive_tells(play: Theatre) -> None:
    """14. 丁 asks too; the owner copies the words, and the archive tells that they were said."""
    await _say(play, OTHER, _ASKED_NEXT)
    proposed = _proposed(await _card(play))
    await _told(play, OTHER, _ASKED_NEXT, proposed)
    await _say(play, "小王", proposed)
    await play.settled()
    play.say(
        14, "小王", "照着卡片在群里说了", _state(await _card(play)), channel="企业微信",
        truth="employee",
    )  # fmt: skip
    play.promise(14, NEAR, "in_group", proposed)
    play.promise(14, OWNER, "shown", _SENT, times=2)


async def the_archive_again(play: Theatre) -> None:
    """17. Whoever reads the archive pushes all of it again: nothing is asked twice."""
    feed = (await play.twin.get("wiring"))["archive"]
    items = await play.twin.lines("archive")
    answer = await tell(play, "/api/archive", {"items": items}, feed["source"], feed["secret"])
    await play.settled()
    play.expect(17, answer.get("taken") == 0, f"重推的存档不应再收一遍，实为 {answer}")
    play.say(
        17, "存档程序", f"把存档的 {len(items)} 条都重推一遍", f"新收 {answer.get('taken')} 条",
        channel="存档",
    )  # fmt: skip


async def _say(play: Theatre, who: str, text: str) -> None:
    done = await play.twin.do("say_in_group", who, chat_id=NEAR, text=text)
    play.expect(14, "error" not in done, f"{who} 应在群里，实为 {done.get('error')}")
    await play.settled()


async def _told(play: Theatre, who: str, asked: str, proposed: str) -> None:
    said = [one["text"] for one in (await play.twin.get(f"group/{NEAR}"))["said"]]
    play.expect(14, proposed not in said, "群主说出来以前，群里不应有店小二的话")
    contact = await play.twin.get(f"contact/{who}")
    trace = peek.own_trace(play.database, "GroupSaid", str(contact["external_userid"]))
    play.tell_own(14, who, "客户群", f"在群里问「{asked}」", f"群主收到：{proposed}", trace)


async def _card(play: Theatre) -> Mapping[str, Any]:
    phone = await play.twin.get(f"phone/{OWNER}")
    cards = [one for one in phone if one.get("channel") == "app" and one["attachments"]]
    play.expect(14, bool(cards), "群主应收到一张卡片")
    return dict(cards[-1]) if cards else {"text": "", "attachments": []}


def _proposed(card: Mapping[str, Any]) -> str:
    return "；".join(str(one.get("sub_title_text", "")) for one in card["attachments"])


def _state(card: Mapping[str, Any]) -> str:
    return "；".join(str(one.get("replace_name") or "还能点") for one in card["attachments"])


async def _newest(play: Theatre, who: str, words: str) -> Mapping[str, Any]:
    phone = await play.twin.get(f"phone/{who}")
    found = [one for one in phone if words in one["text"]]
    return dict(found[-1]) if found else {"text": "", "attachments": []}


JOINING = (a_neighbour_joins,)
ASKING = (a_question_in_the_group, the_archive_tells)
AGAIN = (the_archive_again,)
