"""What one clear payload tells: its kind, its typed event, and every leaf, as JSON values."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime

import orjson

from bot.events import Alias, Event, Unrecognised
from bot.platforms.aibot import gate as aibot
from bot.platforms.happening import Fields, kind_of, read
from bot.platforms.kf import gate as kf
from bot.platforms.oa import gate as oa
from bot.platforms.wecom import gate as wecom

PLATFORMS = ("oa", "wecom", "kf", "aibot")

Answer = dict[str, object]


def told(platform: str, scope: str, payload: str) -> Answer:
    """Return kind, recognised, event and fields of a payload, XML or JSON.

    `scope` is the AppID or CorpID in which its names are valid. Raises Refused("parse").
    """
    return _unlike_an_event(platform, scope, payload) or _of_event(platform, scope, payload)


def _of_event(platform: str, scope: str, payload: str) -> Answer:
    event = _event(platform, scope, payload)
    return {
        "kind": kind_of(event.fields),
        "recognised": not isinstance(event, Unrecognised),
        "event": _shown(event),
        "fields": dict(event.fields),
    }


def _unlike_an_event(platform: str, scope: str, payload: str) -> Answer | None:
    """What people paste besides: a poll for a stream, an unopened envelope, an answer to a pull."""
    leaf_texts = read(payload)
    kind = kind_of(leaf_texts)
    asked = aibot.stream_asked(payload) if platform == "aibot" else None
    if asked:
        return _told_as(kind, {"type": "StreamAsked", "stream": asked.stream}, leaf_texts)
    if kind == "sealed":
        return _told_as(kind, {"type": "Envelope"}, leaf_texts)
    if platform == "kf" and kind == "other" and _answers_a_pull(leaf_texts):
        items = [_shown(kf.event_of("kf", scope, item, "")) for item in _items(payload)]
        return _told_as("sync_response", {"type": "Pulled", "items": items}, leaf_texts)
    return None


def _told_as(kind: str, event: Answer, leaf_texts: Mapping[str, str]) -> Answer:
    return {"kind": kind, "recognised": True, "event": event, "fields": dict(leaf_texts)}


def _answers_a_pull(leaf_texts: Mapping[str, str]) -> bool:
    return any(path.split("[")[0] in ("errcode", "msg_list", "next_cursor") for path in leaf_texts)


def _items(payload: str) -> list[object]:
    try:
        answer: object = orjson.loads(payload)
    except orjson.JSONDecodeError:  # an answer in XML has no items we know of
        return []
    items = answer.get("msg_list", []) if isinstance(answer, dict) else []
    return items if isinstance(items, list) else [items]


def _event(platform: str, scope: str, payload: str) -> Event:
    if platform == "oa":
        return oa.decode(platform, scope, payload)
    if platform == "wecom":
        return wecom.decode(platform, scope, payload)
    if platform == "kf":
        return _of_kf(scope, payload)
    return aibot.decode(platform, "", payload)


def _of_kf(scope: str, payload: str) -> Event:
    # The bell comes through WeCom's door and names its event; a pulled item describes one.
    if Fields(read(payload)).first("Event", "InfoType"):
        return wecom.decode("kf", scope, payload)
    return kf.decode("kf", scope, payload)


def _shown(event: Event) -> Answer:
    shown: Answer = {"type": type(event).__name__}
    for attribute in fields(event):
        if attribute.name not in ("account", "fields"):
            value: object = getattr(event, attribute.name)
            shown[attribute.name] = _plain(value)
    return shown


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Alias):
        return {"kind": value.kind.value, "scope": value.scope, "value": value.value}
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
