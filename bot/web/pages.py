"""Phone pages: templates that escape what they show, under a policy that lets nothing else in."""

from collections.abc import Mapping

import aiohttp_jinja2
import jinja2
from aiohttp import web

from bot.web.static_files import FOLDER, StaticFiles

_POLICY = (
    "default-src 'none'; img-src {pictures}; script-src 'self'; style-src 'self';"
    " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}


def set_up(app: web.Application) -> None:
    """Give an application its templates and the files they name."""
    files = StaticFiles()
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(FOLDER.with_name("templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = files.url
    app.router.add_get("/static/{name:.+}", files.serve)


def page(
    request: web.Request,
    template: str,
    shown: Mapping[str, object],
    *,
    status: int = 200,
    pictures: str = "'self'",
) -> web.Response:
    """Return a page. `pictures` is where pictures may come from."""
    response = aiohttp_jinja2.render_template(template, request, shown, status=status)
    response.headers.update(_HEADERS)
    response.headers["Content-Security-Policy"] = _POLICY.format(pictures=pictures)
    return response


def message(request: web.Request, status: int, title: str, text: str) -> web.Response:
    """Return a page that says one thing and what to do now."""
    return page(request, "message.html", {"title": title, "text": text}, status=status)
