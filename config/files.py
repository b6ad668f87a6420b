"""Reads the text of one file of a home folder, and never one outside it."""

import codecs
import os.path
import stat
from pathlib import Path

from config.problems import Place, Problem

MAX_YAML_BYTES = 1024 * 1024
MAX_SHEET_BYTES = 16 * 1024 * 1024
UTF16 = "utf-16"
_EVIDENCE_BYTES = 8  # four Chinese characters that no other encoding writes like this
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_text(
    home: Path, name: str, *, limit_bytes: int, encodings: tuple[str, ...] = ("utf-8-sig",)
) -> tuple[str | None, tuple[Problem, ...]]:
    """Return the text of `name` in `home`, decoded by the first of `encodings` that fits.

    UTF-16 is known by its mark, and read where it is one of them.

    Refused with a problem: a missing file, a path or link that leaves the home, anything but a
    regular file, more than `limit_bytes`, an unknown encoding. A file that everybody may write is
    read with a warning. Reading changes nothing.
    """
    place = Place(name)
    try:
        content, mode = _bytes(home, home / name, limit_bytes)
    except _Unreadable as unreadable:
        return None, (place.problem(str(unreadable)),)
    try:
        text = _decoded(content, encodings)
    except UnicodeError as error:
        return None, (_misread(place, content, error),)
    open_to_all = place.problem("任何人都能改这个文件，请执行 chmod o-w", level="warning")
    return text, (open_to_all,) if mode & stat.S_IWOTH else ()


class _Unreadable(Exception):
    pass


def _bytes(home: Path, path: Path, limit_bytes: int) -> tuple[bytes, int]:
    # Not Path.resolve, which raises for links in a circle: opening the file tells of them below.
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(home)):
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


def _decoded(content: bytes, encodings: tuple[str, ...]) -> str:
    """Return the text; raise the UnicodeError of the encoding that got furthest."""
    if content.startswith(_UTF16_MARKS):
        return _decoded_utf16(content, encodings)
    reached: list[UnicodeDecodeError] = []
    for encoding in (one for one in encodings if one != UTF16):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            reached.append(error)
            # Damaged UTF-8 often passes for GB18030, as nonsense that nobody would notice.
            if _surely_utf8(content[: error.start]):
                break
    raise max(reached, key=lambda error: error.start)


def _decoded_utf16(content: bytes, encodings: tuple[str, ...]) -> str:
    if UTF16 not in encodings:
        raise UnicodeError
    try:
        # A file of UTF-8 that was converted may have kept its own mark.
        return content.decode(UTF16).removeprefix("\ufeff")
    except UnicodeDecodeError as cut:
        raise UnicodeError from cut  # its bytes are no places of lines


def _surely_utf8(readable: bytes) -> bool:
    if readable.startswith(codecs.BOM_UTF8):
        return True
    return len(readable) - len(readable.decode(errors="ignore")) >= _EVIDENCE_BYTES


def _misread(place: Place, content: bytes, error: UnicodeError) -> Problem:
    if not isinstance(error, UnicodeDecodeError):
        return place.problem("文字编码不对（UTF-16），请另存为 UTF-8")
    # The codec with a byte order mark counts from behind it.
    start = error.start + len(content) - len(error.object)
    line = content.count(b"\n", 0, start) + 1
    byte = start - content.rfind(b"\n", 0, start)
    where = f"第 {line} 行第 {byte} 个字节（0x{content[start]:02X}）读不出来"
    return Place(place.file, line, byte).problem(f"文字编码不对，请另存为 UTF-8：{where}")
