"""One call of an API as a value: what is asked, how the answer reads, what repeating does.

The platforms' packages hold one class for each API that we call (`oa/api`, `wecom/api`, `kf/api`),
named in their `CALLS`. A call knows nothing of tokens, budgets or retries: that is the port's.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, TypeVar

from bot.actions import Class, Receipt, State
from bot.errors import Undeclared
from bot.platforms.port import Port, text_of
from bot.platforms.wire import Answer, File, Wire, with_code

T = TypeVar("T")
MOST_PAGES = 10_000  # a million rows at the platforms' smallest pages
ENDLESS = f"平台的列表翻了 {MOST_PAGES} 页还没有完，不再往下读"
_REPEATABLE = (Class.B, Class.C)
_LAST_SECOND = 4_102_444_800
_LARGEST = 2**63 - 1  # what our tables and events can hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """One call; its fields are what the caller decides. Subclasses declare what the API fixes.

    * api: the address below the platform's host
    * klass: B reading, or writing the same again · C keyed by the platform · D read back before
      it is repeated · E no key, so an answer that never came is unknown
    * source: the section of the platform's manual that it was written from
    """

    api: ClassVar[str] = ""
    method: ClassVar[str] = "POST"
    klass: ClassVar[Class]
    source: ClassVar[str] = ""

    def query(self) -> Mapping[str, str]:
        """Return what stands in the address, besides the token."""
        return {}

    def body(self) -> Mapping[str, Any]:
        """Return the body of a POST."""
        return {}

    def read(self, body: Mapping[str, Any]) -> T:
        """Return what an answer of errcode 0 says; missing fields read as empty."""
        raise Undeclared(f"{type(self).__name__} declares no reading of its answer")

    def understood(self, answer: Answer) -> T:
        """Return what a whole answer of errcode 0 says."""
        return self.read(answer.body or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Call[None]):
    """A call whose answer says nothing but yes."""

    def read(self, body: Mapping[str, Any]) -> None:
        """Return nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload(Call[T]):
    """A call that sends a file as the multipart field `media`."""

    file: File


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file that a platform gave out; or none, and in `url` where it lies, if that was said."""

    content: bytes = b""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch(Call[Fetched]):
    """A call that answers with a file, of at most `most_bytes`; a JSON object is no file."""

    method: ClassVar[str] = "GET"
    most_bytes: ClassVar[int] = 0

    def read(self, body: Mapping[str, Any]) -> Fetched:
        """Return what was said instead of a file."""
        return Fetched()

    def understood(self, answer: Answer) -> Fetched:
        """Return the file, or what was said instead."""
        return Fetched(content=answer.content) if answer.content else self.read(answer.body or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged(Call[tuple[T, ...]]):
    """A call that answers page by page; `cursor` is where this page begins, "" for the first."""

    cursor: str = ""

    def after(self, body: Mapping[str, Any]) -> str:
        """Return where the next page begins; "" when this was the last."""
        return text_of(body, "next_cursor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Generic[T]):
    """What a call came to: its receipt, and its answer when that is a yes."""

    receipt: Receipt
    value: T | None = None

    @property
    def done(self) -> bool:
        """Return whether the platform said yes."""
        return self.receipt.state is State.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list; `cursor` is where the next one begins, "" when there is none."""

    receipt: Receipt
    rows: tuple[T, ...] = ()
    cursor: str = ""

    @property
    def done(self) -> bool:
        """Return whether the platform said yes."""
        return self.receipt.state is State.DONE


async def ask(port: Port, call: Call[T], attempts: int = 1) -> Told[T]:
    """Make one call within the account's token and budget, and read its answer.

    Never raises for what a platform or a network can do. A dead token costs one more try; nothing
    else is repeated here: the receipt says whether, and when, it may be.
    """
    receipt, answer = await _asked(port, call, attempts)
    return Told(receipt=receipt, value=None if answer is None else call.understood(answer))


async def ask_page(port: Port, call: Paged[T], attempts: int = 1) -> Page[T]:
    """Make one call for one page, as `ask` does."""
    receipt, answer = await _asked(port, call, attempts)
    if answer is None:
        return Page(receipt=receipt)
    body = answer.body or {}
    return Page(receipt=receipt, rows=call.read(body), cursor=call.after(body))


async def every_page(port: Port, call: Paged[T], attempts: int = 1) -> AsyncIterator[Page[T]]:
    """Yield page after page; the last one is the one that failed, if one did.

    A platform that hands out the same cursor again has told all it has; one that hands out new
    ones for ever is left after 10,000 pages, and the last one says so.
    """
    seen = {call.cursor}
    for _ in range(MOST_PAGES):
        page = await ask_page(port, call, attempts)
        yield page
        if not page.cursor or page.cursor in seen:
            return
        seen.add(page.cursor)
        call = replace(call, cursor=page.cursor)
    yield Page(receipt=Receipt(state=State.FAILED, meaning=ENDLESS))


async def in_turn(port: Port, calls: Iterable[Call[T]]) -> AsyncIterator[Told[T]]:
    """Make one call after the other and yield what each came to; the last may be a failed one."""
    for call in calls:
        told = await ask(port, call)
        yield told
        if not told.done:
            return


async def sent(wire: Wire, call: Call[T]) -> Answer:
    """Make a call that brings its own right, past every token and budget; return the bare answer.

    For asking for a token itself, and where an operator asks because nothing else works.
    """
    if isinstance(call, Fetch):
        return await wire.fetch(call.api, call.most_bytes, query=call.query())
    asked = None if call.method == "GET" else call.body()
    return await wire.call(call.method, call.api, query=call.query(), body=asked)


async def _asked(port: Port, call: Call[T], attempts: int) -> tuple[Receipt, Answer | None]:
    """Return the receipt, and an answer that says yes."""
    answer = await _answer(port, call)
    repeatable = call.klass in _REPEATABLE
    receipt = port.receipt(call.api, answer, attempts=attempts, repeatable=repeatable)
    return receipt, answer if receipt.state is State.DONE else None


async def _answer(port: Port, call: Call[T]) -> Answer:
    if isinstance(call, Upload):
        return await port.upload(call.api, call.file, **call.query())
    if isinstance(call, Fetch):
        return await port.fetch(call.api, call.most_bytes, **call.query())
    asked = None if call.method == "GET" else call.body()
    answer = await port.call(call.method, call.api, asked, **call.query())
    return with_code(answer) if isinstance(call, Order) else answer


def batches(listed: Sequence[T], most: int) -> Iterator[tuple[T, ...]]:
    """Yield a list in parts of at most so many, for a call that takes no more.

    >>> list(batches("abcde", 2))
    [('a', 'b'), ('c', 'd'), ('e',)]
    """
    for start in range(0, len(listed), most):
        yield tuple(listed[start : start + most])


def rows(body: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return a list of objects of an answer; a single object counts as a list of one."""
    return [one for one in _listed(body, name) if isinstance(one, dict)]


def texts(body: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return a list of texts of an answer; numbers become texts, what is neither is left out."""
    return tuple(str(one) for one in _listed(body, name) if isinstance(one, str | int | float))


def numbers(body: Mapping[str, Any], name: str) -> tuple[int, ...]:
    """Return a list of numbers of an answer, also of such as are written as text."""
    found = (_number(one) for one in _listed(body, name))
    return tuple(one for one in found if one is not None)


def whole(body: Mapping[str, Any], name: str) -> int:
    """Return a number of an answer, also one written as text; 0 when there is none.

    One beyond 64 bits is none: nothing of ours could keep it.

    >>> [whole({"n": one}, "n") for one in (7, "7", None, "", "many", [7], 2**53 + 1, 1e300)]
    [7, 7, 0, 0, 0, 0, 9007199254740993, 0]
    """
    return _number(body.get(name)) or 0


def second(body: Mapping[str, Any], name: str) -> int:
    """Return a moment of an answer in Unix seconds; 0 when it tells none before the year 2100.

    >>> [second({"at": one}, "at") for one in (1_760_000_000, -1, 10**13)]
    [1760000000, 0, 0]
    """
    told = whole(body, name)
    return told if 0 < told < _LAST_SECOND else 0


def flag(body: Mapping[str, Any], name: str) -> bool | None:
    """Return a yes or no of an answer, also one written as number or text; None when it is none.

    >>> [flag({"on": one}, "on") for one in (True, 1, "true", "0", False, None, [])]
    [True, True, True, False, False, None, None]
    """
    return {"true": True, "1": True, "false": False, "0": False}.get(text_of(body, name).lower())


def _number(told: object) -> int | None:
    if not isinstance(told, str | int | float):
        return None
    try:
        found = int(told)
    except (ValueError, OverflowError):
        return None
    return found if abs(found) <= _LARGEST else None


def _listed(body: Mapping[str, Any], name: str) -> list[object]:
    found = body.get(name)
    return found if isinstance(found, list) else [found]


def part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object of an answer; empty when there is none."""
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def known(**fields: Any) -> dict[str, Any]:
    """Return the fields that say something: no empty text, no empty list, no None."""
    return {name: value for name, value in fields.items() if value not in ("", None, [], (), {})}
