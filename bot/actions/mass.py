"""Effects of mass messages 企业群发: the tasks that employees confirm, and our books of them.

Source sheet: wecom/customer-contact.md section 5.4.
"""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions.action import Class, Local, Policy, Remote
from bot.events import Letter, MassResult, Selection

MOST_CUSTOMERS, MOST_GROUPS = 10_000, 2_000  # of one task
MOST_RECEIVERS = 50_000  # of a mass message: one transaction enters them all
MOST_REMINDERS = 3  # of one task in 24 hours


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMass(Local):
    """Enter a mass message in our books, with how many were left out for which reason.

    `capped` are those who had all the mass messages they may get.
    """

    kind: ClassVar[str] = "open_mass"
    mass: str
    letter: Letter
    selection: Selection
    left: tuple[tuple[str, int], ...] = ()
    capped: tuple[str, ...] = ()

    def key(self) -> str:
        return f"open_mass:{self.mass}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseMass(Local):
    """Count a mass message against what each receiver may get, before it is handed over."""

    kind: ClassVar[str] = "promise_mass"
    mass: str
    part: str
    staff: str
    receivers: tuple[str, ...]

    def key(self) -> str:
        return f"promise_mass:{self.mass}:{self.part}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkMassPart(Local):
    """Record the platform's task of a part, or that there is none because of `trouble`."""

    kind: ClassVar[str] = "mark_mass_part"
    mass: str
    part: str
    msgid: str = ""
    refused: tuple[str, ...] = ()
    trouble: str = ""

    def key(self) -> str:
        return f"mass_part:{self.mass}:{self.part}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteMassResults(Local):
    """Record what became of receivers; `tapped` is when the employee confirmed, 0 = not yet."""

    kind: ClassVar[str] = "note_mass_results"
    mass: str
    part: str
    tapped: int = 0
    results: tuple[MassResult, ...] = ()

    def key(self) -> str:
        return f"mass_results:{self.mass}:{self.part}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopMass(Local):
    """Close a mass message: what waits to be handed over is skipped, promises are free again."""

    kind: ClassVar[str] = "stop_mass"
    mass: str

    def key(self) -> str:
        return f"stop_mass:{self.mass}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeMass(Remote):
    """Hand an employee a task: send a letter to up to 10,000 customers, or 2,000 groups.

    Nothing is sent before the employee taps. A second try first looks for the task of the first
    among those made since `asked`, Unix seconds. Answered by `MassMade`.
    """

    kind: ClassVar[str] = "mass_make"
    klass: ClassVar[Class] = Class.D
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 2
    mass: str
    part: str
    staff: str
    letter: Letter
    receivers: tuple[str, ...]
    groups: bool = False  # the receivers are groups
    asked: int = 0

    def key(self) -> str:
        return f"mass:{self.mass}:{self.part}"

    def order(self) -> str:
        return f"mass:{self.account}:{self.staff}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMass(Remote):
    """Ask who has confirmed a task and what became of each receiver; answered by `MassRead`."""

    kind: ClassVar[str] = "mass_read"
    klass: ClassVar[Class] = Class.B
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 3
    mass: str
    part: str
    staff: str
    msgid: str

    def key(self) -> str:
        return f"mass_read:{self.msgid}"

    def order(self) -> str:
        return f"mass_task:{self.account}:{self.msgid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindMass(Remote):
    """Remind the employee of a task that waits for the tap; at most 3 times in 24 hours."""

    kind: ClassVar[str] = "mass_remind"
    klass: ClassVar[Class] = Class.E
    policy: ClassVar[Policy] = Policy.AT_MOST_ONCE
    lane: ClassVar[int] = 2
    mass: str
    part: str
    msgid: str

    def key(self) -> str:
        return f"mass_remind:{self.msgid}"

    def order(self) -> str:
        return f"mass_task:{self.account}:{self.msgid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelMass(Remote):
    """Take a task back from its employee; one that was cancelled before is done."""

    kind: ClassVar[str] = "mass_cancel"
    klass: ClassVar[Class] = Class.B
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 1
    mass: str
    part: str
    msgid: str

    def key(self) -> str:
        return f"mass_cancel:{self.msgid}"

    def order(self) -> str:
        return f"mass_task:{self.account}:{self.msgid}"
