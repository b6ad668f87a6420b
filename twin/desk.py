"""Where calls reach a host: each is judged, acts on the stage, is booked, answered or spoilt."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.utils import formatdate
from functools import partial
from typing import Generic

from aiohttp import web

from twin.called import Call, Verdict, book_call, book_late, read_call
from twin.fault_kinds import BEFORE, LATE, REVOKED
from twin.faults import Fault
from twin.host import A, Denied, Done, Host
from twin.leaving import leave
from twin.plant_refusals import call_refusal, opening_refusal
from twin.shape import BadShape, Json
from twin.stage import Stage
from twin.tokens import Standing

NOT_OUR_URL = 40066
NEEDS_GET, NEEDS_POST = 43001, 43002
CROWDED = 45033
_YES: Json = {"errcode": 0, "errmsg": "ok"}
_WORDS = {
    45009: "reach max api daily quota limit",
    CROWDED: "api concurrency out of limit",
}


class Desk(Generic[A]):
    """Answers every request that reaches one host; the HTTP status is 200 even for refusals."""

    def __init__(self, host: Host[A], stage: Stage) -> None:
        self._host = host
        self._stage = stage
        self._editing: Counter[str] = Counter()
        self._under_way: Counter[str] = Counter()  # calls with a token, by path

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Handle one API call. Repeating it is a second call."""
        call = await read_call(request, self._host.name, self._stage.now())
        fits = partial(self._may_have, call)
        fault = self._stage.faults.take(self._host.name, call.path, fits)
        with self._counted(call):
            if fault and fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
            verdict = await self._worked_on(call, fault)
        response = await leave(request, verdict.done.body, verdict.done.file, fault)
        response.headers["Date"] = formatdate(self._stage.date(self._host.name), usegmt=True)
        return response

    async def _worked_on(self, call: Call, fault: Fault | None) -> Verdict:
        with self._edit(call) as overlap:
            if self._edits(call):
                await asyncio.sleep(self._stage.settings.edit_s)
            verdict = self._traced(call, self._judge(call, fault, overlap=overlap))
            number = book_call(self._stage, call, verdict, fault, overlap=overlap)
            self._stage.parcels.answered(number, verdict.done.body)
            self._come_about(number, verdict.done)
            if fault and verdict.rest:
                self._stage.later(self._late(number, verdict.rest, fault.seconds))
            return verdict

    def _may_have(self, call: Call, kind: str) -> bool:
        """Tell whether a call can suffer a fault of this kind."""
        if kind == REVOKED:
            return bool(call.token)
        return kind != LATE or (call.method == "POST" and call.path in self._host.endpoints)

    def _come_about(self, number: int, done: Done) -> None:
        for who, seen in done.shows:
            self._stage.show(who, replace(seen, call=number))
        for happening in done.happenings:
            self._stage.announce(happening)

    async def _late(self, number: int, rest: Callable[[], Done], seconds: float) -> None:
        await self._stage.clock.wait(seconds)
        try:
            verdict = Verdict(errcode=0, done=rest())
        except (Denied, BadShape) as no:
            verdict = self._refused(no)
        book_late(self._stage, number, verdict)
        self._come_about(number, verdict.done)

    def _traced(self, call: Call, verdict: Verdict) -> Verdict:
        if not verdict.errcode:
            return verdict
        owner = self._stage.tokens.owner(call.token)
        body = self._host.traced(self._stage, owner, call.path, verdict.done.body)
        return replace(verdict, done=replace(verdict.done, body=body))

    def _judge(self, call: Call, fault: Fault | None, *, overlap: bool) -> Verdict:
        if fault and fault.kind in BEFORE:
            return _spoilt(fault)
        if fault and fault.kind == REVOKED:
            self._stage.tokens.revoke(self._stage.tokens.owner(call.token), self._stage.now())
        try:
            act = self._admitted(call, overlap=overlap)
            if fault and fault.kind == LATE:
                return Verdict(errcode=0, done=Done(body=_YES), rest=act)
            return Verdict(errcode=0, done=act())
        except (Denied, BadShape) as no:
            return self._refused(no)

    def _refused(self, no: Denied | BadShape) -> Verdict:
        if isinstance(no, Denied):
            body: Json = {"errcode": no.errcode, "errmsg": no.errmsg}
            return Verdict(errcode=no.errcode, done=Done(body=body, who=no.who))
        code = self._host.bad_field if no.key else self._host.broken_body
        return Verdict(errcode=code, done=Done(body={"errcode": code, "errmsg": str(no)}))

    def _admitted(self, call: Call, *, overlap: bool) -> Callable[[], Done]:
        """Return what the call is to do. Raises Denied or BadShape for one that may do nothing."""
        stage = self._stage
        opening = self._host.open_endpoints.get(call.path)
        endpoint = self._host.endpoints.get(call.path)
        if opening:
            args = _right_method(opening.method, call)
            _check(opening_refusal(stage, call.path, args))
            return partial(opening.act, stage, args)
        if endpoint is None:
            raise Denied(NOT_OUR_URL, f"invalid url {call.path}")
        args = _right_method(endpoint.method, call)
        account = self._caller(call.token)
        _check(call_refusal(stage.plants, account, call.path))
        _check(self._crowded(call))
        stage.usage.count(account.id, call.path, stage.now())
        _check(endpoint.disturbed if overlap else None)
        return partial(endpoint.act, stage, account, args)

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

    def _crowded(self, call: Call) -> tuple[int, str] | None:
        most = self._stage.settings.api_at_once
        crowded = most and self._under_way[call.path] > most
        return (CROWDED, _WORDS[CROWDED]) if crowded else None

    @contextmanager
    def _counted(self, call: Call) -> Iterator[None]:
        self._under_way[call.path] += 1
        try:
            yield
        finally:
            self._under_way[call.path] -= 1

    def _edits(self, call: Call) -> str:
        endpoint = self._host.endpoints.get(call.path)
        if endpoint is None or endpoint.edits is None or call.args is None:
            return ""
        return endpoint.edits(call.args)

    @contextmanager
    def _edit(self, call: Call) -> Iterator[bool]:
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


def _check(refusal: tuple[int, str] | None) -> None:
    if refusal:
        raise Denied(*refusal)


def _right_method(method: str, call: Call) -> Json:
    if call.method != method:
        code, words = (NEEDS_GET, "GET") if method == "GET" else (NEEDS_POST, "POST")
        raise Denied(code, f"require {words} method")
    if call.args is None:
        raise BadShape("")
    return call.args


def _spoilt(fault: Fault) -> Verdict:
    """The call never reached the API behind; only the errcode kind has a body of its own."""
    words = _WORDS.get(fault.code, "system error")
    return Verdict(errcode=fault.code, done=Done(body={"errcode": fault.code, "errmsg": words}))
