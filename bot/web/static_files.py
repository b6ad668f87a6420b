"""Serves style, script and pictures under names that change with their content."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).with_name("static")
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_HASH_CHARS = 12
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    kind: str
    plain: bytes
    packed: bytes


class StaticFiles:
    """The files of a folder, read once. A URL never means anything else, so phones keep it."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files: dict[str, _File] = {}
        self._urls: dict[str, str] = {}
        for path in sorted(folder.rglob("*")):
            if path.suffix in _KINDS:
                self._add(path.relative_to(folder).as_posix(), path)

    def _add(self, name: str, path: Path) -> None:
        plain = path.read_bytes()
        digest = hashlib.sha256(plain).hexdigest()[:_HASH_CHARS]
        named = f"{name.removesuffix(path.suffix)}.{digest}{path.suffix}"
        packed = gzip.compress(plain, mtime=0)
        self._files[named] = _File(kind=_KINDS[path.suffix], plain=plain, packed=packed)
        self._urls[name] = f"/static/{named}"

    def url(self, name: str) -> str:
        """Return the URL of a file. Raises KeyError when there is none of this name."""
        return self._urls[name]

    async def serve(self, request: web.Request) -> web.Response:
        """GET /static/{name}: a file under its present name; 404 for any other."""
        file = self._files.get(request.match_info["name"])
        if file is None:
            return web.Response(status=404)
        packs = "gzip" in request.headers.get("Accept-Encoding", "")
        headers = {
            "Cache-Control": _FOREVER, "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
        }  # fmt: skip
        if packs:
            headers["Content-Encoding"] = "gzip"
        return web.Response(
            body=file.packed if packs else file.plain, content_type=file.kind, charset="utf-8",
            headers=headers,
        )  # fmt: skip
