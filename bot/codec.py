"""Events and actions as JSON and back, for the rows they wait in."""

from typing import Any

from pydantic import TypeAdapter

from bot import actions, events
from bot.actions import Action
from bot.events import Event

_EVENTS = {c.__name__: c for c in vars(events).values() if isinstance(c, type)}
_LISTED = 50  # of ten thousand receivers a trace needs no more
_ACTIONS = {c.kind: c for c in (*actions.LOCAL, *actions.REMOTE)}


_ADAPTERS: dict[str, TypeAdapter[Any]] = {}


def _adapter(kind: type) -> TypeAdapter[Any]:
    if kind.__name__ not in _ADAPTERS:
        _ADAPTERS[kind.__name__] = TypeAdapter(kind)
    return _ADAPTERS[kind.__name__]


def event_to_json(event: Event) -> bytes:
    """Return an event of our own as the bytes its inbox row keeps."""
    return bytes(_adapter(type(event)).dump_json(event))


def event_from_json(kind: str, body: bytes) -> Event:
    """Return the event an inbox row of kind `internal.NAME` keeps. Raises KeyError, ValueError."""
    event: Event = _adapter(_EVENTS[kind]).validate_json(body)
    return event


def action_to_json(action: Action) -> str:
    """Return an action as the text its effect row keeps."""
    return bytes(_adapter(type(action)).dump_json(action)).decode()


def action_from_json(kind: str, body: str) -> Action:
    """Return the action an effect row of `kind` keeps. Raises KeyError, ValueError."""
    action: Action = _adapter(_ACTIONS[kind]).validate_json(body)
    return action


def action_summary(action: Action) -> dict[str, Any]:
    """Return an action as the trace shows it: its kind and its fields, long lists cut short."""
    shown: dict[str, Any] = _adapter(type(action)).dump_python(action, mode="json")
    return {"kind": action.kind, **{name: _clipped(value) for name, value in shown.items()}}


def _clipped(value: Any) -> Any:
    if isinstance(value, list) and len(value) > _LISTED:
        return [*value[:_LISTED], f"… 共 {len(value)} 个"]
    return value
