"""One template card of each kind with everything on it, for the contract and field tests."""

from bot.platforms.wecom.api.app import Receivers, SendAppMessage
from bot.platforms.wecom.api.card_parts import (
    Boxes,
    Heading,
    Image,
    ImageText,
    Jump,
    Line,
    Menu,
    Option,
    Question,
    Quote,
    Source,
    Tap,
    Target,
)
from bot.platforms.wecom.api.cards import (
    ButtonCard,
    NewsNotice,
    QuestionsCard,
    TemplateCard,
    TextNotice,
    VoteCard,
)
from bot.platforms.wecom.api.messages import AppCard

HOME = Target(url="https://shop.example/")
PAGE = Target(appid="wx123", page="/pages/index")
TITLE = Heading(title="待办", text="今天要做的")
OPTIONS = (Option(id="a", text="上午", chosen=True), Option(id="b", text="下午"))
LINES = (
    Line(name="门店", value="良渚店"),
    Line(name="详情", value="点这里", url="https://shop.example/d"),
    Line(name="负责人", staff="xiaowang"),
)
MENU = Menu(taps=(Tap(text="不再提醒", key="mute"),), text="更多")


def buttons(task: str) -> ButtonCard:
    """Return a card with two buttons."""
    return ButtonCard(
        heading=TITLE,
        task=task,
        subtitle="群里有人问几点开门",
        buttons=(Tap(text="已发送", key="sent"), Tap(text="不用发", key="skip", style=2)),
        question=Question(key="when", title="何时", options=OPTIONS),
        lines=LINES,
    )


CARDS: tuple[TemplateCard, ...] = (
    TextNotice(
        heading=TITLE,
        task="t1",
        source=Source(text="店小二", colour=1),
        menu=MENU,
        emphasis=Heading(title="12", text="待补货"),
        subtitle="今晚之前",
        quote=Quote(title="店长", text="请补货", target=HOME),
        lines=LINES,
        jumps=(Jump(title="去看", target=HOME), Jump(title="小程序", target=PAGE)),
        action=HOME,
    ),
    NewsNotice(
        heading=TITLE,
        image=Image(url="https://shop.example/p.png", ratio=1.5),
        stacked=(Heading(title="要点", text="补货"),),
        action=PAGE,
    ),
    NewsNotice(
        heading=TITLE,
        image=ImageText(image="https://shop.example/p.png", title="左图", target=HOME),
        action=HOME,
    ),
    buttons("t3"),
    VoteCard(
        heading=TITLE,
        task="t4",
        boxes=Boxes(key="q", options=OPTIONS, many=True),
        submit=Tap(text="提交", key="ok"),
    ),
    QuestionsCard(
        heading=TITLE,
        task="t5",
        questions=(Question(key="when", options=OPTIONS),),
        submit=Tap(text="提交", key="ok"),
    ),
)


def sent_card(card: TemplateCard, agentid: int) -> SendAppMessage:
    """Return the call that sends a card to 小王."""
    to = Receivers(staff=("xiaowang",))
    return SendAppMessage(to=to, message=AppCard(card=card), agentid=agentid)
