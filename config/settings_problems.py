"""Says in an operator's words, and at the setting's place, what validation found wrong."""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from config.problems import Problem, nearest
from config.settings_sources import Sources, written

_KINDS = "oa（公众号）、wecom（企业微信，客服也用它）或 aibot（智能机器人）"
_WORDS = {
    "missing": "缺少这一项",
    "extra_forbidden": "不认识的设置",
    "string_type": "应为文字；数字请加引号",
    "finite_number": "应为数字",
    "tuple_type": "应为列表（每项以 - 开头）",
    "model_type": "应为“名称: 值”的组合",
    "model_attributes_type": "应为“名称: 值”的组合",
    "union_tag_not_found": f"缺少这一项：{_KINDS}",
    "union_tag_invalid": f"应为 {_KINDS}",
    "too_short": "至少要写一个",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "literal_error": "应为 {expected}",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不能大于 {le}",
}


def explained(
    error: ValidationError, sources: Sources, names: Mapping[str, tuple[str, ...]]
) -> Iterator[Problem]:
    """Yield one problem for each finding of `error`, never with the value that was given.

    `names` lists, by the section that holds them ("" for the top), the settings there are.
    """
    for details in error.errors(include_input=False, include_url=False):
        location = details["loc"]
        path = _path(details)
        unknown = details["type"] == "extra_forbidden"
        section = next((part for part in location[-2::-1] if isinstance(part, str)), "")
        hint = nearest(str(path[-1]), names.get(section, ())) if unknown else ""
        place = sources.place(path, of_key=unknown)
        yield place.problem(f"{written(path)}: {said(details)}", hint=hint)


def _path(details: ErrorDetails) -> tuple[int | str, ...]:
    """Return the setting's path; validation puts the kind of an account between, as a tag."""
    location = details["loc"]
    path = tuple(
        part
        for before, part in zip((None, *location), location, strict=False)
        if not (isinstance(before, int) and location[0] == "accounts" and isinstance(part, str))
    )
    return (*path, "kind") if details["type"].startswith("union_tag") else path


def said(details: ErrorDetails) -> str:
    """Return what one finding means, without the value that was given."""
    if details["type"] not in _WORDS:
        return details["msg"]
    return _WORDS[details["type"]].format(**details.get("ctx", {})).replace(" or ", " 或 ")
