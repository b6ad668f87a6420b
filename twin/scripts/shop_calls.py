"""What the shop's own systems tell a bot: a signed order, a coupon taken in at a till."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp

from twin.acts import NotPossible
from twin.mint import mint
from twin.people import Person
from twin.shape import Json
from twin.stage import Stage

_NAMES = ("phone", "card", "unionid", "external_userid", "oa_openid", "mp_openid")
_ANSWER_S = 10.0


async def tell_order(stage: Stage, who: str, told: Json, to: str) -> str:
    """Post an order of `who` by the source `to` (the first unless named); return the answer.

    It is signed like the archive. `amount_fen` is `total_fen`; number, revision 1, state paid and a
    name of the customer are added where they are missing. Raises NotPossible.
    """
    source = next((one for one in stage.world.sources if to in ("", one.id)), None)
    if source is None:
        raise NotPossible(f"这个世界没有订单来源 {to}".rstrip())
    body = json.dumps(_order(stage, who, told), ensure_ascii=False).encode()
    stamp = str(int(stage.now()))
    signed = hmac.new(source.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
    headers = {
        "Content-Type": "application/json",
        "X-Xiaoer-Source": source.id,
        "X-Xiaoer-Timestamp": stamp,
        "X-Xiaoer-Signature": signed.hexdigest(),
    }
    return await _post(stage, source.id, source.path, body, headers)


async def take_in(stage: Stage, who: str, pattern: str, at: str) -> str:
    """Take the newest coupon code on a phone that fits the pattern in at the till `at`.

    Returns the till's answer. Raises NotPossible without such a code or till.
    """
    till = next((one for one in stage.world.tills if at in ("", one.id)), None)
    if till is None:
        raise NotPossible(f"这个世界没有收银台 {at}".rstrip())
    code = _newest(stage, who, pattern)
    asked: Json = {"code": code, "request": _number(stage, till.id, who)}
    body = json.dumps(asked).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {till.key}"}
    return await _post(stage, till.id, till.path, body, headers)


def _order(stage: Stage, who: str, told: Json) -> Json:
    order = {("total_fen" if name == "amount_fen" else name): told[name] for name in told}
    number = _number(stage, "order", who)
    person = stage.crowd.person(who) if who else None
    named = any(name in order for name in _NAMES)
    by = {} if named or person is None else _name_of(person)
    return {"order": number, "revision": 1, "state": "paid", **order, **by}


def _number(stage: Stage, *parts: str) -> str:
    """Return a number that no call before had, and the same one in every run."""
    calls = sum(one["kind"] == "shop" for one in stage.book.entries)
    return mint("", 12, stage.world.id, *parts, str(calls))


def _name_of(person: Person) -> Json:
    if person.unionid:
        return {"unionid": person.unionid}
    return {"external_userid": person.external_userid}


def _newest(stage: Stage, who: str, pattern: str) -> str:
    for seen in reversed(stage.phone(who) or []):
        found = re.search(pattern, seen.text)
        if found:
            return found[found.re.groups and 1]
    raise NotPossible(f"{who} 的手机上没有像 {pattern} 的券码")


async def _post(
    stage: Stage, system: str, path: str, body: bytes, headers: Mapping[str, str]
) -> str:
    url = _address(stage, path)
    limit = aiohttp.ClientTimeout(total=_ANSWER_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=limit) as http,
            http.post(url, data=body, headers=headers) as got,
        ):
            answer, status = await got.text(), got.status
    except (aiohttp.ClientError, TimeoutError) as cause:
        raise NotPossible(f"{system} 打不通 {url}：{type(cause).__name__}") from cause
    told = json.loads(body)
    stage.book.write(
        "shop", stage.now(), system=system, url=url, told=told, status=status, answer=answer
    )
    return answer


def _address(stage: Stage, path: str) -> str:
    """Return where the bot takes this: below the address its callbacks are bound at."""
    if "://" in path:
        return path
    bound = next(iter(stage.callbacks.values()), "")
    if not bound:
        raise NotPossible("还没有绑定机器人的回调地址，不知道往哪里推")
    parts = urlsplit(bound)
    return f"{parts.scheme}://{parts.netloc}{path}"
