"""Temporary media and permanent pictures that were uploaded, each with its owner and its age."""

import secrets
from dataclasses import dataclass

KEPT_S = 259_200.0  # three days (apps-and-bots.md section 8, oa/api.md section 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """One uploaded file. `owner` is the account it was uploaded for."""

    media_id: str
    owner: str
    kind: str
    filename: str
    size: int
    created: float


class MediaShelf:
    """Every upload so far; a temporary one works for three days."""

    def __init__(self) -> None:
        self._media: dict[str, Medium] = {}
        self.pictures: dict[str, bytes] = {}  # name in the address -> what is shown there

    def keep(self, owner: str, kind: str, filename: str, size: int, now: float) -> Medium:
        """Keep a file and return it with its new media_id."""
        medium = Medium(
            media_id=secrets.token_urlsafe(48),
            owner=owner,
            kind=kind,
            filename=filename,
            size=size,
            created=now,
        )
        self._media[medium.media_id] = medium
        return medium

    def holds(self, owner: str, media_id: str, now: float, *kinds: str) -> bool:
        """Tell whether this media_id still works for its owner, as one of these kinds if given."""
        medium = self._media.get(media_id)
        return (
            medium is not None
            and medium.owner == owner
            and now - medium.created <= KEPT_S
            and (not kinds or medium.kind in kinds)
        )

    def hang(self, filename: str, content: bytes) -> str:
        """Keep a picture for ever and return its name."""
        name = f"{secrets.token_hex(16)}.{filename.rpartition('.')[2].lower()}"
        self.pictures[name] = content
        return name
