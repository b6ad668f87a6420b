"""Bind accounts to callback URLs, verifying each as the platform would, and tell all keys."""

from twin.people import Person
from twin.shape import BadShape, Json
from twin.stage import Stage
from twin.trace_source import TraceSource
from twin.verification import Unwired, verify
from twin.world import (
    Account,
    AibotAccount,
    ArchiveFeed,
    KfAccount,
    OaAccount,
    WecomAccount,
    World,
)


async def wire(stage: Stage, account: Account, url: str) -> Json:
    """Verify `url` by GET and bind it; return {ok, step, reason}. Repeating verifies again."""
    try:
        await verify(stage, account, url)
    except Unwired as cause:
        told: Json = {"ok": False, "step": cause.step, "reason": cause.reason}
    else:
        stage.callbacks[account.id] = url
        told = {"ok": True, "step": "", "reason": ""}
    stage.book.write("wire", stage.now(), account=account.id, url=url, **told)
    return told


def wire_archive(stage: Stage, feed: ArchiveFeed, url: str) -> Json:
    """Let the archive be pushed to `url`; nothing verifies it. Repeating changes the address."""
    stage.callbacks[feed.id] = url
    told: Json = {"ok": True, "step": "", "reason": ""}
    stage.book.write("wire", stage.now(), account=feed.id, url=url, **told)
    return told


def wire_traces(stage: Stage, told: object) -> Json:
    """Remember where the bot tells its traces, `{"url", "key"}`; nothing verifies it.

    Repeating changes the address. Raises BadShape("trace").
    """
    if not isinstance(told, dict):
        raise BadShape("trace")
    stage.trace_source = TraceSource.read(told)
    done: Json = {"ok": True, "step": "", "reason": ""}
    stage.book.write("wire", stage.now(), account="trace", url=stage.trace_source.url, **done)
    return done


def wiring(stage: Stage) -> Json:
    """Return every key and address that a bot needs, and who and what this world holds."""
    world = stage.world
    return {
        "v": 1,
        "world": world.id,
        "bases": dict(stage.bases),
        "accounts": [_account(stage, one) for one in _with_secret(world)],
        "aibots": [_aibot(stage, one) for one in world.aibot],
        "archive": next((_archive(stage, one) for one in world.archive), None),
        "trace": stage.trace_source.told(),
        "sources": [
            {"id": one.id, "secret": one.secret, "path": one.path} for one in world.sources
        ],
        "tills": [
            {"id": one.id, "store": one.store, "key": one.key, "path": one.path}
            for one in world.tills
        ],
        "posters": [{"id": one.id, "scene": one.scene} for one in world.posters],
        "entry_codes": [{"id": one.id, "state": one.state} for one in world.entry_codes],
        "staff": [{"userid": one.userid, "name": one.name} for one in world.staff],
        "groups": [
            {"chat_id": one.chat_id, "name": one.name, "size": one.size()}
            for one in stage.groups.by_id.values()
        ],
        "kf": [_kf(stage, one) for one in world.kf],
        "customers": [_customer(one) for one in stage.crowd.everyone()],
    }


def _kf(stage: Stage, account: KfAccount) -> Json:
    return {
        "open_kfid": account.open_kfid,
        "name": account.name,
        "servicers": list(account.servicers),
        "scenes": list(account.scenes),
        "links": {scene: stage.kf.link(account.open_kfid, scene) for scene in account.scenes},
    }


def _customer(person: Person) -> Json:
    return {
        "name": person.name,
        "unionid": person.unionid,
        "external_userid": person.external_userid,
        "openids": dict(person.openids),
    }


def _with_secret(world: World) -> tuple[OaAccount | WecomAccount, ...]:
    return (*world.oa, *world.wecom)


def _account(stage: Stage, account: OaAccount | WecomAccount) -> Json:
    told: Json = {
        "id": account.id,
        "token": account.token,
        "aes_key": account.aes_key,
        "secret": account.secret,
        "path": account.path,
        "callback": stage.callbacks.get(account.id, ""),
    }
    if isinstance(account, OaAccount):
        told |= {"kind": "oa", "appid": account.appid, "gh": account.gh, "mode": account.mode}
    else:
        told |= {"kind": "wecom", "corpid": account.corpid, "agentid": account.agentid}
        told["mode"] = account.mode
    told["api_base"] = stage.bases.get(str(told["kind"]), "")
    return told


def _aibot(stage: Stage, bot: AibotAccount) -> Json:
    return {
        "id": bot.id,
        "kind": "aibot",
        "aibotid": bot.aibotid,
        "name": bot.name,
        "token": bot.token,
        "aes_key": bot.aes_key,
        "path": bot.path,
        "callback": stage.callbacks.get(bot.id, ""),
        "internal_groups": [
            {"chat_id": one.chat_id, "name": one.name, "members": list(one.members)}
            for one in bot.internal_groups
        ],
    }


def _archive(stage: Stage, feed: ArchiveFeed) -> Json:
    return {
        "id": feed.id,
        "source": feed.source,
        "secret": feed.secret,
        "path": feed.path,
        "push_url": stage.callbacks.get(feed.id, ""),
        "pull": "/twin/archive?since=0",
    }
