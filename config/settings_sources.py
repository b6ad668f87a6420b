"""Gathers raw settings from the environment and settings.yaml, and knows where each came from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource

from config.files import MAX_YAML_BYTES, read_text
from config.problems import Place, Problem, nearest
from config.yaml_reader import Node, read_yaml

FILE = "settings.yaml"
PREFIX = "XIAOER_"
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def written(path: tuple[int | str, ...]) -> str:
    """Return a setting's path as people write it.

    >>> written(("accounts", 1, "aes_key"))
    'accounts[1].aes_key'
    """
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Raw settings, not yet validated. `variables` maps a setting's path to its variable."""

    values: Mapping[str, object]
    tree: Node | None
    variables: Mapping[tuple[str, ...], str]
    problems: tuple[Problem, ...]

    def place(self, path: tuple[int | str, ...], *, of_key: bool = False) -> Place:
        """Return where the setting at `path` was given, or the nearest thing around it."""
        for length in range(len(path), 0, -1):
            if variable := self.variables.get(tuple(map(str, path[:length]))):
                return Place(f"环境变量 {variable}")
        node = self.tree
        if node is None:
            return Place(FILE)
        for part in path:
            below = _below(node, part)
            if below is None:
                return node.at
            node = below
        return node.key_at or node.at if of_key else node.at


def gather(home: Path, environ: Mapping[str, str], model: type[BaseSettings]) -> Sources:
    """Return what the environment says over what settings.yaml says, and what is unreadable.

    In the file, `${NAME}` stands for a variable and `{file: path}` for the trimmed text of a file,
    relative to the home. A variable ending in `_FILE` names a file that holds the value.
    """
    reader = _Reader(home, environ)
    tree = reader.tree()
    plain = reader.plain(tree) if tree else {}
    if not isinstance(plain, dict):
        reader.problems.append(Place(FILE, 1, 1).problem("应为“名称: 值”的组合"))
        plain = {}
    if "home" in plain and tree is not None and (home_node := _below(tree, "home")):
        at = home_node.key_at or home_node.at
        reader.problems.append(at.problem("home: 目录由 --home 或 XIAOER_HOME 指定，不能写在这里"))
    own = reader.own_variables(tuple(model.model_fields))
    environment = _Environment(model, own)
    values = _merged(plain, environment())
    for name in environment.broken:
        at = Place(f"环境变量 {PREFIX}{name.upper()}")
        reader.problems.append(at.problem("应为 JSON"))
    return Sources(
        values={**values, "home": home},
        tree=tree,
        variables={tuple(name[len(PREFIX) :].lower().split("__")): name for name in own},
        problems=tuple(reader.problems),
    )


def _below(node: Node, part: int | str) -> Node | None:
    if isinstance(node.value, Mapping) and isinstance(part, str):
        return node.value.get(part)
    if isinstance(node.value, tuple) and isinstance(part, int):
        return node.value[part]
    return None


def _merged(under: Mapping[str, object], over: Mapping[str, object]) -> dict[str, object]:
    merged = dict(under)
    for name, value in over.items():
        below = merged.get(name)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            merged[name] = _merged(below, value)
        else:
            merged[name] = value
    return merged


class _Reader:
    def __init__(self, home: Path, environ: Mapping[str, str]) -> None:
        self.problems: list[Problem] = []
        self._home = home
        self._environ = environ
        self._named: set[str] = set()  # variables that the file refers to

    def tree(self) -> Node | None:
        if not (self._home / FILE).exists():
            return None
        text, problems = read_text(self._home, FILE, limit_bytes=MAX_YAML_BYTES)
        self.problems.extend(problems)
        if text is None:
            return None
        node, problems = read_yaml(text, FILE)
        self.problems.extend(problems)
        return node

    def plain(self, node: Node, path: tuple[int | str, ...] = ()) -> object:
        """Return the bare value of `node`, with variables and files filled in."""
        if isinstance(node.value, tuple):
            return [self.plain(item, (*path, index)) for index, item in enumerate(node.value)]
        if isinstance(node.value, Mapping):
            if set(node.value) == {"file"}:
                return self._from_file(node.value["file"].text, node.at, f"{written(path)}: ")
            return {name: self.plain(item, (*path, name)) for name, item in node.value.items()}
        if isinstance(node.value, str) and (variable := _VARIABLE.fullmatch(node.value)):
            return self._from_environ(variable[1], node.at, f"{written(path)}: ")
        return node.value

    def own_variables(self, settings: tuple[str, ...]) -> Mapping[str, str]:
        """Return the variables that are settings of ours, those ending in _FILE read."""
        known = {PREFIX + name.upper() for name in settings if name != "home"}
        own: dict[str, str] = {}
        for name, value in self._environ.items():
            base = name.removesuffix("_FILE")
            if not name.startswith(PREFIX) or not value:
                continue
            if base.split("__")[0] in known:
                own[base] = self._secret(base, name, value)
            elif name not in self._named and (hint := nearest(name, known)):
                self._doubt(name, hint)
        return own

    def _secret(self, base: str, name: str, value: str) -> str:
        if base == name:
            return value
        at = Place(f"环境变量 {name}")
        if self._environ.get(base):
            self.problems.append(at.problem(f"{base} 已经给了值，两者只能给一个"))
        return self._from_file(value, at, "")

    def _doubt(self, name: str, hint: str) -> None:
        if nearest(name[len(PREFIX) :], [hint[len(PREFIX) :]]):
            at = Place(f"环境变量 {name}")
            self.problems.append(at.problem("不认识的设置，已忽略", hint=hint, level="warning"))

    def _from_environ(self, name: str, at: Place, setting: str) -> str:
        self._named.add(name)
        value = self._environ.get(name, "")
        if not value:
            self.problems.append(at.problem(f"{setting}环境变量 {name} 没有设置"))
        return value

    def _from_file(self, name: str, at: Place, setting: str) -> str:
        try:
            return (self._home / name).read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            self.problems.append(at.problem(f"{setting}读不了文件 {name}"))
            return ""


class _Environment(EnvSettingsSource):
    """The library's reading of variables, of those handed in rather than the machine's."""

    def __init__(self, model: type[BaseSettings], own: Mapping[str, str]) -> None:
        self._own = own
        self.broken: list[str] = []
        super().__init__(model)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._own.items()}

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: object) -> object:
        """Decode JSON; of what is none, keep the setting's name for a problem."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            self.broken.append(field_name)
            return None
