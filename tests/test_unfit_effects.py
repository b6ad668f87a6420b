"""Effects that a platform would refuse: they fail at once, and nothing is sent."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.actions import Attachment, Remote, SendApp, SendKf, State, WelcomeContact
from tests.kf_items import ADA, KF
from tests.rooms import Installed, installed

LINK = Attachment(title="进群", url="https://shop.example/")
WELCOME = WelcomeContact(account="corp", code="WC", text="欢迎", attachments=(LINK,))


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


@pytest.mark.parametrize(
    ("effect", "says"),
    [
        (replace(WELCOME, attachments=(LINK,) * 10), "附件有 10 个"),
        (replace(WELCOME, attachments=(replace(LINK, url="u" * 2049),)), "链接的网址有 2049 字节"),
        (replace(WELCOME, text="", attachments=()), "欢迎语不能什么都没有"),
        (SendApp(account="corp", staff="xiaowang", text=""), "应用消息不能为空"),
        (SendKf(account="corp", kf=KF, member=ADA, text="", name="say"), "客服消息不能为空"),
    ],
)
async def test_what_would_be_refused_fails_unsent_and_says_why(
    shop: Installed, effect: Remote, says: str
) -> None:
    door = shop.performer._doors["corp"]
    receipt = await door.call(effect, door.port, 1)

    assert receipt.state is State.FAILED
    assert receipt.meaning.startswith("没有发出：") and says in receipt.meaning
    assert shop.platform.effects() == []


async def test_a_link_without_a_title_shows_its_address(shop: Installed) -> None:
    door = shop.performer._doors["corp"]
    effect = replace(WELCOME, attachments=(replace(LINK, title=""),))

    assert (await door.call(effect, door.port, 1)).state is State.DONE
    (call,) = shop.platform.to("send_welcome_msg")
    assert call.body["attachments"][0]["link"]["title"] == "https://shop.example/"
