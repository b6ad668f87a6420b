"""One platform host: judge each API call, let it act on the stage, book it, answer or spoil it."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import Generic, TypeVar

from aiohttp import web

from twin.faults import AFTER, BEFORE, Fault
from twin.people import Seen
from twin.plant_refusals import call_refusal, opening_refusal
from twin.shape import BadShape, Json
from twin.stage import Stage
from twin.tokens import Standing
from twin.uploads import read_body, told
from twin.world import Account

A = TypeVar("A", bound=Account)

NOT_OUR_URL = 40066
NEEDS_GET, NEEDS_POST = 43001, 43002
_HUSHED = ("access_token", "secret", "corpsecret", "appsecret")
_NEVER_S = 3600.0


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

    `shows` are messages for the phones of these people; the desk puts them there.
    """

    body: Json
    who: str = ""
    effect: Json | None = None
    shows: tuple[tuple[str, Seen], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Generic[A]):
    """One API. `act` runs without pause, so an effect is whole or absent.

    `edits` names the contact or fan that a call edits; two such calls at once are an overlap.
    """

    method: str
    act: Callable[[Stage, A, Json], Done]
    edits: Callable[[Json], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Host(Generic[A]):
    """What makes one host: its name, its APIs, its accounts and its own habits of refusing."""

    name: str
    endpoints: Mapping[str, Endpoint[A]]
    open_endpoints: Mapping[str, "OpenEndpoint"]
    account: Callable[[Stage, str], A | None]
    standing: Mapping[Standing, tuple[int, str]]
    broken_body: int
    bad_field: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEndpoint:
    """An API that needs no access token: it gives them out. `act` gets stage and arguments."""

    method: str
    act: Callable[[Stage, Json], Done]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One request as it came in."""

    path: str
    method: str
    token: str
    args: Json | None  # None: the body is no JSON object
    began: float
    clock_began: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """What is answered and booked for a call."""

    errcode: int
    done: Done


class Desk(Generic[A]):
    """Answers every request that reaches one host; the HTTP status is 200 even for refusals."""

    def __init__(self, host: Host[A], stage: Stage) -> None:
        self._host = host
        self._stage = stage
        self._editing: Counter[str] = Counter()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Handle one API call. Repeating it is a second call."""
        call = await self._read(request)
        fault = self._stage.faults.take(self._host.name, call.path)
        with self._edit(call) as overlap:
            if fault and fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
            elif self._edits(call):
                await asyncio.sleep(self._stage.settings.edit_s)
            verdict = _spoilt(fault) if fault and fault.kind in BEFORE else self._judge(call)
            number = self._book(call, verdict, fault, overlap=overlap)
            for who, seen in verdict.done.shows:
                self._stage.show(who, replace(seen, call=number))
        response = await _answer(request, verdict.done.body, fault)
        response.headers["Date"] = formatdate(self._stage.date(self._host.name), usegmt=True)
        return response

    async def _read(self, request: web.Request) -> _Call:
        query: Json = dict(request.query)
        token = str(query.pop("access_token", ""))
        args: Json | None = query
        if request.method == "POST":
            try:
                args = query | await read_body(request)
            except BadShape:
                args = None
        return _Call(
            path=request.path,
            method=request.method,
            token=token,
            args=args,
            began=time.perf_counter(),
            clock_began=self._stage.now(),
        )

    def _judge(self, call: _Call) -> _Verdict:
        try:
            return _Verdict(errcode=0, done=self._act(call))
        except Denied as no:
            body: Json = {"errcode": no.errcode, "errmsg": no.errmsg}
            return _Verdict(errcode=no.errcode, done=Done(body=body, who=no.who))
        except BadShape as cause:
            code = self._host.bad_field if cause.key else self._host.broken_body
            return _Verdict(errcode=code, done=Done(body={"errcode": code, "errmsg": str(cause)}))

    def _act(self, call: _Call) -> Done:
        opening = self._host.open_endpoints.get(call.path)
        endpoint = self._host.endpoints.get(call.path)
        if opening:
            args = _right_method(opening.method, call)
            _check(opening_refusal(self._stage, call.path, args))
            return opening.act(self._stage, args)
        if endpoint is None:
            raise Denied(NOT_OUR_URL, f"invalid url {call.path}")
        args = _right_method(endpoint.method, call)
        account = self._caller(call.token)
        _check(call_refusal(self._stage.plants, account, call.path))
        self._stage.usage.count(account.id, call.path, self._stage.now())
        return endpoint.act(self._stage, account, args)

    def _caller(self, token: str) -> A:
        if not token:
            raise Denied(41001, "access_token missing")
        tokens = self._stage.tokens
        account = self._host.account(self._stage, tokens.owner(token))
        if account is None:
            raise Denied(*self._host.standing[Standing.UNKNOWN])
        standing = tokens.standing(token, account.id, self._stage.now())
        if standing is not Standing.GOOD:
            raise Denied(*self._host.standing[standing])
        return account

    def _edits(self, call: _Call) -> str:
        endpoint = self._host.endpoints.get(call.path)
        if endpoint is None or endpoint.edits is None or call.args is None:
            return ""
        return endpoint.edits(call.args)

    @contextmanager
    def _edit(self, call: _Call) -> Iterator[bool]:
        """Hold the edited contact while a call is in work; yield whether another one is too."""
        subject = self._edits(call)
        if not subject:
            yield False
            return
        self._editing[subject] += 1
        try:
            yield self._editing[subject] > 1
        finally:
            self._editing[subject] -= 1

    def _book(self, call: _Call, verdict: _Verdict, fault: Fault | None, *, overlap: bool) -> int:
        reset = fault is not None and fault.kind in ("reset_before", "reset_after", "never")
        return self._stage.book.write(
            "call",
            self._stage.now(),
            host=self._host.name,
            api=call.path,
            args={key: told(one) for key, one in (call.args or {}).items() if key not in _HUSHED},
            who=verdict.done.who,
            errcode=verdict.errcode,
            effect=verdict.done.effect,
            overlap=overlap,
            fault=fault.kind if fault else "",
            began=round(call.clock_began, 6),
            answered=not reset,
            connection="reset" if reset else "ok",
            ms=round((time.perf_counter() - call.began) * 1000, 1),
        )


def _check(refusal: tuple[int, str] | None) -> None:
    if refusal:
        raise Denied(*refusal)


def _right_method(method: str, call: _Call) -> Json:
    if call.method != method:
        code, words = (NEEDS_GET, "GET") if method == "GET" else (NEEDS_POST, "POST")
        raise Denied(code, f"require {words} method")
    if call.args is None:
        raise BadShape("")
    return call.args


def _spoilt(fault: Fault) -> _Verdict:
    """The call never reached the API behind; only the errcode kind has a body of its own."""
    body: Json = {"errcode": fault.code, "errmsg": "system error"}
    return _Verdict(errcode=fault.code, done=Done(body=body))


async def _answer(request: web.Request, body: Json, fault: Fault | None) -> web.StreamResponse:
    plain = json.dumps(body, ensure_ascii=False)
    if fault is None or fault.kind in ("slow", "errcode"):
        return web.Response(text=plain, content_type="application/json")
    if fault.kind in ("reset_before", "reset_after"):
        _cut(request)
    if fault.kind in ("never", *AFTER):
        await asyncio.sleep(_NEVER_S if fault.kind == "never" else fault.seconds)
    if fault.kind == "truncated":
        plain = plain[: len(plain) // 2]
    if fault.kind == "html":
        return web.Response(text="<html><body>502</body></html>", content_type="text/html")
    return web.Response(text=plain, status=fault.code if fault.kind == "http" else 200)


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
