"""Settings that cannot be used as they are, with stand-ins, so that the rest can be looked at."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from config.accounts import AES_KEY_CHARS, Account
from config.problems import Problem
from config.settings import Settings, read
from config.settings_sources import gather

# What an account cannot be without, and what may stand there while it is looked at.
_STAND_INS: Mapping[str, str] = {"aes_key": "A" * AES_KEY_CHARS, "token": "standIn", "secret": "-"}
_NEEDED = frozenset({"id", "kind", "appid", "corpid", "agentid", "name"})
_ROUNDS = 8  # a mended value may let validation find the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Usable:
    """One account with its place in `accounts`, and which of its settings only stand in."""

    account: Account
    index: int
    stand_ins: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What can be used of a home's settings; `settings` None when nothing can."""

    settings: Settings | None
    accounts: tuple[Usable, ...]
    problems: tuple[Problem, ...]
    names: Mapping[int, str]  # the id of each account, those that cannot be used too


def mended(home: Path, environ: Mapping[str, str]) -> Mended:
    """Return the settings of `home`, broken values replaced or left out; every problem is told.

    An account that lacks what nothing can stand in for is left out. Only for looking: no server
    may be started with it.
    """
    settings, problems = read(home, environ)
    if settings is not None:
        accounts = tuple(
            Usable(account=one, index=index) for index, one in enumerate(settings.accounts)
        )
        names = {one.index: one.account.id for one in accounts}
        return Mended(settings=settings, accounts=accounts, problems=problems, names=names)
    if not home.is_dir():
        return Mended(settings=None, accounts=(), problems=problems, names={})
    values = copy.deepcopy(dict(gather(home.absolute(), environ, Settings).values))
    mending = _Mending(values)
    settings = mending.settings()
    return Mended(
        settings=settings,
        accounts=tuple(mending.usable(settings)) if settings else (),
        problems=problems,
        names=mending.names,
    )


class _Mending:
    def __init__(self, values: dict[str, object]) -> None:
        self._values = values
        listed = values.get("accounts")
        found = list(listed) if isinstance(listed, list) else []
        self._accounts = {n: each for n, each in enumerate(found) if isinstance(each, dict)}
        self._stand_ins: dict[int, set[str]] = {}
        self.names = {n: str(each.get("id") or f"accounts[{n}]") for n, each in enumerate(found)
                      if isinstance(each, dict)}  # fmt: skip

    def settings(self) -> Settings | None:
        """Return settings that validate, None when they do not after every mending."""
        for _ in range(_ROUNDS):
            order = list(self._accounts)
            values = {**self._values, "accounts": list(self._accounts.values())}
            try:
                return Settings.model_validate(values)
            except ValidationError as error:
                for details in error.errors(include_input=False, include_url=False):
                    self._mend(tuple(details["loc"]), order)
        return None

    def usable(self, settings: Settings) -> Iterator[Usable]:
        """Yield the accounts that are left, each with what only stands in."""
        for index, account in zip(self._accounts, settings.accounts, strict=True):
            stand_ins = frozenset(self._stand_ins.get(index, ()))
            yield Usable(account=account, index=index, stand_ins=stand_ins)

    def _mend(self, at: tuple[int | str, ...], order: list[int]) -> None:
        if at[:1] != ("accounts",) or len(at) == 1:
            self._values.pop(str(at[0]) if at else "", None)
            return
        index = order[int(at[1])]
        # Validation puts the kind between place and name.
        name = str(at[3]) if len(at) > 3 else "kind"  # noqa: PLR2004
        if name in _NEEDED:
            self._accounts.pop(index, None)
        elif (account := self._accounts.get(index)) is not None:
            self._stand_ins.setdefault(index, set()).add(name)
            if name in _STAND_INS and account.get(name) != _STAND_INS[name]:
                account[name] = _STAND_INS[name]
            else:
                account.pop(name, None)
