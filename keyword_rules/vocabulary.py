"""What an installation lets its rules say: verbs, names of things that exist, slots of texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

ARG_TYPES = frozenset({"text", "template", "int", "bool", "texts", "tags"})
REF = "ref:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One thing a rule may do, and what must be said with it.

    `args` maps a name to its type: text, template, int, bool, texts (a list), tags (a list of
    names of tags), or `ref:KIND` for the name of a thing of that kind. `shorthand` names the
    argument that a bare value fills, as in `reply: 您好`. Raises ValueError when the declaration
    contradicts itself.
    """

    args: Mapping[str, str] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    shorthand: str | None = None

    def __post_init__(self) -> None:
        for name, kind in self.args.items():
            if kind not in ARG_TYPES and not kind.startswith(REF):
                raise ValueError(f"argument {name}: unknown type {kind}")
        named = self.required | ({self.shorthand} if self.shorthand else frozenset())
        if not named <= set(self.args):
            raise ValueError(f"undeclared arguments: {sorted(named - set(self.args))}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Everything rules may name. A kind that `names` lacks is not checked.

    Kinds: campaign, pool, persona, store, channel, occasion, stage, group, notice, day.
    """

    verbs: Mapping[str, Verb] = field(default_factory=dict)
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    slots: frozenset[str] = frozenset()
