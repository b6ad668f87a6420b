"""Whether the older system takes the callbacks that are handed on to it."""

from bot.db.location import Location
from commands.doctor.case import Case
from commands.doctor.finding import Finding
from commands.doctor.records import handed_on

_CHECK = "relay"


def of_relay(case: Case, database: Location) -> Finding:
    """Return what became of the callbacks of a day. Raises DatabaseTrouble."""
    relay = case.account.relay
    if relay is None:
        return case.skipped(_CHECK, "没有设置 relay：回调只到店小二")
    if relay.url.startswith(case.callback_url):
        then = f"把 {case.setting('relay.url')} 改成旧系统自己的地址"
        return case.bad(_CHECK, "relay.url 指着店小二自己", then)
    told = handed_on(database, case.account.id, case.clock())
    counts = f"最近 24 小时转了 {told.done} 条，待转 {told.waiting} 条，没转成 {told.lost} 条"
    if told.lost or (told.waiting and told.meaning):
        return case.warn(
            _CHECK,
            f"{counts}：{told.meaning}",
            f"看看旧系统 {relay.url} 开着没有、认不认得这个账号；"
            f"地址在 {case.setting('relay.url')}",
        )
    return case.ok(_CHECK, counts)
