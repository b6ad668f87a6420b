"""The first room: is it genuine, can we read it, have we got it already? Durable before the 200.

Verify, decrypt, decode, digest, insert, commit. Nothing else happens on the way to the answer.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot import metrics
from bot.actions import Relay
from bot.clock import micros
from bot.db import inbox, ledger
from bot.db.arrivals import Arrivals
from bot.db.tx import Database, Tx
from bot.errors import Overloaded, Refused
from bot.events import ContactAdded, Event, answered_inside
from bot.platforms import happening
from bot.platforms.aibot import gate as aibot_gate
from bot.platforms.aibot.gate import StreamAsked
from bot.platforms.oa import gate as oa_gate
from bot.platforms.wecom import gate as wecom_gate
from bot.shop import AccountKeys, Shop, decoded

_STAMP_DIGITS = 10
_HANDLER_US = 5_000_000  # the open response's own decision has this long before the sweep steps in
LOOKS = "xiaoer-looks-"  # how the nonce of `doctor` begins; it is signed with the account's Token
_HEAD_OF_UNREADABLE = 64 * 1024
# More than a slow disk commits within the 5 s that a platform waits would be sent again anyway, and
# each of them holds memory: a refusal at once leaves the time to those that wait.
_MOST_WAITING = 1_000
_QUARANTINED_A_DAY = 1_000  # rows an account; whatever is sent beyond them is only counted
_DAY_US = 86_400_000_000
# Steps that only the holder of our Token reaches: the platform sent it, and would send it again.
_SIGNED = frozenset({"base64", "decrypt", "padding", "length", "receiver"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A signed callback with what is needed to record it.

    `event` is None when it cannot be read, and then `refused` says why.
    """

    arrival: inbox.Arrival
    event: Event | None
    refused: Refused | None = None

    @property
    def answers_inside(self) -> bool:
        """Whether the platform takes an answer inside the response to this callback."""
        return self.event is not None and answered_inside(self.event)


class Acceptor:
    """Opens callbacks and records them."""

    def __init__(self, db: Database, shop: Shop) -> None:
        self._db = db
        self._shop = shop
        self.refused: Counter[tuple[str, str]] = Counter()
        self.last_refused: dict[tuple[str, str], inbox.Refusal] = {}
        self._waiting = 0  # for the writer
        self._arrivals = Arrivals(db)
        self.verified_us: dict[str, int] = {}  # account -> when its URL was last verified

    def verify_url(self, keys: AccountKeys, query: Mapping[str, str]) -> bytes:
        """Return what a URL verification is answered. Raises Refused."""
        try:
            echo = _answer_get(keys, query)
        except Refused as refused:
            self._count(keys, refused)
            raise
        if not _looks(query):
            self.verified_us[keys.id] = self._shop.clock()
        return echo

    def open(self, keys: AccountKeys, query: Mapping[str, str], body: bytes) -> Opened:
        """Check and decode a callback. Raises Refused, counted by step, for what is not signed.

        What is signed and cannot be opened or read is kept in quarantine, as it came: the
        platform need not send it again.
        """
        try:
            plain = self._clear(keys, query, body)
        except Refused as refused:
            if refused.step not in _SIGNED:
                raise
            return self._unreadable(keys, body, refused)
        return self._told(keys, plain)

    def open_bot(
        self, keys: AccountKeys, query: Mapping[str, str], body: bytes
    ) -> Opened | StreamAsked:
        """Do what `open` does for an internal bot, whose platform also asks about streams."""
        opened = self.open(keys, query, body)
        if opened.event is None:
            return opened
        return aibot_gate.stream_asked(opened.arrival.body) or opened

    def _clear(self, keys: AccountKeys, query: Mapping[str, str], body: bytes) -> bytes:
        try:
            self._check_age(query)
            return _open_post(keys, query, body)
        except Refused as refused:
            self._count(keys, refused)
            raise

    def astray(self, query: Mapping[str, str], body: bytes, path: str) -> bool:
        """Tell whether what came to a `path` that nobody serves was meant for one of our accounts.

        It is if the account's keys vouch for it: then something on the way rewrote the path, and
        it is counted as refused at the step "path".
        """
        for keys in self._shop.accounts.values():
            try:
                _open_post(keys, query, body) if body else _answer_get(keys, query)
            except Refused:
                continue
            if not _looks(query):
                self._count(keys, Refused("path", f"到了 {path}，应为 {keys.path}"))
            return True
        return False

    def _count(self, keys: AccountKeys, refused: Refused) -> None:
        name = keys.id, refused.step
        self.refused[name] += 1
        self.last_refused[name] = inbox.Refusal(at_us=self._shop.clock(), reason=refused.reason)

    def _told(self, keys: AccountKeys, plain: bytes) -> Opened:
        try:
            event = decoded(keys, plain)
        except Refused as refused:
            self._count(keys, refused)
            return self._unreadable(keys, plain, refused)
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
        inside = answered_inside(event)
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

    def _unreadable(self, keys: AccountKeys, came: bytes, refused: Refused) -> Opened:
        arrival = inbox.Arrival(
            account=keys.id,
            source="callback",
            dedupe=inbox.dedupe_key(self._shop.instance_key, b"raw\0" + keys.id.encode() + came),
            kind="unreadable",
            body=came[:_HEAD_OF_UNREADABLE],
            received_us=self._shop.clock(),
            quarantined=str(refused),
        )
        return Opened(arrival=arrival, event=None, refused=refused)

    async def hear(self) -> None:
        """Learn the platforms' clocks from callbacks that other processes, or lives, have taken."""
        self._shop.skew.learn(await self._db.read(inbox.newest_callbacks))

    async def record(self, arrival: inbox.Arrival, relay: Relay | None = None) -> inbox.Accepted:
        """Commit an arrival to disk, and with its first copy that it is owed to an older system.

        An account's quarantine takes 1,000 rows a day; what comes beyond has no row (id 0), and
        only its refusal is counted. Raises DatabaseTrouble: then the platform must send again, as
        when more than 1,000 wait for the writer (Overloaded).
        """
        if self._waiting >= _MOST_WAITING:
            raise Overloaded("等着写进数据库的回调太多：请稍后再发")

        async def work(tx: Tx) -> inbox.Accepted:
            if arrival.quarantined and await _is_full(tx, arrival):
                return _UNKEPT
            accepted = await inbox.accept(tx, arrival)
            if relay and not accepted.duplicate:
                await ledger.owe(tx, relay, _owing(arrival, accepted))
            return accepted

        alike = not (self._db.alone or arrival.quarantined or relay)
        self._waiting += 1
        try:
            with metrics.ACCEPT_SECONDS.time():
                if alike:
                    return await self._arrivals.accept(arrival)
                return await self._db.write(work, soon=True)
        finally:
            self._waiting -= 1


async def _is_full(tx: Tx, arrival: inbox.Arrival) -> bool:
    since_us = arrival.received_us - _DAY_US
    kept = await inbox.quarantined_since(tx, arrival.account, since_us, _QUARANTINED_A_DAY)
    return kept >= _QUARANTINED_A_DAY


_UNKEPT = inbox.Accepted(id=0, event_id="", state="quarantined", duplicate=False, answer=None)


def _looks(query: Mapping[str, str]) -> bool:
    """Tell whether a genuine request is our own look at ourselves, which proves nothing."""
    return query.get("nonce", "").startswith(LOOKS)


def _owing(arrival: inbox.Arrival, accepted: inbox.Accepted) -> ledger.Owing:
    return ledger.Owing(
        inbox=accepted.id, event_id=accepted.event_id, person=None, now_us=arrival.received_us
    )


def _answer_get(keys: AccountKeys, query: Mapping[str, str]) -> bytes:
    match keys.channel:
        case "oa":
            return oa_gate.answer_get(keys.seal, query)
        case "aibot":
            return aibot_gate.answer_get(keys.seal, query)
        case _:
            return wecom_gate.answer_get(keys.seal, query)


def _open_post(keys: AccountKeys, query: Mapping[str, str], body: bytes) -> bytes:
    match keys.channel:
        case "oa":
            return oa_gate.open_post(keys.mode, keys.seal, query, body)
        case "aibot":
            return aibot_gate.open_post(keys.seal, query, body)
        case _:
            return wecom_gate.open_post(keys.seal, query, body)
