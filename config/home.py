"""A home folder: filled from the sample, and the key that is its own."""

import os
import secrets
import shutil
import stat
from pathlib import Path

SAMPLE = Path(__file__).parent / "sample"
PACKS = SAMPLE.with_name("packs")  # other samples, each a whole way of running a shop
KEY_FILE = "instance.key"
KEY_BYTES = 32
_SETTINGS = "settings.yaml"
_PRIVATE = 0o600


class UnsafeKey(Exception):
    """The instance key cannot be trusted; the message says what to do."""


def packs() -> tuple[str, ...]:
    """Return the names of the bundled packs."""
    return tuple(sorted(path.name for path in PACKS.iterdir() if path.is_dir()))


def fill_home(home: Path, pack: str = "") -> list[Path]:
    """Copy the sample, or a pack, into `home`, made when missing, and return the files written.

    A file that is there already stays as it is, so repeating is safe and fills only gaps. A pack
    has the sample's settings.yaml, which gets mode 0600, for secrets will stand in it.
    """
    folder = PACKS / pack if pack else SAMPLE
    sources = {path.relative_to(folder): path for path in sorted(folder.rglob("*"))}
    written: list[Path] = []
    for name, source in {Path(_SETTINGS): SAMPLE / _SETTINGS, **sources}.items():
        target = home / name
        if source.is_dir() or target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        if target.name == _SETTINGS:
            target.chmod(_PRIVATE)
        written.append(target)
    return written


def instance_key(home: Path) -> bytes:
    """Return the 32 bytes that are this installation's own, made at the first call.

    They are written whole or not at all: of two processes that start together one makes the key
    and both read it. Raises UnsafeKey when group or others may read the file, it is damaged, or it
    cannot be made or read.
    """
    path = home / KEY_FILE
    try:
        return _key_at(path)
    except OSError as trouble:
        raise UnsafeKey(
            f"实例密钥 {path} 读不了也建不了（{trouble.strerror}）：请检查它和目录的属主与权限，"
            "并用运行服务的那个用户来运行"
        ) from trouble


def _key_at(path: Path) -> bytes:
    if not path.exists():
        _make_key(path)
    mode = path.stat().st_mode
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UnsafeKey(f"{path} 别人也能读，请执行：chmod 600 {path}")
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise UnsafeKey(f"{path} 应为 {KEY_BYTES} 字节，现为 {len(key)}；请从备份恢复")
    return key


def _make_key(path: Path) -> None:
    """Write a new key beside its place and link it there, which only the first can."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return  # another process was first; its key is the key
    finally:
        draft.unlink()
