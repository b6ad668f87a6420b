"""Static files: kept for ever under names that change with them; nothing outside their folder."""

import gzip
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.web.static_files import FOLDER, StaticFiles
from tests.front import Client, front
from tests.rooms import installed

JSQR = FOLDER / "vendor" / "jsqr-1.4.0"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with installed(tmp_path) as shop, front(shop) as one:
        yield one


async def test_a_file_is_kept_for_a_year_under_the_name_of_its_content(client: Client) -> None:
    url = StaticFiles().url("phone.css")
    got = await client.get(url)
    assert (got.status, got.content_type) == (200, "text/css")
    assert "immutable" in got.headers["Cache-Control"]
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert await got.text() == (FOLDER / "phone.css").read_text(encoding="utf-8")


async def test_who_reads_no_gzip_gets_it_plain(client: Client) -> None:
    url = StaticFiles().url("vendor/jsqr-1.4.0/jsQR.js")
    plain = await client.get(url, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert await plain.read() == (JSQR / "jsQR.js").read_bytes()
    packed = await client.get(url, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("name", ["phone.css", "../pages.py", "%2e%2e/pages.py", "x.js", "vendor/"])
async def test_no_other_name_leads_anywhere(client: Client, name: str) -> None:
    assert (await client.get(f"/static/{name}")).status == 404


def test_another_content_has_another_name(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}", encoding="utf-8")
    first = StaticFiles(tmp_path).url("a.css")
    (tmp_path / "a.css").write_text("b{}", encoding="utf-8")
    assert StaticFiles(tmp_path).url("a.css") != first


def test_what_was_vendored_is_as_it_was_published() -> None:
    told = (JSQR / "VERSION").read_text(encoding="utf-8")
    digest = hashlib.sha256((JSQR / "jsQR.js").read_bytes()).hexdigest()
    assert f"sha256 {digest}" in told
    assert "Apache License" in (JSQR / "LICENSE").read_text(encoding="utf-8")
    assert len(gzip.compress((JSQR / "jsQR.js").read_bytes())) < 70_000
