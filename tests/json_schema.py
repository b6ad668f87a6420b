"""Holds JSON against docs/reference/json: the part of JSON Schema that those pages use, strictly.

Stricter than the standard in one thing: a field that no schema names is a fault, so that nothing
is printed that is not documented.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from tests.source import ROOT

FOLDER = ROOT / "docs" / "reference" / "json"
TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "null": (type(None),),
}
NOTES = {"$schema", "$id", "$defs", "title", "description", "format"}
Schema = Mapping[str, Any]


@cache
def schema(name: str) -> Schema:
    """The schema in the file `name`."""
    found: Schema = json.loads((FOLDER / name).read_text("utf-8"))
    return found


def faults(value: object, name: str) -> list[str]:
    """What is wrong with `value` by the schema in the file `name`, each with its path."""
    return list(_faults(value, schema(name), name, "$"))


def _faults(value: object, rules: Schema, file: str, at: str) -> Iterator[str]:
    for keyword, wanted in rules.items():
        if keyword not in NOTES:
            yield from _CHECKS[keyword](value, wanted, file, at)
    if isinstance(value, dict) and "properties" in rules:
        yield from _extra(value, rules, file, at)
    elif isinstance(value, dict) and "additionalProperties" in rules:
        yield from _extra(value, {"properties": {}, **rules}, file, at)


def _extra(value: dict[str, object], rules: Schema, file: str, at: str) -> Iterator[str]:
    allowed = rules.get("additionalProperties", False)
    for key in value.keys() - rules["properties"].keys():
        if allowed is False:
            yield f"{at}.{key}: no schema names it"
        elif allowed is not True:
            yield from _faults(value[key], allowed, file, f"{at}.{key}")


def _ref(value: object, wanted: str, file: str, at: str) -> Iterator[str]:
    name, _, pointer = wanted.partition("#")
    name = name or file
    rules = schema(name)
    for part in pointer.strip("/").split("/") if pointer else ():
        rules = rules[part]
    yield from _faults(value, rules, name, at)


def _type(value: object, wanted: str | list[str], _file: str, at: str) -> Iterator[str]:
    names = [wanted] if isinstance(wanted, str) else wanted
    allowed = tuple(kind for name in names for kind in TYPES[name])
    if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
        yield f"{at}: {value!r} is no {wanted}"


def _const(value: object, wanted: object, _file: str, at: str) -> Iterator[str]:
    if value != wanted:
        yield f"{at}: {value!r} is not {wanted!r}"


def _enum(value: object, wanted: list[object], _file: str, at: str) -> Iterator[str]:
    if value not in wanted:
        yield f"{at}: {value!r} is none of {wanted}"


def _any_of(value: object, wanted: list[Schema], file: str, at: str) -> Iterator[str]:
    tried = [list(_faults(value, rules, file, at)) for rules in wanted]
    if all(tried):
        yield from min(tried, key=len)


def _required(value: object, wanted: list[str], _file: str, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{at}.{name}: missing" for name in wanted if name not in value)


def _properties(value: object, wanted: Mapping[str, Schema], file: str, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name in wanted.keys() & value.keys():
            yield from _faults(value[name], wanted[name], file, f"{at}.{name}")


def _items(value: object, wanted: Schema, file: str, at: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _faults(item, wanted, file, f"{at}[{number}]")


def _judged_with_properties(*_: object) -> Iterator[str]:
    yield from ()


_CHECKS: Mapping[str, Callable[[object, Any, str, str], Iterator[str]]] = {
    "$ref": _ref,
    "type": _type,
    "const": _const,
    "enum": _enum,
    "anyOf": _any_of,
    "required": _required,
    "properties": _properties,
    "items": _items,
    "additionalProperties": _judged_with_properties,
}
