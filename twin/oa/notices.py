"""Consents to notices, and the guard against sending one twice (oa/api.md section 7)."""

from collections import Counter


class Notices:
    """What fans consented to, and which template messages were sent lately."""

    def __init__(self) -> None:
        self._consents: Counter[tuple[str, ...]] = Counter()
        self._guards: dict[tuple[str, str, str], tuple[float, int]] = {}
        self._last_msgid = 200_000_000

    def next_msgid(self) -> int:
        """Return a msgid never used before."""
        self._last_msgid += 1
        return self._last_msgid

    def grant(self, *what: str) -> None:
        """Keep one more consent: AppID, openid and template, for a one-time one the scene too."""
        self._consents[what] += 1

    def spend(self, *what: str) -> bool:
        """Use one consent up; False when there is none left."""
        if not self._consents[what]:
            return False
        self._consents[what] -= 1
        return True

    def withdraw(self, *what: str) -> None:
        """Forget every consent that is left."""
        del self._consents[what]

    def guard(self, appid: str, openid: str, wanted: str, msgid: int, until: float) -> None:
        """Remember that this client_msg_id brought this follower a message."""
        self._guards[appid, openid, wanted] = until, msgid

    def sent(self, appid: str, openid: str, wanted: str, now: float) -> int:
        """Return the msgid that this client_msg_id brought the follower, 0 for none of late."""
        until, msgid = self._guards.get((appid, openid, wanted), (0.0, 0))
        return msgid if wanted and now < until else 0
