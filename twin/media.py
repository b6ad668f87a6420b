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
    content: bytes
    created: float


class MediaShelf:
    """Every upload so far; a temporary one works for three days."""

    def __init__(self) -> None:
        self._media: dict[str, Medium] = {}
        self.pictures: dict[str, bytes] = {}  # name in the address -> what is shown there

    def keep(self, owner: str, kind: str, filename: str, content: bytes, now: float) -> Medium:
        """Keep a file and return it with its new media_id."""
        medium = Medium(
            media_id=secrets.token_urlsafe(48),
            owner=owner,
            kind=kind,
            filename=filename,
            content=content,
            created=now,
        )
        self._media[medium.media_id] = medium
        return medium

    def holds(self, owner: str, media_id: str, now: float, *kinds: str) -> bool:
        """Tell whether this media_id still works for its owner, as one of these kinds if given."""
        medium = self.found(owner, media_id, now)
        return medium is not None and (not kinds or medium.kind in kinds)

    def found(self, owner: str, media_id: str, now: float) -> Medium | None:
        """Return the file of this media_id while it works for its owner."""
        medium = self._media.get(media_id)
        if medium is None or medium.owner != owner or now - medium.created > KEPT_S:
            return None
        return medium

    def hang(self, filename: str, content: bytes) -> str:
        """Keep a picture for ever and return its name."""
        name = f"{secrets.token_hex(16)}.{filename.rpartition('.')[2].lower()}"
        self.pictures[name] = content
        return name
