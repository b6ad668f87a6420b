"""Welcomes to contacts and for groups, made by our client at the twin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import State
from bot.platforms.call import ask
from bot.platforms.checks import Unfit
from bot.platforms.port import Port
from bot.platforms.wecom.api.material import (
    Document,
    LinkCard,
    Material,
    MiniProgram,
    Picture,
    Video,
)
from bot.platforms.wecom.api.media import KeepCorpMedia
from bot.platforms.wecom.api.welcomes import (
    AddGroupWelcome,
    DeleteGroupWelcome,
    EditGroupWelcome,
    GroupWelcome,
    ReadGroupWelcome,
    SendWelcome,
)
from bot.platforms.wire import File
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out

LINK = LinkCard(title="进群", url="https://shop.example/j", description="宠物群")
PNG = File(name="a.png", content=b"\x89PNG\r\n\x1a\nrest")
AGENT = 1000002


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def media(port: Port, kind: str = "image", file: File = PNG) -> str:
    """Keep a file at the platform and return its media id."""
    told = await ask(port, KeepCorpMedia(file=file, kind=kind))
    assert told.value
    return told.value


async def welcome_code(scene: Scene) -> str:
    """Let 甲 add 小王 and return the code that came with it."""
    await scene.do("add_contact", "甲", staff="xiaowang")
    return scene.bot.texts("WelcomeCode")[-1]


async def test_a_welcome_carries_everything_a_customer_can_be_shown(scene: Scene) -> None:
    code = await welcome_code(scene)
    async with way_out(scene, "wecom") as port:
        picture = await media(port)
        video = await media(port, "video", File(name="a.mp4", content=b"0000ftypmp42"))
        paper = await media(port, "file", File(name="a.pdf", content=b"%PDF-1.7"))
        program = MiniProgram(title="会员", cover=picture, appid="wx1", page="/pages/index")
        shown = (Picture(media=picture), LINK, program, Video(media=video), Document(media=paper))
        told = await ask(port, SendWelcome(code=code, text="欢迎", attachments=shown))
        busy = await ask(port, SendWelcome(code=code, text="欢迎"))
        await scene.control("clock", {"jump_s": 5})
        again = await ask(port, SendWelcome(code=code, text="欢迎"))
    assert told.done and told.receipt.code == 0
    assert busy.receipt.code == 41096 and busy.receipt.state is State.READY
    # The platform's own key at work: the welcome is there, whoever asks again.
    assert again.done and again.receipt.code == 41051
    (seen,) = [one for one in await scene.phone("甲") if one["text"] == "欢迎"]
    assert len(seen["attachments"]) == 5  # type: ignore[arg-type]  # the phone shows a list


async def test_a_welcome_code_that_is_not_one_is_refused(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        told = await ask(port, SendWelcome(code="nothing", text="欢迎"))
    assert told.receipt.code == 41050 and told.receipt.state is State.FAILED


@pytest.mark.parametrize(
    "welcome",
    [
        SendWelcome(code="c"),
        SendWelcome(code="c", text="好" * 1334),
        SendWelcome(code="c", attachments=(LINK,) * 10),
        SendWelcome(code="c", attachments=(LinkCard(title="", url="u"),)),
        SendWelcome(code="c", attachments=(LinkCard(title="好" * 43, url="u"),)),
        SendWelcome(code="c", attachments=(LinkCard(title="t", url="u" * 2049),)),
        SendWelcome(code="c", attachments=(LinkCard(title="t", url="u", description="d" * 513),)),
        SendWelcome(code="c", attachments=(Picture(),)),
        SendWelcome(code="c", attachments=(Video(media=""),)),
        SendWelcome(
            code="c", attachments=(MiniProgram(title="t" * 65, cover="m", appid="a", page="p"),)
        ),
    ],
)
def test_a_welcome_that_would_be_refused_is_never_sent(welcome: SendWelcome) -> None:
    with pytest.raises(Unfit):
        welcome.body()


async def test_a_welcome_for_groups_is_kept_read_changed_and_removed(scene: Scene) -> None:
    first = GroupWelcome(text="%NICKNAME%，欢迎", material=LINK)
    async with way_out(scene, "wecom") as port:
        made = await ask(port, AddGroupWelcome(welcome=first, agentid=AGENT))
        assert made.value
        read = await ask(port, ReadGroupWelcome(template=made.value))
        assert read.value == first
        second = GroupWelcome(text="您好")
        edit = EditGroupWelcome(template=made.value, welcome=second, agentid=AGENT)
        assert (await ask(port, edit)).done
        again = await ask(port, ReadGroupWelcome(template=made.value))
        assert again.value is not None and again.value.text == "您好"
        assert (await ask(port, DeleteGroupWelcome(template=made.value, agentid=AGENT))).done
        gone = await ask(port, ReadGroupWelcome(template=made.value))
    assert gone.receipt.state is State.FAILED


async def test_the_library_of_group_welcomes_is_full_at_a_hundred(scene: Scene) -> None:
    add = AddGroupWelcome(welcome=GroupWelcome(text="您好"), agentid=AGENT)
    async with way_out(scene, "wecom") as port:
        codes = [(await ask(port, add)).receipt.code for _ in range(101)]
    assert set(codes[:100]) == {0} and codes[100] == 41055


async def test_each_kind_of_material_is_read_as_it_was_written(scene: Scene) -> None:
    async with way_out(scene, "wecom") as port:
        picture = await media(port)
        kinds: list[Material] = [
            MiniProgram(title="会员", cover=picture, appid="wx1", page="/p"),
            Video(media=await media(port, "video", File(name="a.mp4", content=b"0000ftypmp42"))),
            Document(media=await media(port, "file", File(name="a.pdf", content=b"%PDF-1.7"))),
        ]
        for one in kinds:
            welcome = GroupWelcome(text="看这里", material=one)
            made = await ask(port, AddGroupWelcome(welcome=welcome, agentid=AGENT))
            assert made.value
            read = await ask(port, ReadGroupWelcome(template=made.value))
            assert read.value == welcome
        shown = GroupWelcome(material=Picture(media=picture))
        made = await ask(port, AddGroupWelcome(welcome=shown, agentid=AGENT))
        assert made.value
        read = await ask(port, ReadGroupWelcome(template=made.value))
    # A picture comes back by its address.
    assert read.value is not None and isinstance(read.value.material, Picture)
