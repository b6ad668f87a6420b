"""One account under examination: its settings, its keys, and the ways to look at it."""

from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.clock import Clock
from bot.db.location import Location
from bot.platforms.codes import ErrorTable
from bot.shop import AccountKeys
from commands.doctor.finding import Finding, Status
from config.accounts import AibotAccount, OaAccount, WecomAccount, is_loopback
from config.settings import Settings
from config.settings_mended import Usable


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything a check may look at.

    `keys` is None when Token or EncodingAESKey only stand in; `database` None without a file yet.
    """

    home: Path
    settings: Settings
    usable: Usable
    keys: AccountKeys | None
    errors: dict[str, ErrorTable]
    session: aiohttp.ClientSession
    clock: Clock
    database: Location | None

    @property
    def account(self) -> OaAccount | WecomAccount | AibotAccount:
        """Return the account itself."""
        return self.usable.account

    @property
    def caller(self) -> OaAccount | WecomAccount | None:
        """Return the account if it can call APIs: it has a secret, and one of its own."""
        account = self.usable.account
        if isinstance(account, AibotAccount) or not account.secret:
            return None
        return None if "secret" in self.usable.stand_ins else account

    @property
    def callback_url(self) -> str:
        """Return the URL that belongs into the platform's console."""
        return f"{self.settings.public_url}{self.account.callback_path}"

    @property
    def at_home(self) -> bool:
        """Whether the platform is on this machine too, as the twin is."""
        account = self.usable.account
        if isinstance(account, AibotAccount):
            others = (one for one in self.settings.accounts if not isinstance(one, AibotAccount))
            return all(is_loopback(one.api_base) for one in others)
        return is_loopback(account.api_base)

    def setting(self, name: str) -> str:
        """Return where a setting of this account stands, as operators read it."""
        return f"settings.yaml 的 accounts[{self.usable.index}].{name}"

    def ok(self, check: str, found: str) -> Finding:
        """Return that a check found nothing wrong."""
        return self._finding(check, Status.OK, found)

    def warn(self, check: str, found: str, then: str) -> Finding:
        """Return something that should be looked at, and how."""
        return self._finding(check, Status.WARN, found, then)

    def bad(self, check: str, found: str, then: str, *, unreachable: bool = False) -> Finding:
        """Return something that does not work, and what makes it work."""
        return self._finding(check, Status.BAD, found, then, unreachable=unreachable)

    def skipped(self, check: str, reason: str) -> Finding:
        """Return that a check was not made, and why."""
        return self._finding(check, Status.SKIPPED, reason)

    def _finding(
        self, check: str, status: Status, found: str, then: str = "", *, unreachable: bool = False
    ) -> Finding:
        return Finding(
            account=self.account.id, check=check, status=status, found=found, next=then,
            unreachable=unreachable,
        )  # fmt: skip
