"""Reads the text of one file of a home folder, and never one outside it."""

import stat
from pathlib import Path

from config.problems import Place, Problem

MAX_YAML_BYTES = 1024 * 1024
MAX_SHEET_BYTES = 16 * 1024 * 1024
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_text(
    home: Path, name: str, *, limit_bytes: int, encodings: tuple[str, ...] = ("utf-8-sig",)
) -> tuple[str | None, tuple[Problem, ...]]:
    """Return the text of `name` in `home`, decoded by the first of `encodings` that fits.

    Refused with a problem: a missing file, a path or link that leaves the home, anything but a
    regular file, more than `limit_bytes`, an unknown encoding. A file that everybody may write is
    read with a warning. Reading changes nothing.
    """
    place = Place(name)
    try:
        content, mode = _bytes(home, home / name, limit_bytes)
    except _Unreadable as unreadable:
        return None, (place.problem(str(unreadable)),)
    text = _decoded(content, encodings)
    if text is None:
        return None, (place.problem("文字编码不对，请另存为 UTF-8"),)
    open_to_all = place.problem("任何人都能改这个文件，请执行 chmod o-w", level="warning")
    return text, (open_to_all,) if mode & stat.S_IWOTH else ()


class _Unreadable(Exception):
    pass


def _bytes(home: Path, path: Path, limit_bytes: int) -> tuple[bytes, int]:
    if not path.resolve().is_relative_to(home.resolve()):
        raise _Unreadable("不在本店目录里（路径或链接指到了外面）")
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise _Unreadable("不是普通文件")
        if facts.st_size > limit_bytes:
            raise _Unreadable(f"文件超过 {limit_bytes // 1024} KiB")
        return path.read_bytes(), facts.st_mode
    except FileNotFoundError as error:
        raise _Unreadable("找不到这个文件") from error
    except OSError as error:
        raise _Unreadable(f"读不了：{error.strerror}") from error


def _decoded(content: bytes, encodings: tuple[str, ...]) -> str | None:
    if content.startswith(_UTF16_MARKS):
        return None
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
