"""Reads what a form of ours posts, within the limits of any body."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from bot.errors import Refused
from bot.web.body import read_body

_MOST_FIELDS = 20
Form = Mapping[str, str]


async def read_form(request: web.Request) -> Form:
    """Return a form's fields; of two with one name the first. Raises Refused when it is none."""
    body = await read_body(request)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as wrong:
        raise Refused("envelope", "不是表单") from wrong
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    return fields
