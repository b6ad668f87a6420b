"""Ways out for a command that has no database: ports that remember nothing beyond its run."""

from collections.abc import Mapping

import aiohttp

from bot.clock import Clock
from bot.platforms.budget import Budget
from bot.platforms.port import Port
from bot.platforms.token import TokenHolder
from bot.platforms.wire import Wire
from commands.parts.doors import error_tables, published_limits, token_fetch
from config.accounts import OaAccount, WecomAccount


class Nowhere:
    """Where nothing is kept: no token, no label, no value. A server keeps its own."""

    async def load(self, account: str) -> None:
        """Return no token."""

    async def lease(self, account: str, lives_us: int) -> int:
        """Let everybody fetch."""
        return lives_us

    async def give_back(self, account: str, until_us: int) -> None:
        """Take nothing back."""

    async def tries(self, account: str) -> str:
        """Know of no try."""
        return ""

    async def tell_tries(self, account: str, text: str) -> None:
        """Let it go."""

    async def keep(
        self, account: str, *, value: str, generation: int, expires_us: int, fetched_us: int
    ) -> bool:
        """Let a token go."""
        return True

    async def known(self, account: str, names: tuple[str, ...]) -> Mapping[str, str]:
        """Return no label."""
        return {}

    async def learn(self, account: str, ids: Mapping[str, str]) -> None:
        """Let labels go."""

    async def forget(self, account: str, names: tuple[str, ...]) -> None:
        """Forget what was never known."""

    async def recall(self, account: str, name: str) -> str:
        """Return no value."""
        return ""


class NeverClosed:
    """Where no closed API is remembered: a command ends before one opens again."""

    async def load(self, account: str) -> Mapping[str, str]:
        """Return nothing."""
        return {}

    async def keep(self, account: str, api: str, text: str) -> None:
        """Let it go."""


def port_of(account: OaAccount | WecomAccount, session: aiohttp.ClientSession, errors: str) -> Port:
    """Return the way out of an account, with the error table called `errors`: oa, wecom or kf."""
    wire, nowhere, clock = Wire(session, account.api_base), Nowhere(), Clock()
    return Port(
        account=account.id,
        scope=account.scope,
        wire=wire,
        tokens=TokenHolder(account.id, nowhere, token_fetch(account, wire), clock),
        errors=error_tables()[errors],
        budget=Budget(account.id, published_limits()[account.kind], NeverClosed(), clock),
        labels=nowhere,
        memory=nowhere,
    )
