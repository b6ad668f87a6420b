"""The followers of an Official Account: one, up to a hundred, or all of them (oa/api.md 5)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import (
    Call,
    Order,
    Paged,
    batches,
    known,
    numbers,
    part,
    rows,
    second,
    texts,
    whole,
)
from bot.platforms.port import id_of, text_of

_USER = "/cgi-bin/user"
_SHEET = "oa/api.md section 5"
MOST_READ = 100
REMARK_CHARS = 29  # the manual says fewer than 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A follower as the platform tells of one; who does not follow has no more than an openid."""

    openid: str
    follows: bool = False
    since: int = 0  # Unix seconds by the platform's clock
    unionid: str = ""
    remark: str = ""
    labels: tuple[int, ...] = ()
    way: str = ""
    scene: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFollower(Call[Profile]):
    """One follower."""

    api: ClassVar[str] = f"{_USER}/info"
    method: ClassVar[str] = "GET"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    openid: str

    def query(self) -> Mapping[str, str]:
        return {"openid": self.openid, "lang": "zh_CN"}

    def read(self, body: Mapping[str, Any]) -> Profile:
        return _profile(body)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFollowers(Call[tuple[Profile, ...]]):
    """Up to 100 followers; 40032 for more, 40003 when one of them has never followed."""

    api: ClassVar[str] = f"{_USER}/info/batchget"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    openids: tuple[str, ...]

    def body(self) -> Mapping[str, Any]:
        return {"user_list": [{"openid": one, "lang": "zh_CN"} for one in self.openids]}

    def read(self, body: Mapping[str, Any]) -> tuple[Profile, ...]:
        return tuple(_profile(one) for one in rows(body, "user_info_list"))

    def parts(self) -> Iterator["ReadFollowers"]:
        """Yield the same for 100 followers at a time, which is all that one call takes."""
        return (replace(self, openids=some) for some in batches(self.openids, MOST_READ))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFollowers(Paged[str]):
    """The openids of all followers, 10,000 a page; at most 500 calls a day."""

    api: ClassVar[str] = f"{_USER}/get"
    method: ClassVar[str] = "GET"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET

    def query(self) -> Mapping[str, str]:
        return known(next_openid=self.cursor)

    def read(self, body: Mapping[str, Any]) -> tuple[str, ...]:
        return texts(part(body, "data"), "openid")

    def after(self, body: Mapping[str, Any]) -> str:
        """Return the last openid of a page; a page without any has no next one."""
        return text_of(body, "next_openid") if self.read(body) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteFollowerRemark(Order):
    """Write the account's own name for a follower, below 30 characters; longer is cut."""

    api: ClassVar[str] = f"{_USER}/info/updateremark"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    openid: str
    remark: str

    def body(self) -> Mapping[str, Any]:
        return {"openid": self.openid, "remark": self.remark[:REMARK_CHARS]}


def _profile(told: Mapping[str, Any]) -> Profile:
    return Profile(
        openid=text_of(told, "openid"),
        follows=whole(told, "subscribe") == 1,
        since=second(told, "subscribe_time"),
        unionid=id_of(told, "unionid"),
        remark=text_of(told, "remark"),
        labels=numbers(told, "tagid_list"),
        way=text_of(told, "subscribe_scene"),
        scene=text_of(told, "qr_scene_str") or _number(told, "qr_scene"),
    )


def _number(told: Mapping[str, Any], name: str) -> str:
    return str(whole(told, name)) if whole(told, name) else ""


FOLLOWER_CALLS: tuple[type[Call[Any]], ...] = (
    ReadFollower, ReadFollowers, ListFollowers, WriteFollowerRemark,
)  # fmt: skip
