"""How much an Official Account may still say to a follower, counted before it is said.

oa/api.md section 2: some messages within hours of what the follower sent, words or a picture, fewer
within a minute of a follow, a scan or a menu tap; of windows that overlap the larger counts. A line
tapped in a menu message opens none. Without any sign of the follower, as after an import, the
platform decides.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.actions import Remote, Reply, Send, SendTemplate
from bot.clock import Now
from bot.db import reminders
from bot.db.tx import Database, Tx
from bot.errors import DatabaseTrouble

# As callbacks are named in the inbox, in small letters.
_TAPS = (
    "event.subscribe", "event.scan", "event.click", "event.scancode_push", "event.scancode_waitmsg",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """At most `messages` within a span after something that the follower did."""

    messages: int
    span_us: int


class Windows:
    """The two windows of Official Accounts, counted over the ledger."""

    def __init__(self, db: Database, now: Now, *, message: Window, tap: Window) -> None:
        self._db = db
        self._now = now
        self._message = message
        self._tap = tap

    async def shut(self, action: Remote, person: str | None) -> str:
        """Return why a message cannot reach its follower, in Chinese; "" when it may be sent.

        A reminder that is not wanted any more is such a message too.
        """
        if isinstance(action, SendTemplate) and person:
            return await self._unwanted(action.about, person)
        if not isinstance(action, Reply | Send) or person is None:
            return ""
        order = action.order()

        async def work(tx: Tx) -> str:
            signs = (await _spoke(tx, action), await _tapped(tx, action, person))
            if not any(signs):
                return ""
            windows = zip((self._message, self._tap), signs, strict=True)
            open_since = [
                (window, since_us)
                for window, since_us in windows
                if since_us and self._now() - since_us < window.span_us
            ]
            if not open_since:
                return "顾客最后一次互动已太久，平台不再允许发客服消息；等顾客下次发言"
            for window, since_us in open_since:
                if await _said(tx, order, since_us) < window.messages:
                    return ""
            return f"顾客这次互动后已发满 {open_since[0][0].messages} 条；等顾客下次发言"

        return await self._told(work)

    async def _unwanted(self, about: str, person: str) -> str:
        return await self._told(lambda tx: reminders.unwanted(tx, about, person, self._now()))

    async def _told(self, work: Callable[[Tx], Awaitable[str]]) -> str:
        try:
            return await self._db.read(work)
        except DatabaseTrouble:  # the platform decides
            return ""


async def promised(tx: Tx, account: str, openid: str, since_us: int) -> int:
    """Count the messages to a follower that went out since a moment or still will."""
    row = await tx.one(
        "SELECT count(*) AS n FROM effect WHERE order_key = ? AND carrier = 'call'"
        " AND (state IN ('ready', 'sending') OR state IN ('done', 'unknown') AND sent_us >= ?)",
        _order(account, openid), since_us,
    )  # fmt: skip
    return int(row["n"]) if row else 0


def _order(account: str, openid: str) -> str:
    return Send(account=account, openid=openid, text="").order()


async def _spoke(tx: Tx, action: Reply | Send) -> int:
    """Return when the follower last sent anything; 0 for never."""
    row = await tx.one(
        "SELECT spoke_us FROM reach WHERE account = ? AND address = ? AND staff = ''",
        action.account, action.openid,
    )  # fmt: skip
    return int(row["spoke_us"] or 0) if row else 0


async def _tapped(tx: Tx, action: Reply | Send, person: str) -> int:
    """Return when the follower last followed, scanned or tapped the menu; 0 for never.

    `person` is who they were when this was claimed: by now they may be found to be another.
    """
    row = await tx.one(
        "SELECT max(received_us) AS at_us FROM inbox WHERE person_id = coalesce((SELECT person_id"
        " FROM reach WHERE account = ? AND address = ? AND staff = ''), ?) AND account = ?"
        " AND source <> 'internal' AND lower(kind) IN (?, ?, ?, ?, ?)",
        action.account, action.openid, person, action.account, *_TAPS,
    )  # fmt: skip
    return int(row["at_us"] or 0) if row else 0


async def _said(tx: Tx, order: str, since_us: int) -> int:
    """Return how many messages may have reached the follower since then, outside a response."""
    row = await tx.one(
        "SELECT count(*) AS n FROM effect WHERE order_key = ? AND carrier = 'call'"
        " AND state IN ('done', 'unknown') AND sent_us >= ?",
        order, since_us,
    )  # fmt: skip
    return int(row["n"]) if row else 0
