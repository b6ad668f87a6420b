"""What a platform host is made of: its APIs, what a call comes to, and how it is refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from twin.people import Seen
from twin.shape import Json
from twin.stage import Happening, Stage
from twin.tokens import Standing
from twin.uploads import Upload
from twin.world import Account

A = TypeVar("A", bound=Account)


class Denied(Exception):
    """The platform refuses the call with this errcode; nothing changed."""

    def __init__(self, errcode: int, errmsg: str, who: str = "") -> None:
        super().__init__(f"{errcode} {errmsg}")
        self.errcode = errcode
        self.errmsg = errmsg
        self.who = who


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The call was carried out: the body of the answer, about whom, and what changed.

    `shows` are messages for the phones of these people; the desk puts them there. `happenings`
    are callbacks that the call causes; the desk announces them after the call is booked. A `file`
    is answered in place of the body.
    """

    body: Json
    who: str = ""
    effect: Json | None = None
    shows: tuple[tuple[str, Seen], ...] = ()
    happenings: tuple[Happening, ...] = ()
    file: Upload | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Generic[A]):
    """One API. `act` runs without pause, so an effect is whole or absent.

    `edits` names the contact or fan that a call edits; two such calls at once are an overlap,
    and the later one is refused with `disturbed` where the platform does that.
    """

    method: str
    act: Callable[[Stage, A, Json], Done]
    edits: Callable[[Json], str] | None = None
    disturbed: tuple[int, str] | None = None


def _plain(stage: Stage, account: str, path: str, refusal: Json) -> Json:
    return refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Host(Generic[A]):
    """What makes one host: its name, its APIs, its accounts and its own habits of refusing.

    `traced` gets the account, the path and the body of each refusal, and returns the body that
    is answered.
    """

    name: str
    endpoints: Mapping[str, Endpoint[A]]
    open_endpoints: Mapping[str, "OpenEndpoint"]
    account: Callable[[Stage, str], A | None]
    standing: Mapping[Standing, tuple[int, str]]
    broken_body: int
    bad_field: int
    traced: Callable[[Stage, str, str, Json], Json] = _plain


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEndpoint:
    """An API that needs no access token: it gives them out. `act` gets stage and arguments."""

    method: str
    act: Callable[[Stage, Json], Done]
