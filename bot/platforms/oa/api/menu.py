"""The menu at the foot of an Official Account's chat, for all or for some (oa/api.md section 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, Order, known, part, rows, whole
from bot.platforms.port import text_of

_MENU = "/cgi-bin/menu"
_SHEET = "oa/api.md section 6"
NO_MENU = 46003
_OWN_FIELDS = ("key", "url", "appid", "pagepath", "media_id", "article_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuButton:
    """A button: it has others `below`, or a `type` and what that type needs."""

    name: str
    type: str = ""
    key: str = ""
    url: str = ""
    appid: str = ""
    pagepath: str = ""
    media_id: str = ""
    article_id: str = ""
    below: tuple["MenuButton", ...] = ()

    def body(self) -> dict[str, Any]:
        """Return the button as the platform takes it."""
        if self.below:
            return {"name": self.name, "sub_button": [one.body() for one in self.below]}
        needed = {name: getattr(self, name) for name in _OWN_FIELDS}
        return {"name": self.name, "type": self.type, **known(**needed)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SomeMenu:
    """A menu; `label` and `client` are who sees it, both empty for everybody else."""

    id: str
    buttons: tuple[MenuButton, ...]
    label: int = 0
    client: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeMenu(Order):
    """Make these 1 to 3 buttons, each with up to 5 below, the menu of all; 1,000 a day.

    It replaces the former menu whole. Phones show it within some minutes.
    """

    api: ClassVar[str] = f"{_MENU}/create"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    buttons: tuple[MenuButton, ...]

    def body(self) -> Mapping[str, Any]:
        return {"button": [one.body() for one in self.buttons]}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMenus(Call[tuple[SomeMenu, ...]]):
    """The menus that were made by API, that of all first; 46003 when there is none."""

    api: ClassVar[str] = f"{_MENU}/get"
    method: ClassVar[str] = "GET"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET

    def read(self, body: Mapping[str, Any]) -> tuple[SomeMenu, ...]:
        return tuple(_menu(one) for one in (*rows(body, "menu"), *rows(body, "conditionalmenu")))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteMenus(Order):
    """Take every menu away, those for some too."""

    api: ClassVar[str] = f"{_MENU}/delete"
    method: ClassVar[str] = "GET"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeSomeMenu(Call[str]):
    """A menu for those who wear a label, or use a `client` (1 iOS, 2 Android, 3 others); its id.

    A menu of all must be there (65303); of several that fit, the newest is shown.
    """

    api: ClassVar[str] = f"{_MENU}/addconditional"
    klass: ClassVar[Class] = Class.E
    source: ClassVar[str] = _SHEET
    buttons: tuple[MenuButton, ...]
    label: int = 0
    client: int = 0

    def body(self) -> Mapping[str, Any]:
        rule = {"tag_id": self.label, "client_platform_type": self.client}
        return {
            "button": [one.body() for one in self.buttons],
            "matchrule": {name: str(value) for name, value in rule.items() if value},
        }

    def read(self, body: Mapping[str, Any]) -> str:
        return text_of(body, "menuid")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteSomeMenu(Order):
    """Take one menu for some away."""

    api: ClassVar[str] = f"{_MENU}/delconditional"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    menu: str

    def body(self) -> Mapping[str, Any]:
        return {"menuid": self.menu}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMenuOf(Call[tuple[MenuButton, ...]]):
    """The menu that one follower sees, told by openid or WeChat number."""

    api: ClassVar[str] = f"{_MENU}/trymatch"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    user: str

    def body(self) -> Mapping[str, Any]:
        return {"user_id": self.user}

    def read(self, body: Mapping[str, Any]) -> tuple[MenuButton, ...]:
        return _buttons(rows(body, "button"))


def _menu(told: Mapping[str, Any]) -> SomeMenu:
    rule = part(told, "matchrule")
    return SomeMenu(
        id=text_of(told, "menuid"),
        buttons=_buttons(rows(told, "button")),
        # An older answer names the label as the group that it grew out of.
        label=whole(rule, "tag_id") or whole(rule, "group_id"),
        client=whole(rule, "client_platform_type"),
    )


def _buttons(told: Sequence[Mapping[str, Any]]) -> tuple[MenuButton, ...]:
    return tuple(
        MenuButton(
            name=text_of(one, "name"),
            type=text_of(one, "type"),
            below=_buttons(rows(one, "sub_button")),
            **{name: text_of(one, name) for name in _OWN_FIELDS},
        )
        for one in told
    )


MENU_CALLS: tuple[type[Call[Any]], ...] = (
    MakeMenu, ReadMenus, DeleteMenus, MakeSomeMenu, DeleteSomeMenu, ReadMenuOf,
)  # fmt: skip
