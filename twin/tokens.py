"""Access tokens of both hosts: given out, shared, superseded, expired and taken back."""

import secrets
from dataclasses import dataclass
from enum import Enum

GRACE_S = 300.0  # a superseded token still works this long (oa/api.md section 1)
FORCE_APART_S = 30.0
FORCES_A_DAY = 20
DAY_S = 86_400.0


@dataclass(slots=True, kw_only=True)
class Token:
    """One access token of one account. `family` separates stable from classic ones."""

    value: str
    account: str
    family: str
    dies: float
    superseded: bool = False


class Standing(Enum):
    """What a host thinks of a token it is shown."""

    GOOD = "good"
    UNKNOWN = "unknown"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


class Tokens:
    """All tokens ever given out, so that an old one is told apart from an invented one."""

    def __init__(self) -> None:
        self._all: dict[str, Token] = {}
        self._current: dict[tuple[str, str], Token] = {}
        self._forced: dict[str, list[float]] = {}

    def standing(self, value: str, account: str, now: float) -> Standing:
        """Judge a token that was presented for `account`."""
        token = self._all.get(value)
        if token is None or token.account != account:
            return Standing.UNKNOWN
        if token.dies > now:
            return Standing.GOOD
        return Standing.SUPERSEDED if token.superseded else Standing.EXPIRED

    def owner(self, value: str) -> str:
        """Return the account a token was given to, "" when nobody gave it out."""
        token = self._all.get(value)
        return token.account if token else ""

    def shared(self, account: str, family: str, now: float, lives_s: float) -> tuple[str, int]:
        """Return the living token and its seconds left; a new one in its last five minutes."""
        token = self._current.get((account, family))
        if token is None or token.dies - now <= GRACE_S:
            token = self._fresh(account, family, now, lives_s)
        return token.value, int(token.dies - now)

    def replaced(self, account: str, family: str, now: float, lives_s: float) -> tuple[str, int]:
        """Return a new token; the former one has five minutes left."""
        self._end(account, family, now + GRACE_S)
        return self._fresh(account, family, now, lives_s).value, int(lives_s)

    def forced(self, account: str, family: str, now: float, lives_s: float) -> tuple[str, int]:
        """Replace the token at once, unless forced too lately or too often today."""
        today = [at for at in self._forced.get(account, []) if now - at < DAY_S]
        if len(today) >= FORCES_A_DAY or (today and now - today[-1] < FORCE_APART_S):
            return self.shared(account, family, now, lives_s)
        self._forced[account] = [*today, now]
        self._end(account, family, now)
        return self.shared(account, family, now, lives_s)

    def revoke(self, account: str, now: float) -> int:
        """Kill every living token of the account; return how many there were."""
        mine = [one for one in self._all.values() if one.account == account and one.dies > now]
        for token in mine:
            token.dies, token.superseded = now, True
        return len(mine)

    def expire(self, account: str, now: float) -> None:
        """Let every living token of the account run out now: its secret was reset."""
        for token in self._all.values():
            if token.account == account:
                token.dies = min(token.dies, now)

    def _end(self, account: str, family: str, dies: float) -> None:
        token = self._current.get((account, family))
        if token is not None:
            token.dies, token.superseded = min(token.dies, dies), True

    def _fresh(self, account: str, family: str, now: float, lives_s: float) -> Token:
        value = f"{secrets.randbelow(90) + 10}_{secrets.token_urlsafe(72)}"
        token = Token(value=value, account=account, family=family, dies=now + lives_s)
        self._all[value] = self._current[account, family] = token
        return token
