"""The labels of an Official Account and who wears them (oa/api.md section 4).

The platform calls them tags, a name that ours have here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from bot.actions import Class
from bot.platforms.call import Call, Order, Paged, batches, numbers, part, rows, texts, whole
from bot.platforms.port import text_of

_TAGS = "/cgi-bin/tags"
_SHEET = "oa/api.md section 4"
LABEL_BYTES = 30
MOST_LABELLED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerLabel:
    """A label of the account; ids 0, 1 and 2 are the platform's own. `worn`: by how many."""

    id: int
    name: str
    worn: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeFollowerLabel(Call[FollowerLabel]):
    """A new label; at most 100 (45056), of at most 30 bytes (45158), each name once (45157)."""

    api: ClassVar[str] = f"{_TAGS}/create"
    klass: ClassVar[Class] = Class.C
    source: ClassVar[str] = _SHEET
    name: str

    def body(self) -> Mapping[str, Any]:
        return {"tag": {"name": self.name}}

    def read(self, body: Mapping[str, Any]) -> FollowerLabel:
        return _label(part(body, "tag"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFollowerLabels(Call[tuple[FollowerLabel, ...]]):
    """Every label of the account, the platform's own among them."""

    api: ClassVar[str] = f"{_TAGS}/get"
    method: ClassVar[str] = "GET"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET

    def read(self, body: Mapping[str, Any]) -> tuple[FollowerLabel, ...]:
        return tuple(_label(one) for one in rows(body, "tags"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameFollowerLabel(Order):
    """Another name for a label; 45058 for the platform's own."""

    api: ClassVar[str] = f"{_TAGS}/update"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    label: int
    name: str

    def body(self) -> Mapping[str, Any]:
        return {"tag": {"id": self.label, "name": self.name}}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteFollowerLabel(Order):
    """Take a label from everybody, and away; 45057 while more than 100,000 wear it."""

    api: ClassVar[str] = f"{_TAGS}/delete"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    label: int

    def body(self) -> Mapping[str, Any]:
        return {"tag": {"id": self.label}}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Labelling(Order):
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    label: int
    openids: tuple[str, ...]

    def body(self) -> Mapping[str, Any]:
        return {"openid_list": list(self.openids), "tagid": self.label}

    def parts(self) -> Iterator[Self]:
        """Yield the same for 50 followers at a time, which is all that one call takes."""
        return (replace(self, openids=some) for some in batches(self.openids, MOST_LABELLED))


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFollowers(_Labelling):
    """Give a label to up to 50 followers, all or none (40032, 40003, 49003, 45059 over 20 each).

    45159 is said of a good label too, while labels are written side by side.
    """

    api: ClassVar[str] = f"{_TAGS}/members/batchtagging"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlabelFollowers(_Labelling):
    """Take a label from up to 50 followers; one that does not wear it is no error."""

    api: ClassVar[str] = f"{_TAGS}/members/batchuntagging"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFollowerLabels(Call[tuple[int, ...]]):
    """The ids of the labels that one follower wears."""

    api: ClassVar[str] = f"{_TAGS}/getidlist"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    openid: str

    def body(self) -> Mapping[str, Any]:
        return {"openid": self.openid}

    def read(self, body: Mapping[str, Any]) -> tuple[int, ...]:
        return numbers(body, "tagid_list")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLabelledFollowers(Paged[str]):
    """The openids of all who wear a label, 10,000 a page."""

    api: ClassVar[str] = "/cgi-bin/user/tag/get"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    label: int

    def body(self) -> Mapping[str, Any]:
        return {"tagid": self.label, "next_openid": self.cursor}

    def read(self, body: Mapping[str, Any]) -> tuple[str, ...]:
        return texts(part(body, "data"), "openid")

    def after(self, body: Mapping[str, Any]) -> str:
        """Return the last openid of a page; a page without any has no next one."""
        return text_of(body, "next_openid") if self.read(body) else ""


def _label(told: Mapping[str, Any]) -> FollowerLabel:
    return FollowerLabel(
        id=whole(told, "id"), name=text_of(told, "name"), worn=whole(told, "count")
    )


TAG_CALLS: tuple[type[Call[Any]], ...] = (
    MakeFollowerLabel, ListFollowerLabels, RenameFollowerLabel, DeleteFollowerLabel,
    LabelFollowers, UnlabelFollowers, ReadFollowerLabels, ListLabelledFollowers,
)  # fmt: skip
