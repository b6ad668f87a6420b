"""The menu of an Official Account by API: made, read and deleted (oa/api.md section 6)."""

from twin.host import Denied, Done, Endpoint
from twin.oa.buttons import buttons_of, told
from twin.shape import Json
from twin.stage import Stage
from twin.world import OaAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
MENU_ID = 400_000_001


def create_menu(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST menu/create`: 3 buttons with 5 below each; it replaces the former menu whole."""
    made = buttons_of(account, args)
    stage.menus[account.id] = made
    return Done(body=OK, effect={"menu": list(made)})


def read_menu(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`GET menu/get`: menus that were made by API, conditional ones too; 46003 without one."""
    made = stage.menus.get(account.id)
    if not made:
        raise Denied(46003, "menu no exist")
    body: Json = {"menu": {"button": told(made), "menuid": MENU_ID}}
    conditional = stage.conditional_menus.get(account.id)
    if conditional:
        body["conditionalmenu"] = [
            {"button": told(one.buttons), "matchrule": one.rule(), "menuid": one.menuid}
            for one in conditional
        ]
    return Done(body=body)


def delete_menu(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`GET menu/delete`: conditional menus go too; nothing to delete is fine."""
    gone = stage.menus.pop(account.id, None)
    stage.conditional_menus.pop(account.id, None)
    return Done(body=OK, effect={"menu": []} if gone else None)


MENU_ENDPOINTS: dict[str, Endpoint[OaAccount]] = {
    "/cgi-bin/menu/create": Endpoint(method="POST", act=create_menu),
    "/cgi-bin/menu/get": Endpoint(method="GET", act=read_menu),
    "/cgi-bin/menu/delete": Endpoint(method="GET", act=delete_menu),
}
