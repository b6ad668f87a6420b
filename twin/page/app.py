"""The routes of the page: the page itself, what its buttons do, its pictures, and its live feed."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import jinja2
from aiohttp import web

from twin.clock import turn
from twin.page.acting import AT, Acted, act_of, acted
from twin.page.chats import Read, Shelf
from twin.page.entries import people, rows, sorts
from twin.page.inspect import sight
from twin.page.lines import Threads
from twin.page.links import origins
from twin.page.live import live
from twin.page.parts import held_picture
from twin.page.phone import customer_phone
from twin.page.staff import staff_phone
from twin.page.state import View
from twin.page.static_files import StaticFiles
from twin.page.top import top
from twin.page.trace import NoTrace, trace
from twin.page.words import Words
from twin.passing import come_due
from twin.sender import Sender
from twin.shape import BadShape, Json, text
from twin.wiring import wire, wire_archive

_TEMPLATES = Path(__file__).with_name("templates")
_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:{bot};"
    " connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}
Change = Callable[[Json], Awaitable[Acted]]


class Page:
    """The handlers of the page; each answers with the whole page as it is now."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._stage = sender.stage
        self._threads = Threads(sender.stage)
        self._read = Read()
        self._files = StaticFiles()
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals["static"] = self._files.address

    def routes(self) -> list[web.RouteDef]:
        """Return the table of these handlers."""
        return [
            web.get("/", self.show),
            web.get("/page/live", self.live, allow_head=False),
            web.get("/page/media/{media_id}", self.media),
            web.get("/page/static/{digest}/{name:.+}", self._files.serve),
            web.post("/page/do", self.do),
            web.post("/page/clock", self.clock),
            web.post("/page/faults", self.faults),
            web.post("/page/revoke", self.revoke),
            web.post("/page/wire", self.wire),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """GET /: the page as its address says."""
        return await self._page(Acted(view=View.read(request.query)))

    async def live(self, request: web.Request) -> web.StreamResponse:
        """GET /page/live: tells that something happened."""
        return await live(self._stage, request)

    async def media(self, request: web.Request) -> web.Response:
        """GET /page/media/ID: an uploaded picture; what only claims to be one is 404."""
        found = held_picture(self._stage, request.match_info["media_id"])
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found[0], content_type=found[1], headers=_HEADERS)

    async def do(self, request: web.Request) -> web.Response:
        """POST /page/do: one act, as POST /twin/do does it."""
        form = await request.post()
        view = View.of(str(form.get(AT, "")))
        return await self._after(view, acted(self._sender, view, act_of(form)))

    async def clock(self, request: web.Request) -> web.Response:
        """POST /page/clock: `jump_s`, or `turn` stop or run."""

        async def change(asked: Json) -> Acted:
            turned: Json = {text(asked, "turn"): True} if "turn" in asked else {}
            if "jump_s" in asked:
                turned["jump_s"] = float(text(asked, "jump_s"))
            told = turn(self._stage.clock, turned)
            self._stage.book.write("clock", self._stage.now(), **told)
            come_due(self._stage)
            return Acted(view=View())

        return await self._changed(request, change)

    async def faults(self, request: web.Request) -> web.Response:
        """POST /page/faults: plants one, or clears all."""

        async def change(asked: Json) -> Acted:
            if "clear" in asked:
                self._stage.faults.clear()
            else:
                self._stage.faults.plant(_fault(asked))
            return Acted(view=View())

        return await self._changed(request, change)

    async def revoke(self, request: web.Request) -> web.Response:
        """POST /page/revoke: kills the living tokens of an account."""

        async def change(asked: Json) -> Acted:
            self._stage.tokens.revoke(text(asked, "account"), self._stage.now())
            return Acted(view=View())

        return await self._changed(request, change)

    async def wire(self, request: web.Request) -> web.Response:
        """POST /page/wire: verifies and binds a callback address."""

        async def change(asked: Json) -> Acted:
            wanted, url = text(asked, "account"), text(asked, "url").strip()
            account, feed = self._stage.world.account(wanted), self._stage.world.feed(wanted)
            if account:
                await wire(self._stage, account, url)
            elif feed:
                wire_archive(self._stage, feed, url)
            return Acted(view=View())

        return await self._changed(request, change)

    async def _changed(self, request: web.Request, change: Change) -> web.Response:
        form = await request.post()
        view = View.of(str(form.get(AT, "")))
        asked: Json = {name: one for name, one in form.items() if isinstance(one, str)}
        return await self._after(view, change(asked))

    async def _after(self, view: View, change: Awaitable[Acted]) -> web.Response:
        """Show what a change came to; the view stays unless the change moved it."""
        try:
            made = await change
        except (BadShape, ValueError) as cause:
            key = cause.key if isinstance(cause, BadShape) else str(cause)
            made = Acted(view=view, said=key, is_refusal=True)
        made = made if made.view != View() else replace(made, view=view)
        response = await self._page(made)
        response.headers["HX-Replace-Url"] = made.view.address()
        return response

    async def _page(self, made: Acted) -> web.Response:
        stage, view, say = self._stage, made.view, Words(made.view.language())
        shelf = Shelf(stage=stage, threads=self._threads, read=self._read, say=say)
        seen = sight(stage, view.picked())
        traced, untraced = await self._trace(seen.happening if seen else "")
        html = self._templates.get_template("page.html").render(
            view=view,
            say=say,
            made=made,
            top=top(stage, say),
            customer=customer_phone(shelf, view),
            staff=staff_phone(shelf, view),
            rows=rows(stage, view, say),
            people=people(stage),
            sorts=sorts(),
            newest=len(stage.book.entries),
            sight=seen,
            trace=traced,
            untraced=untraced,
            sources=[one.id for one in stage.world.sources],
        )
        bot = "".join(f" {one}" for one in origins(stage))
        policy = {"Content-Security-Policy": _POLICY.format(bot=bot)}
        status = 409 if made.is_refusal else 200
        return web.Response(
            text=html, status=status, content_type="text/html", headers=_HEADERS | policy
        )

    async def _trace(self, happening: str) -> tuple[str, NoTrace | None]:
        if not happening:
            return "", None
        try:
            return await trace(self._stage, happening), None
        except NoTrace as cause:
            return "", cause


def _fault(asked: Json) -> Json:
    """Return the fault a form describes; numbers come as text, empty fields are left out."""
    given = {name: one for name, one in asked.items() if one not in ("", None) and name != AT}
    for name in given.keys() & {"times", "code"}:
        given[name] = int(text(given, name))
    if "seconds" in given:
        given["seconds"] = float(text(given, "seconds"))
    return given
