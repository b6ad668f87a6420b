"""The rid at the end of every refusal, and what is known of it for seven days."""

import secrets
from dataclasses import dataclass

from twin.shape import Json

KEPT_S = 604_800.0  # seven days (oa/api.md section 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One refusal as `rid/get` explains it; `account` is "" when nobody was known to call."""

    account: str
    path: str
    body: Json
    at: float


class Rids:
    """Every refusal of the Official Account host, by its rid."""

    def __init__(self) -> None:
        self._refused: dict[str, Refused] = {}

    def give(self, refused: Refused) -> str:
        """Return a new rid that stands for this refusal."""
        rid = "-".join(secrets.token_hex(4) for _ in range(3))
        self._refused[rid] = refused
        return rid

    def find(self, rid: str) -> Refused | None:
        """Return the refusal, however old; None for a rid that was never given."""
        return self._refused.get(rid)
