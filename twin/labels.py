"""The corp's labels (企业标签) in groups, and an Official Account's tags for its fans."""

from dataclasses import dataclass, field

from twin.mint import mint

FIRST_FREE_FAN_TAG = 100  # ids below are the platform's own


@dataclass(slots=True, kw_only=True)
class Label:
    """One label a contact can wear; what has the larger order stands first."""

    id: str
    name: str
    created: int
    order: int = 0


@dataclass(slots=True, kw_only=True)
class LabelGroup:
    """A named group of labels. Deleted ones are still told to who asks by id."""

    id: str
    name: str
    created: int
    order: int = 0
    labels: dict[str, Label] = field(default_factory=dict)
    deleted: dict[str, Label] = field(default_factory=dict)

    def sorted(self) -> list[Label]:
        """Return the labels as the client shows them."""
        return sorted(self.labels.values(), key=lambda one: -one.order)

    def named(self, name: str) -> Label | None:
        """Return the label of this name in the group."""
        return next((one for one in self.labels.values() if one.name == name), None)


class Labels:
    """All label groups of the corp."""

    def __init__(self, world: str) -> None:
        self._world = world
        self._minted = 0
        self.groups: dict[str, LabelGroup] = {}
        self.deleted: dict[str, LabelGroup] = {}

    def group(self, name: str, now: float) -> LabelGroup:
        """Return the group of this name, made when there is none: the same name is reused."""
        found = next((one for one in self.groups.values() if one.name == name), None)
        if found is None:
            found = LabelGroup(id=self._mint(name), name=name, created=int(now))
            self.groups[found.id] = found
        return found

    def sorted(self) -> list[LabelGroup]:
        """Return the groups as the client shows them."""
        return sorted(self.groups.values(), key=lambda one: -one.order)

    def count(self) -> int:
        """Return how many labels the corp has."""
        return sum(len(one.labels) for one in self.groups.values())

    def add(self, group: LabelGroup, name: str, order: int, now: float) -> Label:
        """Put a new label into the group."""
        label = Label(id=self._mint(group.name, name), name=name, created=int(now), order=order)
        group.labels[label.id] = label
        return label

    def drop(self, group: LabelGroup, label_id: str) -> None:
        """Delete a label; a group goes with its last one."""
        group.deleted[label_id] = group.labels.pop(label_id)
        if not group.labels:
            self.deleted[group.id] = self.groups.pop(group.id)

    def find(self, label_id: str) -> tuple[LabelGroup, Label] | None:
        """Return a label and its group."""
        for group in self.groups.values():
            if label_id in group.labels:
                return group, group.labels[label_id]
        return None

    def _mint(self, *parts: str) -> str:
        """Return a new id; a name that was deleted and made again has another one."""
        plain = mint("et", 32, self._world, *parts)
        known = {*self.groups, *self.deleted}
        for group in (*self.groups.values(), *self.deleted.values()):
            known |= {*group.labels, *group.deleted}
        if plain not in known:
            return plain
        self._minted += 1
        return mint("et", 32, self._world, *parts, str(self._minted))


@dataclass(slots=True, kw_only=True)
class FanTags:
    """The tags one Official Account has made: id to name."""

    names: dict[int, str] = field(default_factory=dict)

    def create(self, name: str) -> int:
        """Return the id of a new tag."""
        tag = max(self.names, default=FIRST_FREE_FAN_TAG - 1) + 1
        self.names[tag] = name
        return tag
