"""Pictures and links in customer service: uploaded once, found again, uploaded anew when lost."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.actions import Attachment, Receipt, SendKf, State
from bot.db import memory
from bot.platforms.kf import calls
from bot.platforms.wire import Answer, File, Phase
from tests.kf_desk import Desk, customer_service
from tests.pictures import JPG, PNG
from tests.platform import fine, refused

SEND, UPLOAD = "kf/send_msg", "media/upload"
PLAIN = SendKf(account="corp", kf="wk1", member="m-ada", text="")
MAP = replace(PLAIN, image="map.png", name="image")
LINK = replace(PLAIN, link=Attachment(title="会员", url="https://shop.example/m"), name="link")
THREE_DAYS_S = 3 * 24 * 3600


@dataclass(slots=True)
class Shelf:
    """What the platform keeps of uploads, in front of a desk whose home has pictures."""

    desk: Desk
    folder: Path
    files: list[File] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    async def take(self, path: str, file: File, *, query: Mapping[str, str]) -> Answer:
        """Keep a file under the next id, or answer as was arranged."""
        assert (path, query["type"]) == (f"/cgi-bin/{UPLOAD}", "image")
        if self.answers:
            return self.answers.pop(0)
        self.files.append(file)
        return fine(media_id=f"M{len(self.files)}", created_at="1")

    async def send(self, action: SendKf = MAP, attempts: int = 1) -> Receipt:
        """Carry a message out, and remember what its receipt says."""
        port = replace(
            self.desk.port, effect="E1", media=self.folder, clock=self.desk.performer._clock
        )
        receipt = await calls.perform(action, port, attempts)
        await self.desk.db.write(lambda tx: memory.remember(tx, "corp", receipt.remember))
        return receipt

    def sent(self) -> list[str]:
        """Return the media ids that were sent, as pictures or as a link's."""
        bodies = [one.body for one in self.desk.platform.to(SEND)]
        return [
            (b.get("image") or {}).get("media_id") or b["link"]["thumb_media_id"] for b in bodies
        ]


@pytest.fixture
async def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shelf]:
    folder = tmp_path / "media"
    folder.mkdir()
    (folder / "map.png").write_bytes(PNG)
    async with customer_service(tmp_path) as desk:
        one = Shelf(desk, folder)
        monkeypatch.setattr(desk.platform, "upload", one.take)
        yield one


async def test_a_picture_is_uploaded_and_sent(shelf: Shelf) -> None:
    assert (await shelf.send()).state is State.DONE
    assert shelf.sent() == ["M1"]
    assert [(one.name, one.content) for one in shelf.files] == [("picture.png", PNG)]


async def test_the_same_picture_is_uploaded_once_under_any_name(shelf: Shelf) -> None:
    (shelf.folder / "again.jpg").write_bytes(PNG)
    for name in ("map.png", "again.jpg", "map.png"):
        await shelf.send(replace(MAP, image=name))
    assert (shelf.sent(), len(shelf.files)) == (["M1"] * 3, 1)


async def test_ten_minutes_before_it_dies_it_is_uploaded_again(shelf: Shelf) -> None:
    await shelf.send()
    shelf.desk.hand.move(THREE_DAYS_S - 601)
    await shelf.send()
    shelf.desk.hand.move(2)
    await shelf.send()
    assert shelf.sent() == ["M1", "M1", "M2"]


async def test_a_picture_that_the_platform_lost_is_uploaded_anew_once(shelf: Shelf) -> None:
    await shelf.send()
    shelf.desk.platform.answers[SEND] = lambda asked: (
        refused(40007) if asked.body["image"]["media_id"] == "M1" else fine()
    )
    assert (await shelf.send()).state is State.DONE
    assert shelf.sent() == ["M1", "M1", "M2"]
    await shelf.send()
    assert shelf.sent()[-1] == "M2"


async def test_a_picture_that_is_never_taken_is_a_failure(shelf: Shelf) -> None:
    shelf.desk.platform.answers[SEND] = lambda _: refused(40007)
    receipt = await shelf.send()
    assert (receipt.state, receipt.code) == (State.FAILED, 40007)
    assert len(shelf.files) == 2


async def test_a_link_has_our_picture_and_its_words(shelf: Shelf) -> None:
    await shelf.send(LINK)
    (call,) = shelf.desk.platform.to(SEND)
    card = {"title": "会员", "desc": "", "url": "https://shop.example/m", "thumb_media_id": "M1"}
    assert call.body["link"] == card
    assert shelf.files[0].content.startswith(b"\x89PNG")


async def test_an_upload_that_fails_sends_nothing_and_is_tried_again(shelf: Shelf) -> None:
    shelf.answers = [Answer(phase=Phase.WRITTEN, trouble="TimeoutError"), refused(40009)]
    again = await shelf.send()
    assert (again.state, again.meaning.startswith("图片没有传上去")) == (State.READY, True)
    assert (await shelf.send(attempts=2)).state is State.FAILED
    assert shelf.desk.platform.to(SEND) == []


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("none.png", None, "读不了"),
        ("text.png", b"not a picture", "不是 JPG 或 PNG"),
        ("big.jpg", JPG + bytes(10 * 1024 * 1024), "超过 10 MiB"),
        ("../secret.png", PNG, "不在家目录的 media/ 里"),
    ],
)
async def test_a_file_that_is_no_picture_of_ours_is_never_sent(
    shelf: Shelf, name: str, content: bytes | None, why: str
) -> None:
    if content is not None:
        (shelf.folder / name).write_bytes(content)
    receipt = await shelf.send(replace(MAP, image=name))
    assert (receipt.state, why in receipt.meaning) == (State.FAILED, True)
    assert shelf.desk.platform.effects() == []
