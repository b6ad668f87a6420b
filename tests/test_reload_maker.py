"""The process that makes rules: what it knows, how it ends, and which file it died of."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from commands.reload import maker
from commands.reload.fresh import FreshRules
from commands.reload.spawning import spawned_ahead
from keyword_rules.load import RuleBook
from keyword_rules.portable import Assembly, slices_of
from keyword_rules.rule import TEXT, Subject
from keyword_rules.segment import segment
from tests.reloading import kept, many, rule
from tests.shop_vocabulary import SHOP
from tests.source import ROOT

STRANGE = [sys.executable, "-m", "tests.reload_child"]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def strange(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have rules made by `tests.reload_child`."""

    def spawned() -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            STRANGE, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )  # fmt: skip

    monkeypatch.setattr(maker, "spawned", spawned)


@pytest.mark.parametrize("mode", ["contains", "sound", "word", "regex"])
def test_a_set_that_was_carried_over_decides_alike(tmp_path: Path, mode: str) -> None:
    rules = "".join(rule(f"r{n}", f"第{n}张券", mode) for n in range(300))
    (tmp_path / "a.yaml").write_text(rules, "utf-8")
    book = RuleBook(tmp_path, SHOP)
    assert not book.reload().problems
    assembly = Assembly(segment)
    for piece in slices_of(book.current):
        assembly.add(piece)
    assert assembly.rules is not None
    assert assembly.rules.rules == book.current.rules
    assert assembly.rules.hash == book.current.hash
    for text in ("领第7张券", "要第 299 张劵", "无关", "第8张卷"):
        said = Subject(occasion=TEXT, text=text)
        assert assembly.rules.match(said, explain=True) == book.current.match(said, explain=True)


async def test_it_has_no_secret_and_no_socket_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIAOER_ACCOUNTS", "canary")
    async with kept(tmp_path) as rules:
        here = Path(f"/proc/{rules.fresh.maker_pid}")
        assert b"canary" not in (here / "environ").read_bytes()
        opened = {str(one.readlink()).partition(":")[0] for one in (here / "fd").iterdir()}
        assert "socket" not in opened


async def test_one_that_was_begun_before_its_order_is_the_one_that_makes(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(rule("a", "宠物群", "word"), "utf-8")
    book = RuleBook(tmp_path, SHOP)
    with spawned_ahead(tmp_path) as begun, closing(FreshRules(book, running=begun)) as fresh:
        await fresh.load()
        assert fresh.maker_pid == begun.pid
        said = Subject(occasion=TEXT, text="怎么进宠物群")
        assert [hit.rule for hit in book.current.match(said).hits] == ["a"]
    assert begun.returncode is not None


async def test_one_that_was_begun_and_gets_no_order_ends_when_it_is_let_go(tmp_path: Path) -> None:
    with spawned_ahead(tmp_path) as begun:
        FreshRules(RuleBook(tmp_path, SHOP), running=begun).close()
        assert begun.returncode == -signal.SIGKILL


def test_one_that_was_begun_for_nothing_has_ended_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(SystemExit), spawned_ahead(tmp_path) as begun:
        raise SystemExit(2)
    assert begun.returncode == -signal.SIGKILL


async def test_once_there_are_rules_it_is_nicer_than_whoever_it_works_for(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(rule("a", "甲券"), "utf-8")
    async with kept(tmp_path) as rules:
        maker = rules.fresh.maker_pid
        assert maker
        (tmp_path / "a.yaml").write_text(rule("a", "乙券"), "utf-8")
        await rules.until(lambda: rules.answer("乙券") == ["a"])
        ours = os.getpriority(os.PRIO_PROCESS, 0)
        assert os.getpriority(os.PRIO_PROCESS, maker) == min(ours + 5, 19)


async def test_one_that_was_killed_is_replaced_and_knows_the_last_good_versions(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.yaml").write_text(rule("a", "甲券"), "utf-8")
    (tmp_path / "b.yaml").write_text(rule("b", "乙券"), "utf-8")
    async with kept(tmp_path) as rules:
        killed = rules.fresh.maker_pid
        assert killed
        os.kill(killed, signal.SIGKILL)
        (tmp_path / "a.yaml").write_text("- broken", "utf-8")
        (tmp_path / "b.yaml").write_text(rule("b", "丙券"), "utf-8")
        await rules.until(lambda: rules.answer("丙券") == ["b"])

        assert rules.answer("甲券") == ["a"]
        assert rules.fresh.maker_pid != killed


@pytest.mark.usefixtures("strange")
@pytest.mark.parametrize("trouble", ["crash", "hang"])
async def test_a_file_that_its_reader_does_not_survive_is_refused_by_name(
    tmp_path: Path, trouble: str
) -> None:
    for name, word in (("a", "甲券"), ("b", "乙券")):
        (tmp_path / f"{name}.yaml").write_text(rule(name, word), "utf-8")
    async with kept(tmp_path, file_s=2.0) as rules:
        (tmp_path / "a.yaml").write_text(f"# {trouble}\n" + rule("a", "丁券"), "utf-8")
        await rules.until(lambda: bool(rules.fresh.standing.problems))
        assert rules.fresh.standing.problems[0].startswith("a.yaml:1:1:")
        assert (rules.answer("甲券"), rules.answer("乙券")) == (["a"], ["b"])

        (tmp_path / "a.yaml").write_text(rule("a", "戊券"), "utf-8")
        await rules.until(lambda: rules.answer("戊券") == ["a"])
        assert rules.fresh.standing.problems == ()


async def test_it_ends_with_whoever_it_works_for(tmp_path: Path) -> None:
    many(100, tmp_path)
    program = (
        "import asyncio, pathlib, sys\n"
        "from tests.reloading import kept\n"
        "async def main():\n"
        "    async with kept(pathlib.Path(sys.argv[1])) as rules:\n"
        "        print(rules.fresh.maker_pid, flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(tmp_path), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    pid = b""
    while not pid.strip().isdigit():  # what is logged stands in between
        pid = await asyncio.wait_for(process.stdout.readline(), 30)
    process.kill()
    await process.communicate()
    async with asyncio.timeout(10):
        while alive(int(pid)):  # noqa: ASYNC110  (another process's end rings nothing here)
            await asyncio.sleep(0.02)
