"""What else the control listener shows: a group as its members see it, and the archive."""

import json

from aiohttp import web

from twin.acts import NotPossible
from twin.shape import Json, whole
from twin.stage import Stage


def view_routes(stage: Stage) -> list[web.RouteDef]:
    """Return the routes of `GET /twin/group/CHAT` and `GET /twin/archive?since=SEQ`."""

    async def group(request: web.Request) -> web.Response:
        told = _group(stage, request.match_info["chat_id"])
        plain = json.dumps(told, ensure_ascii=False)
        return web.Response(text=plain, content_type="application/json")

    async def archive(request: web.Request) -> web.Response:
        items = stage.archive.since(whole(dict(request.query), "since", 0))
        lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in items)
        return web.Response(text=lines, content_type="application/x-ndjson")

    return [web.get("/twin/group/{chat_id}", group), web.get("/twin/archive", archive)]


def _group(stage: Stage, chat_id: str) -> Json:
    said = [one.told() for one in stage.transcripts.of(chat_id)]
    inside = stage.world.internal_group(chat_id)
    if inside:
        members = [_name(stage, one) for one in inside[1].members]
        head: Json = {"chat_id": chat_id, "name": inside[1].name, "kind": "internal"}
        return {**head, "members": members, "said": said}
    group = stage.groups.by_id.get(chat_id)
    if group is None:
        raise NotPossible(f"没有群 {chat_id}")
    members = [one.name or _name(stage, one.userid) for one in group.seats if one.left is None]
    head = {"chat_id": chat_id, "name": group.name, "kind": "customer", "welcome": group.welcome}
    return {**head, "opengid": stage.groups.opengid(chat_id), "members": members, "said": said}


def _name(stage: Stage, userid: str) -> str:
    found = stage.world.employee(userid)
    return found.name if found else userid
