"""Parametric QR codes: a poster's scene in a code, and its picture (oa/api.md section 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, Fetch, whole
from bot.platforms.checks import need, within_chars
from bot.platforms.port import text_of

_SHEET = "oa/api.md section 3"
SCENE_CHARS = 64
LARGEST_LASTING = 100_000  # the largest number that a permanent code may carry
LONGEST_S = 2_592_000  # 30 days
PICTURE_HOST = "https://mp.weixin.qq.com"
_LARGEST_PASSING = 2**32 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A code: `url` is what it holds, `ticket` shows its picture; `lives_s` 0 is for ever."""

    ticket: str
    url: str
    lives_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeScanCode(Call[Ticket]):
    """A code that tells us its scene when somebody scans it; without `lives_s` it is permanent.

    A scene is 1 to 64 characters, or a number: up to 100,000 in a permanent code, 32 bits in one
    that passes after at most 30 days. An account has 100,000 permanent codes and cannot delete
    one; asked again, the same scene gets another ticket. Raises Unfit for what the platform would
    refuse.
    """

    api: ClassVar[str] = "/cgi-bin/qrcode/create"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    scene: str | int
    lives_s: int = 0

    def __post_init__(self) -> None:
        need(
            0 <= self.lives_s <= LONGEST_S,
            f"临时二维码最长 30 天（{LONGEST_S} 秒），不能是 {self.lives_s} 秒",
        )
        if isinstance(self.scene, str):
            within_chars("二维码参数", self.scene, SCENE_CHARS, least=1)
            return
        largest = _LARGEST_PASSING if self.lives_s else LARGEST_LASTING
        need(1 <= self.scene <= largest, f"二维码参数要在 1 到 {largest} 之间，不能是 {self.scene}")

    def body(self) -> Mapping[str, Any]:
        named = isinstance(self.scene, str)
        kind = "STR_SCENE" if named else "SCENE"
        scene = {"scene_str" if named else "scene_id": self.scene}
        return {
            **({"expire_seconds": self.lives_s} if self.lives_s else {}),
            "action_name": f"QR_{kind}" if self.lives_s else f"QR_LIMIT_{kind}",
            "action_info": {"scene": scene},
        }

    def read(self, body: Mapping[str, Any]) -> Ticket:
        return Ticket(
            ticket=text_of(body, "ticket"),
            url=text_of(body, "url"),
            lives_s=whole(body, "expire_seconds"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowScanCode(Fetch):
    """The picture of a ticket, a JPG of PICTURE_HOST; HTTP 404 for a bad one. Asked with `sent`."""

    api: ClassVar[str] = "/cgi-bin/showqrcode"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    most_bytes: ClassVar[int] = 1024 * 1024
    ticket: str

    def query(self) -> Mapping[str, str]:
        return {"ticket": self.ticket}


CODE_CALLS: tuple[type[Call[Any]], ...] = (MakeScanCode, ShowScanCode)
