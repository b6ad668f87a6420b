"""What was said in each group, as everybody in it sees it."""

from dataclasses import dataclass

from twin.people import Seen
from twin.shape import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One line of a group: who said it (`who` is an id), and how it came there."""

    at: float
    who: str
    name: str
    text: str
    via: str
    attachments: tuple[Json, ...] = ()

    def told(self) -> Json:
        """Return the line as JSON."""
        return {
            "at": self.at,
            "who": self.who,
            "name": self.name,
            "text": self.text,
            "via": self.via,
            "attachments": list(self.attachments),
        }

    def seen(self, chat_id: str, channel: str, happening: str = "") -> Seen:
        """Return the line as a message on a member's phone."""
        return Seen(
            at=self.at,
            channel=channel,
            sender=self.name,
            text=self.text,
            via=self.via,
            attachments=self.attachments,
            chat_id=chat_id,
            happening=happening,
        )


class Transcripts:
    """The lines of every group, oldest first; those of a dismissed group stay."""

    def __init__(self) -> None:
        self._lines: dict[str, list[Said]] = {}

    def add(self, chat_id: str, said: Said) -> None:
        """Add the newest line of a group."""
        self._lines.setdefault(chat_id, []).append(said)

    def of(self, chat_id: str) -> tuple[Said, ...]:
        """Return the lines of a group."""
        return tuple(self._lines.get(chat_id, ()))
