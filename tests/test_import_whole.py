"""`rules import` of several sets: all of them come into the home, or none."""

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.import_sets import Shop
from tests.test_import_doubts import RANDOM

GOOD = {"id": "a", "payload": {"口令": "二"}}
VARIED: dict[str, Any] = {"id": "b", "payload": RANDOM}


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    shop = Shop(tmp_path, capsys)
    (shop.home / "welcomes/oa.yaml").unlink()
    return shop


@contextmanager
def files_of_at_most(limit_bytes: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_welcome_that_would_not_load_keeps_every_set_out(shop: Shop) -> None:
    there = "- id: imported-b-follow\n  occasion: scan\n  key: poster-S001-door\n  text: 您好\n"
    (shop.home / "welcomes/mine.yaml").write_text(there, "utf-8")
    assert shop.run("check").code == 0
    told = shop.bring([GOOD, VARIED])
    assert told.code == 1 and "欢迎语 “imported-b-follow” 重复" in told.err
    assert "什么都没有写" in told.err and shop.written() == {}
    assert shop.run("check").code == 0


def test_a_rule_that_would_not_load_keeps_the_sets_before_it_out(shop: Shop) -> None:
    mine = "- id: imported-b-1\n  say: [甲]\n  do: [{ reply: 乙 }]\n"
    (shop.home / "rules/mine.yaml").write_text(mine, "utf-8")
    told = shop.bring([GOOD, VARIED])
    assert told.code == 1 and "规则 id imported-b-1 已经用在 rules/mine.yaml:1" in told.err
    assert shop.written() == {}


def test_of_two_greetings_in_one_file_the_first_is_written_and_the_other_told(shop: Shop) -> None:
    second = {"id": "c", "payload": RANDOM | {"is_autoreply_open": 1}}
    told = shop.bring([VARIED, second, {**VARIED, "id": "d"}])
    assert told.code == 0, told
    assert "已有 occasion: follow 的默认欢迎语" in told.out
    assert "已经导入过：上面的 b，没有改动" in told.out
    assert [name for name in sorted(shop.written()) if "welcomes" in name] == [
        "welcomes/imported-b.yaml"
    ]
    assert shop.run("check").code == 0


def test_what_was_written_is_taken_back_when_the_disk_is_full(shop: Shop) -> None:
    long = {"id": "z", "payload": {f"词{number}": "字" * 600 for number in range(40)}}
    file = shop.folder / "set.json"
    file.write_text(json.dumps([GOOD, VARIED, long]), "utf-8")
    with files_of_at_most(16 * 1024):
        told = shop.run("rules", "import", file)
    assert told.code == 1 and "写过的都拿掉了" in told.err
    assert shop.written() == {}
    assert shop.bring([GOOD, VARIED, long]).code == 0
    assert len(shop.written()) == 5


def test_sets_of_one_name_each_get_their_own(shop: Shop) -> None:
    sets = [
        {"id": name, "payload": {name + str(n): "是"}} for n, name in enumerate(["a", "a", "a-2"])
    ]
    assert shop.bring(sets).code == 0
    assert sorted(shop.written()) == [
        "rules/imported-a-2-2.yaml",
        "rules/imported-a-2.yaml",
        "rules/imported-a.yaml",
    ]
