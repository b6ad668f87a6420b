"""How much an Official Account may still say to a follower, counted before it is said.

oa/api.md section 2: some messages within hours of what the follower wrote, fewer within a minute
of a follow, a scan or a menu tap; of windows that overlap the larger counts. Without any sign of
the follower, as after an import, the platform decides.
"""

from dataclasses import dataclass

from bot.actions import Remote, Reply, Send
from bot.clock import Now
from bot.db.tx import Database, Tx
from bot.errors import DatabaseTrouble

# As callbacks are named in the inbox; a message is what is no event.
_EVENT = "event."
_TAPS = frozenset(
    f"{_EVENT}{name}"
    for name in ("subscribe", "scan", "click", "scancode_push", "scancode_waitmsg")
)


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
        """Return why a message cannot reach its follower, in Chinese; "" when it may be sent."""
        if not isinstance(action, Reply | Send) or person is None:
            return ""
        order = action.order()

        async def work(tx: Tx) -> str:
            signs = await _signs(tx, action.account, person)
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

        try:
            return await self._db.read(work)
        except DatabaseTrouble:  # the platform decides
            return ""


async def _signs(tx: Tx, account: str, person: str) -> tuple[int, int]:
    """Return when the follower last wrote, and last tapped; 0 for never."""
    rows = await tx.all(
        "SELECT kind, max(received_us) AS at_us FROM inbox WHERE person_id = ? AND account = ?"
        " AND source <> 'internal' GROUP BY kind",
        person, account,
    )  # fmt: skip
    seen = [(str(row["kind"]).lower(), int(row["at_us"])) for row in rows]
    taps = [at_us for kind, at_us in seen if kind in _TAPS]
    words = [at_us for kind, at_us in seen if not kind.startswith(_EVENT)]
    return max(words, default=0), max(taps, default=0)


async def _said(tx: Tx, order: str, since_us: int) -> int:
    """Return how many messages may have reached the follower since then, outside a response."""
    row = await tx.one(
        "SELECT count(*) AS n FROM effect WHERE order_key = ? AND carrier = 'call'"
        " AND state IN ('done', 'unknown') AND sent_us >= ?",
        order, since_us,
    )  # fmt: skip
    return int(row["n"]) if row else 0
