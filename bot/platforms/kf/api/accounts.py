"""Customer service accounts, who serves at them, and their links (kf.md sections 1 and 2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, Order, Paged, flag, known, rows, whole
from bot.platforms.checks import need, within_chars, within_count
from bot.platforms.port import text_of

_KF = "/cgi-bin/kf"
_SHEET = "wecom/kf.md section 1"
_SERVICER_SHEET = "wecom/kf.md section 2"
NAME_CHARS = 16
_MOST_SERVICERS, _MOST_PARTIES = 100, 20
_SCENE = re.compile(r"[0-9a-zA-Z_-]{0,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class KfAccount:
    """An account that customers write to; `managed` when this app may speak for it."""

    kf: str
    name: str = ""
    avatar: str = ""
    managed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKfAccounts(Paged[KfAccount]):
    """The accounts that the app may see, at most 100 a page; pages begin at a number."""

    api: ClassVar[str] = f"{_KF}/account/list"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    limit: int = 100

    def body(self) -> Mapping[str, Any]:
        return {"offset": int(self.cursor or 0), "limit": self.limit}

    def read(self, body: Mapping[str, Any]) -> tuple[KfAccount, ...]:
        return tuple(
            KfAccount(
                kf=text_of(one, "open_kfid"),
                name=text_of(one, "name"),
                avatar=text_of(one, "avatar"),
                managed=flag(one, "manage_privilege") is not False,
            )
            for one in rows(body, "account_list")
        )

    def after(self, body: Mapping[str, Any]) -> str:
        """Return where the next page begins; a page that is not full is the last."""
        full = len(rows(body, "account_list")) >= self.limit
        return str(int(self.cursor or 0) + self.limit) if full else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddKfAccount(Call[str]):
    """Make an account; 95005 and 95027 when there are too many. Look by name before repeating."""

    api: ClassVar[str] = f"{_KF}/account/add"
    klass: ClassVar[Class] = Class.D
    source: ClassVar[str] = _SHEET
    name: str
    picture: str  # a media id

    def body(self) -> Mapping[str, Any]:
        within_chars("客服账号的名称", self.name, NAME_CHARS, least=1)
        need(bool(self.picture), "客服账号要有头像")
        return {"name": self.name, "media_id": self.picture}

    def read(self, body: Mapping[str, Any]) -> str:
        return text_of(body, "open_kfid")


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateKfAccount(Order):
    """Change name or picture of an account."""

    api: ClassVar[str] = f"{_KF}/account/update"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    kf: str
    name: str = ""
    picture: str = ""

    def body(self) -> Mapping[str, Any]:
        need(bool(self.name or self.picture), "客服账号没有要改的")
        within_chars("客服账号的名称", self.name, NAME_CHARS)
        return {"open_kfid": self.kf, **known(name=self.name, media_id=self.picture)}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteKfAccount(Order):
    """Remove an account for good."""

    api: ClassVar[str] = f"{_KF}/account/del"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    kf: str

    def body(self) -> Mapping[str, Any]:
        return {"open_kfid": self.kf}


@dataclass(frozen=True, slots=True, kw_only=True)
class AddKfWay(Call[str]):
    """A link into an account; a repeat leaves an unused one behind, harmless.

    `scene` is at most 32 of letters, digits, `_` and `-`. Only a link with a scene may be given a
    `scene_param`, and nothing else of it may be changed.
    """

    api: ClassVar[str] = f"{_KF}/add_contact_way"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    kf: str
    scene: str = ""

    def body(self) -> Mapping[str, Any]:
        need(bool(_SCENE.fullmatch(self.scene)), "客服链接的 scene 最多 32 个字母、数字、_ 或 -")
        return {"open_kfid": self.kf, **known(scene=self.scene)}

    def read(self, body: Mapping[str, Any]) -> str:
        return text_of(body, "url")


@dataclass(frozen=True, slots=True, kw_only=True)
class Servicer:
    """An employee, or a department, who serves at an account; `paused` when only for a while."""

    staff: str = ""
    party: str = ""
    receiving: bool = True
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListServicers(Call[tuple[Servicer, ...]]):
    """Who serves at an account, and whether they take customers now."""

    api: ClassVar[str] = f"{_KF}/servicer/list"
    method: ClassVar[str] = "GET"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SERVICER_SHEET
    kf: str

    def query(self) -> Mapping[str, str]:
        return {"open_kfid": self.kf}

    def read(self, body: Mapping[str, Any]) -> tuple[Servicer, ...]:
        return tuple(
            Servicer(
                staff=text_of(one, "userid"),
                party=text_of(one, "department_id"),
                receiving=whole(one, "status") == 0,
                paused=whole(one, "stop_type") == 1,
            )
            for one in rows(body, "servicer_list")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointed:
    """What became of one employee or department; `code` 0 is a yes."""

    staff: str = ""
    party: str = ""
    code: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Appoint(Call[tuple[Appointed, ...]]):
    """Up to 100 employees and 20 departments; each has an outcome of its own."""

    kf: str
    staff: tuple[str, ...] = ()
    parties: tuple[int, ...] = ()

    def body(self) -> Mapping[str, Any]:
        """Return the body of a POST. Raises Unfit."""
        need(bool(self.staff or self.parties), "没有说是哪位接待人员")
        within_count("接待人员", self.staff, _MOST_SERVICERS)
        within_count("接待部门", self.parties, _MOST_PARTIES)
        lists = known(userid_list=list(self.staff), department_id_list=list(self.parties))
        return {"open_kfid": self.kf, **lists}

    def read(self, body: Mapping[str, Any]) -> tuple[Appointed, ...]:
        """Return the outcomes."""
        return tuple(
            Appointed(
                staff=text_of(one, "userid"),
                party=text_of(one, "department_id"),
                code=whole(one, "errcode"),
            )
            for one in rows(body, "result_list")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AddServicers(_Appoint):
    """Let employees or departments serve at an account."""

    api: ClassVar[str] = f"{_KF}/servicer/add"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SERVICER_SHEET


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteServicers(_Appoint):
    """Let them serve no longer."""

    api: ClassVar[str] = f"{_KF}/servicer/del"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SERVICER_SHEET


ACCOUNT_CALLS: tuple[type[Call[Any]], ...] = (
    ListKfAccounts, AddKfAccount, UpdateKfAccount, DeleteKfAccount, AddKfWay, ListServicers,
    AddServicers, DeleteServicers,
)  # fmt: skip
