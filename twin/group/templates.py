"""The library of group welcomes (customer-contact.md section 5.3); it greets nobody by itself."""

from dataclasses import dataclass

from twin.mint import mint
from twin.shape import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Material in the library of the corp. `agentid` is the app that made it."""

    template_id: str
    agentid: int
    text: str
    attachment: Json | None


class Templates:
    """Every template there is, oldest first."""

    def __init__(self, world: str) -> None:
        self._world = world
        self._made = 0
        self.by_id: dict[str, Template] = {}

    def next_id(self) -> str:
        """Return an id for the next template."""
        self._made += 1
        return mint("", 32, self._world, "group welcome", str(self._made))

    def newest(self) -> Template | None:
        """Return the template that was added last."""
        return next(reversed(self.by_id.values()), None)
