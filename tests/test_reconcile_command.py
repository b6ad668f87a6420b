"""`reconcile`: on demand, by the running server or without one, and what it prints."""

import asyncio
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from commands.app import main
from commands.reconcile import verb
from tests.test_reconcile_story import deaf, hearing, later
from tests.twin_bot import on_stage
from tests.twin_shop import home_of, twin_shop


def furnished(home: Path) -> None:
    """Leave the samples as they are; their groups are met."""


async def test_without_a_server_contacts_from_before_are_met_and_are_no_gap(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with on_stage(tmp_path, wired=False) as scene:
        await scene.do("add_contact", "甲", code="staff-xiaowang-S012")
        await scene.control("clock", {"jump_s": -3600})
        home = home_of(tmp_path / "home", scene, None)
        code = await asyncio.to_thread(
            verb.run, home.folder, account="", since="", show=False, as_json=True
        )
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (code, told["done"], told["gaps"]) == (0, True, [])
    states = {one["part"]: one["state"] for one in told["parts"]}
    assert states == dict.fromkeys(("contacts", "followers", "groups", "kf", "labels"), "done")


async def test_a_running_server_compares_and_the_page_names_what_was_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with twin_shop(tmp_path, furnished) as shop:
        await shop.settled()
        await shop.worker.sweep()
        await later(shop, 60)
        await deaf(shop)
        await shop.act("add_contact", "甲", code="staff-xiaowang-S012")
        await hearing(shop)
        await later(shop, 600)
        server = urlsplit(next(iter(shop.scene.twin.stage.callbacks.values())))
        monkeypatch.setenv("XIAOER_LISTEN__PORT", str(server.port))
        clock = shop.scene.twin.control("/twin/clock")
        monkeypatch.setenv("XIAOER_TWIN_CLOCK_URL", clock)
        capsys.readouterr()

        folder = shop.folder
        code = await asyncio.to_thread(
            verb.run, folder, account="", since="2020-01-01", show=False, as_json=False
        )

        page = capsys.readouterr().out
        assert code == 1
        assert "客户：比完，比对" in page
        assert "加了好友 小王（xiaowang）" in page
        assert shop.scene.external("甲") in page
        assert "发现于" in page


async def test_without_a_server_what_is_left_owed_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_stage(tmp_path, wired=False) as scene:
        monkeypatch.setenv("XIAOER_TWIN_CLOCK_URL", scene.twin.control("/twin/clock"))
        home = home_of(tmp_path / "home", scene, None)
        await asyncio.to_thread(
            verb.run, home.folder, account="", since="", show=False, as_json=False
        )
        assert "启动 serve" not in capsys.readouterr().out
        await scene.control("clock", {"jump_s": 3600})
        await scene.do("add_contact", "甲", code="staff-xiaowang-S012")
        await scene.control("clock", {"jump_s": 3600})
        code = await asyncio.to_thread(
            verb.run, home.folder, account="", since="", show=False, as_json=False
        )
    page = capsys.readouterr().out
    assert code == 1
    assert "加了好友" in page
    assert "服务没有运行：有" in page and "启动 serve" in page


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--account", "nobody"), "没有能对账的账号 nobody"),
        (("--since", "上周"), "--since 应为"),
    ],
)
def test_a_slip_is_answered_in_chinese(
    options: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    assert main(["init", "--home", str(home)]) == 0
    assert main(["reconcile", "--home", str(home), *options]) == 2
    assert said in capsys.readouterr().err
