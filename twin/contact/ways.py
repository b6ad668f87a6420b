"""«Contact me» codes: what an app asked for when it made one."""

from dataclasses import dataclass

from twin.shape import Json
from twin.tokens import DAY_S

SINGLE, SEVERAL = 1, 2
BY_BUTTON, BY_QR = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactWay:
    """One code; the first of `staff` is who gets the customer. `made` is Unix seconds.

    A `temporary` one opens a chat that can be closed, for one customer (of this `unionid`, if it
    says so) and while `expires_s` last.
    """

    config_id: str
    state: str
    staff: tuple[str, ...]
    made: float
    kind: int = 0  # 0: told from the staff
    parties: tuple[int, ...] = ()
    scene: int = BY_QR
    style: int = 1
    remark: str = ""
    skip_verify: bool = True
    exclusive: bool = False
    temporary: bool = False
    expires_s: int = int(7 * DAY_S)
    chat_expires_s: int = int(DAY_S)
    unionid: str = ""
    conclusions: Json | None = None
    used: bool = False

    def type(self) -> int:
        """Return 1 for a single employee, 2 for several."""
        return self.kind or (SINGLE if len(self.staff) == 1 else SEVERAL)

    def open_to(self, unionid: str, now: float) -> bool:
        """Tell whether somebody of this unionid can still use the code."""
        if not self.temporary:
            return True
        living = not self.used and now - self.made <= self.expires_s
        return living and self.unionid in ("", unionid)
