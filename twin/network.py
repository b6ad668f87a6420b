"""Addresses: where callbacks come from, where the APIs are, whether a callback host is there."""

import ipaddress
from urllib.parse import urlsplit

from twin.host import Denied, Done, Endpoint
from twin.shape import Json, text
from twin.stage import Stage
from twin.world import OaAccount, WecomAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
HERE = "127.0.0.1"
_ACTIONS = ("all", "dns", "ping")
_OPERATORS = ("DEFAULT", "CHINANET", "UNICOM", "CAP")


def tell_oa_addresses(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`GET getcallbackip` and `get_api_domain_ip`: everything is on loopback here."""
    return Done(body={"ip_list": [HERE]})


def tell_wecom_addresses(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """The same two calls of WeCom, which adds its errcode."""
    return Done(body={"ip_list": [HERE], **OK})


def check_callback(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST callback/check`: names and pings the callback's host; opens no connection to it.

    A name other than localhost is not looked up and has no addresses.
    """
    action, operator = text(args, "action", "all"), text(args, "check_operator", "DEFAULT")
    if action not in _ACTIONS:
        raise Denied(40202, "invalid action")
    if operator not in _OPERATORS:
        raise Denied(40203, "invalid check_operator")
    bound = stage.callbacks.get(account.id, "")
    if not bound:
        raise Denied(40201, "callback url is not set")
    addresses = _addresses(urlsplit(bound).hostname or "")
    body: Json = {}
    if action != "ping":
        body["dns"] = [{"ip": one, "real_operator": operator} for one in addresses]
    if action != "dns":
        body["ping"] = [
            {"ip": one, "from_operator": operator, "package_loss": "0%", "time": "0.100ms"}
            for one in addresses
        ]
    return Done(body=body)


def _addresses(host: str) -> list[str]:
    if host == "localhost":
        return [HERE]
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        return []


OA_NETWORK_ENDPOINTS: dict[str, Endpoint[OaAccount]] = {
    "/cgi-bin/getcallbackip": Endpoint(method="GET", act=tell_oa_addresses),
    "/cgi-bin/get_api_domain_ip": Endpoint(method="GET", act=tell_oa_addresses),
    "/cgi-bin/callback/check": Endpoint(method="POST", act=check_callback),
}
WECOM_NETWORK_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    "/cgi-bin/getcallbackip": Endpoint(method="GET", act=tell_wecom_addresses),
    "/cgi-bin/get_api_domain_ip": Endpoint(method="GET", act=tell_wecom_addresses),
}
