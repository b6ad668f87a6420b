"""`serve --processes N`: a parent that holds the socket and keeps N children serving at it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

from bot.db.location import SqliteFile, located
from commands.parts import logs
from commands.parts.problems import USAGE, stop
from commands.serving.children import Children
from config.settings import BadSettings, Settings, load

_COUNTERS = "PROMETHEUS_MULTIPROC_DIR"
_MOST = 64


def run(home: Path, processes: int) -> int:
    """Serve a home with several processes until SIGTERM or SIGINT; 0 when all ended well.

    Stops at once where only one process can serve, or when the port cannot be had.
    """
    logs.set_up()
    if not home.is_dir():
        stop(f"没有家目录 {home}：先运行 python run.py init --home {home}", USAGE)
    try:
        settings = load(home, os.environ)
    except BadSettings as bad:
        stop(f"设置有问题，未启动：\n{bad}")
    refuse_alone(settings, processes)
    with _shared_counters():
        # Only now: counters find out where they are kept when they are made, at import.
        from prometheus_client.multiprocess import mark_process_dead

        from commands import serve
        from commands.serving.listening import bound

        read = serve.checked(home)
        with bound(settings.listen) as door:
            return Children(
                lambda lifeline: serve.one(read, listening=True, door=door, lifeline=lifeline),
                processes,
                door,
                mark_process_dead,
            ).run()


def refuse_alone(settings: Settings, processes: int) -> None:
    """Stop when the settings allow one process only."""
    if not 1 <= processes <= _MOST:
        stop(f"--processes 应在 1 到 {_MOST} 之间", USAGE)
    if isinstance(located(settings.database), SqliteFile):
        stop(
            f"SQLite 只能由一个进程服务，不能用 --processes {processes}：请去掉它，"
            "或把 settings.yaml 的 database 改成 postgresql://…（见 docs/how-to/scale.md）",
            USAGE,
        )


@contextmanager
def _shared_counters() -> Iterator[None]:
    """Have every child count into files of one folder, so that any of them can tell for all."""
    folder = tempfile.mkdtemp(prefix="xiaoer-metrics-")
    os.environ[_COUNTERS] = folder
    try:
        yield
    finally:
        del os.environ[_COUNTERS]
        rmtree(folder, ignore_errors=True)
