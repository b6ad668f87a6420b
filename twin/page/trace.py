"""Ask the bot for its own trace of a happening; the key stays on this side of the page."""

from urllib.parse import urlencode

import aiohttp

from twin.page.inspect import pretty
from twin.page.lines import node
from twin.shape import BadShape, Json, read, record, text
from twin.stage import Happening, Stage

_ANSWER_S = 3.0
_MOST_BYTES = 200_000
_OK, _NONE = 200, 404


class NoTrace(Exception):
    """There is no trace to show; `key` is the name of the text that says why."""

    def __init__(self, key: str, more: str = "") -> None:
        super().__init__(f"{key} {more}".rstrip())
        self.key = key
        self.more = more


async def trace(stage: Stage, happening_id: str) -> str:
    """Return the bot's trace of a happening as indented JSON. Raises NoTrace.

    The bot has 3 s to answer.
    """
    source = stage.trace_source
    if not source.url:
        raise NoTrace("trace_none")
    happening = next((one for one in stage.happenings if one.id == happening_id), None)
    if happening is None:
        raise NoTrace("trace_missing")
    asked = urlencode(_question(stage, happening))
    try:
        status, body = await _get(f"{source.url}?{asked}", source.key)
    except (aiohttp.ClientError, TimeoutError) as cause:
        raise NoTrace("trace_failed", type(cause).__name__) from cause
    if status == _NONE:
        raise NoTrace("trace_missing")
    if status != _OK:
        raise NoTrace("trace_failed", f"HTTP {status}")
    try:
        return pretty(read(body))
    except BadShape:
        return body.decode("utf-8", "replace")


def _question(stage: Stage, happening: Happening) -> dict[str, str]:
    """Name the event as the bot may know it: by MsgId, else by whom it is about."""
    account = {"account": happening.account.id}
    if happening.msg_id:
        return {**account, "msg": happening.msg_id}
    item = _kf_item(stage, happening.id)
    if item:
        return {"msg": text(item, "msgid", "")}
    return {**account, "digest": happening.digest(), "member": _member(happening)}


def _kf_item(stage: Stage, happening_id: str) -> Json:
    for one in reversed(stage.book.entries):
        if one["kind"] == "kf" and one["happening"] == happening_id:
            return record(one, "item")
    return {}


def _member(happening: Happening) -> str:
    return happening.openid or node(happening.inner, "ExternalUserID")


async def _get(url: str, key: str) -> tuple[int, bytes]:
    limit = aiohttp.ClientTimeout(total=_ANSWER_S)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with (
        aiohttp.ClientSession(timeout=limit) as http,
        http.get(url, headers=headers, allow_redirects=False) as got,
    ):
        return got.status, await got.content.read(_MOST_BYTES)
