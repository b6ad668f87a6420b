"""The app's messages to employees in every form, made by our client at the twin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import State
from bot.platforms.call import ask
from bot.platforms.checks import Unfit
from bot.platforms.port import Port
from bot.platforms.wecom.api.app import (
    EVERYBODY,
    ChangeCard,
    ReadApp,
    RecallAppMessage,
    Receivers,
    SendAppMessage,
)
from bot.platforms.wecom.api.card_parts import Heading, Target
from bot.platforms.wecom.api.cards import TemplateCard, TextNotice
from bot.platforms.wecom.api.media import KeepCorpMedia
from bot.platforms.wecom.api.messages import (
    AppMedia,
    AppMessage,
    AppText,
    AppVideo,
    Article,
    MiniProgramNotice,
    News,
    StoredArticle,
    TextCard,
)
from bot.platforms.wire import File
from tests.app_cards import CARDS, buttons, sent_card
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out

AGENT = 1000002
WANG = Receivers(staff=("xiaowang",))
FILES = {
    "image": File(name="a.png", content=b"\x89PNG\r\n\x1a\nrest"),
    "voice": File(name="a.amr", content=b"#!AMR\nvoice"),
    "video": File(name="a.mp4", content=b"0000ftypmp42"),
    "file": File(name="a.pdf", content=b"%PDF-1.7"),
}


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


def message(said: AppMessage, to: Receivers = WANG, **rest: int) -> SendAppMessage:
    """Return the call that sends something to 小王."""
    return SendAppMessage(to=to, message=said, agentid=AGENT, once_s=rest.get("once_s", 0))


async def media(port: Port, kind: str) -> str:
    """Keep a file of a kind at the platform and return its media id."""
    told = await ask(port, KeepCorpMedia(file=FILES[kind], kind=kind))
    assert told.value
    return told.value


async def test_every_kind_of_message_reaches_an_employee(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        picture = await media(port, "image")
        said: tuple[AppMessage, ...] = (
            AppText(text="您好"),
            AppText(text="**您好**", markdown=True),
            AppMedia(kind="image", media=picture),
            AppMedia(kind="voice", media=await media(port, "voice")),
            AppMedia(kind="file", media=await media(port, "file")),
            AppVideo(media=await media(port, "video"), title="讲解", description="三分钟"),
            TextCard(title="待办", description="补货", url="https://shop.example/", button="看"),
            News(articles=(Article(title="周报", url="https://shop.example/w"),)),
            News(articles=(StoredArticle(title="手册", cover=picture, content="<p>正文</p>"),)),
            MiniProgramNotice(
                appid="wx123", title="排班", page="p", lines=(("时间", "周一"),), emphasis=True
            ),
        )
        for one in said:
            told = await ask(port, message(one))
            assert told.done, (one.kind, told.receipt)
            assert told.value is not None and told.value.msgid and not told.value.absent
    assert len(await scene.phone("xiaowang")) == len(said)


@pytest.mark.parametrize("card", CARDS, ids=lambda one: str(one.kind))
async def test_every_template_card_reaches_an_employee(scene: Scene, card: TemplateCard) -> None:
    async with way_out(scene, "wecom") as port:
        told = await ask(port, sent_card(card, AGENT))
    assert told.done and told.value is not None, told.receipt
    assert bool(told.value.response_code) is card.must_have_task()
    assert len(await scene.phone("xiaowang")) == 1


async def test_who_cannot_be_reached_is_named_and_nobody_at_all_is_a_refusal(
    scene: Scene,
) -> None:
    async with way_out(scene, "wecom") as port:
        some = await ask(port, message(AppText(text="在吗"), Receivers(staff=("xiaoli", "ghost"))))
        none = await ask(port, message(AppText(text="在吗"), Receivers(staff=("ghost",))))
        everybody = await ask(port, message(AppText(text="大家"), Receivers(staff=(EVERYBODY,))))
        alien = SendAppMessage(to=WANG, message=AppText(text="x"), agentid=1)
        strange = await ask(port, alien)
    assert some.value is not None and some.value.absent == ("ghost",)
    assert none.receipt.code == 81013 and none.receipt.state is State.FAILED
    assert everybody.done
    assert strange.receipt.code == 40056


async def test_the_same_words_within_the_span_are_shown_once(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        for _ in range(2):
            assert (await ask(port, message(AppText(text="一次就好"), once_s=600))).done
    assert [one["text"] for one in await scene.phone("xiaowang")] == ["一次就好"]


async def test_a_card_is_changed_once_by_its_code(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        told = await ask(port, sent_card(buttons("task-1"), AGENT))
        assert told.value is not None
        change = ChangeCard(
            agentid=AGENT,
            response_code=told.value.response_code,
            staff=("xiaowang", "xiaoli"),
            word="已发送",
        )
        first, second = await ask(port, change), await ask(port, change)
    assert first.done and first.value == ("xiaoli",)
    assert second.receipt.code == 40058 and second.receipt.state is State.FAILED
    assert "已发送" in str((await scene.phone("xiaowang"))[-1])


async def test_a_card_is_replaced_for_everybody_who_has_it(scene: Scene) -> None:
    notice = TextNotice(
        heading=Heading(title="办完了"), task="task-2", action=Target(url="https://shop.example/")
    )
    async with way_out(scene, "wecom") as port:
        told = await ask(port, sent_card(buttons("task-2"), AGENT))
        assert told.value is not None
        code = told.value.response_code
        changed = await ask(port, ChangeCard(agentid=AGENT, response_code=code, card=notice))
    assert changed.done
    assert "办完了" in str((await scene.phone("xiaowang"))[-1])


async def test_a_message_is_taken_back(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        told = await ask(port, message(AppText(text="发错了")))
        assert told.value is not None
        assert (await ask(port, RecallAppMessage(msgid=told.value.msgid))).done
        late = await ask(port, RecallAppMessage(msgid="nothing"))
    assert late.receipt.state is State.FAILED


async def test_the_app_tells_its_name_and_who_sees_it(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        told = await ask(port, ReadApp(agentid=AGENT))
        strange = await ask(port, ReadApp(agentid=7))
    assert told.value is not None and told.value.agentid == AGENT
    assert not told.value.closed
    assert strange.receipt.state is State.FAILED


@pytest.mark.parametrize(
    "call",
    [
        message(AppText(text="")),
        message(AppText(text="好" * 683)),
        message(AppText(text="x"), Receivers()),
        message(AppText(text="x"), Receivers(staff=("s",) * 1001)),
        message(AppText(text="x"), Receivers(parties=(1,) * 101)),
        message(AppText(text="x"), once_s=14_401),
        message(AppMedia(kind="sticker", media="m")),
        message(AppMedia(kind="image", media="")),
        message(AppVideo(media="m", title="t" * 129)),
        message(TextCard(title="t", description="d", url="")),
        message(News(articles=())),
        message(News(articles=(Article(title="t", url="u"),) * 9)),
        message(News(articles=(Article(title="t"),))),
        message(MiniProgramNotice(appid="", title="t")),
        ChangeCard(agentid=1, response_code="c"),
    ],
)
def test_what_would_be_refused_is_never_sent(call: SendAppMessage | ChangeCard) -> None:
    with pytest.raises(Unfit):
        call.body()
