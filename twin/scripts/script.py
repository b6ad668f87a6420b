"""A script as values: steps in their order, each one act or one expectation of a person."""

from dataclasses import dataclass, field

from twin.shape import Json

LIMIT_S = 10.0  # of a step that names no `within`


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a script. `place` is its file:line:column, `source` the line as written.

    `value` stands behind the verb, `options` beside it. With `refused` the act must be impossible,
    and the client's words must hold it.
    """

    place: str
    source: str
    verb: str
    who: str = ""
    value: object = None
    options: Json = field(default_factory=dict)
    within_s: float = LIMIT_S
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A named list of steps."""

    name: str
    steps: tuple[Step, ...]
