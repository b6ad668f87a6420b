"""What in valid settings is probably not meant: odd ids, and values nobody has filled in yet."""

from collections.abc import Iterator

from config.accounts import Account, AibotAccount, OaAccount
from config.incoming import Source
from config.placeholders import MADE, is_example, is_placeholder, unfilled
from config.problems import Problem
from config.settings_sources import Sources, written


def of_accounts(accounts: tuple[Account, ...], sources: Sources) -> Iterator[Problem]:
    """Yield a warning for every id that does not look like one, and every placeholder by name.

    Old accounts may have odd ids; a home is served with placeholders too, to try it.
    """
    for index, account in enumerate(accounts):
        told = set()
        for each in unfilled(account):
            told.add(each.name)
            yield _placeholder(sources, ("accounts", index, each.name), each.wanted)
        name, starts = _usual(account)
        if name and name not in told and not account.scope.startswith(starts):
            at = sources.place(("accounts", index, name))
            message = f"accounts[{index}].{name}: 通常以 {' 或 '.join(starts)} 开头"
            yield at.problem(message, level="warning")


def of_addresses(
    public_url: str, incoming: tuple[Source, ...], sources: Sources
) -> Iterator[Problem]:
    """Yield a warning for an address, and for every shared secret, that is a placeholder still."""
    if is_example(public_url):
        wanted = "顾客手机能打开的、自己的 https 域名"
        yield _placeholder(sources, ("public_url",), wanted)
    for index, source in enumerate(incoming):
        if is_placeholder(source.secret.get_secret_value()):
            yield _placeholder(sources, ("sources", index, "secret"), MADE)


def of_sharing(database: str, redis_url: str | None, sources: Sources) -> Iterator[Problem]:
    """Yield a warning when several processes could serve and would not count their calls together.

    One process on PostgreSQL needs no Redis; how many there will be the settings do not say.
    """
    if redis_url is None and not database.startswith("sqlite:"):
        message = (
            "redis_url: 没有填。只开一个进程不需要；开几个时，"
            "每个进程只能用接口额度的平均一份，互相借不了"
        )
        yield sources.place(("database",)).problem(message, level="warning")


def _placeholder(sources: Sources, path: tuple[int | str, ...], wanted: str) -> Problem:
    message = f"{written(path)}: 还是占位，请换成{wanted}"
    return sources.place(path).problem(message, level="warning")


def _usual(account: Account) -> tuple[str, tuple[str, ...]]:
    """Return which setting names the account's owner, and how such names begin."""
    if isinstance(account, AibotAccount):
        return "", ()
    return ("appid", ("wx",)) if isinstance(account, OaAccount) else ("corpid", ("ww", "wx"))
