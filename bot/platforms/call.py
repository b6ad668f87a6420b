"""One call of an API as a value: what is asked, how the answer reads, what repeating does.

The platforms' packages hold one class for each API that we call (`oa/api`, `wecom/api`, `kf/api`),
named in their `CALLS`. A call knows nothing of tokens, budgets or retries: that is the port's.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, TypeVar

from bot.actions import Class, Receipt, State
from bot.platforms.port import Port, text_of
from bot.platforms.wire import File

T = TypeVar("T")
_REPEATABLE = (Class.B, Class.C)


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
        raise NotImplementedError(f"{type(self).__name__} reads no answer")


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
    receipt, body = await _asked(port, call, attempts)
    return Told(receipt=receipt, value=None if body is None else call.read(body))


async def ask_page(port: Port, call: Paged[T], attempts: int = 1) -> Page[T]:
    """Make one call for one page, as `ask` does."""
    receipt, body = await _asked(port, call, attempts)
    if body is None:
        return Page(receipt=receipt)
    return Page(receipt=receipt, rows=call.read(body), cursor=call.after(body))


async def every_page(port: Port, call: Paged[T], attempts: int = 1) -> AsyncIterator[Page[T]]:
    """Yield page after page; the last one is the one that failed, if one did.

    A platform that hands out the same cursor again has told all it has.
    """
    seen = {call.cursor}
    while True:
        page = await ask_page(port, call, attempts)
        yield page
        if not page.cursor or page.cursor in seen:
            return
        seen.add(page.cursor)
        call = replace(call, cursor=page.cursor)


async def _asked(
    port: Port, call: Call[T], attempts: int
) -> tuple[Receipt, Mapping[str, Any] | None]:
    """Return the receipt, and the body of an answer that says yes."""
    if isinstance(call, Upload):
        answer = await port.upload(call.api, call.file, **call.query())
    else:
        asked = None if call.method == "GET" else call.body()
        answer = await port.call(call.method, call.api, asked, **call.query())
    repeatable = call.klass in _REPEATABLE
    receipt = port.receipt(call.api, answer, attempts=attempts, repeatable=repeatable)
    return receipt, (answer.body or {}) if receipt.state is State.DONE else None


def rows(body: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return a list of objects of an answer; a single object counts as a list of one."""
    found = body.get(name)
    listed = found if isinstance(found, list) else [found]
    return [one for one in listed if isinstance(one, dict)]


def texts(body: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return a list of texts of an answer; numbers become texts, null is left out."""
    found = body.get(name)
    listed = found if isinstance(found, list) else [found]
    return tuple(str(one) for one in listed if one is not None and not isinstance(one, dict))


def whole(body: Mapping[str, Any], name: str) -> int:
    """Return a number of an answer, also one written as text; 0 when there is none."""
    try:
        return int(body.get(name) or 0)
    except (TypeError, ValueError):
        return 0


def part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object of an answer; empty when there is none."""
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def known(**fields: Any) -> dict[str, Any]:
    """Return the fields that say something: no empty text, no empty list, no None."""
    return {name: value for name, value in fields.items() if value not in ("", None, [], (), {})}
