"""The corp's labels (企业标签) in groups, and an Official Account's tags for its fans."""

from dataclasses import dataclass, field

from twin.mint import mint

FIRST_FREE_FAN_TAG = 100  # ids below are the platform's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One label a contact can wear."""

    id: str
    name: str
    created: int


@dataclass(slots=True, kw_only=True)
class LabelGroup:
    """A named group of labels."""

    id: str
    name: str
    created: int
    labels: dict[str, Label] = field(default_factory=dict)

    def named(self, name: str) -> Label | None:
        """Return the label of this name in the group."""
        return next((one for one in self.labels.values() if one.name == name), None)


class Labels:
    """All label groups of the corp."""

    def __init__(self, world: str) -> None:
        self._world = world
        self.groups: dict[str, LabelGroup] = {}

    def group(self, name: str, now: float) -> LabelGroup:
        """Return the group of this name, made when there is none: the same name is reused."""
        found = next((one for one in self.groups.values() if one.name == name), None)
        if found is None:
            found = LabelGroup(id=self._mint(name), name=name, created=int(now))
            self.groups[found.id] = found
        return found

    def add(self, group: LabelGroup, name: str, now: float) -> Label:
        """Put a new label into the group."""
        label = Label(id=self._mint(group.name, name), name=name, created=int(now))
        group.labels[label.id] = label
        return label

    def find(self, label_id: str) -> tuple[LabelGroup, Label] | None:
        """Return a label and its group."""
        for group in self.groups.values():
            if label_id in group.labels:
                return group, group.labels[label_id]
        return None

    def _mint(self, *parts: str) -> str:
        return mint("et", 32, self._world, *parts)


@dataclass(slots=True, kw_only=True)
class FanTags:
    """The tags one Official Account has made: id to name."""

    names: dict[int, str] = field(default_factory=dict)

    def create(self, name: str) -> int:
        """Return the id of a new tag."""
        tag = max(self.names, default=FIRST_FREE_FAN_TAG - 1) + 1
        self.names[tag] = name
        return tag
