"""The one-time codes that `kf/send_msg_on_event` answers to (kf.md section 6)."""

import secrets
from dataclasses import dataclass

from twin.kf.sessions import Moment, Session


@dataclass(slots=True, kw_only=True)
class Code:
    """A code: about which moment of which conversation, since when, and whether it was used."""

    code: str
    moment: Moment
    session: Session
    issued: float
    used: bool = False

    def late(self, now: float, welcome_s: float) -> bool:
        """Tell whether its time is over."""
        return now - self.issued > self.moment.lives_s(welcome_s)


class Codes:
    """Every code given out."""

    def __init__(self) -> None:
        self._by_code: dict[str, Code] = {}

    def issue(self, moment: Moment, session: Session, now: float) -> str:
        """Return a new code."""
        code = secrets.token_urlsafe(24)
        self._by_code[code] = Code(code=code, moment=moment, session=session, issued=now)
        return code

    def find(self, code: str) -> Code | None:
        """Return what is known of a code."""
        return self._by_code.get(code)
