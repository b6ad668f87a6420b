"""«Contact me» codes: what an app asked for when it made one."""

from dataclasses import dataclass

SINGLE, SEVERAL = 1, 2
BY_QR = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactWay:
    """One code; the first of `staff` is who gets the customer. `made` is Unix seconds."""

    config_id: str
    state: str
    staff: tuple[str, ...]
    made: float
    scene: int = BY_QR
    remark: str = ""
    skip_verify: bool = True

    def type(self) -> int:
        """Return 1 for a single employee, 2 for several."""
        return SINGLE if len(self.staff) == 1 else SEVERAL
