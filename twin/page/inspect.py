"""What the inspector shows of one entry: the bytes as sent, what is inside, answers, and calls."""

import json
import xml.dom.minidom
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers.expat import ExpatError

from twin.page.bubbles import day_and_clock
from twin.page.lines import node
from twin.parcels import Parcel
from twin.seal import Unopened, opened
from twin.shape import Json
from twin.stage import Stage
from twin.world import Account

_CALLS = 40
_UNNAMED = ("/cgi-bin/kf/sync_msg",)  # belongs to whoever rang, and names nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One delivery and what came back for it; `clear` is what a sealed answer holds."""

    status: str
    ms: str
    answer: str
    clear: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """One call of the bot: its arguments, its answer, and what it changed."""

    n: int
    api: str
    errcode: int
    fault: str
    ms: str
    arguments: str
    answer: str
    effect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Everything about one entry. `happening` is the id of the callback it is or belongs to."""

    n: int
    at: str
    kind: str
    who: str
    happening: str
    entry: str
    url: str = ""
    head: str = ""
    body: str = ""
    inner: str = ""
    attempts: tuple[Attempt, ...] = ()
    calls: tuple[Called, ...] = ()


def sight(stage: Stage, number: int) -> Sight | None:
    """Return what there is to see of the entry with this number, None without one."""
    if not 1 <= number <= len(stage.book.entries):
        return None
    entry = stage.book.entries[number - 1]
    happening = _cause(stage, entry)
    parcels = stage.parcels.of(str(happening["id"])) if happening else ()
    newest = parcels[-1] if parcels else None
    return Sight(
        n=number,
        at=day_and_clock(float(str(entry["at"]))),
        kind=str(entry["kind"]),
        who=str(entry.get("who", "")),
        happening=str(happening["id"]) if happening else "",
        entry=pretty({key: one for key, one in entry.items() if key != "inner"}),
        url=newest.url if newest else "",
        head=_head(newest) if newest else "",
        body=newest.post.body if newest else "",
        inner=_indented(str(happening["inner"])) if happening else "",
        attempts=tuple(_attempt(stage, happening, parcel) for parcel in parcels),
        calls=_calls(stage, entry, happening),
    )


def pretty(told: object) -> str:
    """Return JSON with two spaces of indentation."""
    return json.dumps(told, ensure_ascii=False, indent=2)


def _cause(stage: Stage, entry: Json) -> Json | None:
    """Return the happening that an entry is or names; for a call the one it came after."""
    if entry["kind"] == "happening":
        return entry
    if entry.get("happening"):
        return _named(stage, str(entry["happening"]))
    call = entry.get("call") if entry["kind"] != "call" else entry["n"]
    if isinstance(call, int):
        return _before(stage, stage.book.entries[call - 1])
    return None


def _named(stage: Stage, wanted: str) -> Json | None:
    entries = (one for one in reversed(stage.book.entries) if one["kind"] == "happening")
    return next((one for one in entries if one["id"] == wanted), None)


def _before(stage: Stage, call: Json) -> Json | None:
    """Return the newest happening of the person whom a call is about, before the call."""
    who = set(str(call.get("who", "")).split("|")) - {""}
    for one in reversed(stage.book.entries[: int(str(call["n"])) - 1]):
        if one["kind"] == "happening" and who & set(str(one["who"]).split("|")):
            return one
    return None


def _calls(stage: Stage, entry: Json, happening: Json | None) -> tuple[Called, ...]:
    if entry["kind"] == "call":
        return (_called(stage, entry),)
    return tuple(_after(stage, happening))[:_CALLS] if happening else ()


def _after(stage: Stage, happening: Json) -> Iterator[Called]:
    """Yield the calls about this person until something else happens to them."""
    who = set(str(happening["who"]).split("|")) - {""}
    for one in stage.book.since(int(str(happening["n"]))):
        named = set(str(one.get("who", "")).split("|"))
        if one["kind"] == "happening" and who & named:
            return
        if one["kind"] == "call" and (who & named or one["api"] in _UNNAMED):
            yield _called(stage, one)


def _called(stage: Stage, entry: Json) -> Called:
    number = int(str(entry["n"]))
    answer, effect = stage.parcels.answer(number), entry["effect"]
    return Called(
        n=number,
        api=str(entry["api"]),
        errcode=int(str(entry["errcode"])),
        fault=str(entry["fault"]),
        ms=f"{float(str(entry['ms'])):.0f}",
        arguments=pretty(entry["args"]),
        answer="" if answer is None else pretty(answer),
        effect="" if effect is None else pretty(effect),
    )


def _head(parcel: Parcel) -> str:
    query = "&".join(f"{name}={one}" for name, one in parcel.post.query.items())
    return f"POST {parcel.url}?{query}\nContent-Type: {parcel.post.content_type}"


def _attempt(stage: Stage, happening: Json | None, parcel: Parcel) -> Attempt:
    answer = parcel.answer
    body = answer.body.decode("utf-8", "replace")
    account = stage.world.account(str(happening["account"])) if happening else None
    return Attempt(
        status=str(answer.status) if answer.status else answer.trouble,
        ms=f"{answer.ms:.0f}",
        answer=body,
        clear=_indented(_opened(account, body)) if account and node(body, "Encrypt") else "",
    )


def _opened(account: Account, body: str) -> str:
    """Return what a sealed answer holds, or why it cannot be opened."""
    sealed, signed = node(body, "Encrypt"), node(body, "MsgSignature")
    try:
        return opened(account, sealed, signed, node(body, "TimeStamp"), node(body, "Nonce"))
    except Unopened as cause:
        return str(cause)


def _indented(inner: str) -> str:
    """Return inner XML or JSON for reading; what is neither stays as it is."""
    if inner.startswith("{"):
        try:
            return pretty(json.loads(inner))
        except ValueError:
            return inner
    if "<!DOCTYPE" in inner or "<!ENTITY" in inner:
        return inner
    try:
        made = xml.dom.minidom.parseString(inner)  # noqa: S318  # no entities: checked above
    except (ExpatError, ValueError):
        return inner
    lines = made.toprettyxml(indent="  ").splitlines()[1:]
    return "\n".join(one for one in lines if one.strip())
