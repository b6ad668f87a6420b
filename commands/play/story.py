"""The story of a store's morning: its first seven scenes, of people, doors and benefits."""

from commands.play import peek
from commands.play.theatre import Theatre, code_in, link_in

STORE = "S012"
POSTER = f"poster-{STORE}-door"
PETS = f"wrPETS_{STORE}_1"
PETS_NEXT = f"wrPETS_{STORE}_2"
PASSPHRASES = {PETS: "良渚喵呜", PETS_NEXT: "良渚汪汪"}
OWNER = "xiaowang"
FULL = 200
STRANGE = "会不会下冰雹"


async def scan_and_follow(play: Theatre) -> None:
    """1. 甲 scans the store's poster and follows: greeted inside the response, tagged."""
    done = await play.act(1, "甲", "扫门店海报并关注", "scan_oa", poster=POSTER)
    play.promise(1, "甲", "shown", "福利官小度哥", happening=done["happening"])
    play.promise(1, "甲", "label", f"门店/{STORE}")
    play.promise(1, "甲", "label", f"来源/{POSTER}")


async def type_a_slip(play: Theatre) -> None:
    """2. 甲 types a homophone slip and gets the newcomer coupon."""
    done = await play.act(2, "甲", "输入「领劵」", "type", text="领劵")
    play.promise(2, "甲", "code", "newcomer")
    play.promise(2, "甲", "shown", code_in(done["text"]) or "券码", happening=done["happening"])


async def ask_again(play: Theatre) -> None:
    """3. 甲 asks again and is shown the same code."""
    done = await play.act(3, "甲", "输入「领券」", "type", text="领券")
    play.promise(3, "甲", "shown", code_in(done["text"]) or "券码", happening=done["happening"])


async def into_the_group(play: Theatre) -> None:
    """4. 甲 asks for the pet group, taps, joins; the join is seen and the benefit arrives."""
    done = await play.act(4, "甲", "输入「宠物群」", "type", text="宠物群")
    play.promise(4, "甲", "shown", "/j/", happening=done["happening"])
    await pick_welcome(play, 4, PETS)
    welcome = await join_by_link(play, 4, "甲", done["text"])
    await recognised(play, 4, "甲", PETS, welcome)
    play.promise(4, "甲", "seat", PETS)
    play.promise(4, "甲", "code", "pet-newcomer")
    given = "进群礼给你准备好了" if play.unionids else "进群礼每人一份"
    play.promise(4, "甲", "shown", given)
    play.promise(4, "甲", "label", "群/宠物")


async def pick_welcome(play: Theatre, step: int, chat: str) -> None:
    """Let the group's owner pick the welcome that the bot has made ready for it."""
    template = peek.welcome_of(play.database, chat)
    done = await play.twin.do("pick_group_welcome", OWNER, chat_id=chat, template_id=template)
    play.expect(step, "error" not in done, f"入群欢迎语应选用得上，实为 {done.get('error')}")
    play.say(
        step, "小王", f"在群 {chat} 选用入群欢迎语", "新进群的人会看到", channel="企业微信",
        truth="employee",
    )  # fmt: skip


async def recognised(play: Theatre, step: int, who: str, chat: str, welcome: str) -> None:
    """Let somebody who joined be known at the Official Account: by unionid, else a passphrase."""
    words = PASSPHRASES[chat]
    play.promise(step, who, "shown", f"发“{words}”")
    play.expect(step, words in welcome, f"进群应看到口令「{words}」，实为「{welcome}」")
    if play.unionids:
        await play.tell_join(step, who, await play.await_news(who))
        return
    await play.settled()
    early = await play.news(who)
    play.expect(step, not early, f"没有 unionid 时还认不出 {who}，却看到「{early}」")
    done = await play.act(step, who, f"在公众号输入口令「{words}」", "type", text=words)
    play.promise(step, who, "shown", "对上了", happening=done["happening"])


async def join_by_link(play: Theatre, step: int, who: str, text: str) -> str:
    """Let a person open the way in they were shown, and join by the picture behind it.

    Return what the group greeted them with.
    """
    page = await play.twin.do("open_link", who, url=link_in(text))
    pictures = page.get("pictures") or []
    play.say(
        step, who, "点开入群链接", "看到群二维码" if pictures else str(page.get("error", page)),
        channel="手机", truth="customer_tap",
    )  # fmt: skip
    if not pictures:
        return ""
    done = await play.act(step, who, "长按二维码进群", "join_group", qr=pictures[0])
    return str(done["text"])


async def add_the_employee(play: Theatre) -> None:
    """5. 乙 adds the store's employee: welcomed within 20 s with the group's way in."""
    await play.act(
        5, "乙", "扫导购小王的活码加好友", "add_contact", patient=True,
        code=f"staff-xiaowang-{STORE}",
    )  # fmt: skip
    await play.settled()
    contact = await play.twin.get("contact/乙")
    play.say(
        5, "小王", "看客户资料", f"备注 {contact['remark']}；标签 {'、'.join(contact['labels'])}",
        channel="企业微信", truth="automatic",
    )  # fmt: skip
    play.promise(5, "乙", "shown", "/j/")
    play.promise(5, "乙", "remark", "良渚店")
    play.promise(5, "乙", "label", STORE)


async def the_group_fills(play: Theatre) -> None:
    """6. The group reaches 200: the next customer goes to the next group, operators are warned."""
    groups = (await play.twin.get("wiring"))["groups"]
    size = next(g["size"] for g in groups if g["chat_id"] == PETS)
    await play.twin.do("join_many", "甲", chat_id=PETS, count=FULL - size, batch=40, wait_s=20.0)
    await play.settled()
    warned = [n for n in peek.notices(play.database) if "宠物 1 群" in n]
    play.expect(
        6, len(warned) == len(("nearly full", "full")), f"群快满与已满应各告警一次，实为 {warned}"
    )
    play.say(6, "顾客们", f"陆续进群，{PETS} 到 {FULL} 人", "；".join(peek.notices(play.database)))
    await play.act(6, "丙", "扫门店海报并关注", "scan_oa", poster=POSTER)
    done = await play.act(6, "丙", "输入「宠物群」", "type", text="宠物群")
    play.promise(6, "丙", "shown", "宠物 2 群", happening=done["happening"])
    await pick_welcome(play, 6, PETS_NEXT)
    welcome = await join_by_link(play, 6, "丙", done["text"])
    await recognised(play, 6, "丙", PETS_NEXT, welcome)
    play.promise(6, "丙", "seat", PETS_NEXT)
    play.promise(6, "丙", "code", "pet-newcomer")


async def a_strange_question(play: Theatre) -> None:
    """7. 甲 asks what no rule knows: the fallback answers, and the phrase is listed."""
    done = await play.act(7, "甲", f"输入「{STRANGE}」", "type", text=STRANGE)
    play.promise(7, "甲", "shown", "领券", happening=done["happening"])
    known = STRANGE in peek.gaps(play.database)
    play.expect(7, known, f"「{STRANGE}」应列在 rules gaps 里")
    play.say(7, "店长", "看 rules gaps", f"「{STRANGE}」{'在列' if known else '不在列'}")


SCENES = (
    scan_and_follow,
    type_a_slip,
    ask_again,
    into_the_group,
    add_the_employee,
    the_group_fills,
    a_strange_question,
)
