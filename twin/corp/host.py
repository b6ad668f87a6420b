"""The WeCom host: its token, app messages to employees, customer contact and 微信客服."""

from twin.aibot.response import RESPONSE_ENDPOINTS
from twin.contact.api import CONTACT_ENDPOINTS
from twin.contact.label_api import LABEL_ENDPOINTS
from twin.contact.link_api import ACQUISITION_ENDPOINTS
from twin.contact.lists import CUSTOMER_LIST_ENDPOINTS
from twin.contact.lookups import LOOKUP_ENDPOINTS
from twin.contact.mass_api import MASS_ENDPOINTS
from twin.contact.way_api import WAY_ENDPOINTS
from twin.contact.welcome_api import WELCOME_ENDPOINTS
from twin.corp.card_api import CARD_ENDPOINTS
from twin.corp.message_api import APP_ENDPOINTS
from twin.corp.people_api import PEOPLE_ENDPOINTS
from twin.group.api import GROUP_ENDPOINTS
from twin.group.welcome_api import GROUP_WELCOME_ENDPOINTS
from twin.host import Denied, Done, Host, OpenEndpoint
from twin.kf.api import KF_ENDPOINTS
from twin.media_api import WECOM_MEDIA
from twin.network import WECOM_NETWORK_ENDPOINTS
from twin.shape import Json
from twin.stage import Stage
from twin.tokens import Standing
from twin.world import WecomAccount


def give_token(stage: Stage, args: Json) -> Done:
    """`GET /cgi-bin/gettoken`: the same token while it lives."""
    account = stage.corp()
    if not args.get("corpid"):
        raise Denied(41002, "corpid missing")
    if account is None or args["corpid"] != account.corpid:
        raise Denied(40013, "invalid corpid")
    if not args.get("corpsecret"):
        raise Denied(41004, "corpsecret missing")
    if args["corpsecret"] != account.secret:
        raise Denied(40001, "invalid credential")
    token, left = stage.tokens.shared(account.id, "wecom", stage.now(), stage.settings.token_s)
    body: Json = {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": left}
    return Done(body=body)


def _account(stage: Stage, wanted: str) -> WecomAccount | None:
    account = stage.corp()
    return account if account and account.id == wanted else None


WECOM_HOST: Host[WecomAccount] = Host(
    name="wecom",
    open_endpoints={
        "/cgi-bin/gettoken": OpenEndpoint(method="GET", act=give_token),
        **RESPONSE_ENDPOINTS,
    },
    endpoints={
        **APP_ENDPOINTS,
        **CARD_ENDPOINTS,
        **WECOM_MEDIA,
        **GROUP_WELCOME_ENDPOINTS,
        **CONTACT_ENDPOINTS,
        **CUSTOMER_LIST_ENDPOINTS,
        **PEOPLE_ENDPOINTS,
        **WAY_ENDPOINTS,
        **WECOM_NETWORK_ENDPOINTS,
        **LABEL_ENDPOINTS,
        **GROUP_ENDPOINTS,
        **WELCOME_ENDPOINTS,
        **MASS_ENDPOINTS,
        **LOOKUP_ENDPOINTS,
        **ACQUISITION_ENDPOINTS,
        **KF_ENDPOINTS,
    },
    account=_account,
    standing={
        Standing.UNKNOWN: (40014, "invalid access_token"),
        Standing.SUPERSEDED: (40014, "invalid access_token"),
        Standing.EXPIRED: (42001, "access_token expired"),
    },
    broken_body=40035,
    bad_field=40058,
)
