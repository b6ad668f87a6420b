"""How asking for tokens went of late: what every process must know before it asks again."""

from dataclasses import dataclass, replace
from typing import Any

import orjson

from bot.platforms.wire import Answer, Phase

FLOOR_US = 5 * 1_000_000  # an endpoint that fails is not asked more often than this
# A refused secret, or tokens that die young: five times within ten minutes, then once in ten.
_WAITS_US = tuple(s * 1_000_000 for s in (5, 30, 90, 180, 600))
_YOUNG_US = 600 * 1_000_000
_BUSY = -1
_LONGEST_WORDS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """The last time somebody asked, and what came of it; `failure` is None for a token."""

    asked_us: int = 0
    refusals: int = 0  # of the secret, in a row
    young: int = 0  # tokens in a row that died within ten minutes
    failure: Answer | None = None

    def failed(self, answer: Answer, at_us: int) -> "Tries":
        """Return these tries and one that brought no token."""
        said_no = answer.phase is Phase.ANSWERED and answer.code != _BUSY
        refusals = self.refusals + 1 if said_no else 0
        return replace(self, asked_us=at_us, refusals=refusals, failure=answer)

    def brought(self, at_us: int) -> "Tries":
        """Return these tries and one that brought a token."""
        return replace(self, asked_us=at_us, refusals=0, failure=None)

    def died(self, at_us: int) -> "Tries":
        """Return these tries when the token that came last has died."""
        young = 0 <= at_us - self.asked_us < _YOUNG_US
        return replace(self, young=self.young + 1 if young else 0)

    def wait_us(self, now_us: int, floor_us: int) -> int:
        """Return for how long nobody is to ask; a clock put back makes it no longer.

        The first token that dies young is replaced at once. `floor_us` holds when all is well.
        """
        in_a_row = max(self.refusals, self.young - 1)
        wait_us = _WAITS_US[min(in_a_row, len(_WAITS_US)) - 1] if in_a_row > 0 else floor_us
        since_us = now_us - self.asked_us
        return wait_us - since_us if 0 <= since_us < wait_us else 0

    def __str__(self) -> str:
        told: dict[str, Any] = {"asked": self.asked_us, "no": self.refusals, "young": self.young}
        if failed := self.failure:
            words = failed.errmsg[:_LONGEST_WORDS]
            told["failed"] = [failed.phase, failed.code, words, failed.trouble[:_LONGEST_WORDS]]
        return orjson.dumps(told).decode()

    @classmethod
    def parse(cls, text: str) -> "Tries":
        """Return what `str` made a text of; no tries when it cannot be read."""
        try:
            told = orjson.loads(text)
            failed = told.get("failed")
            return cls(
                asked_us=int(told["asked"]), refusals=int(told["no"]), young=int(told["young"]),
                failure=_answer(*failed) if failed else None,
            )  # fmt: skip
        except (KeyError, TypeError, ValueError):
            return cls()


def _answer(phase: str, code: int | None, errmsg: str, trouble: str) -> Answer:
    body = {"errmsg": errmsg} if errmsg else None
    return Answer(phase=Phase(phase), code=code, body=body, trouble=trouble)
