"""The labelled points at which a process can be made to kill itself.

Nothing in the product knows of them: a rig's processes have the named functions wrapped as they
are imported (tests/drills/hook.py). A label counts how often it was passed; the passing it is
armed for is the process's last.
"""

from dataclasses import dataclass
from enum import StrEnum

# What the environment tells a process: "label:passing", the file that deaths are noted in, and the
# safeguard that it is to do without.
ARMED, DEATHS, BROKEN = "DRILL_POINT", "DRILL_DEATHS", "DRILL_BROKEN"


class When(StrEnum):
    """On which side of a function the point lies."""

    BEFORE = "before"
    AFTER = "after"
    DURING = "during"  # within milliseconds of its beginning


class Push(StrEnum):
    """What makes a process come by a point that ordinary traffic does not lead to."""

    NONE = ""
    REVOKE = "revoke"  # the platforms' tokens die
    STOP = "stop"  # the process is asked to leave
    FRESH = "fresh"  # it starts on an empty database
    LATER = "later"  # the clock jumps to when accounts are compared again


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One label: beside which function (`module:name`) it lies, and up to which passing it waits.

    `fruitful`: only a call that returned something counts. `served`: only a process that listens
    comes by. `engine`: there is no such place on another one.
    """

    label: str
    place: str
    when: When
    most: int = 12
    push: Push = Push.NONE
    fruitful: bool = False
    served: bool = False
    engine: str = ""


def _before(label: str, place: str, most: int = 12, *, served: bool = False) -> Point:
    return Point(label=label, place=place, when=When.BEFORE, most=most, served=served)


def _after(
    label: str, place: str, most: int = 12, *, fruitful: bool = False, served: bool = False
) -> Point:
    return Point(
        label=label, place=place, when=When.AFTER, most=most, fruitful=fruitful, served=served
    )


_ARRIVING = (
    _before("opened-before-commit", "bot.accept:Acceptor.record", served=True),
    _before("inbox-insert", "bot.db.inbox:accept"),
    _after("inbox-inserted-uncommitted", "bot.db.inbox:accept"),
    _after("inbox-committed-before-200", "bot.accept:Acceptor.record", served=True),
    _after("passive-decided-unwritten", "bot.worker:Worker.answer", fruitful=True, served=True),
    _before("response-leaving", "aiohttp.web_protocol:RequestHandler.finish_response",
            served=True),
    _after("response-gone", "aiohttp.web_protocol:RequestHandler.finish_response", served=True),
    _before("passive-written-unnoted", "bot.worker:Worker.answered", served=True),
    _after("passive-noted", "bot.worker:Worker.answered", served=True),
)  # fmt: skip
_DECIDING = (
    _after("deciding-row-taken", "bot.db.inbox:take", fruitful=True),
    _after("deciding-facts-read", "bot.gather:gather"),
    _after("deciding-effect-owed", "bot.db.ledger:owe"),
    _after("coupon-claimed-uncommitted", "bot.db.shelves:claim", most=3),
    _after("coupon-redeemed-uncommitted", "bot.db.shelves:redeem", most=2),
    _after("members-merged-uncommitted", "bot.db.merging:merge", most=2),
    _before("deciding-before-close", "bot.db.inbox:close"),
    _after("deciding-closed-uncommitted", "bot.db.inbox:close"),
    _after("decided-committed", "bot.decide:Decider.decide", fruitful=True),
)
_PERFORMING = (
    _after("claimed-uncommitted", "bot.db.claims:claim", fruitful=True),
    _after("intent-committed", "bot.perform:Performer.claim", fruitful=True),
    _before("before-socket", "bot.platforms.wire:Wire._exchange"),
    _after("request-written", "bot.platforms.wire:_mark_written"),
    _after("response-read", "bot.platforms.wire:_read"),
    _after("kf-page-fetched", "bot.platforms.kf.calls:_page", most=4),
    _before("outcome-before-commit", "bot.perform:Performer._write"),
    _before("answer-rows", "bot.perform:Performer._arrival", most=4),
    _after("outcome-uncommitted", "bot.db.ledger:settle"),
    _after("outcome-committed", "bot.perform:Performer._write"),
)
_KEEPING = (
    _after("sweep-uncommitted", "bot.db.ledger:expire", most=6),
    _after("swept", "bot.worker:Worker.sweep", most=2),
    _before("orphan-unsettled", "bot.db.orphans:settle", most=1),
    _after("orphan-settled-uncommitted", "bot.db.orphans:settle", most=1),
    _before("recovery", "bot.worker:Worker.recover", most=1),
    _after("recovered", "bot.worker:Worker.recover", most=1),
    Point(label="checkpoint", place="bot.db.sqlite:SqliteDatabase._commit_waiting",
          when=When.DURING, engine="sqlite"),
    Point(label="token-leased", place="bot.db.tokens:TokenShelf.lease", when=When.AFTER,
          most=1, push=Push.REVOKE, fruitful=True),
    Point(label="token-fetched-unkept", place="bot.platforms.token:TokenHolder._keep",
          when=When.BEFORE, most=1, push=Push.REVOKE),
    Point(label="token-kept", place="bot.db.tokens:TokenShelf.keep", when=When.AFTER,
          most=1, push=Push.REVOKE),
    Point(label="round-uncommitted", place="bot.rounds:begin", when=When.AFTER, most=2,
          push=Push.LATER),
    Point(label="round-begun", place="bot.rounds:Rounds.begin_due", when=When.AFTER, most=1,
          push=Push.LATER, fruitful=True),
    Point(label="draining", place="bot.worker:Worker.stop", when=When.BEFORE, most=1,
          push=Push.STOP),
    Point(label="drained", place="bot.worker:Worker.stop", when=When.AFTER, most=1,
          push=Push.STOP),
)  # fmt: skip
_STARTING = (
    Point(label="migrating", place="bot.db.schema:run_script", when=When.DURING, most=1,
          push=Push.FRESH, engine="sqlite"),
    Point(label="migrating-server", place="bot.db.schema:_migrate_server", when=When.DURING,
          most=1, push=Push.FRESH, engine="postgres"),
    Point(label="migrated", place="bot.db.schema:migrate", when=When.AFTER, most=1,
          push=Push.FRESH),
    Point(label="shelf-stocked-uncommitted", place="bot.db.shelves:stock_generated",
          when=When.AFTER, most=3, push=Push.FRESH, fruitful=True),
    Point(label="shelves-stocked", place="commands.parts.stock:stock_shelves", when=When.AFTER,
          most=1, push=Push.FRESH),
)  # fmt: skip
POINTS = (*_ARRIVING, *_DECIDING, *_PERFORMING, *_KEEPING, *_STARTING)
