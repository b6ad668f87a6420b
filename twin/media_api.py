"""`media/upload` and `media/uploadimg` of both hosts, and the pictures that were uploaded."""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, replace

from aiohttp import web

from twin.host import Denied, Done, Endpoint
from twin.shape import Json, text
from twin.stage import Stage
from twin.uploads import FIELD, Upload
from twin.world import OaAccount, WecomAccount

MB = 1_048_576
FEWEST_BYTES = 6  # WeCom takes files of more than 5 bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What a type of media may be: file name endings (none: any), bytes, the size's errcode."""

    endings: tuple[str, ...]
    most: int
    too_large: int = 40006


_WECOM: Mapping[str, _Kind] = {
    "image": _Kind(endings=("jpg", "jpeg", "png"), most=10 * MB, too_large=40009),
    "voice": _Kind(endings=("amr",), most=2 * MB),
    "video": _Kind(endings=("mp4",), most=10 * MB, too_large=40011),
    "file": _Kind(endings=(), most=20 * MB),
}
_OA: Mapping[str, _Kind] = {
    "image": _Kind(endings=("png", "jpeg", "jpg", "gif"), most=10 * MB),
    "voice": _Kind(endings=("amr", "mp3"), most=2 * MB),
    "video": _Kind(endings=("mp4",), most=10 * MB),
    "thumb": _Kind(endings=("jpg",), most=65_536),
}
# Of moments and product albums: other error codes for the same limits.
_WECOM_ATTACHED: Mapping[str, _Kind] = {
    name: replace(_WECOM[name], too_large=41080) for name in ("image", "video", "file")
}
_ATTACHED_TO = ("1", "2")
_WECOM_PICTURE = _Kind(endings=("jpg", "jpeg", "png"), most=2 * MB, too_large=40009)
_OA_PICTURE = _Kind(endings=("jpg", "png"), most=MB, too_large=40009)


def upload_wecom(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST media/upload?type=`: a media_id for three days."""
    name = text(args, "type", "")
    if name not in _WECOM:
        raise Denied(40005, "invalid type")
    upload = _checked_wecom(args, _WECOM[name])
    medium = stage.media.keep(account.id, name, upload.filename, upload.content, stage.now())
    body: Json = {"errcode": 0, "errmsg": "ok", "type": name, "media_id": medium.media_id}
    return Done(body={**body, "created_at": str(int(medium.created))}, effect={"kept": name})


def upload_attachment(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST media/upload_attachment?media_type=&attachment_type=`: for moments and albums."""
    name = text(args, "media_type", "")
    if name not in _WECOM_ATTACHED or text(args, "attachment_type", "") not in _ATTACHED_TO:
        raise Denied(41072, "invalid attachment type")
    upload = _checked_wecom(args, _WECOM_ATTACHED[name])
    medium = stage.media.keep(account.id, name, upload.filename, upload.content, stage.now())
    body: Json = {"errcode": 0, "errmsg": "ok", "type": name, "media_id": medium.media_id}
    return Done(body={**body, "created_at": int(medium.created)}, effect={"kept": name})


def upload_picture_wecom(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST media/uploadimg`: an address that stays."""
    upload = _checked_wecom(args, _WECOM_PICTURE)
    url = f"{stage.bases.get('wecom', '')}/pic/{stage.media.hang(upload.filename, upload.content)}"
    return Done(body={"errcode": 0, "errmsg": "ok", "url": url}, effect={"url": url})


def upload_oa(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST media/upload?type=` of an Official Account; a thumb has a thumb_media_id."""
    name = text(args, "type", "")
    if name not in _OA:
        raise Denied(40004, "invalid media type")
    upload = _checked_oa(args, _OA[name])
    medium = stage.media.keep(account.id, name, upload.filename, upload.content, stage.now())
    key = "thumb_media_id" if name == "thumb" else "media_id"
    body: Json = {"type": name, key: medium.media_id, "created_at": int(medium.created)}
    return Done(body=body, effect={"kept": name})


def upload_picture_oa(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST media/uploadimg`: an address for article bodies."""
    upload = _checked_oa(args, _OA_PICTURE)
    url = f"{stage.bases.get('oa', '')}/pic/{stage.media.hang(upload.filename, upload.content)}"
    return Done(body={"url": url}, effect={"url": url})


def get_wecom(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`GET media/get`: the file itself, or 40007 as JSON."""
    return Done(body={}, file=_kept(stage, account.id, args))


def get_oa(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`GET media/get` of an Official Account: the file itself, for a video its address."""
    file = _kept(stage, account.id, args)
    if _ending(file) in _OA["video"].endings:
        name = stage.media.hang(file.filename, file.content)
        return Done(body={"video_url": f"{stage.bases.get('oa', '')}/pic/{name}"})
    return Done(body={}, file=file)


def check_media(stage: Stage, owner: str, media_id: str, who: str, *kinds: str) -> None:
    """Refuse a media_id that is unknown, three days old, or of another kind: Denied 40007."""
    if not stage.media.holds(owner, media_id, stage.now(), *kinds):
        raise Denied(40007, "invalid media_id", who)


def uploaded_routes(stage: Stage) -> list[web.RouteDef]:
    """Return the route of uploaded pictures; no token is needed to see one."""

    async def show(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in stage.media.pictures:
            raise web.HTTPNotFound
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return web.Response(body=stage.media.pictures[name], content_type=kind)

    return [web.get("/pic/{name}", show)]


def _checked_wecom(args: Json, kind: _Kind) -> Upload:
    upload = args.get(FIELD)
    if not isinstance(upload, Upload):
        raise Denied(44001, "empty media data")
    if _ending(upload) not in kind.endings and kind.endings:
        raise Denied(40004, "invalid media type")
    if len(upload.content) < FEWEST_BYTES:
        raise Denied(40006, "invalid media size")
    if len(upload.content) > kind.most:
        raise Denied(kind.too_large, "invalid media size")
    return upload


def _checked_oa(args: Json, kind: _Kind) -> Upload:
    upload = args.get(FIELD)
    # A file name that is not ASCII breaks the platform's parser; it finds no file then.
    if not isinstance(upload, Upload) or not upload.filename.isascii() or not upload.content:
        raise Denied(41005, "media data missing")
    if _ending(upload) not in kind.endings:
        raise Denied(40005, "invalid file type")
    if len(upload.content) > kind.most:
        raise Denied(kind.too_large, "invalid file size")
    return upload


def _kept(stage: Stage, owner: str, args: Json) -> Upload:
    medium = stage.media.found(owner, text(args, "media_id", ""), stage.now())
    if medium is None:
        raise Denied(40007, "invalid media_id")
    return Upload(filename=medium.filename, content=medium.content)


def _ending(upload: Upload) -> str:
    return upload.filename.rpartition(".")[2].lower()


_AT = "/cgi-bin/media"
WECOM_MEDIA: dict[str, Endpoint[WecomAccount]] = {
    f"{_AT}/upload": Endpoint(method="POST", act=upload_wecom),
    f"{_AT}/uploadimg": Endpoint(method="POST", act=upload_picture_wecom),
    f"{_AT}/get": Endpoint(method="GET", act=get_wecom),
    f"{_AT}/upload_attachment": Endpoint(method="POST", act=upload_attachment),
}
OA_MEDIA: dict[str, Endpoint[OaAccount]] = {
    f"{_AT}/upload": Endpoint(method="POST", act=upload_oa),
    f"{_AT}/uploadimg": Endpoint(method="POST", act=upload_picture_oa),
    f"{_AT}/get": Endpoint(method="GET", act=get_oa),
}
