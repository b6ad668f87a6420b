"""Carries out service notices (oa/api.md section 7)."""

import hashlib
from dataclasses import replace

import structlog

from bot.actions import Receipt, SendOnce, SendSubscription, SendTemplate
from bot.actions.notice import reported_as
from bot.errors import DatabaseTrouble
from bot.platforms.call import Call, ask
from bot.platforms.oa.api.notices import DeliverOnce, DeliverSubscription, DeliverTemplate
from bot.platforms.port import Port
from bot.shared.meter import china_day

Noticing = SendTemplate | SendSubscription | SendOnce
_KEY_CHARS = 32
_OF_THE_TEMPLATE = frozenset({40037, 47003})  # gone, or its fields are others: nobody gets one
log = structlog.get_logger()


async def send_notice(action: Noticing, port: Port, attempts: int) -> Receipt:
    """Send one notice, and remember by which name the platform will report on it.

    Operators hear once a day of a template that the platform refuses. Never raises for what a
    platform or a network can do.
    """
    told = await ask(port, _call(action, port.effect), attempts)
    if told.receipt.code in _OF_THE_TEMPLATE:
        await _tell_operators(action, port, told.receipt.meaning)
    if not told.value:
        return told.receipt
    return replace(told.receipt, remember={reported_as(told.value): port.effect})


async def _tell_operators(action: Noticing, port: Port, meaning: str) -> None:
    if port.alarm is None:
        return
    name = f"notice-refused:{action.account}:{action.notice}:{china_day(port.clock())}"
    text = f"公众号 {action.account} 的通知 {action.notice} 平台不收，谁也收不到：{meaning}"
    try:
        await port.alarm.warn(name, text)
    except DatabaseTrouble:  # the receipt says it too
        log.warning("operators_not_told", account=action.account, notice=action.notice)


def _call(action: Noticing, effect: str) -> Call[str]:
    match action:
        case SendTemplate():
            return DeliverTemplate(
                openid=action.openid, template=action.template, fields=action.fields,
                url=action.url, appid=action.appid, page=action.page, key=message_key(effect),
            )  # fmt: skip
        case SendSubscription():
            return DeliverSubscription(
                openid=action.openid, template=action.template, fields=action.fields,
                appid=action.appid, page=action.page,
            )  # fmt: skip
        case SendOnce():
            return DeliverOnce(
                openid=action.openid, template=action.template, fields=action.fields,
                url=action.url, appid=action.appid, page=action.page,
                title=action.title, scene=action.scene,
            )  # fmt: skip


def message_key(effect: str) -> str:
    """Return a message id of 32 hex digits for an effect's key; equal keys give equal ids."""
    return hashlib.sha256(effect.encode()).hexdigest()[:_KEY_CHARS]
