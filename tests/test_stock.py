"""Starting up: every pool group becomes usable, and a batch of codes never holds up a callback."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, TypeVar

import pytest

from bot.db.tx import Database, Work
from commands.parts.stock import meet_groups, stock_shelves
from tests.little_shop import NEWCOMER, shop_content
from tests.rooms import Installed, Plans, installed

T = TypeVar("T")


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


class CountedWrites:
    """A database that counts what is written."""

    alone: ClassVar[bool] = True

    def __init__(self, db: Database) -> None:
        self._db = db
        self.writes = 0

    async def write(self, work: Work[T], *, soon: bool = False) -> T:
        """Count and write."""
        self.writes += 1
        return await self._db.write(work, soon=soon)

    async def read(self, work: Work[T]) -> T:
        """Read."""
        return await self._db.read(work)


async def know(shop: Installed, chat: str, config_id: str) -> None:
    await shop.run(
        "INSERT INTO chat_group(chat, account, config_id) VALUES(?, 'corp', ?)", chat, config_id
    )


async def test_every_group_of_a_pool_is_met_once(shop: Installed) -> None:
    assert await meet_groups(shop.db, shop.shop) == 3
    assert await meet_groups(shop.db, shop.shop) == 0


async def test_a_group_that_was_known_before_its_pool_still_gets_a_way_in(shop: Installed) -> None:
    await know(shop, "wrPETS1", "")
    await know(shop, "wrPETS2", "made")
    assert await meet_groups(shop.db, shop.shop) == 2
    await shop.settle_down()
    made = {one.body["chat_id_list"][0] for one in shop.platform.to("groupchat/add_join_way")}
    assert made == {"wrPETS1", "wrPETS0"}


async def test_a_batch_is_taken_in_portions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.parts.stock._PORTION", 2)
    (tmp_path / "codes.csv").write_text("code\n" + "\n".join(f"C{n}" for n in range(5)), "utf-8")
    batch = replace(NEWCOMER, codes_file="codes.csv", stock=5)
    content = replace(shop_content(), campaigns={"newcomer": batch})
    plans = Plans(content=lambda: content, codes={"newcomer": []})
    async with installed(tmp_path, plans) as shop:
        counted = CountedWrites(shop.db)
        assert await stock_shelves(counted, content, tmp_path) == 5
        assert counted.writes == 3
        assert await stock_shelves(shop.db, content, tmp_path) == 0
