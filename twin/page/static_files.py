"""Style and scripts of the page, under addresses that change with what they hold."""

import gzip
import hashlib
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).with_name("static")
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOR_EVER = "public, max-age=31536000, immutable"
_DIGEST = 12


class StaticFiles:
    """The files of a folder, read once."""

    def __init__(self, folder: Path = FOLDER) -> None:
        found = [one for one in sorted(folder.rglob("*")) if one.suffix in _KINDS]
        self._held = {one.relative_to(folder).as_posix(): one.read_bytes() for one in found}

    def address(self, name: str) -> str:
        """Return where a file is served. Raises KeyError for one that is not there."""
        digest = hashlib.sha256(self._held[name]).hexdigest()[:_DIGEST]
        return f"/page/static/{digest}/{name}"

    async def serve(self, request: web.Request) -> web.Response:
        """GET /page/static/{digest}/{name}: packed where the browser takes that; 404 else."""
        name = request.match_info["name"]
        if name not in self._held or self.address(name) != request.path:
            raise web.HTTPNotFound
        headers = {"Cache-Control": _FOR_EVER, "X-Content-Type-Options": "nosniff"}
        body, headers["Vary"] = self._held[name], "Accept-Encoding"
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            body, headers["Content-Encoding"] = gzip.compress(body, mtime=0), "gzip"
        kind = _KINDS[Path(name).suffix]
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)
