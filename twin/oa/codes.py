"""Parametric QR codes: temporary and permanent, by number and by text (oa/api.md section 3)."""

import secrets
from math import inf

from twin.host import Denied, Done, Endpoint
from twin.oa.scenes import SceneCode
from twin.shape import Json, record, text, whole
from twin.stage import Stage
from twin.world import OaAccount

SHORTEST_S, LONGEST_S = 60, 2_592_000
LONGEST_SCENE = 64
HIGHEST_TEMPORARY, HIGHEST_PERMANENT = 2**32 - 1, 100_000
PERMANENT_CODES = 100_000
_PERMANENT = ("QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE")
_TEMPORARY = ("QR_SCENE", "QR_STR_SCENE")


def create_code(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST /cgi-bin/qrcode/create`; the same scene again is another ticket for it."""
    action = text(args, "action_name")
    if action not in (*_PERMANENT, *_TEMPORARY):
        raise Denied(40035, "invalid action_name")
    scene = _scene(record(record(args, "action_info"), "scene"), action)
    ticket = f"gQ{secrets.token_urlsafe(48)}"
    body: Json = {"ticket": ticket, "url": f"http://weixin.qq.com/q/{ticket[:20]}"}
    lives_s = _lives_s(args) if action in _TEMPORARY else inf
    if action in _TEMPORARY:
        body["expire_seconds"] = lives_s
    code = SceneCode(
        account=account.id,
        scene=scene,
        is_number=not action.endswith("STR_SCENE"),
        dies=stage.now() + lives_s,
    )
    _check_room(stage, code)
    stage.scenes[ticket] = code
    return Done(body=body, effect={"scene": scene})


def _lives_s(args: Json) -> int:
    asked = whole(args, "expire_seconds", SHORTEST_S)
    if not 1 <= asked <= LONGEST_S:
        raise Denied(40035, "invalid expire_seconds")
    return asked


def _scene(inside: Json, action: str) -> str:
    if action.endswith("STR_SCENE"):
        scene = text(inside, "scene_str", "")
        if not 1 <= len(scene) <= LONGEST_SCENE:
            raise Denied(40053, "invalid action info: scene_str")
        return scene
    number = whole(inside, "scene_id", 0)
    most = HIGHEST_PERMANENT if action in _PERMANENT else HIGHEST_TEMPORARY
    if not 1 <= number <= most:
        raise Denied(40053, "invalid action info: scene_id")
    return str(number)


def _check_room(stage: Stage, code: SceneCode) -> None:
    """Refuse one permanent code more than an account may have: Denied 45029."""
    permanent = {one for one in stage.scenes.values() if one.dies == inf} | {code}
    mine = [one for one in permanent if one.account == code.account]
    if code.dies == inf and len(mine) > PERMANENT_CODES:
        raise Denied(45029, "qrcode count out of limit")


CODE_ENDPOINTS: dict[str, Endpoint[OaAccount]] = {
    "/cgi-bin/qrcode/create": Endpoint(method="POST", act=create_code),
}
