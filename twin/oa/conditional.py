"""Menus for some fans only: made, deleted, and tried on a fan (oa/api.md section 6)."""

from twin.host import Denied, Done, Endpoint
from twin.oa.buttons import buttons_of, told
from twin.oa.menu import MENU_ID
from twin.oa.some_menus import ConditionalMenu
from twin.people import Following
from twin.shape import Json, record, text, whole
from twin.stage import Stage
from twin.world import OaAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
_PRIVATE = ("sex", "country", "province", "city", "language")
_PLATFORMS = ("1", "2", "3")


def add_conditional(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST menu/addconditional`: needs the default menu; told with a menuid in text."""
    rule = record(args, "matchrule")
    tag_id, platform = _value(rule, "tag_id"), _value(rule, "client_platform_type")
    if any(_value(rule, one) for one in _PRIVATE):
        raise Denied(65320, "private rules are not supported any more")
    if not tag_id and not platform:
        raise Denied(65304, "match rule is empty")
    _check_rule(stage, account, tag_id, platform)
    if not stage.menus.get(account.id):
        raise Denied(65303, "there is no selfmenu, please create selfmenu first")
    menus = stage.conditional_menus.setdefault(account.id, [])
    made = ConditionalMenu(
        menuid=max((one.menuid for one in menus), default=MENU_ID) + 1,
        buttons=buttons_of(account, args),
        tag_id=tag_id,
        client_platform_type=platform,
    )
    menus.append(made)
    return Done(body={"menuid": str(made.menuid)}, effect={"conditional": made.rule()})


def delete_conditional(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST menu/delconditional`."""
    menus = stage.conditional_menus.get(account.id, [])
    wanted = whole(args, "menuid")
    found = next((one for one in menus if one.menuid == wanted), None)
    if found is None:
        raise Denied(65301, "not exist this menuid")
    menus.remove(found)
    return Done(body=OK, effect={"deleted": wanted})


def try_match(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST menu/trymatch`: the menu that this fan, by openid, would see."""
    person = stage.crowd.by_openid(account.appid, text(args, "user_id"))
    following = person.follows.get(account.appid) if person else None
    if person is None or following is None:
        raise Denied(46004, "user not exist")
    _, buttons = menu_of(stage, account, following)
    if not buttons:
        raise Denied(46003, "menu no exist")
    return Done(body={"button": told(buttons)}, who=person.name)


def menu_of(stage: Stage, account: OaAccount, following: Following) -> tuple[int, tuple[Json, ...]]:
    """Return menuid and buttons of the API's menu that a fan sees: later menus win."""
    for one in reversed(stage.conditional_menus.get(account.id, [])):
        if one.fits(following.tags):
            return one.menuid, one.buttons
    return MENU_ID, stage.menus.get(account.id, ())


def _value(rule: Json, key: str) -> str:
    """Return a field of a rule as text; numbers are taken too."""
    found = rule.get(key) or ""
    return str(found) if isinstance(found, int) else text(rule, key, "")


def _check_rule(stage: Stage, account: OaAccount, tag_id: str, platform: str) -> None:
    known = {str(tag) for tag in stage.fan_tags[account.appid].names}
    if tag_id and tag_id not in known:
        raise Denied(45159, "invalid tag id")
    if platform and platform not in _PLATFORMS:
        raise Denied(40035, "invalid client_platform_type")


CONDITIONAL_ENDPOINTS: dict[str, Endpoint[OaAccount]] = {
    "/cgi-bin/menu/addconditional": Endpoint(method="POST", act=add_conditional),
    "/cgi-bin/menu/delconditional": Endpoint(method="POST", act=delete_conditional),
    "/cgi-bin/menu/trymatch": Endpoint(method="POST", act=try_match),
}
