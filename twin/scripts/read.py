"""Read scripts from YAML nodes, and find every mistake in them at once with its place."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from twin.scripts.checks import Checker
from twin.scripts.names import Names, made_groups
from twin.scripts.nodes import Problems, pairs, place, plain, read_yaml, written
from twin.scripts.script import LIMIT_S, Script, Step
from twin.scripts.spans import span_s
from twin.scripts.verbs import ACT_FIELDS, COMMON, IMPERSONAL, NOBODY, VERBS, Word

Pair = tuple[yaml.Node, str, yaml.Node]


def read_scripts(node: yaml.Node, names: Names, problems: Problems) -> tuple[Script, ...]:
    """Return the scripts of a world: each name has its steps, or a file beside the world.

    Mistakes go to `problems`; a script that has any is left out.
    """
    if not isinstance(node, yaml.MappingNode):
        problems.add(node, "scripts 应为一组 名字: 步骤，或 名字: 文件")
        return ()
    near = Path(node.start_mark.name).parent
    found = [_named(name, value, near, names, problems) for _, name, value in pairs(node, problems)]
    return tuple(one for one in found if one)


def read_script(file: Path, names: Names, problems: Problems) -> Script | None:
    """Return the script in a file of its own, named like the file; None with a mistake in it.

    Raises OSError, ValueError or YAMLError for a file that cannot be read.
    """
    inside = read_yaml(file)
    if inside is None:
        problems.lines.append(f"{file}:1:1: 文件是空的")
        return None
    return _steps(file.stem, inside, names, problems)


def _named(
    name: str, node: yaml.Node, near: Path, names: Names, problems: Problems
) -> Script | None:
    if not isinstance(node, yaml.ScalarNode):
        return _steps(name, node, names, problems)
    file = near / str(node.value)
    try:
        found = read_script(file, names, problems)
    except (OSError, ValueError, yaml.YAMLError) as cause:
        problems.add(node, f"读不了剧本 {file}：{cause}")
        return None
    return Script(name=name, steps=found.steps) if found else None


def _steps(name: str, node: yaml.Node, names: Names, problems: Problems) -> Script | None:
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        problems.add(node, f"剧本 {name} 应为一列步骤")
        return None
    before = len(problems.lines)
    groups = names["groups"] | {one for one in made_groups(node.value) if one}
    checker = Checker(names={**names, "groups": groups}, problems=problems)
    steps = [_step(checker, one) for one in node.value]
    if len(problems.lines) > before:
        return None
    return Script(name=name, steps=tuple(one for one in steps if one))


def _step(by: Checker, node: yaml.Node) -> Step | None:
    if not isinstance(node, yaml.MappingNode):
        by.problems.add(node, "一步应写成 {who: 谁, 做什么: 值}")
        return None
    told = list(pairs(node, by.problems))
    verbs = [one for one in told if one[1] in VERBS or one[1] in ACT_FIELDS]
    if len(verbs) != 1:
        _complain(by, node, told, verbs)
        return None
    key, verb, value = verbs[0]
    word = VERBS.get(verb)
    beside = word.options if word and not word.closed else {}
    _check_beside(by, told, {**COMMON, **beside}, verb)
    if not any(name == "who" for _, name, _ in told) and _needs_who(verb, value):
        by.problems.add(key, f"{verb} 这一步没有说是谁（who）")
    if word:
        by.check(value, word, verb)
    else:
        _check_arguments(by, value, verb)
    return _built(by, node, told, verb)


def _complain(by: Checker, node: yaml.Node, told: list[Pair], verbs: list[Pair]) -> None:
    """Say why a step has no verb, or what its second one is."""
    if len(verbs) > 1:
        words = f"一步只能做一件事，这里有 {verbs[0][1]} 和 {verbs[1][1]}"
        by.problems.add(verbs[1][0], words)
        return
    strange = [one for one in told if one[1] not in COMMON]
    for key, name, _ in strange:
        by.problems.unknown(key, "动作", name, (*VERBS, *ACT_FIELDS, *COMMON))
    if not strange:
        by.problems.add(node, f"这一步什么也没做，可用：{'、'.join(VERBS)}")


def _needs_who(verb: str, value: yaml.Node) -> bool:
    if verb == "expect" and isinstance(value, yaml.MappingNode):
        return not any(written(key) in IMPERSONAL for key, _ in value.value)
    word = VERBS.get(verb)
    return word.who if word else verb not in NOBODY


def _check_beside(by: Checker, told: list[Pair], known: Mapping[str, Word], verb: str) -> None:
    for key, name, value in told:
        if name in known:
            by.check(value, known[name], name)
        elif name != verb:
            by.problems.unknown(key, f"写在 {verb} 旁边的", name, known)


def _check_arguments(by: Checker, node: yaml.Node, verb: str) -> None:
    known = ACT_FIELDS[verb].split()
    if isinstance(node, yaml.ScalarNode) and not node.value:
        return
    if not isinstance(node, yaml.MappingNode):
        by.problems.add(node, f"{verb} 后面应为一组 键: 值，可用：{'、'.join(known) or '无'}")
    for key, name, _ in pairs(node, by.problems):
        if name not in known:
            by.problems.unknown(key, f" {verb} 的参数", name, known)


def _built(by: Checker, node: yaml.Node, told: list[Pair], verb: str) -> Step:
    beside = {name: plain(one, by.problems) for _, name, one in told}
    value, who = beside.pop(verb), str(beside.pop("who", ""))
    return Step(
        place=place(node),
        source=f"{who} {verb} {_short(value)}".strip(),
        verb=verb,
        who=who,
        value=value,
        within_s=_seconds(beside.pop("within", LIMIT_S)),
        refused=str(beside.pop("refused", "")),
        options=beside,
    )


def _seconds(told: object) -> float:
    try:
        return span_s(told)
    except ValueError:
        return LIMIT_S  # told as a mistake already


def _short(value: object) -> str:
    if isinstance(value, dict):
        return "，".join(f"{name} {_short(one)}".strip() for name, one in value.items())
    if isinstance(value, list):
        return "、".join(map(_short, value))
    return "" if value is None else str(value)
