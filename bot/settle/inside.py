"""Settles what concerns ourselves: our own events, and what operators should see."""

from bot.actions import Tell, Warn
from bot.clock import micros
from bot.codec import event_to_json
from bot.db import inbox, journal
from bot.db.tx import Tx
from bot.events import FOUND
from bot.settle.decision import Decision

_LATE_LANE = 2


async def tell(tx: Tx, action: Tell, decision: Decision) -> None:
    """Put an event of our own into the inbox."""
    event = action.event
    canonical = f"tell\0{event.account}\0{type(event).__name__}\0{action.name}".encode()
    await inbox.accept_untaken(
        tx,
        inbox.Arrival(
            account=event.account,
            source="internal",
            dedupe=inbox.dedupe_key(decision.instance_key, canonical),
            kind=type(event).__name__,
            body=event_to_json(event),
            received_us=decision.now_us,
            event_us=micros(event.at) if event.at else None,
            # What is late already waits for whoever is here now.
            lane=_LATE_LANE if isinstance(event, FOUND) else 1,
        ),
    )


async def warn(tx: Tx, action: Warn, decision: Decision) -> None:
    """Show operators something."""
    await journal.notice(tx, action.name, action.text, decision.now_us)
