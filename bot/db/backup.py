"""A backup: one file that holds a copy of the database and the manifest that vouches for it.

A zip archive, so that a file that was cut short is recognised at once. The instance key is not in
it: whoever finds the file alone cannot tell who its members are by their digests.
"""

import fcntl
import hashlib
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import orjson
from pydantic import TypeAdapter, ValidationError

from bot.db.opening import fingerprint
from bot.db.schema import known_migrations
from bot.errors import DatabaseTrouble, SchemaTooNew, WrongKey

FORMAT = 1
_MANIFEST, _CONTENT = "manifest.json", "database"
_DRAFT, _COPY, _LOCK = ".xiaoer-backup.part", ".xiaoer-backup.copy", ".xiaoer-backup.lock"
_MANIFEST_BYTES = 256 * 1024
_BLOCK = 1024 * 1024
_PRIVATE = 0o600
_CUT = "不是完整的备份：文件被截断、改动过，或不是 db backup 写的"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself; `key` recognises the instance key, `taken_us` is UTC."""

    format: int
    version: str
    engine: str  # sqlite or postgresql
    schema: tuple[str, ...]
    key: str
    epoch: str
    taken_us: int
    rows: Mapping[str, int]
    size_bytes: int
    sha256: str


Progress = Callable[[int, int], None]  # done, of so many
_READ = TypeAdapter(Manifest)


@contextmanager
def desk(folder: Path) -> Iterator[Path]:
    """Make room in a folder for one backup at a time; yields where the copy is to be written.

    The copy is private to its owner, and gone afterwards; what a killed backup left is taken away
    by the next one. Raises DatabaseTrouble when another one is under way, or nothing can be
    written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / _LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            try:
                _clear(folder)
                yield _private(folder / _COPY)
            finally:
                _clear(folder)
                (folder / _LOCK).unlink(missing_ok=True)
    except BlockingIOError:
        raise DatabaseTrouble(f"{folder} 里另一个备份或恢复正在进行：等它做完再来") from None
    except OSError as trouble:
        raise DatabaseTrouble(
            f"备份写不进 {folder}（{trouble.strerror}）：请检查磁盘空间与权限"
        ) from trouble


def _clear(folder: Path) -> None:
    for name in (_DRAFT, _COPY, f"{_COPY}-wal", f"{_COPY}-shm", f"{_COPY}-journal"):
        (folder / name).unlink(missing_ok=True)


def _private(path: Path) -> Path:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE))
    return path


def write(content: Path, manifest: Manifest, target: Path) -> Manifest:
    """Write a backup of a finished copy: whole under its name, or not at all.

    Returns the manifest with the copy's size and digest. Raises DatabaseTrouble when there is such
    a file already.
    """
    draft = _private(target.with_name(_DRAFT))
    with draft.open("r+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            with (
                content.open("rb") as source,
                archive.open(_CONTENT, "w", force_zip64=True) as kept,
            ):
                digest = _pour(source, kept.write)
            whole = Manifest(
                **{**asdict(manifest), "size_bytes": content.stat().st_size, "sha256": digest}
            )
            archive.writestr(_MANIFEST, orjson.dumps(whole, option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, target)  # unlike a rename it takes nobody's place
    except FileExistsError:
        raise DatabaseTrouble(f"{target} 已经有了，没有覆盖：换个名字") from None
    synced(target.parent)
    return whole


def read(archive: Path) -> Manifest:
    """Return what a backup says of itself. Raises DatabaseTrouble when it is none, or cut short."""
    try:
        with zipfile.ZipFile(archive) as opened:
            told = opened.getinfo(_MANIFEST)
            opened.getinfo(_CONTENT)
            if told.file_size > _MANIFEST_BYTES:
                raise DatabaseTrouble(f"{archive} {_CUT}")
            return _READ.validate_json(opened.read(told))
    except OSError as trouble:
        raise DatabaseTrouble(f"{archive} 读不了（{trouble.strerror}）") from trouble
    except (zipfile.BadZipFile, KeyError, ValidationError) as trouble:
        raise DatabaseTrouble(f"{archive} {_CUT}") from trouble


def check(manifest: Manifest, engine: str, instance_key: bytes) -> None:
    """Raise DatabaseTrouble, SchemaTooNew or WrongKey for a backup that cannot be restored here."""
    if manifest.format != FORMAT:
        raise DatabaseTrouble(
            f"备份的格式是 {manifest.format}，这个版本只认 {FORMAT}：请换用写它的版本"
        )
    if manifest.engine != engine:
        raise DatabaseTrouble(
            f"备份来自 {manifest.engine}，settings.yaml 的 database 是 {engine}：要用同一种数据库"
        )
    if newer := [name for name in manifest.schema if name not in known_migrations()]:
        raise SchemaTooNew(
            f"备份由更新版本的店小二写成（{manifest.version}，多出迁移 {'、'.join(newer)}）："
            "请换用新版本"
        )
    if manifest.key and manifest.key != fingerprint(instance_key):
        raise WrongKey(
            "备份是用另一把实例密钥写的：请把当时的 instance.key 放回家目录，它不在备份文件里"
        )


def unpack(archive: Path, manifest: Manifest, target: Path) -> None:
    """Write a backup's copy where it is asked for. Raises DatabaseTrouble unless it is whole."""
    try:
        with zipfile.ZipFile(archive) as opened, target.open("wb") as copy:
            with opened.open(_CONTENT) as kept:
                digest = _pour(kept, copy.write)
            copy.flush()
            os.fsync(copy.fileno())
    except (zipfile.BadZipFile, zlib.error, EOFError) as trouble:
        raise DatabaseTrouble(f"{archive} {_CUT}") from trouble
    if digest != manifest.sha256:
        raise DatabaseTrouble(f"{archive} {_CUT}")


def _pour(source: IO[bytes], write: Callable[[bytes], int]) -> str:
    digest = hashlib.sha256()
    while block := source.read(_BLOCK):
        digest.update(block)
        write(block)
    return digest.hexdigest()


def synced(folder: Path) -> None:
    """Have what was named in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
