"""The setting `database`: a SQLite file in the home, or the address of a PostgreSQL server."""

import re
from pathlib import Path

from config.accounts import wrong

_POSTGRES = ("postgres://", "postgresql://")
_HOST = r"(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])?(?::\d{1,5})?"
_ADDRESS = re.compile(
    rf"postgres(?:ql)?://(?:[^@/?#\s]*@)?{_HOST}(?:,{_HOST})*/[^/?#\s]+(?:\?[^#\s]*)?"
)


def database_url(url: str, home: Path) -> str:
    """Return the setting with a file's path made whole; "" is `xiaoer.db` in the home.

    Raises what validation reports, without a word of the address: it may hold a password.
    """
    if url.startswith(_POSTGRES):
        if not _ADDRESS.fullmatch(url):
            raise wrong(
                "应如 postgresql://用户:口令@主机:5432/库名；"
                "口令里的 @ : / ? # % 要写成 %40 这样的编码"
            )
        return url
    if url and not url.startswith("sqlite:"):
        raise wrong("应以 sqlite: 或 postgresql:// 开头")
    path = url.removeprefix("sqlite:").removeprefix("//")
    return f"sqlite:{home / (path or 'xiaoer.db')}"
