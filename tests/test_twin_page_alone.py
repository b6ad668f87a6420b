"""The twin's page keeps to itself: who may ask, what it loads, what it serves."""

import asyncio
import gzip
import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_bot import Scene
from tests.twin_page import echoing
from twin.page.static_files import FOLDER, StaticFiles

HTMX = FOLDER / "vendor" / "htmx-4.0.1"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with echoing(tmp_path) as one:
        yield one


async def test_nothing_comes_from_elsewhere_and_nothing_is_inline(scene: Scene) -> None:
    async with scene.http.get(scene.twin.control("/")) as got:
        policy, shown = got.headers["Content-Security-Policy"], await got.text()
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|style=", shown)
    assert all(one.startswith("/") for one in re.findall(r'(?:src|action)="([^"]*)"', shown))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
async def test_another_site_cannot_act(scene: Scene, headers: dict[str, str], status: int) -> None:
    """Neither on the page's own addresses nor on those for programs."""
    for path in ("/page/clock", "/twin/clock"):
        url = scene.twin.control(path)
        jump = {"json": {"jump_s": 1}} if path == "/twin/clock" else {"data": {"jump_s": "1"}}
        async with scene.http.post(url, headers=headers, **jump) as got:
            assert got.status == status


async def test_a_name_that_is_pointed_here_reads_nothing(scene: Scene) -> None:
    url = scene.twin.control("/twin/wiring")
    async with scene.http.get(url, headers={"Host": "evil.example:80"}) as got:
        assert got.status == 403
        assert "secret" not in await got.text()


async def test_the_live_feed_tells_what_came_after_the_page_was_drawn(scene: Scene) -> None:
    newest = len(scene.twin.stage.book.entries)
    await scene.do("scan_oa", "甲", poster="poster-S012-door")
    url = scene.twin.control(f"/page/live?since={newest}")
    async with scene.http.get(url) as got, asyncio.timeout(2):
        assert got.content_type == "text/event-stream"
        assert (await got.content.readline()).startswith(b"id: ")
        assert await got.content.readline() == b"event: changed\n"


async def test_an_uploaded_picture_is_shown_and_anything_else_is_not(scene: Scene) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 20
    picture = await scene.upload("wecom", "media/upload", ("a.png", png), type="image")
    page_ = await scene.upload("wecom", "media/upload", ("b.png", b"<html>hi"), type="image")
    for told, status in ((picture, 200), (page_, 404)):
        url = scene.twin.control(f"/page/media/{told['media_id']}")
        async with scene.http.get(url) as got:
            assert got.status == status


def test_what_was_vendored_is_as_it_was_published() -> None:
    told = (HTMX / "VERSION").read_text(encoding="utf-8")
    for name in ("htmx.min.js", "hx-sse.min.js"):
        digest = hashlib.sha256((HTMX / name).read_bytes()).hexdigest()
        assert f"sha256 {digest} {name}" in told
    assert "Zero-Clause BSD" in (HTMX / "LICENSE").read_text(encoding="utf-8")


async def test_a_file_is_served_only_under_the_name_of_its_content(scene: Scene) -> None:
    address = StaticFiles().address("page.css")
    for path, status in ((address, 200), (address.replace("static/", "static/0"), 404)):
        async with scene.http.get(scene.twin.control(path)) as got:
            assert got.status == status
    total = sum(len(gzip.compress(one.read_bytes())) for one in FOLDER.rglob("*.*s"))
    assert total < 60_000
