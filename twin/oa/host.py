"""The Official Account host: every API it serves, and its own habits of refusing."""

from twin.host import Host
from twin.media_api import OA_MEDIA
from twin.network import OA_NETWORK_ENDPOINTS
from twin.oa.blacklist import BLACKLIST_ENDPOINTS
from twin.oa.codes import CODE_ENDPOINTS
from twin.oa.conditional import CONDITIONAL_ENDPOINTS
from twin.oa.console_api import CONSOLE_ENDPOINTS
from twin.oa.menu import MENU_ENDPOINTS
from twin.oa.messages import MESSAGE_ENDPOINTS
from twin.oa.quota import QUOTA_ENDPOINTS, QUOTA_OPEN_ENDPOINTS
from twin.oa.rid_api import RID_ENDPOINTS, with_rid
from twin.oa.subscription_api import SUBSCRIPTION_ENDPOINTS
from twin.oa.tagging import TAGGING_ENDPOINTS
from twin.oa.tags import TAG_ENDPOINTS
from twin.oa.template_api import NOTICE_ENDPOINTS
from twin.oa.token_api import TOKEN_ENDPOINTS
from twin.oa.typing_api import TYPING_ENDPOINTS
from twin.oa.users import USER_ENDPOINTS
from twin.stage import Stage
from twin.tokens import Standing
from twin.world import OaAccount


def _account(stage: Stage, wanted: str) -> OaAccount | None:
    return stage.oa(wanted) if wanted else None


OA_HOST: Host[OaAccount] = Host(
    name="oa",
    open_endpoints={**TOKEN_ENDPOINTS, **QUOTA_OPEN_ENDPOINTS},
    endpoints={
        **MESSAGE_ENDPOINTS,
        **TYPING_ENDPOINTS,
        **NOTICE_ENDPOINTS,
        **SUBSCRIPTION_ENDPOINTS,
        **CODE_ENDPOINTS,
        **TAG_ENDPOINTS,
        **TAGGING_ENDPOINTS,
        **BLACKLIST_ENDPOINTS,
        **USER_ENDPOINTS,
        **MENU_ENDPOINTS,
        **CONDITIONAL_ENDPOINTS,
        **CONSOLE_ENDPOINTS,
        **QUOTA_ENDPOINTS,
        **RID_ENDPOINTS,
        **OA_NETWORK_ENDPOINTS,
        **OA_MEDIA,
    },
    account=_account,
    standing={
        Standing.UNKNOWN: (40014, "invalid access_token"),
        Standing.SUPERSEDED: (40001, "invalid credential, access_token is not latest"),
        Standing.EXPIRED: (42001, "access_token expired"),
    },
    broken_body=47001,
    bad_field=40035,
    traced=with_rid,
)
