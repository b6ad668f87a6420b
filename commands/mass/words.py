"""The Chinese words in which reports speak of mass messages."""

from collections.abc import Mapping

from handlers.masses import CAPPED, NO_STAFF, TAP, UNSUBSCRIBED, WANTS_FEWER

__all__ = ["CAPS", "LEFT", "LEFT_GROUPS", "PARTS", "RECEIVERS", "STATES", "TAP"]

LEFT: Mapping[str, str] = {
    CAPPED: "已达接收上限",
    NO_STAFF: "没有员工是他的好友",
    UNSUBSCRIBED: "顾客已退订",
    WANTS_FEWER: "顾客要少发，群发不打扰",
}
LEFT_GROUPS: Mapping[str, str] = {**LEFT, NO_STAFF: "不知道群主是谁，或群已解散"}
CAPS: Mapping[str, str] = {
    "day1": "每天 {most} 条",
    "week7": "每周 {most} 条",
    "month": "本月 {most} 条",
}
STATES: Mapping[str, str] = {"open": "进行中", "stopped": "已取消"}
PARTS: Mapping[str, str] = {
    "owed": "等着交给平台",
    "made": "等员工确认",
    "tapped": "员工已确认，还在送",
    "unknown": "结果未知，请看 ledger",
    "failed": "没有建成",
    "done": "员工已确认",
    "stopped": "已取消",
}
RECEIVERS: Mapping[str, str] = {
    "sent": "已发",
    "promised": "还没发",
    "gone": "不再是好友",
    "capped": "平台说已达接收上限",
    "refused": "平台不收",
    "free": "不再发",
    "left": "没有选入：已达接收上限",
}
