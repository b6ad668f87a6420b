"""The corp's own people by API: the app's scope, one employee, who has customer contact."""

from twin.host import Denied, Done, Endpoint
from twin.shape import Json, text, whole
from twin.stage import Stage
from twin.world import Staff, WecomAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
ROOT = 1
ACTIVE = 1


def tell_agent(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`GET agent/get`: the app of the token and the employees that it may see."""
    if whole(args, "agentid") != account.agentid:
        raise Denied(301002, "not allow operate another agent with this accesstoken")
    seen = [one for one in stage.world.staff if stage.world.in_scope(one.userid)]
    body: Json = {
        **OK,
        "agentid": account.agentid,
        "name": account.name,
        "square_logo_url": "",
        "description": "",
        "allow_userinfos": {"user": [{"userid": one.userid} for one in seen]},
        "allow_partys": {"partyid": [] if account.visible else [ROOT]},
        "allow_tags": {"tagid": []},
        "close": 0,
        "redirect_domain": account.redirect_domain,
        "report_location_flag": 0,
        "isreportenter": 0,
        "home_url": account.home_url,
        "customized_publish_status": 1,
    }
    return Done(body=body)


def tell_employee(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`GET user/get`: 60111 for nobody, 60011 for one whom the app may not see."""
    member = known(stage, text(args, "userid", ""))
    if not stage.world.in_scope(member.userid):
        raise Denied(60011, "no privilege to access/modify contact/party/agent", member.userid)
    body: Json = {
        **OK,
        "userid": member.userid,
        "name": member.name,
        "department": [ROOT],
        "order": [0],
        "is_leader_in_dept": [0],
        "position": "",
        "direct_leader": [],
        "telephone": "",
        "extattr": {"attrs": []},
        "external_position": "",
        "external_profile": {"external_corp_name": "", "external_attr": []},
        "alias": "",
        "status": ACTIVE,
        "main_department": ROOT,
    }
    return Done(body=body, who=member.userid)


def list_followers(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`GET externalcontact/get_follow_user_list`: who in scope has customer contact."""
    world = stage.world
    having = [one.userid for one in world.staff if one.customer_contact]
    return Done(body={**OK, "follow_user": [one for one in having if world.in_scope(one)]})


def known(stage: Stage, userid: str) -> Staff:
    """Return the employee of this userid. Raises Denied 60111."""
    member = next((one for one in stage.world.staff if one.userid == userid), None)
    if member is None:
        raise Denied(60111, "userid not found")
    return member


def reachable(stage: Stage, userid: str) -> Staff:
    """Return the employee in the app's scope. Raises Denied 60111 or 60030."""
    member = known(stage, userid)
    if not stage.world.in_scope(member.userid):
        raise Denied(60030, "userid out of the scope of this app", member.userid)
    return member


def serving(stage: Stage, userid: str) -> Staff:
    """Return the employee in scope who has customer contact. Raises Denied 60111, 60030, 84074."""
    member = reachable(stage, userid)
    if not member.customer_contact:
        raise Denied(84074, "no external contact permission", userid)
    return member


PEOPLE_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    "/cgi-bin/agent/get": Endpoint(method="GET", act=tell_agent),
    "/cgi-bin/user/get": Endpoint(method="GET", act=tell_employee),
    "/cgi-bin/externalcontact/get_follow_user_list": Endpoint(method="GET", act=list_followers),
}
