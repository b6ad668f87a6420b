"""The page behind an invitation: the group's picture for who holds the link, and nothing else."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse

from tests.callbacks import followed, said
from tests.front import Client, front
from tests.little_shop import GROUPS, NOW, PETS, shop_content
from tests.rooms import Installed, Plans, installed


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


@pytest.fixture
async def client(shop: Installed) -> AsyncIterator[Client]:
    async with front(shop) as one:
        yield one


async def invited(shop: Installed, client: Client) -> ClientResponse:
    await shop.say("ada", followed("ada", "poster-S012-door"))
    answer = await shop.say("ada", said("ada", "宠物群", 1))
    assert answer is not None
    link = re.search(r"https://shop\.example(/j/\w+)", answer.decode())
    assert link
    return await client.get(link[1])


async def know(shop: Installed, state: str = "open", qr_code: str = "https://q/1.png") -> None:
    await shop.run(
        "INSERT INTO chat_group(chat, account, state, qr_code) VALUES('wrPETS1', 'corp', ?, ?)",
        state, qr_code,
    )  # fmt: skip


async def test_the_link_shows_the_groups_picture(shop: Installed, client: Client) -> None:
    await know(shop)
    got = await invited(shop, client)
    page = await got.text()
    assert got.status == 200
    assert "良渚宠物一群" in page
    assert '<img src="https://q/1.png"' in page


async def test_a_picture_made_by_hand_is_shown_too(shop: Installed, client: Client) -> None:
    """The pool's file names the picture; no platform ever told us of one."""
    got = await invited(shop, client)
    assert got.status == 200
    assert '<img src="https://q/1.png"' in await got.text()


async def test_the_page_runs_nothing_and_loads_nothing_but_the_picture(
    shop: Installed, client: Client
) -> None:
    await know(shop)
    got = await invited(shop, client)
    policy = got.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; img-src https://q 'self';")
    assert got.headers["Referrer-Policy"] == "no-referrer"
    assert got.headers["Cache-Control"] == "no-store"
    assert "<script" not in await got.text()


async def test_names_and_pictures_cannot_break_out_of_the_page(tmp_path: Path) -> None:
    sly = replace(GROUPS[0], name="<script>", qr_code='https://q/"><script>alert(1)</script>')
    content = replace(shop_content(), pools={"pets": replace(PETS, groups=(sly,))})
    async with installed(tmp_path, Plans(content=lambda: content)) as shop, front(shop) as client:
        got = await invited(shop, client)
        assert got.status == 200
        assert "<script>" not in await got.text()
        assert "img-src https://q 'self';" in got.headers["Content-Security-Policy"]


@pytest.mark.parametrize("state", ["dismissed", "full"])
async def test_a_group_nobody_can_enter_says_so(
    shop: Installed, client: Client, state: str
) -> None:
    await shop.say("ada", followed("ada", "poster-S012-door"))
    await shop.say("ada", said("ada", "宠物群", 1))
    await know(shop, state)
    ticket = await shop.one("SELECT ticket FROM invite")
    got = await client.get(f"/j/{ticket}")
    assert got.status == 410
    assert "<img" not in await got.text()


async def test_a_link_nobody_was_given_leads_nowhere(client: Client) -> None:
    got = await client.get("/j/0123456789abcdef")
    assert got.status == 404
    assert "<img" not in await got.text()


async def test_an_invitations_link_cannot_be_guessed(shop: Installed, client: Client) -> None:
    await invited(shop, client)
    ticket = str(await shop.one("SELECT ticket FROM invite"))
    assert len(ticket) >= 24


@pytest.mark.parametrize("shut", [{"closed": True}, {"expires": NOW}], ids=["closed", "expired"])
async def test_a_group_the_operator_has_shut_shows_no_way_in(
    tmp_path: Path, shut: dict[str, Any]
) -> None:
    content = shop_content()

    async with installed(tmp_path, Plans(content=lambda: content)) as shop:
        await shop.say("ada", followed("ada", "poster-S012-door"))
        await shop.say("ada", said("ada", "宠物群", 1))
        ticket = await shop.one("SELECT ticket FROM invite")
    later = replace(content, pools={"pets": replace(PETS, groups=(replace(GROUPS[0], **shut),))})
    async with installed(tmp_path, Plans(content=lambda: later)) as shop, front(shop) as client:
        got = await client.get(f"/j/{ticket}")
        assert got.status == 410
        assert "<img" not in await got.text()
