"""What PostgreSQL's refusals mean to an operator; our own wrong statements are none of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from asyncpg import (
    ClientConfigurationError,
    InterfaceError,
    InternalClientError,
    PostgresError,
)

from bot.db.location import Postgres
from bot.errors import DatabaseTrouble

_AWAY = (
    "连不上，或 2 秒内不应答：请检查它是否在运行、地址与端口、网络；"
    "它回来后，运行着的 serve 会自己接上"
)
_WRITTEN_WRONG = "的地址或证书写得不对：请检查 settings.yaml 的 database"
# By SQLSTATE, or its first two characters for a whole class.
_ADVICE = {
    "08": _AWAY,
    "57": _AWAY,
    "28": "不让登录：请检查 settings.yaml 的 database 里的用户名与口令，以及 pg_hba.conf",
    "3D": "上没有这个库：请先建好它（createdb），或改 settings.yaml 的 database",
    "42501": "不给权限：请让这个用户是库的主人，或给它在 public 模式下建表的权限",
    "25006": "只能读，大概是备库：请把 settings.yaml 的 database 指向主库",
    "53": "资源不够：请检查磁盘空间、内存和 max_connections",
    "55P03": "上有别的事务占着要用的行，3 秒内没等到：请看有没有忘了结束的会话",
    "57014": "太慢，一条语句没有在时限内做完：请看它是否过载",
    "58": "出了系统错误：请看它的日志和磁盘",
    "XX": "出了内部错误，数据可能已损坏：请看它的日志，必要时用备份恢复",
}


@contextmanager
def told_plainly(location: Postgres) -> Iterator[None]:
    """Raise DatabaseTrouble in place of what the engine raises when it cannot be used.

    What is wrong with a statement of ours, or breaks a constraint, is raised as it is.
    """
    try:
        yield
    except (PostgresError, InterfaceError, InternalClientError, OSError) as raised:
        advice = _advice(raised)
        if advice is None:
            raise
        raise DatabaseTrouble(f"PostgreSQL {location} {advice}（{_reason(raised)}）") from raised


def _advice(raised: BaseException) -> str | None:
    if isinstance(raised, PostgresError):
        state = str(raised.sqlstate or "")
        return _ADVICE.get(state) or _ADVICE.get(state[:2])
    if isinstance(raised, ClientConfigurationError):
        return _WRITTEN_WRONG
    if isinstance(raised, ValueError):  # an argument of ours that does not fit its column
        return None
    return _AWAY


def _reason(raised: BaseException) -> str:
    """Return the first line of what was said: details may hold what is in the rows."""
    if isinstance(raised, ClientConfigurationError):
        return type(raised).__name__
    if isinstance(raised, OSError) and raised.strerror:
        return raised.strerror  # its first argument is a number
    said = str(next(iter(raised.args), ""))
    return said.partition("\n")[0] or type(raised).__name__
