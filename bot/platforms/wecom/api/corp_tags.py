"""Tags of a corp: listed, made, renamed, removed, and put on customers (customer-contact.md 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, Order, flag, known, part, rows, whole
from bot.platforms.checks import need, within_chars
from bot.platforms.port import text_of

_CONTACT = "/cgi-bin/externalcontact"
_SHEET = "wecom/customer-contact.md section 4"
NAME_CHARS = 30
_HIGHEST = 2**32 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpTag:
    """A tag by its id; the larger `order` is shown first."""

    id: str
    name: str
    order: int = 0
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TagGroup:
    """Tags of one group."""

    id: str
    name: str
    order: int = 0
    deleted: bool = False
    tags: tuple[CorpTag, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCorpTags(Call[tuple[TagGroup, ...]]):
    """All tags, or some by their ids, or those of some groups."""

    api: ClassVar[str] = f"{_CONTACT}/get_corp_tag_list"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    tags: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def body(self) -> Mapping[str, Any]:
        return known(tag_id=list(self.tags), group_id=list(self.groups))

    def read(self, body: Mapping[str, Any]) -> tuple[TagGroup, ...]:
        return tuple(_group(one) for one in rows(body, "tag_group"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCorpTags(Call[TagGroup]):
    """Make tags in a group, named by its id or by a name; the group of that name is used again.

    Names have at most 30 characters; 40071 when the group has a tag of that name.
    """

    api: ClassVar[str] = f"{_CONTACT}/add_corp_tag"
    klass: ClassVar[Class] = Class.C
    source: ClassVar[str] = _SHEET
    names: tuple[str, ...]
    group_id: str = ""
    group: str = ""
    order: int = 0  # of the group, when it is new

    def body(self) -> Mapping[str, Any]:
        need(bool(self.group_id) != bool(self.group), "标签组要么给 id，要么给名字")
        need(bool(self.names), "至少要有一个标签")
        for name in (*self.names, *filter(None, (self.group,))):
            _check(name, self.order)
        return {
            **known(group_id=self.group_id, group_name=self.group, order=self.order or None),
            "tag": [{"name": name} for name in self.names],
        }

    def read(self, body: Mapping[str, Any]) -> TagGroup:
        return _group(part(body, "tag_group"))


@dataclass(frozen=True, slots=True, kw_only=True)
class EditCorpTag(Order):
    """Rename or move a tag or a group; 40068 when there is none, 40071 when the name is taken."""

    api: ClassVar[str] = f"{_CONTACT}/edit_corp_tag"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    id: str
    name: str = ""
    order: int | None = None

    def body(self) -> Mapping[str, Any]:
        need(bool(self.name) or self.order is not None, "要改的标签没有新名字，也没有新顺序")
        _check(self.name or "-", self.order or 0)
        return {"id": self.id, **known(name=self.name, order=self.order)}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteCorpTags(Order):
    """Remove tags, or groups with all their tags; a group without tags goes by itself."""

    api: ClassVar[str] = f"{_CONTACT}/del_corp_tag"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    tags: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def body(self) -> Mapping[str, Any]:
        need(bool(self.tags or self.groups), "没有说要删哪个标签")
        return known(tag_id=list(self.tags), group_id=list(self.groups))


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkContact(Order):
    """Put tags, by their ids, on an employee's customer, and take others off.

    84061 when the two are no contacts, 40068 for an id that is gone.
    """

    api: ClassVar[str] = f"{_CONTACT}/mark_tag"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    staff: str
    member: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def body(self) -> Mapping[str, Any]:
        need(bool(self.add or self.remove), "没有要打或要去掉的标签")
        return {
            "userid": self.staff,
            "external_userid": self.member,
            **known(add_tag=list(self.add), remove_tag=list(self.remove)),
        }


def _check(name: str, order: int) -> None:
    within_chars("标签名", name, NAME_CHARS, least=1)
    need(0 <= order <= _HIGHEST, "标签的顺序应在 0 到 4294967295 之间")


def _group(told: Mapping[str, Any]) -> TagGroup:
    return TagGroup(
        id=text_of(told, "group_id"),
        name=text_of(told, "group_name"),
        order=whole(told, "order"),
        deleted=flag(told, "deleted") is True,
        tags=tuple(_tag(one) for one in rows(told, "tag")),
    )


def _tag(told: Mapping[str, Any]) -> CorpTag:
    return CorpTag(
        id=text_of(told, "id"),
        name=text_of(told, "name"),
        order=whole(told, "order"),
        deleted=flag(told, "deleted") is True,
    )


CORP_TAG_CALLS: tuple[type[Call[Any]], ...] = (
    ListCorpTags, AddCorpTags, EditCorpTag, DeleteCorpTags, MarkContact,
)  # fmt: skip
