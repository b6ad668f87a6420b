"""Read what an API call carries: a JSON object, or a file in a multipart form."""

from dataclasses import dataclass

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import BadHttpMessage

from twin.shape import BadShape, Json, read

FIELD = "media"
LARGEST = 21_000_000  # bytes; a little more than the largest file any platform takes
_CHUNK = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it came in a form."""

    filename: str
    content: bytes

    def told(self) -> Json:
        """Return what the book keeps of it."""
        return {"filename": self.filename, "size": len(self.content)}


async def read_body(request: web.Request) -> Json:
    """Return the arguments in the body; a file stands under `media`. Raises BadShape."""
    if not request.content_type.startswith("multipart/"):
        return read(await request.read())
    try:
        return await _form(request)
    # aiohttp asserts that a boundary is given.
    except (ValueError, AssertionError, BadHttpMessage) as cause:
        raise BadShape("") from cause


def told(value: object) -> object:
    """Return an argument as the book keeps it."""
    return value.told() if isinstance(value, Upload) else value


async def _form(request: web.Request) -> Json:
    found: Json = {}
    form = await request.multipart()
    while (part := await form.next()) is not None:
        if isinstance(part, BodyPartReader) and part.name == FIELD and part.filename:
            found[FIELD] = Upload(filename=part.filename, content=await _content(part))
    return found


async def _content(part: BodyPartReader) -> bytes:
    """Return the part, cut where every size limit is passed."""
    content = bytearray()
    while len(content) < LARGEST and (chunk := await part.read_chunk(_CHUNK)):
        content += chunk
    return bytes(content)
