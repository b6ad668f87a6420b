"""Files of an Official Account, uploaded to and fetched from the twin by our client."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.platforms.call import Fetched, ask
from bot.platforms.checks import Unfit
from bot.platforms.media import KeepMedia, Kept, NoPicture, kept, picture
from bot.platforms.oa.api.media import PICTURE_BYTES, HangPicture, ReadOaMedia, UploadOaMedia
from bot.platforms.wire import File
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


@pytest.mark.parametrize(
    ("kind", "name"), [("image", "a.png"), ("voice", "a.mp3"), ("thumb", "a.jpg")]
)
async def test_a_file_comes_back_as_it_was_given(scene: Scene, kind: str, name: str) -> None:
    file = File(name=name, content=PNG)
    async with way_out(scene, "oa") as port:
        kept = await ask(port, UploadOaMedia(file=file, kind=kind))
        told = await ask(port, ReadOaMedia(media_id=kept.value or ""))
    assert kept.value
    assert told.value == Fetched(content=PNG)


async def test_of_a_video_its_address_comes_back(scene: Scene) -> None:
    async with way_out(scene, "oa") as port:
        kept = await ask(port, UploadOaMedia(file=File(name="a.mp4", content=PNG), kind="video"))
        told = await ask(port, ReadOaMedia(media_id=kept.value or ""))
    assert told.value is not None
    assert told.value.url.startswith("http") and not told.value.content


async def test_a_lost_file_is_refused_in_json_where_bytes_were_expected(scene: Scene) -> None:
    async with way_out(scene, "oa") as port:
        never = await ask(port, ReadOaMedia(media_id="nothing"))
        kept = await ask(port, UploadOaMedia(file=File(name="a.png", content=PNG)))
        await scene.control("clock", {"jump_s": 3 * 24 * 3600 + 1})
        gone = await ask(port, ReadOaMedia(media_id=kept.value or ""))
    assert (never.receipt.code, gone.receipt.code) == (40007, 40007)
    assert never.value is None and gone.value is None


async def test_a_picture_for_an_article_gets_a_lasting_address(scene: Scene) -> None:
    async with way_out(scene, "oa") as port:
        told = await ask(port, HangPicture(file=File(name="a.jpg", content=PNG)))
    assert told.value is not None and told.value.startswith("http")


async def test_what_the_platform_says_of_wrong_files(scene: Scene) -> None:
    wrong = (
        KeepMedia(file=File(name="a.png", content=PNG), kind="song"),
        KeepMedia(file=File(name="a.txt", content=PNG)),
        KeepMedia(file=File(name="图.png", content=PNG)),
    )
    async with way_out(scene, "oa") as port:
        told = [await ask(port, one) for one in wrong]
    assert [one.receipt.code for one in told] == [40004, 40005, 41005]


@pytest.mark.parametrize(
    ("name", "size", "kind"),
    [
        ("a.png", PICTURE_BYTES + 1, "image"),
        ("a.png", 0, "image"),
        ("a.webp", 9, "image"),
        ("图.png", 9, "image"),
        ("a.jpg", 65_537, "thumb"),
        ("a.png", 9, "song"),
    ],
)
def test_a_file_that_would_be_refused_is_never_uploaded(name: str, size: int, kind: str) -> None:
    with pytest.raises(Unfit):
        UploadOaMedia(file=File(name=name, content=bytes(size)), kind=kind)


def test_an_articles_picture_has_at_most_one_mb() -> None:
    with pytest.raises(Unfit):
        HangPicture(file=File(name="a.jpg", content=bytes(1024 * 1024 + 1)))


@dataclass
class Remembered:
    """A memory that keeps what a receipt told it to."""

    values: dict[str, str] = field(default_factory=dict)

    async def recall(self, account: str, name: str) -> str:
        return self.values.get(f"{account} {name}", "")


async def test_a_file_is_uploaded_once_for_each_kind_and_again_when_it_was_lost(
    scene: Scene,
) -> None:
    file, memory = File(name="a.jpg", content=PNG), Remembered()
    found: list[str] = []
    async with way_out(scene, "oa") as without:
        port = replace(without, memory=memory)
        for kind, anew in (("image", False), ("image", False), ("thumb", False), ("image", True)):
            held = await kept(port, file, 1, anew=anew, kind=kind)
            assert isinstance(held, Kept)
            found.append(held.media_id)
            memory.values |= {f"{port.account} {k}": v for k, v in held.remember.items()}
    assert found[0] == found[1]
    assert len(set(found)) == 3


def test_a_picture_may_be_too_large_for_one_platform_only(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG + bytes(PICTURE_BYTES))
    assert picture(tmp_path, "a.png").content
    with pytest.raises(NoPicture, match="超过 2 MiB"):
        picture(tmp_path, "a.png", PICTURE_BYTES)
