"""Ways into a group 加入群聊: made, read, changed and removed (customer-contact.md section 5.2).

They share the 500,000 of the «contact me» codes; an app sees only its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, Order, known, part, texts, whole
from bot.platforms.checks import need, within_chars, within_count
from bot.platforms.port import text_of

_GROUP = "/cgi-bin/externalcontact/groupchat"
_SHEET = "wecom/customer-contact.md section 5.2"
PLUG_IN, QR = 1, 2
STATE_CHARS = REMARK_CHARS = 30
_NAME_CHARS = 40
_MOST_GROUPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinWay:
    """A way into the first of up to 5 groups that has room.

    With `more` the platform makes another group when all are full, called by `base_name` and a
    number from `base_number` on. A remark above 30 characters is cut by the platform.
    """

    chats: tuple[str, ...]
    config: str = ""
    state: str = ""
    remark: str = ""
    scene: int = QR
    more: bool = False
    base_name: str = ""
    base_number: int = 0
    qr_code: str = ""  # the address of its picture

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it. Raises Unfit."""
        need(self.scene in (PLUG_IN, QR), "「加入群聊」的 scene 只能是 1 或 2")
        within_count("「加入群聊」的群", self.chats, _MOST_GROUPS, least=1)
        within_chars("「加入群聊」的 state", self.state, STATE_CHARS)
        within_chars("自动建群的群名", self.base_name, _NAME_CHARS)
        return {
            "scene": self.scene,
            "auto_create_room": int(self.more),
            "chat_id_list": list(self.chats),
            **known(remark=self.remark[:REMARK_CHARS], state=self.state),
            **known(room_base_name=self.base_name, room_base_id=self.base_number or None),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AddJoinWay(Call[str]):
    """Make a way; a second one does the same as the first, so a repeat only costs quota."""

    api: ClassVar[str] = f"{_GROUP}/add_join_way"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    way: JoinWay

    def body(self) -> Mapping[str, Any]:
        return self.way.body()

    def read(self, body: Mapping[str, Any]) -> str:
        return text_of(body, "config_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadJoinWay(Call[JoinWay]):
    """One way, with the address of its picture; 41044 when there is none."""

    api: ClassVar[str] = f"{_GROUP}/get_join_way"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    config: str

    def body(self) -> Mapping[str, Any]:
        return {"config_id": self.config}

    def read(self, body: Mapping[str, Any]) -> JoinWay:
        told = part(body, "join_way")
        return JoinWay(
            config=text_of(told, "config_id"),
            chats=texts(told, "chat_id_list"),
            state=text_of(told, "state"),
            remark=text_of(told, "remark"),
            scene=whole(told, "scene"),
            more=whole(told, "auto_create_room") == 1,
            base_name=text_of(told, "room_base_name"),
            base_number=whole(told, "room_base_id"),
            qr_code=text_of(told, "qr_code"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateJoinWay(Order):
    """Replace everything about a way, named by its `config`."""

    api: ClassVar[str] = f"{_GROUP}/update_join_way"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    way: JoinWay

    def body(self) -> Mapping[str, Any]:
        need(bool(self.way.config), "要改的「加入群聊」没有 config_id")
        return {"config_id": self.way.config, **self.way.body()}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteJoinWay(Order):
    """Remove a way; 41044 when it is gone already."""

    api: ClassVar[str] = f"{_GROUP}/del_join_way"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    config: str

    def body(self) -> Mapping[str, Any]:
        return {"config_id": self.config}


JOIN_WAY_CALLS: tuple[type[Call[Any]], ...] = (
    AddJoinWay, ReadJoinWay, UpdateJoinWay, DeleteJoinWay,
)  # fmt: skip
