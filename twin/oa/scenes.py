"""Parametric QR codes of an Official Account, as the platform keeps them (oa/api.md section 3)."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneCode:
    """What a ticket stands for. `scene` is text, of digits when it `is_number`."""

    account: str
    scene: str
    is_number: bool = False
    dies: float = inf  # a permanent code lives for ever
