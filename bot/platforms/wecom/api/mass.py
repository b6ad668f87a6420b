"""Mass messages 企业群发: tasks that employees confirm, and what became of them (5.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, Order, Paged, known, part, rows, second, texts, whole
from bot.platforms.port import text_of

_CONTACT = "/cgi-bin/externalcontact"
_SHEET = "wecom/customer-contact.md section 5.4"
TEXT_BYTES = 4000
_TAPPED = 2  # the status of an employee who confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class MassTask:
    """A task as the platform made it; `failed` are receivers that it does not take."""

    msgid: str
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTask:
    """A task in the corp's list. `created` is in Unix seconds, `attachments` counts them."""

    msgid: str
    text: str = ""
    created: int = 0
    creator: str = ""
    attachments: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """An employee who has a task to confirm, and when they did, in Unix seconds, where told."""

    staff: str
    tapped: bool = False
    at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """What became of one receiver, a customer or a group.

    `status`: 0 not sent, 1 sent, 2 no friend any more, 3 had all the mass messages it may get.
    """

    receiver: str
    staff: str = ""
    status: int = 0
    at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMassTask(Call[MassTask]):
    """Ask one employee to send a letter to up to 10,000 customers, or to 2,000 groups.

    Nothing is sent before the employee confirms. `attachments` stand as the platform writes them,
    at most 9; the text has at most 4,000 bytes. 41048: nobody of them can be sent to.
    """

    api: ClassVar[str] = f"{_CONTACT}/add_msg_template"
    klass: ClassVar[Class] = Class.D
    source: ClassVar[str] = _SHEET
    staff: str
    customers: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    text: str = ""
    attachments: tuple[Mapping[str, Any], ...] = ()

    def body(self) -> Mapping[str, Any]:
        return {
            "chat_type": chat_type(groups=bool(self.groups)),
            "sender": self.staff,
            **known(
                external_userid=[*self.customers],
                chat_id_list=[*self.groups],
                text={"content": self.text} if self.text else None,
                attachments=[dict(one) for one in self.attachments],
            ),
        }

    def read(self, body: Mapping[str, Any]) -> MassTask:
        return MassTask(msgid=text_of(body, "msgid"), failed=texts(body, "fail_list"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMassTasks(Paged[ListedTask]):
    """The corp's tasks made between two moments, Unix seconds at most one month apart.

    At most 100 a page. `creator` "" lists everybody's.
    """

    api: ClassVar[str] = f"{_CONTACT}/get_groupmsg_list_v2"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    begin: int
    end: int
    groups: bool = False
    creator: str = ""
    limit: int = 100

    def body(self) -> Mapping[str, Any]:
        return {
            "chat_type": chat_type(groups=self.groups),
            "start_time": self.begin,
            "end_time": self.end,
            "filter_type": 0,
            "limit": self.limit,
            **known(creator=self.creator, cursor=self.cursor),
        }

    def read(self, body: Mapping[str, Any]) -> tuple[ListedTask, ...]:
        return tuple(
            ListedTask(
                msgid=text_of(one, "msgid"),
                text=text_of(part(one, "text"), "content"),
                created=second(one, "create_time"),
                creator=text_of(one, "creator"),
                attachments=len(rows(one, "attachments")),
            )
            for one in rows(body, "group_msg_list")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMassSenders(Paged[Sender]):
    """Who has a task to confirm, and when they did; at most 1,000 a page."""

    api: ClassVar[str] = f"{_CONTACT}/get_groupmsg_task"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    msgid: str
    limit: int = 1000

    def body(self) -> Mapping[str, Any]:
        return {"msgid": self.msgid, "limit": self.limit, **known(cursor=self.cursor)}

    def read(self, body: Mapping[str, Any]) -> tuple[Sender, ...]:
        return tuple(
            Sender(
                staff=text_of(one, "userid"),
                tapped=whole(one, "status") == _TAPPED,
                at=second(one, "send_time"),
            )
            for one in rows(body, "task_list")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMassResults(Paged[SendResult]):
    """What became of each receiver of one employee's task; at most 1,000 a page."""

    api: ClassVar[str] = f"{_CONTACT}/get_groupmsg_send_result"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    msgid: str
    staff: str
    limit: int = 1000

    def body(self) -> Mapping[str, Any]:
        asked = {"msgid": self.msgid, "userid": self.staff, "limit": self.limit}
        return {**asked, **known(cursor=self.cursor)}

    def read(self, body: Mapping[str, Any]) -> tuple[SendResult, ...]:
        return tuple(
            SendResult(
                receiver=text_of(one, "external_userid") or text_of(one, "chat_id"),
                staff=text_of(one, "userid"),
                status=whole(one, "status"),
                at=second(one, "send_time"),
            )
            for one in rows(body, "send_list")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NudgeSenders(Order):
    """Remind the employees of a task who have not confirmed it; 41094 after 3 in 24 hours."""

    api: ClassVar[str] = f"{_CONTACT}/remind_groupmsg_send"
    klass: ClassVar[Class] = Class.E
    source: ClassVar[str] = _SHEET
    msgid: str

    def body(self) -> Mapping[str, Any]:
        return {"msgid": self.msgid}


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTask(Order):
    """Take back a task from who has not confirmed it; 41093 when it was taken back before."""

    api: ClassVar[str] = f"{_CONTACT}/cancel_groupmsg_send"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    msgid: str

    def body(self) -> Mapping[str, Any]:
        return {"msgid": self.msgid}


def chat_type(*, groups: bool) -> str:
    """Return the platform's word for who receives."""
    return "group" if groups else "single"


MASS_CALLS: tuple[type[Call[Any]], ...] = (
    AddMassTask, ListMassTasks, ListMassSenders, ListMassResults, NudgeSenders, CancelTask,
)  # fmt: skip
