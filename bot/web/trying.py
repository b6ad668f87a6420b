"""The call by which the operator's own tools ask what the rules would do, as `try --json` does."""

from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import datetime

import orjson
from aiohttp import web

from bot.clock import moment
from bot.db import pauses
from bot.errors import DatabaseTrouble, Refused
from bot.pausing import paused_of
from bot.plan import CHANNELS, OCCASIONS, STAGES
from bot.shop import Shop
from bot.web import trace
from bot.web.body import read_body
from bot.web.keys import ROOMS, Rooms, Traces
from bot.web.signed import SIGNATURE, NotSigned, answer, signed, turned_away
from keyword_rules.read_calendar import EARLIEST_YEAR, LATEST_YEAR
from keyword_rules.rule import TEXT, WORDED, Subject

_NAME_CHARS = 256
_MOST_TAGS = 1_000
_NAMES = ("channel", "store", "group", "stage", "at", "key", "on", "person", "rule")
_USUAL: Mapping[str, str] = {"channel": "oa", "stage": "visitor", "on": TEXT}


async def tried(request: web.Request) -> web.Response:
    """POST /api/try: which rules would act for a text, and why those that came near would not.

    For who may read traces (docs/reference/trace.md). It changes nothing and logs nothing of what
    it is asked; a body is at most 64 KiB. With 10,000 rules it takes a few milliseconds.
    """
    rooms = request.app[ROOMS]
    try:
        body = await _body(request, rooms.traces)
    except Refused as refused:
        return turned_away(refused)
    if isinstance(body, web.Response):
        return body
    if rooms.traces is None:
        return trace.off()
    try:
        return await _answer(rooms, rooms.traces, body)
    except ValueError as wrong:
        return answer(400, {"code": "bad_request", "text": str(wrong)})
    except DatabaseTrouble:
        return answer(503, {"code": "try_again", "text": "暂时读不了数据库，请稍后再问"})


async def _body(request: web.Request, traces: Traces | None) -> bytes | web.Response:
    """Return the body of who may ask, else the refusal."""
    if SIGNATURE not in request.headers:
        refused = trace.without_key(request, traces)
        return await read_body(request) if refused is None else refused
    try:
        return (await signed(request, trace.KIND)).body
    except NotSigned as refused:
        return trace.wrong(request, refused.code, refused.text)


async def _answer(rooms: Rooms, traces: Traces, body: bytes) -> web.Response:
    asked = _asked(body)
    subject, about = _subject(asked, rooms.shop), _name(asked, "rule")
    stopped = paused_of(await rooms.db.read(pauses.names)).rules
    rules = rooms.shop.rules()
    try:
        told = traces.explain(rules, replace(subject, paused=stopped), about)
    except KeyError:
        raise ValueError(f"没有规则 {about}") from None
    return answer(200, dict(told))


def _asked(body: bytes) -> Mapping[str, object]:
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ValueError("正文应为 JSON 对象") from None
    if not isinstance(told, dict):
        raise ValueError("正文应为 JSON 对象")
    if unknown := sorted(told.keys() - {"text", "tags", *_NAMES}):
        raise ValueError(f"不认识字段 {unknown[0]}，可写 {'、'.join(('text', 'tags', *_NAMES))}")
    return told


def _subject(asked: Mapping[str, object], shop: Shop) -> Subject:
    content, local = shop.content(), _local(_name(asked, "at"), shop)
    subject = Subject(
        occasion=_one_of(asked, "on", OCCASIONS),
        text=_text(asked),
        key=_name(asked, "key"),
        channel=_one_of(asked, "channel", CHANNELS),
        store=_one_of(asked, "store", content.stores.keys() | {""}),
        group=_one_of(asked, "group", content.pools.keys() | {""}),
        stage=_one_of(asked, "stage", STAGES),
        tags=_tags(asked),
        local=local,
        days=content.calendar.days_of(local.date()),
        person=_name(asked, "person"),
    )
    if not subject.text and not subject.key and subject.occasion in WORDED:
        raise ValueError("要写 text：顾客说的话")
    return subject


def _text(asked: Mapping[str, object]) -> str:
    text = asked.get("text", "")
    if not isinstance(text, str):
        raise ValueError("text 应为文字")
    return text


def _name(asked: Mapping[str, object], field: str) -> str:
    name = asked.get(field, _USUAL.get(field, ""))
    if not isinstance(name, str) or len(name) > _NAME_CHARS:
        raise ValueError(f"{field} 应为不超过 {_NAME_CHARS} 个字符的文字")
    return name


def _one_of(asked: Mapping[str, object], field: str, known: Set[str]) -> str:
    name = _name(asked, field)
    if name not in known:
        raise ValueError(f"{field} 不能是 {name or '空的'}")
    return name


def _tags(asked: Mapping[str, object]) -> frozenset[str]:
    tags = asked.get("tags", [])
    if not isinstance(tags, list) or len(tags) > _MOST_TAGS:
        raise ValueError(f"tags 应为不超过 {_MOST_TAGS} 个标签的列表")
    if not all(isinstance(tag, str) for tag in tags):
        raise ValueError("tags 里应都是文字")
    return frozenset(tags)


def _local(at: str, shop: Shop) -> datetime:
    if not at:
        return moment(shop.clock()).astimezone(shop.zone)
    try:
        given = datetime.fromisoformat(at)
        if not EARLIEST_YEAR <= given.year <= LATEST_YEAR:
            raise ValueError
        return given.astimezone(shop.zone) if given.tzinfo else given.replace(tzinfo=shop.zone)
    except (ValueError, OverflowError):
        raise ValueError("at 应为门店当地的时间，如 2026-10-01T10:00") from None
