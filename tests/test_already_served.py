"""A home that is served already is told of before the program is loaded."""

from pathlib import Path

import pytest

from bot.db.opening import held_lock
from commands.parts.problems import FINDINGS, Stop
from commands.serving.already import refuse_second


def test_a_second_process_stops_and_names_the_first(tmp_path: Path) -> None:
    (tmp_path / "xiaoer.db").touch()
    with (
        held_lock(tmp_path / "xiaoer.db"),
        pytest.raises(Stop, match=r"正由另一个进程.*pid") as told,
    ):
        refuse_second(tmp_path)
    assert told.value.code == FINDINGS


def test_a_home_that_nobody_serves_is_left_free(tmp_path: Path) -> None:
    (tmp_path / "xiaoer.db").touch()
    refuse_second(tmp_path)
    with held_lock(tmp_path / "xiaoer.db"):
        pass


def test_a_home_without_a_database_is_not_written_to(tmp_path: Path) -> None:
    refuse_second(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_settings_that_cannot_be_read_are_told_by_who_reads_them_next(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("no_such_setting: 1\n")
    refuse_second(tmp_path)
