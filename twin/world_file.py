"""Read a world from YAML, or say every mistake in it at once with file:line:column."""

import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass, replace
from pathlib import Path
from types import UnionType
from typing import TypeGuard, TypeVar, get_args, get_type_hints

import yaml

from twin.scripts.names import names_of
from twin.scripts.nodes import Problems, hint, place, written
from twin.scripts.read import read_script, read_scripts
from twin.scripts.script import Script
from twin.world import JSON_MODE, AibotAccount, OaAccount, WecomAccount, World
from twin.world_checks import console_problems, scope_problems, template_problems
from twin.world_places import place_of
from twin.world_source import BadSource, compose

_Record = TypeVar("_Record")
_AES_KEY = re.compile(r"[A-Za-z0-9+/]{43}")
_MODES = ("plain", "compatible", "safe")
_APP_MODES = ("xml", JSON_MODE)


class BadWorld(Exception):
    """A world cannot be used; the message lists every mistake, one a line."""


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Builds records from YAML nodes and collects what is wrong with them."""

    problems: list[str]

    def complain(self, node: yaml.Node, words: str) -> None:
        self.problems.append(f"{place(node)}: {words}")

    def pairs(self, node: yaml.Node) -> Iterator[tuple[yaml.Node, str, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            self.complain(node, "这里应为一组 键: 值")
            return
        seen: set[str] = set()
        for key, value in node.value:
            name = str(getattr(key, "value", ""))
            if name in seen:
                self.complain(key, f"重复的键 {name}")
            seen.add(name)
            yield key, name, value

    def record(self, kind: type[_Record], node: yaml.Node) -> _Record | None:
        """Return a `kind` built from `node`; None when anything was wrong with it."""
        before = len(self.problems)
        known = {item.name: item for item in _fields(kind)}
        hints = get_type_hints(kind)
        found: dict[str, object] = {}
        for key, name, value in self.pairs(node):
            if name not in known:
                self.complain(key, f"不认识的键 {name}，{hint(name, known)}")
                continue
            found[name] = self.value(hints[name], value)
        missing = [name for name, item in known.items() if _needed(item) and name not in found]
        if missing:
            self.complain(node, f"缺少 {'、'.join(missing)}")
        return kind(**found) if len(self.problems) == before else None

    def value(self, kind: object, node: yaml.Node) -> object:
        if kind is str and isinstance(node, yaml.ScalarNode):
            return str(node.value)
        if kind in (int, bool) and isinstance(node, yaml.ScalarNode):
            return self._literal(kind, node)
        inner = get_args(kind)
        known = next((one for one in _chosen(kind) if _is_record(one)), None)
        if known and isinstance(node, yaml.MappingNode):
            return self.record(known, node)
        if inner and isinstance(node, yaml.SequenceNode):
            return tuple(self._item(inner[0], item) for item in node.value)
        self.complain(node, "值的种类不对")
        return None

    def _literal(self, kind: object, node: yaml.ScalarNode) -> object:
        found: object = yaml.safe_load(str(node.value))
        if type(found) is not kind:
            self.complain(node, "应为整数" if kind is int else "应为 true 或 false")
        return found

    def _item(self, kind: object, node: yaml.Node) -> object:
        return self.record(kind, node) if _is_record(kind) else self.value(kind, node)


def load(wanted: Path) -> World:
    """Return the world in this file, or the bundled one of this name (yidian).

    Raises BadWorld with every mistake at once, also when the file cannot be read.
    """
    node = _composed(wanted)
    problems, names = Problems(), names_of(node)
    told = _taken(node, "scripts")
    world = _Reader(problems=problems.lines).record(World, node)
    scripts = read_scripts(told, names, problems) if told else ()
    if world is None or problems.lines:
        raise BadWorld("\n".join(dict.fromkeys(problems.lines)))
    return replace(_sound(world, node), scripts=scripts)


def load_script(wanted: Path, world: Path) -> Script:
    """Return the script in a file of its own, about people and places of this world.

    Raises BadWorld with every mistake at once, also when a file cannot be read.
    """
    problems = Problems()
    try:
        script = read_script(wanted, names_of(_composed(world)), problems)
    except (OSError, ValueError, yaml.YAMLError) as cause:
        raise BadWorld(f"{wanted}: 读不了这个剧本：{cause}") from cause
    if script is None:
        raise BadWorld("\n".join(dict.fromkeys(problems.lines)))
    return script


def _composed(wanted: Path) -> yaml.Node:
    try:
        return compose(wanted)
    except BadSource as cause:
        raise BadWorld(str(cause)) from cause


def _taken(node: yaml.Node, wanted: str) -> yaml.Node | None:
    """Take a key out of a mapping and return its value."""
    if not isinstance(node, yaml.MappingNode):
        return None
    found = [value for key, value in node.value if written(key) == wanted]
    node.value = [(key, value) for key, value in node.value if written(key) != wanted]
    return found[0] if found else None


def override(world: World, changes: tuple[str, ...]) -> World:
    """Return the world with `account.field=value` changes made. Raises BadWorld."""
    for change in changes:
        where, _, value = change.partition("=")
        account, _, name = where.partition(".")
        world = _with_field(world, account, name, value)
    return _sound(world, None)


def _sound(world: World, node: yaml.Node | None) -> World:
    """Return the world when its parts fit together. Raises BadWorld."""
    problems = [*_account_problems(world), *_reference_problems(world)]
    problems += [*console_problems(world), *scope_problems(world), *template_problems(world)]
    if problems:
        places = [place_of(node, words) if node else "--set" for words in problems]
        told = (f"{at}: {words}" for at, words in zip(places, problems, strict=True))
        raise BadWorld("\n".join(told))
    return world


def _account_problems(world: World) -> Iterator[str]:
    ids = [one.id for one in (*world.accounts(), *world.archive, *world.sources, *world.tills)]
    ids += [one.open_kfid for one in world.kf]
    if len(set(ids)) != len(ids):
        yield "accounts: 账号 id 重复"
    if len(world.wecom) > 1:
        yield "accounts.wecom: 一个世界最多一个企业微信账号"
    if len(world.archive) > 1:
        yield "accounts.archive: 一个世界最多一份会话存档"
    for account in world.accounts():
        if not _AES_KEY.fullmatch(account.aes_key):
            yield f"{account.id}.aes_key: 应为 43 个字母或数字，现为 {len(account.aes_key)} 个字符"
        if isinstance(account, OaAccount) and account.mode not in _MODES:
            yield f"{account.id}.mode: 应为 {'、'.join(_MODES)} 之一"
        if isinstance(account, WecomAccount) and account.mode not in _APP_MODES:
            yield f"{account.id}.mode: 应为 {'、'.join(_APP_MODES)} 之一"


def _reference_problems(world: World) -> Iterator[str]:
    staff = {one.userid for one in world.staff}
    accounts = {one.id for one in world.oa}
    for poster in world.posters:
        if poster.account not in accounts:
            yield f"posters.{poster.id}: 没有公众号 {poster.account}"
    for code in world.entry_codes:
        if not code.staff or not staff.issuperset(code.staff):
            yield f"entry_codes.{code.id}: 员工不存在"
    for group in world.groups:
        if group.owner not in staff:
            yield f"groups.{group.chat_id}: 群主 {group.owner} 不存在"
    yield from _kf_problems(world, staff)
    yield from _aibot_problems(world, staff)


def _aibot_problems(world: World, staff: set[str]) -> Iterator[str]:
    for bot in world.aibot:
        for group in bot.internal_groups:
            if not group.members or not staff.issuperset(group.members):
                yield f"accounts.aibot.{bot.id}.{group.chat_id}: 成员不存在"


def _kf_problems(world: World, staff: set[str]) -> Iterator[str]:
    if world.kf and not world.wecom:
        yield "accounts.kf: 微信客服需要一个企业微信账号"
    for kf in world.kf:
        if not staff.issuperset(kf.servicers):
            yield f"accounts.kf.{kf.open_kfid}: 接待人员不存在"
    if not staff.issuperset(world.upgrade_staff):
        yield "upgrade_staff: 员工不存在"
    if not {one.chat_id for one in world.groups}.issuperset(world.upgrade_chats):
        yield "upgrade_chats: 群不存在"


def _with_field(world: World, account: str, name: str, value: str) -> World:
    found = world.account(account)
    kept = getattr(found, name, None)
    if found is None or not isinstance(kept, str | int):
        raise BadWorld(f"--set {account}.{name}: 没有这一项")
    if name == "agentid" and not value.isdigit():
        raise BadWorld(f"--set {account}.agentid: 应为整数")
    given: object = int(value) if name == "agentid" else value
    changed = replace(found, **{name: given})  # type: ignore[arg-type]  # one of its own fields
    oa = tuple(changed if one is found else one for one in world.oa)
    wecom = tuple(changed if one is found else one for one in world.wecom)
    aibot = tuple(changed if one is found else one for one in world.aibot)
    return replace(
        world,
        oa=tuple(one for one in oa if isinstance(one, OaAccount)),
        wecom=tuple(one for one in wecom if isinstance(one, WecomAccount)),
        aibot=tuple(one for one in aibot if isinstance(one, AibotAccount)),
    )


def _chosen(kind: object) -> tuple[object, ...]:
    return get_args(kind) if isinstance(kind, UnionType) else (kind,)


def _fields(kind: type) -> "tuple[Field[object], ...]":
    return fields(kind)


def _needed(item: "Field[object]") -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _is_record(kind: object) -> TypeGuard[type[object]]:
    return isinstance(kind, type) and is_dataclass(kind)
