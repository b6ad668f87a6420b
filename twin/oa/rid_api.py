"""The rid of every refusal of the Official Account host, and `rid/get` (oa/api.md section 10)."""

import json

from twin.host import Denied, Done, Endpoint
from twin.oa.rids import KEPT_S, Refused
from twin.shape import Json, text
from twin.stage import Stage
from twin.world import OaAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}


def with_rid(stage: Stage, account: str, path: str, refusal: Json) -> Json:
    """Return the body of a refusal with a new rid at the end of its errmsg, and keep it."""
    refused = Refused(account=account, path=path, body=refusal, at=stage.now())
    return refusal | {"errmsg": f"{refusal.get('errmsg')} rid: {stage.rids.give(refused)}"}


def explain(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST openapi/rid/get`: what was refused, for seven days, to its own account only."""
    rid = text(args, "rid", "")
    refused = stage.rids.find(rid)
    if not rid or refused is None:
        raise Denied(76001 if rid else 76002, "rid not found" if rid else "rid is error")
    if refused.account != account.id:
        raise Denied(76003, "could not use this rid, no permission")
    if stage.now() - refused.at > KEPT_S:
        raise Denied(76004, "rid is expired")
    request: Json = {
        "invoke_time": int(refused.at),
        "cost_in_ms": 1,
        "request_url": f"access_token=***&path={refused.path}",
        "request_body": "",
        "response_body": json.dumps(refused.body, ensure_ascii=False),
        "client_ip": "127.0.0.1",
    }
    return Done(body={**OK, "request": request})


RID_ENDPOINTS: dict[str, Endpoint[OaAccount]] = {
    "/cgi-bin/openapi/rid/get": Endpoint(method="POST", act=explain),
}
