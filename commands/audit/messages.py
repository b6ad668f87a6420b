"""A callback's message as both sides hold it: its leaves, and what tells it from another."""

import json
from collections.abc import Iterator
from typing import TypeAlias
from xml.etree import ElementTree as ET

Identity: TypeAlias = tuple[str, ...]


def identity(account: str, message: str) -> Identity:
    """Return what tells one message from another: sender and MsgId, else every leaf.

    A message that cannot be read is its own text.
    """
    found = leaves(message)
    named = dict(found)
    if named.get("MsgId"):
        kept = ("FromUserName", "MsgType", "Event", "MsgId")
        return ("id", account, *(named.get(name, "") for name in kept))
    return ("all", account, *(part for leaf in sorted(found) for part in leaf))


def leaves(message: str) -> list[tuple[str, str]]:
    """Return every leaf of a message, XML or JSON, as path and text; any other is one leaf."""
    if message.startswith("{"):
        return _members(message)
    try:
        root = ET.fromstring(message)  # noqa: S314  (expat of this Python bounds entity expansion)
    except (ET.ParseError, ValueError, LookupError):  # also encodings Python does not know
        return [("", message)]
    return [leaf for part in root for leaf in _leaves(part, "")]


def _leaves(part: ET.Element, above: str) -> list[tuple[str, str]]:
    path = f"{above}.{part.tag}".removeprefix(".")
    if len(part) == 0:
        return [(path, part.text or "")]
    return [leaf for inner in part for leaf in _leaves(inner, path)]


def _members(message: str) -> list[tuple[str, str]]:
    try:
        return list(_inside(json.loads(message), ""))
    except (ValueError, RecursionError):
        return [("", message)]


def _inside(part: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(part, dict):
        for name, inner in part.items():
            yield from _inside(inner, f"{path}.{name}".removeprefix("."))
    elif isinstance(part, list):
        for inner in part:
            yield from _inside(inner, f"{path}.Item")
    else:
        yield path, str(part)
