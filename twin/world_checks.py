"""What must fit together in a world beyond its shape: consoles, scopes and planted troubles."""

from collections.abc import Iterator

from twin.oa.console import BUTTONS, MATCHES, MODES, REPLIES, AutoReply, ConsoleButton, ConsoleReply
from twin.plants import plant_problem
from twin.world import OaAccount, World

FIRST_LEVEL, SECOND_LEVEL = 3, 5
TEMPLATE_KINDS = ("message", "subscription", "once")


def console_problems(world: World) -> Iterator[str]:
    """Yield what a console could not hold: unknown kinds, too many buttons."""
    for account in world.oa:
        for words in (*_reply_problems(account.auto_reply), *_menu_problems(account)):
            yield f"accounts.oa.{account.id}.{words}"


def scope_problems(world: World) -> Iterator[str]:
    """Yield employees of an app's scope, and planted troubles, that do not exist."""
    staff = {one.userid for one in world.staff}
    for app in world.wecom:
        if not staff.issuperset(app.visible):
            yield f"accounts.wecom.{app.id}.visible: 员工不存在"
    for number, plant in enumerate(world.plants, 1):
        problem = plant_problem(world, plant)
        if problem:
            yield f"plants 第 {number} 项: {problem}"


def template_problems(world: World) -> Iterator[str]:
    """Yield templates of no account, of an unknown kind, or without the keys their kind has."""
    accounts = {one.id for one in world.oa}
    for one in world.templates:
        if one.account not in accounts:
            yield f"templates.{one.id}: 没有公众号 {one.account}"
        if one.kind not in TEMPLATE_KINDS:
            yield f"templates.{one.id}.kind: 应为 {'、'.join(TEMPLATE_KINDS)} 之一"
        elif bool(one.keys) == (one.kind == "once"):
            yield f"templates.{one.id}.keys: 一次性订阅没有字段，其他模板至少一个"


def _reply_problems(auto: AutoReply) -> Iterator[str]:
    single = [one for one in (auto.add_friend, auto.default) if one]
    listed = [one for rule in auto.keywords for one in rule.reply]
    if any(not _sound(one) for one in (*single, *listed)):
        yield f"auto_reply: type 应为 {'、'.join(REPLIES)} 之一，且要有 content 或 news"
    for rule in auto.keywords:
        if rule.mode not in MODES:
            yield f"auto_reply.{rule.name}.mode: 应为 {'、'.join(MODES)} 之一"
        if not rule.reply or not rule.words:
            yield f"auto_reply.{rule.name}: words 和 reply 不能为空"
        if any(word.match not in MATCHES or not word.content for word in rule.words):
            yield f"auto_reply.{rule.name}.words: match 应为 {'、'.join(MATCHES)} 之一"


def _sound(reply: ConsoleReply) -> bool:
    held = reply.news if reply.type == "news" else reply.content
    return reply.type in REPLIES and bool(held)


def _menu_problems(account: OaAccount) -> Iterator[str]:
    if len(account.console_menu) > FIRST_LEVEL:
        yield f"console_menu: 最多 {FIRST_LEVEL} 个一级菜单"
    for button in account.console_menu:
        if len(button.sub_button) > SECOND_LEVEL:
            yield f"console_menu.{button.name}: 最多 {SECOND_LEVEL} 个二级菜单"
        for leaf in button.sub_button or (button,):
            if not _tappable(leaf):
                yield f"console_menu.{leaf.name}: type 应为 {'、'.join(BUTTONS)} 之一"


def _tappable(leaf: ConsoleButton) -> bool:
    held = {"view": leaf.url, "news": leaf.news}.get(leaf.type, leaf.value)
    return leaf.type in BUTTONS and not leaf.sub_button and bool(held)
