"""The cashier's page: a code typed, scanned or seen by the camera is taken in, once."""

import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from bot.clock import moment
from bot.db import guard, till
from bot.errors import DatabaseTrouble, Refused
from bot.events import RedeemAsked, RedeemUndone
from bot.facts import Store
from bot.ids import readable_code
from bot.web import session as sessions
from bot.web.asking import Verdict, ask
from bot.web.forms import Form, read_form
from bot.web.keys import ROOMS, Rooms
from bot.web.pages import page
from bot.web.session import Session
from bot.web.signin import login_page
from bot.web.till_day import day_of, yuan

_CODE_CHARS = 64
_REQUEST_CHARS = 64
_NUMBER = re.compile(r"[0-9]{1,18}")  # what the database can hold
_AGAIN = "try_again"
_TITLES = {
    "redeemed": "核销成功",
    "already_redeemed": "已核销",
    "wrong_store": "不在本店可用",
    "expired": "已过期",
    "withdrawn": "已撤销",
    "unknown_code": "没有这张券",
    "undone": "已撤销核销",
    "not_redeemed": "没有核销过",
    "too_late": "不能撤销了",
    _AGAIN: "网络没通",
}
_GOOD = ("redeemed", "undone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one try, as the page says it: good, bad, or to be tried again."""

    code: str
    title: str
    text: str
    name: str = ""
    take_off: str = ""  # what to take off the bill

    @property
    def kind(self) -> str:
        """Return by which colour, sound and buzz it is told."""
        if self.code == _AGAIN:
            return "again"
        return "good" if self.code in _GOOD else "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The answer to a form: what became of it, and what to fill in again."""

    outcome: Outcome
    status: int
    form: Form = field(default_factory=dict)


Work = Callable[[Rooms, Session, Store, Form], Awaitable[Outcome]]


async def show(request: web.Request) -> web.Response:
    """GET /till: the cashier's page, or the way into it."""
    session = await sessions.visit_of(request.app[ROOMS], request.cookies)
    if session.store is None:
        return login_page(request, session)
    return await _till(request, session, session.store)


async def redeem(request: web.Request) -> web.Response:
    """POST /till/redeem: take a coupon in. The same form sent twice takes it in once."""
    return await _post(request, _redeem)


async def undo(request: web.Request) -> web.Response:
    """POST /till/undo: take a redemption back, for a manager. Sent twice it is taken back once."""
    return await _post(request, _undo)


async def leave(request: web.Request) -> web.Response:
    """POST /till/leave: end the visit, for a copy of its cookie too. Repeating it is harmless."""
    rooms = request.app[ROOMS]
    session = await sessions.visit_of(rooms, request.cookies)
    try:
        token = (await read_form(request)).get("csrf", "")
    except Refused:
        token = ""
    if not sessions.csrf_fits(rooms, session, token):
        return await show(request)
    if session.store is not None:
        store = session.store.id
        await rooms.db.write(lambda tx: guard.leave(tx, store, session.id, rooms.clock()))
    response = _to_the_page()
    sessions.forget(response)
    return response


async def reopened(_request: web.Request) -> web.Response:
    """GET of what is posted, as a phone asks that opens its pages anew: lead back to the page."""
    return _to_the_page()


def _to_the_page() -> web.Response:
    return web.Response(status=303, headers={"Location": "/till", "Cache-Control": "no-store"})


async def _post(request: web.Request, work: Work) -> web.Response:
    rooms = request.app[ROOMS]
    session = await sessions.visit_of(rooms, request.cookies)
    if session.store is None:
        return login_page(request, session, text="登录已过期，请重新输入 PIN", status=401)
    try:
        form = await read_form(request)
    except Refused:
        broken = Told(outcome=_again("没有收完整"), status=400)
        return await _till(request, session, session.store, broken)
    if not sessions.csrf_fits(rooms, session, form.get("csrf", "")):
        stale = Told(outcome=_again("页面放得太久了"), form=form, status=403)
        return await _till(request, session, session.store, stale)
    try:
        outcome = await work(rooms, session, session.store, form)
    except DatabaseTrouble:
        outcome = _again("暂时记不下来")
    status = 503 if outcome.code == _AGAIN else 200
    told = Told(outcome=outcome, form=form, status=status)
    return await _till(request, session, session.store, told)


async def _redeem(rooms: Rooms, session: Session, store: Store, form: Form) -> Outcome:
    code, name = form.get("code", "").strip(), form.get("request", "")[:_REQUEST_CHARS]
    if not 0 < len(readable_code(code)) <= _CODE_CHARS or not name:
        return Outcome(code="unknown_code", title="没有券码", text="请扫码，或输入券码")
    asked = RedeemAsked(
        account=f"till:{store.id}",
        at=moment(rooms.clock()),
        code=code,
        store=store.id,
        request=f"page:{name}",
        cashier="店长" if session.manager else "收银台",
    )
    canonical = f"redeem\0{store.id}\0{asked.request}\0{readable_code(code)}"
    return _outcome(await ask(rooms, asked, canonical))


async def _undo(rooms: Rooms, session: Session, store: Store, form: Form) -> Outcome:
    if not session.manager:
        return Outcome(code="not_manager", title="只有店长能撤销", text="请店长用自己的 PIN 登录")
    number = form.get("redemption", "")
    redemption = int(number) if _NUMBER.fullmatch(number) else 0
    row = await rooms.db.read(lambda tx: till.redemption_at(tx, store.id, redemption))
    if row is None:
        return Outcome(code="unknown_code", title="没有这笔核销", text="本店没有这一笔，请刷新看看")
    if row["undone"]:  # the coupon may have been taken in anew: that one was not asked for
        return Outcome(code="undone", title=_TITLES["undone"], text="这一笔已经撤销了")
    asked = RedeemUndone(
        account=f"till:{store.id}",
        at=moment(rooms.clock()),
        code=row["code"],
        store=store.id,
        request=f"page:{redemption}",
        by="店长",
    )
    return _outcome(await ask(rooms, asked, f"undo\0{store.id}\0{asked.request}"))


def _outcome(verdict: Verdict | None) -> Outcome:
    if not verdict:
        return _again("暂时没有结果")
    code, fen = verdict["code"], int(verdict.get("value_fen", "0"))
    return Outcome(
        code=code,
        title=_TITLES.get(code, verdict["text"]),
        text=verdict.get("terms") or verdict["text"],
        name=verdict.get("name", ""),
        take_off=f"减 {yuan(fen)} 元" if fen else "",
    )


def _again(why: str) -> Outcome:
    text = f"{why}，请再试一次；同一张券不会核销两次"
    return Outcome(code=_AGAIN, title=_TITLES[_AGAIN], text=text)


async def _till(
    request: web.Request,
    session: Session,
    store: Store,
    told: Told | None = None,
) -> web.Response:
    rooms = request.app[ROOMS]
    outcome = told.outcome if told else None
    again = told.form if told and told.outcome.code == _AGAIN else {}
    shown = {
        "store": store,
        "manager": session.manager,
        "csrf": sessions.csrf_of(rooms, session),
        # Whoever tries again asks for the same thing, under the same name.
        "request_id": again.get("request") or secrets.token_urlsafe(12),
        "typed": again.get("code", ""),
        "outcome": outcome,
        "day": await day_of(rooms, store, manager=session.manager),
        "undo_min": int(rooms.shop.tills.undo_within.total_seconds() // 60),
    }
    return page(request, "till.html", shown, status=told.status if told else 200)
