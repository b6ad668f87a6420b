"""The home that `twin --home` writes: whose it is, what stands in it, what stays the owner's."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from commands.parts.compose import open_home
from commands.parts.problems import Stop
from commands.twin.home import MEMORY, TwinHome, check_ports
from tests.ports import free_port, listener
from tests.twin_bot import on_stage
from twin.wiring import wiring

READY = {
    "oa_port": 1, "wecom_port": 2, "control_port": 3, "control": "http://127.0.0.1:3",
    "oa_base": "http://127.0.0.1:1", "wecom_base": "http://127.0.0.1:2",
}  # fmt: skip
MOVED = {
    **READY, "control_port": 4, "control": "http://127.0.0.1:4", "oa_base": "http://127.0.0.1:5",
}  # fmt: skip


@pytest.fixture
async def told(tmp_path: Path) -> dict[str, Any]:
    """What the demonstration's world tells of itself."""
    async with on_stage(tmp_path, wired=False) as scene:
        return dict(wiring(scene.twin.stage))


def settings(folder: Path) -> dict[str, Any]:
    """The settings of a home as they stand in the file."""
    found: dict[str, Any] = yaml.safe_load((folder / "settings.yaml").read_text("utf-8"))
    return found


@pytest.mark.parametrize("name", ["settings.yaml", "notes.txt", "instance.key", ".env"])
def test_a_folder_with_anything_of_somebody_elses_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine", "utf-8")
    with pytest.raises(Stop, match="换一个空目录"):
        TwinHome.claimed(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_a_file_is_no_home(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("mine", "utf-8")
    with pytest.raises(Stop, match="不是目录"):
        TwinHome.claimed(tmp_path / "home")


def test_a_missing_an_empty_and_a_hardly_begun_folder_are_taken(tmp_path: Path) -> None:
    assert TwinHome.claimed(tmp_path / "new").memory.world == ""
    assert not (tmp_path / "new").exists()
    (tmp_path / "lost+found").mkdir()
    (tmp_path / "twin-book.jsonl").write_text("", "utf-8")
    assert TwinHome.claimed(tmp_path).memory.world == ""


def test_a_home_whose_memory_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / MEMORY).write_text('{"v": 1, "ports": "no"}', "utf-8")
    with pytest.raises(Stop, match="读不懂"):
        TwinHome.claimed(tmp_path)


def test_a_home_stays_with_its_world(told: dict[str, Any], tmp_path: Path) -> None:
    home = TwinHome.claimed(tmp_path / "home").wired(told, READY)
    before = (home.folder / "settings.yaml").read_bytes()
    with pytest.raises(Stop, match="是给世界 yidian 写的"):
        home.wired({**told, "world": "empty"}, MOVED)
    assert (home.folder / "settings.yaml").read_bytes() == before


def test_a_written_home_can_be_served_and_follows_the_twins_clock(
    told: dict[str, Any], tmp_path: Path
) -> None:
    written = TwinHome.claimed(tmp_path / "home").wired(told, READY)
    home = open_home(written.folder)
    assert home.errors == ()
    assert home.settings.twin_clock_url == "http://127.0.0.1:3/twin/clock"
    assert {one.api_base for one in home.settings.accounts} == {
        READY["oa_base"],
        READY["wecom_base"],
    }
    digest = hashlib.sha256(written.memory.trace_key.encode()).hexdigest()
    assert home.settings.trace_key_sha256 == digest
    for name in (MEMORY, "settings.yaml"):
        assert (written.folder / name).stat().st_mode & 0o077 == 0


def test_a_second_start_changes_nothing_that_the_owner_changed(
    told: dict[str, Any], tmp_path: Path
) -> None:
    first = TwinHome.claimed(tmp_path / "home").wired(told, READY)
    (first.folder / "settings.yaml").write_text(
        (first.folder / "settings.yaml").read_text("utf-8") + "\n# 我的话\nlease_s: 7\n", "utf-8"
    )
    rule = next((first.folder / "rules").glob("*.yaml"))
    rule.unlink()
    before = (first.folder / "settings.yaml").read_bytes()
    second = TwinHome.claimed(first.folder).wired(told, READY)
    assert (first.folder / "settings.yaml").read_bytes() == before
    assert not rule.exists()
    assert second.memory == first.memory


def test_a_twin_that_moved_changes_its_addresses_and_nothing_else(
    told: dict[str, Any], tmp_path: Path
) -> None:
    home = TwinHome.claimed(tmp_path / "home").wired(told, READY)
    own = settings(home.folder)
    own["listen"]["port"], own["lease_s"] = 9123, 7
    own["accounts"][0]["relay"] = {"url": "http://127.0.0.1:9/old"}
    (home.folder / "settings.yaml").write_text(yaml.safe_dump(own), "utf-8")
    TwinHome.claimed(home.folder).wired(told, MOVED)
    now = settings(home.folder)
    assert (now["listen"]["port"], now["lease_s"]) == (9123, 7)
    assert now["accounts"][0] == {**own["accounts"][0], "api_base": "http://127.0.0.1:5"}
    assert now["twin_clock_url"] == "http://127.0.0.1:4/twin/clock"
    assert now["trace_key_sha256"] == own["trace_key_sha256"]


def test_what_a_crash_left_half_written_is_finished(told: dict[str, Any], tmp_path: Path) -> None:
    home = TwinHome.claimed(tmp_path / "home").wired(told, READY)
    memory = json.loads((home.folder / MEMORY).read_text("utf-8"))
    (home.folder / MEMORY).write_text(json.dumps({**memory, "whole": False}), "utf-8")
    (home.folder / "stores.csv").unlink()
    TwinHome.claimed(home.folder).wired(told, READY)
    assert open_home(home.folder).errors == ()


def test_ports_are_kept_while_they_are_free(told: dict[str, Any], tmp_path: Path) -> None:
    free = free_port()
    with listener() as taken:
        ready = {**READY, "oa_port": free, "wecom_port": taken, "control_port": 0}
        home = TwinHome.claimed(tmp_path / "home").wired(told, ready)
        again = TwinHome.claimed(home.folder)
        assert again.ports("") == f"{free},0,0"
        assert again.ports("1,2,3") == "1,2,3"


@pytest.mark.parametrize("ports", ["8001", "a,b,c", "1,2,3,4", "1,2,65536", "1, 2, 3", "-1,2,3"])
def test_ports_that_are_no_ports_are_refused(ports: str) -> None:
    with pytest.raises(Stop, match="应为三个端口"):
        check_ports(ports)
