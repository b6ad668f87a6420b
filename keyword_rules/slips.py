"""Sounds that many people mix up, and what makes them count as one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

# Who says f for hu says fei for hui, and fan for huan.
_WITH_HU = {
    "fa": "hua", "fan": "huan", "fang": "huang", "fei": "hui", "fen": "hun", "feng": "hong",
    "fo": "huo", "fou": "hou", "fu": "hu",
}  # fmt: skip


def _without_g(ending: str) -> Callable[[str], str]:
    return lambda syllable: syllable[:-1] if syllable.endswith(ending) else syllable


def _beginning(said: str, meant: str) -> Callable[[str], str]:
    return lambda syllable: (
        meant + syllable[len(said) :]
        if syllable.startswith(said) and len(syllable) > len(said)
        else syllable
    )


# In the order in which they are applied: the endings first, as fang is fan before it is huan.
SLIPS: Mapping[str, Callable[[str], str]] = {
    "an/ang": _without_g("ang"),
    "en/eng": _without_g("eng"),
    "in/ing": _without_g("ing"),
    "zh/z": _beginning("zh", "z"),
    "ch/c": _beginning("ch", "c"),
    "sh/s": _beginning("sh", "s"),
    "l/n": _beginning("n", "l"),
    "f/h": lambda syllable: _WITH_HU.get(syllable, syllable),
}


@dataclass(frozen=True, slots=True)
class Slips:
    """Maps a syllable to the one it counts as. Equal ones compare equal, and it can be pickled.

    >>> Slips.of(["zh/z", "an/ang"])("zhuang")
    'zuan'
    """

    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """Take slips by their names, in any order. Raises KeyError for one that is not known."""
        asked = set(names)
        if unknown := sorted(asked - SLIPS.keys()):
            raise KeyError(unknown[0])
        return cls(tuple(name for name in SLIPS if name in asked))

    def __call__(self, syllable: str) -> str:
        """Return what a syllable without its tone counts as."""
        for name in self.names:
            syllable = SLIPS[name](syllable)
        return syllable
