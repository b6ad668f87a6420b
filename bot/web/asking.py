"""Records an event of our own and waits for its verdict, as tills and phone pages do."""

from collections.abc import Mapping

import orjson
from structlog.contextvars import bound_contextvars

from bot.codec import event_to_json
from bot.db import inbox
from bot.events import Event
from bot.web.keys import Rooms

_SWEEP_AFTER_US = 5_000_000  # whoever asks is deciding it already

Verdict = Mapping[str, str]


async def ask(rooms: Rooms, event: Event, canonical: str) -> Verdict | None:
    """Decide an event now and return its verdict, {} when it has none; None when it takes longer.

    The same `canonical` gets the first verdict again. Raises DatabaseTrouble.
    """
    arrival = inbox.Arrival(
        account=event.account,
        source="internal",
        dedupe=inbox.dedupe_key(rooms.shop.instance_key, canonical.encode("utf-8", "replace")),
        kind=type(event).__name__,
        body=event_to_json(event),
        received_us=rooms.clock(),
        lane=0,
        next_us=rooms.clock() + _SWEEP_AFTER_US,
    )
    accepted = await rooms.acceptor.record(arrival)
    with bound_contextvars(event_id=accepted.event_id):
        await rooms.worker.decide_now(accepted.id)
    decided = await rooms.db.read(lambda tx: inbox.look_again(tx, accepted.id))
    if decided.state != "done":
        return None
    verdict: Verdict = orjson.loads(decided.answer) if decided.answer else {}
    return verdict
