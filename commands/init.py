"""`init`: begins a home with secrets of its own, and says what to paste where and what is next."""

import json
import os
from pathlib import Path

from commands.parts.compose import open_home
from commands.parts.problems import FINE, USAGE, stop
from commands.start.asking import Ask, Asked, answers, channels_of, on_terminal
from commands.start.channels import accounts_of
from commands.start.telling import Told, document, lines, pastes
from commands.start.writing import (
    SETTINGS,
    begun_with,
    pack_of,
    write_content,
    write_samples,
    write_start,
)
from config.home import KEY_FILE, UnsafeKey, packs
from config.settings import read as settings_of

_SYSTEM_FOLDER = "lost+found"  # of a volume that is a file system of its own


def run(home: Path, asked: Asked, *, as_json: bool = False, ask: Ask | None = None) -> int:
    """Begin `home` for the channels asked for, a pack, or all samples, and say what comes next.

    What only a console knows is taken from the command line or asked on a terminal; Token,
    EncodingAESKey, instance key and the till's secret are new random ones. What is there stays,
    so repeating is safe: it brings back missing files and says everything again. Stops when
    `home` holds something else, cannot be written, or was begun for other channels.
    """
    _refuse_other_things(home)
    try:
        written = _again(home, asked) if (home / SETTINGS).exists() else _fresh(home, asked, ask)
    except OSError as trouble:
        stop(f"{trouble.filename or home} 写不了（{trouble.strerror}）：请检查目录权限和磁盘空间")
    except UnsafeKey as unsafe:
        stop(str(unsafe))
    settings = open_home(home, with_rules=False).settings
    told = Told(
        home=home,
        written=tuple(written),
        doubts=settings_of(home, os.environ)[1],
        paste=pastes(settings, begun_with(home)),
    )
    print(json.dumps(document(told), ensure_ascii=False) if as_json else "\n".join(lines(told)))
    return FINE


def _fresh(home: Path, asked: Asked, ask: Ask | None) -> list[str]:
    if asked.pack:
        return write_samples(home, _known_pack(asked))
    ask = ask or on_terminal()
    channels = channels_of(asked, ask)
    if not channels:
        return write_samples(home)
    return write_start(home, channels, answers(channels, asked, ask))


def _again(home: Path, asked: Asked) -> list[str]:
    channels = channels_of(asked, None)
    settings = open_home(home, with_rules=False).settings  # stops when they cannot be read
    _refuse_new_kinds(home, channels, {account.kind for account in settings.accounts})
    begun = begun_with(home)
    if channels or begun:
        return write_content(home, channels or begun or ())
    if asked.pack and asked.pack != pack_of(home):
        stop(f"{home} 已经是一个家，init 不换它的内容包：请换一个空目录", USAGE)
    return [] if begun is None else write_samples(home, pack_of(home))


def _known_pack(asked: Asked) -> str:
    if asked.channels:
        stop("--pack 带着全套内容，不与 --channel 同用", USAGE)
    if asked.pack not in packs():
        stop(f"没有内容包 {asked.pack}，可用：{'、'.join(packs())}", USAGE)
    return asked.pack


def _refuse_new_kinds(home: Path, channels: tuple[str, ...], kinds: set[str]) -> None:
    for kind in accounts_of(channels):
        if kind not in kinds:
            stop(
                f"{home} 已经是一个家，没有 {kind} 账号，init 不改已有的设置：请换一个空目录，或在 "
                f"{SETTINGS} 的 accounts 里加一段 kind: {kind}（见 docs/reference/settings.md）",
                USAGE,
            )


def _refuse_other_things(home: Path) -> None:
    """Stop at a file, or at a folder that is in use for something else."""
    if home.exists() and not home.is_dir():
        stop(f"{home} 是一个文件，不是目录：请换一个目录", USAGE)
    if not home.is_dir() or (home / SETTINGS).exists() or (home / KEY_FILE).exists():
        return
    names = {path.name for path in home.iterdir()} - {_SYSTEM_FOLDER}
    if any(not name.startswith(".") for name in names):
        stop(f"{home} 里有别的东西，又没有 {SETTINGS}：请换一个空目录，或先搬走里面的文件", USAGE)
