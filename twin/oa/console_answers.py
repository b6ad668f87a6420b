"""What the console of an Official Account says by itself while no callback is bound."""

import random
from collections.abc import Iterator, Sequence

from twin.oa.console import ConsoleArticle, ConsoleButton, ConsoleReply, ConsoleRule
from twin.people import Seen
from twin.shape import Json
from twin.stage import Happening, Stage
from twin.world import OaAccount


def console_answers(stage: Stage, happening: Happening) -> Iterator[Seen]:
    """Yield the messages that follow on a new fan or on what a fan typed."""
    account = happening.account
    if not isinstance(account, OaAccount):
        return
    for reply in _chosen(stage, account, happening):
        yield console_message(stage, account, reply, happening.id)


def console_message(stage: Stage, account: OaAccount, reply: ConsoleReply, cause: str) -> Seen:
    """Return a console's message as a phone shows it."""
    return Seen(
        at=stage.now(),
        channel="oa",
        sender=account.id,
        text=reply.content if reply.type == "text" else "",
        via="console",
        attachments=tuple(_attachments(reply)),
        happening=cause,
    )


def sent_by(button: ConsoleButton) -> ConsoleReply:
    """Return the message that a button of the console's menu sends."""
    return ConsoleReply(type=button.type, content=button.value, news=button.news)


def _chosen(stage: Stage, account: OaAccount, happening: Happening) -> Sequence[ConsoleReply]:
    auto = account.auto_reply
    if happening.kind == "subscribe":
        return (auto.add_friend,) if auto.add_friend else ()
    if happening.kind != "text":
        return ()
    rule = next((one for one in auto.keywords if _matches(one, happening.said)), None)
    if rule is None:
        return (auto.default,) if auto.default else ()
    if rule.mode == "reply_all":
        return rule.reply
    dice = random.Random(f"{stage.settings.seed} {happening.id}")  # noqa: S311  # reproducible
    return (dice.choice(rule.reply),)


def _matches(rule: ConsoleRule, said: str) -> bool:
    return any(
        word.content == said if word.match == "equal" else word.content in said
        for word in rule.words
    )


def _attachments(reply: ConsoleReply) -> Iterator[Json]:
    if reply.type == "news":
        yield from (_link(one) for one in reply.news)
    elif reply.type != "text":
        kind = "image" if reply.type == "img" else reply.type
        yield {"type": kind, "media_id": reply.content}


def _link(one: ConsoleArticle) -> Json:
    told: Json = {"type": "link", "title": one.title, "desc": one.digest, "url": one.url}
    return {**told, "picurl": one.cover}
