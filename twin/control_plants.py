"""The part of the control listener where troubles are planted and a console saves a callback."""

import json

from aiohttp import web

from twin.acts import NotPossible
from twin.oa.console_save import save
from twin.plants import read_plant
from twin.shape import Json, read, text
from twin.stage import Stage


class PlantControl:
    """The handlers of /twin/plant, /twin/plants and /twin/verify; each takes and gives JSON."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def routes(self) -> list[web.RouteDef]:
        """Return the table of these handlers."""
        return [
            web.get("/twin/plants", self.plants),
            web.post("/twin/plant", self.plant),
            web.delete("/twin/plant", self.lift),
            web.post("/twin/verify", self.verify),
        ]

    async def plants(self, request: web.Request) -> web.Response:
        """Return the planted troubles."""
        return _json(self._stage.plants.told())

    async def plant(self, request: web.Request) -> web.Response:
        """Plant one trouble; the same one again replaces it."""
        stage, one = self._stage, read_plant(self._stage.world, await _body(request))
        stage.plants.plant(one)
        if one.trouble == "secret_expired":
            stage.tokens.expire(one.account, stage.now())
        stage.book.write("plant", stage.now(), planted=stage.plants.told())
        return await self.plants(request)

    async def lift(self, request: web.Request) -> web.Response:
        """Take troubles away: of an `account`, of a name (`trouble`), both, or all."""
        stage, args = self._stage, await _body(request)
        stage.plants.lift(text(args, "account", ""), text(args, "trouble", ""))
        stage.book.write("plant", stage.now(), planted=stage.plants.told())
        return await self.plants(request)

    async def verify(self, request: web.Request) -> web.Response:
        """Verify an account's callback URL as «保存» in its console does."""
        args = await _body(request)
        wanted = text(args, "account")
        account = self._stage.world.account(wanted)
        if account is None:
            raise NotPossible(f"没有账号 {wanted}")
        return _json(await save(self._stage, account, text(args, "url", "")))


async def _body(request: web.Request) -> Json:
    return read(await request.read()) | dict(request.query)


def _json(told: object) -> web.Response:
    plain = json.dumps(told, ensure_ascii=False)
    return web.Response(text=plain, content_type="application/json")
