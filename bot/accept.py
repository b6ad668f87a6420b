"""The first room: is it genuine, can we read it, have we got it already? Durable before the 200.

Verify, decrypt, decode, digest, insert, commit. Nothing else happens on the way to the answer.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import micros
from bot.db import inbox
from bot.db.tx import Database
from bot.errors import Refused
from bot.events import ANSWERED_INSIDE, ContactAdded, Event
from bot.platforms import happening
from bot.platforms.oa import gate as oa_gate
from bot.platforms.wecom import gate as wecom_gate
from bot.shop import AccountKeys, Shop, decoded

_STAMP_DIGITS = 10
_HANDLER_US = 5_000_000  # the open response's own decision has this long before the sweep steps in
_HEAD_OF_UNREADABLE = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A genuine callback with what is needed to record it; `event` is None when unreadable."""

    arrival: inbox.Arrival
    event: Event | None

    @property
    def answers_inside(self) -> bool:
        """Whether the platform takes an answer inside the response to this callback."""
        return isinstance(self.event, ANSWERED_INSIDE)


class Acceptor:
    """Opens callbacks and records them."""

    def __init__(self, db: Database, shop: Shop) -> None:
        self._db = db
        self._shop = shop
        self.refused: Counter[tuple[str, str]] = Counter()

    def verify_url(self, keys: AccountKeys, query: Mapping[str, str]) -> bytes:
        """Return what a URL verification is answered. Raises Refused."""
        try:
            if keys.channel == "oa":
                return oa_gate.answer_get(keys.seal, query)
            return wecom_gate.answer_get(keys.seal, query)
        except Refused as refused:
            self.refused[keys.id, refused.step] += 1
            raise

    def open(self, keys: AccountKeys, query: Mapping[str, str], body: bytes) -> Opened:
        """Check and decode a callback. Raises Refused, counted by step, for what is not genuine.

        What is genuine and unreadable is kept in quarantine: the platform need not send it again.
        """
        try:
            self._check_age(query)
            if keys.channel == "oa":
                plain = oa_gate.open_post(keys.mode, keys.seal, query, body)
            else:
                plain = wecom_gate.open_post(keys.seal, query, body)
        except Refused as refused:
            self.refused[keys.id, refused.step] += 1
            raise
        try:
            event = decoded(keys, plain)
        except Refused as refused:
            return Opened(arrival=self._unreadable(keys, plain, refused), event=None)
        return Opened(arrival=self._arrival(keys, plain, event), event=event)

    def _check_age(self, query: Mapping[str, str]) -> None:
        stamp = query.get("timestamp", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _STAMP_DIGITS):
            return  # the gate says what is wrong with it
        window = self._shop.times.callback_window  # dedupe records outlive it
        if abs(self._shop.clock() // 1_000_000 - int(stamp)) > window.total_seconds():
            raise Refused(
                "envelope", f"timestamp 与本机时钟相差超过 {window / timedelta(days=1):g} 天"
            )

    def _arrival(self, keys: AccountKeys, plain: bytes, event: Event) -> inbox.Arrival:
        now_us = self._shop.clock()
        inside = isinstance(event, ANSWERED_INSIDE)
        urgent = inside or (isinstance(event, ContactAdded) and bool(event.welcome_code))
        event_us = micros(event.at) if event.at else None
        if event_us is not None:
            self._shop.skew.note(now_us, event_us)
        kind, canonical = happening.identity(keys.id, event.fields)
        return inbox.Arrival(
            account=keys.id,
            source="callback",
            dedupe=inbox.dedupe_key(self._shop.instance_key, canonical),
            kind=kind[:128],
            body=plain,
            received_us=now_us,
            event_us=event_us,
            lane=0 if urgent else 1,
            next_us=now_us + _HANDLER_US if inside else 0,
        )

    def _unreadable(self, keys: AccountKeys, plain: bytes, refused: Refused) -> inbox.Arrival:
        now_us = self._shop.clock()
        return inbox.Arrival(
            account=keys.id,
            source="callback",
            dedupe=inbox.dedupe_key(self._shop.instance_key, b"raw\0" + keys.id.encode() + plain),
            kind="unreadable",
            body=plain[:_HEAD_OF_UNREADABLE],
            received_us=now_us,
            quarantined=str(refused),
        )

    async def record(self, arrival: inbox.Arrival) -> inbox.Accepted:
        """Commit an arrival to disk. Raises DatabaseTrouble: then the platform must send again."""
        return await self._db.write(lambda tx: inbox.accept(tx, arrival))
