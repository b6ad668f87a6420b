"""Writes a file whole or not at all, so that nobody ever reads half of it."""

import os
import secrets
import shutil
from pathlib import Path

_DEFAULT_MODE = 0o666  # as the umask leaves it


def write_whole(
    path: Path, content: bytes, *, mode: int = _DEFAULT_MODE, keep: bool = False
) -> None:
    """Put `content` at `path` in one step and synced; folders are made as needed.

    A file that is there keeps its mode; with `keep` its old content stays beside it as `.bak`.
    Raises OSError and leaves everything as it was. Repeating is safe.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, draft)
            if keep:
                shutil.copy2(path, path.with_name(f"{path.name}.bak"))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
