"""The JSON Schema of a rule file, so that editors complete and check while one types."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from keyword_rules.read_cases import CASE_FIELDS
from keyword_rules.read_often import PERIODS, SCOPES
from keyword_rules.read_where import NARROWING
from keyword_rules.read_words import KEY_MODES
from keyword_rules.rule import Mode
from keyword_rules.vocabulary import Verb, Vocabulary
from keyword_rules.where import WEEKDAYS

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json]"

_TEXT: dict[str, Json] = {"type": "string", "minLength": 1}
_TEXTS: dict[str, Json] = {"type": "array", "items": _TEXT, "minItems": 1}
_ONE_OR_MORE: dict[str, Json] = {"anyOf": [_TEXT, _TEXTS]}
_ARGUMENTS: Mapping[str, dict[str, Json]] = {
    "texts": _ONE_OR_MORE,
    "tags": _ONE_OR_MORE,
    "int": {"type": "integer", "minimum": 0},
    "bool": {"type": "boolean"},
}


def rule_schema(vocabulary: Vocabulary) -> dict[str, Json]:
    """The schema for these verbs and occasions. Names of content are left to the loader.

    Equal vocabularies give equal schemas, key by key.
    """
    rules: dict[str, Json] = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/rule"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "店小二规则文件",
        "anyOf": [rules, _table(_frame(vocabulary, rules), required=["rules"])],
        "$defs": {"rule": _table(_rule(vocabulary), required=["id", "do"])},
    }


def _frame(vocabulary: Vocabulary, rules: Json) -> dict[str, Json]:
    where = _where(vocabulary)
    only = _table({name: where[name] for name in NARROWING})
    return {
        "priority": {"type": "integer", "description": "加在每条规则的 priority 上"},
        "only": {**only, "description": "每条规则的 where 之外，还要都成立"},
        "dry_run": {"type": "boolean", "description": "全部试运行"},
        "note": _TEXT,
        "rules": rules,
    }


def _rule(vocabulary: Vocabulary) -> dict[str, Json]:
    return {
        "id": {**_TEXT, "description": "全部规则文件里唯一的名字"},
        "on": _listed(vocabulary.names.get("occasion", ())),
        "say": _joined(Mode, ("any", "all", "none"), "顾客说的话"),
        "key": _joined(KEY_MODES, ("any",), "菜单键或活码参数"),
        "where": _table(_where(vocabulary)),
        "priority": {"type": "integer", "description": "大的先；相同时命中的词长的先"},
        "stop": {"type": "boolean", "description": "命中后不再看后面的规则，默认 true"},
        "continue": {"type": "boolean", "description": "命中后还看后面的规则，等于 stop: false"},
        "dry_run": {"type": "boolean", "description": "试运行：只记在轨迹里，什么也不做"},
        "do": {
            "type": "array",
            "minItems": 1,
            "items": {"anyOf": _steps(vocabulary.verbs)},
        },
        "cases": {"type": "array", "items": _table(_case(), required=["hit"])},
        "note": _TEXT,
    }


def _where(vocabulary: Vocabulary) -> dict[str, Json]:
    limit = _limit()
    percent: dict[str, Json] = {"type": ["number", "string"], "description": "30 或 0-30"}
    share = _table({"percent": percent, "split": _TEXT}, required=["percent"])
    return {
        "channel": _listed(vocabulary.names.get("channel", ())),
        "store": _ONE_OR_MORE,
        "group": _ONE_OR_MORE,
        "tagged": _ONE_OR_MORE,
        "not_tagged": _ONE_OR_MORE,
        "stage": _listed(vocabulary.names.get("stage", ())),
        "hours": {**_ONE_OR_MORE, "description": "08:00-22:00，可以跨零点"},
        "weekdays": _listed(WEEKDAYS, ordered=True),
        "dates": {**_ONE_OR_MORE, "description": "2026-11-01..2026-11-30，两头都算，可以不写一头"},
        "days": {**_ONE_OR_MORE, "description": "workday、restday、holiday 或节日的名字"},
        "share": {"anyOf": [percent, share], "description": "百分之几的会员，总是同一些人"},
        "limit": {"anyOf": [limit, {"type": "array", "items": limit, "minItems": 1}]},
        "nth": {"type": ["integer", "string"], "description": "第几次遇到：1、first、2-、2-4"},
    }


def _limit() -> dict[str, Json]:
    rows: dict[str, Json] = {
        "times": {"type": "integer", "minimum": 1},
        "per": {"enum": list(PERIODS)},
        "of": {"enum": list(SCOPES), "description": "给谁数：会员、一个群、一家店"},
    }
    return _table(rows, required=["times", "per"])


def _case() -> dict[str, Json]:
    special: dict[str, Json] = {
        "hit": {"type": "boolean"},
        "tagged": _ONE_OR_MORE,
        "days": _ONE_OR_MORE,
    }
    return {name: special.get(name, _TEXT) for name in CASE_FIELDS}


def _joined(modes: Iterable[Mode], joins: Iterable[str], description: str) -> dict[str, Json]:
    mode: dict[str, Json] = {"enum": [mode.value for mode in modes]}
    worded = _table({"words": _ONE_OR_MORE, "mode": mode}, required=["words"])
    listed: Json = {"anyOf": [_TEXT, {"type": "array", "items": {"anyOf": [_TEXT, worded]}}]}
    rows: dict[str, Json] = {**dict.fromkeys(joins, listed), "mode": mode}
    return {"anyOf": [_TEXT, _TEXTS, _table(rows)], "description": description}


def _steps(verbs: Mapping[str, Verb]) -> list[Json]:
    bare: list[Json] = [name for name, verb in sorted(verbs.items()) if not verb.required]
    return [
        {"enum": bare},
        *(
            _table({name: _arguments(verb)}, required=[name])
            for name, verb in sorted(verbs.items())
        ),
    ]


def _arguments(verb: Verb) -> dict[str, Json]:
    rows: dict[str, Json] = {
        name: _ARGUMENTS.get(kind, _TEXT) for name, kind in sorted(verb.args.items())
    }
    full: Json = _table(rows, required=sorted(verb.required))
    if verb.shorthand:
        return {"anyOf": [rows[verb.shorthand], full]}
    return {"anyOf": [full, {"type": "null"}]} if not verb.required else {"anyOf": [full]}


def _listed(names: Iterable[str], *, ordered: bool = False) -> dict[str, Json]:
    known: list[Json] = list(names if ordered else sorted(names))
    one: dict[str, Json] = {"enum": known} if known else _TEXT
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


def _table(rows: dict[str, Json], *, required: list[str] | None = None) -> dict[str, Json]:
    table: dict[str, Json] = {
        "type": "object",
        "properties": rows,
        "additionalProperties": False,
    }
    return {**table, "required": list[Json](required)} if required else table
