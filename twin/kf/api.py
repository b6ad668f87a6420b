"""Reading what came (`kf/sync_msg`), the service state, and the table of all kf APIs."""

from twin.host import Denied, Done, Endpoint
from twin.kf.account_edits import ACCOUNT_EDIT_ENDPOINTS
from twin.kf.accounts import ACCOUNT_ENDPOINTS, OK, kf_account, kf_customer, serves
from twin.kf.customers import CUSTOMER_ENDPOINTS
from twin.kf.log import LARGEST_PAGE, BadCursor, Page
from twin.kf.send import SEND_ENDPOINTS
from twin.kf.sessions import Session, State
from twin.shape import BadShape, Json, text, whole
from twin.stage import Stage
from twin.world import KfAccount, WecomAccount


def sync(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST kf/sync_msg`: what came after `cursor`, at most three days old."""
    kf = kf_account(stage, args)
    token = text(args, "token", "")
    if token and not stage.kf.log(kf.open_kfid).opened_by(token, stage.now()):
        raise Denied(95007, "invalid msg token")
    if whole(args, "voice_format", 0) not in (0, 1):
        raise BadShape("voice_format")
    page = _page(stage, kf, args)
    body: Json = {**OK, "next_cursor": page.next_cursor, "has_more": int(page.has_more)}
    return Done(body={**body, "msg_list": [one.told for one in page.items]})


def get_state(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST kf/service_state/get`; a customer who never spoke is in state 4."""
    kf = kf_account(stage, args)
    person = kf_customer(stage, text(args, "external_userid"))
    session = stage.kf.session(kf.open_kfid, person.external_userid)
    state, servicer = (session.state, session.servicer) if session else (State.ENDED, "")
    body: Json = {**OK, "service_state": int(state), "servicer_userid": servicer}
    return Done(body=body, who=person.name)


def change_state(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST kf/service_state/trans`; a code comes the first time a session gets to 2, 3 or 4."""
    kf = kf_account(stage, args)
    person = kf_customer(stage, text(args, "external_userid"))
    session = stage.kf.session(kf.open_kfid, person.external_userid)
    state = _wanted(args)
    servicer = text(args, "servicer_userid", "") if state is State.HUMAN else ""
    if session is None or not session.may_become(state, servicer):
        raise Denied(95016, "service state transition not allowed", person.name)
    if state is State.HUMAN and not serves(stage, kf, servicer):
        raise Denied(95014, "not a servicer of this account", person.name)
    effect: Json = {"from": int(session.state), "to": int(state), "servicer": servicer}
    return Done(body=_changed(stage, session, state, servicer), who=person.name, effect=effect)


def _page(stage: Stage, kf: KfAccount, args: Json) -> Page:
    most = min(whole(args, "limit", LARGEST_PAGE), LARGEST_PAGE)
    if most < 1:
        raise BadShape("limit")
    most = min(most, max(stage.settings.kf_page, 1))
    blank = stage.settings.kf_blank_pages > 0
    log, cursor = stage.kf.log(kf.open_kfid), text(args, "cursor", "")
    try:
        return log.page(cursor, most, stage.now(), blank=blank)
    except BadCursor as cause:
        raise BadShape("cursor") from cause


def _wanted(args: Json) -> State:
    number = whole(args, "service_state")
    if number not in tuple(State):
        raise BadShape("service_state")
    return State(number)


def _changed(stage: Stage, session: Session, state: State, servicer: str) -> Json:
    moment = session.become(state, servicer)
    if moment is None:
        return OK
    return {**OK, "msg_code": stage.kf.codes.issue(moment, session, stage.now())}


KF_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    **ACCOUNT_ENDPOINTS,
    **ACCOUNT_EDIT_ENDPOINTS,
    **SEND_ENDPOINTS,
    **CUSTOMER_ENDPOINTS,
    "/cgi-bin/kf/sync_msg": Endpoint(method="POST", act=sync),
    "/cgi-bin/kf/service_state/get": Endpoint(method="POST", act=get_state),
    "/cgi-bin/kf/service_state/trans": Endpoint(method="POST", act=change_state),
}
