"""The Chinese words in which reports speak of events, effects, states and names."""

from collections.abc import Mapping

from bot.actions import State, Truth

STATES: Mapping[str, str] = {
    State.READY: "待执行",
    State.SENDING: "进行中",
    State.DONE: "完成",
    State.FAILED: "失败",
    State.EXPIRED: "已过期",
    State.SKIPPED: "跳过",
    State.UNKNOWN: "结果未知",
}
INBOX_STATES: Mapping[str, str] = {
    "new": "待处理",
    "done": "已处理",
    "ignored": "未识别（原样保留）",
    "quarantined": "已隔离",
}
TRUTHS: Mapping[str, str] = {
    Truth.AUTOMATIC: "全自动",
    Truth.CUSTOMER_TAP: "需顾客点一下",
    Truth.EMPLOYEE: "需员工确认",
}
STAGES: Mapping[str, str] = {
    "visitor": "访客",
    "registered": "已注册",
    "first_order": "已首单",
    "taster": "尝鲜",
    "advocate": "推荐官",
}
CHANNELS: Mapping[str, str] = {"oa": "公众号", "wecom": "企业微信"}
ALIASES: Mapping[str, str] = {
    "oa_openid": "公众号 openid",
    "external_userid": "企业微信 external_userid",
    "unionid": "unionid",
}
REMOTE: Mapping[str, str] = {
    "oa_reply": "公众号回复",
    "oa_send": "客服消息",
    "wecom_welcome": "好友欢迎语",
    "wecom_remark": "写备注",
    "label": "同步平台标签",
    "read_profile": "查询是谁",
    "read_group": "读群成员",
    "make_join_way": "生成进群二维码",
    "kf_pull": "拉取微信客服消息",
    "kf_send": "微信客服消息",
    "kf_welcome": "微信客服欢迎语或提示语",
    "kf_trans": "转接微信客服会话",
    "kf_invite": "微信客服邀请进群",
    "kf_read_customer": "查询微信客服顾客是谁",
}
MISSES: Mapping[str, str] = {
    "occasion": "不是这个场合",
    "key": "键不同",
    "words": "没有这些词",
    "equals": "不是整句",
    "prefix": "不在开头",
    "word_boundary": "不是完整的词",
    "sound": "没有同音的词",
    "regex": "正则没有匹配",
    "excluded": "有排除的词",
    "channel": "渠道不同",
    "store": "门店不同",
    "group": "群不同",
    "tagged": "缺少标签",
    "not_tagged": "有排除的标签",
    "stage": "阶段不同",
    "hours": "不在时段内",
    "weekdays": "不在这几天",
    "limit": "次数用完",
    "outranked": "先被别的规则命中并停止",
}
# Slots are the action's fields; None = too small to tell.
LOCAL: Mapping[str, str | None] = {
    "tag": "标签 +{name}",
    "untag": "标签 -{name}",
    "claim": "发券 {campaign} {code}",
    "redeem": "核销 {code}（{store}）",
    "invite": "留座：{chat}",
    "bind_store": "归属 {store}（已有归属则不变）",
    "take_seat": "记下进群：{chat}",
    "leave_seat": "记下离群：{chat}",
    "mark_group": "更新群：{chat}",
    "mark_reach": None,
    "mark_talk": None,
    "tell": None,
    "warn": "提醒运营：{text}",
    "gap": "记入没接住的话",
}
# Slots are the event's fields, as `Names` shows them.
HAPPENED: Mapping[str, str] = {
    "TextSaid": "说「{text}」",
    "Followed": "关注公众号{scene}",
    "Scanned": "扫码{scene}",
    "MenuTapped": "点菜单 {key}",
    "Unfollowed": "取消关注公众号",
    "ContactAdded": "加导购 {staff} 为好友{state}",
    "ContactEdited": "导购 {staff} 改了备注或标签",
    "ContactDeleted": "被导购 {staff} 删除",
    "StaffDropped": "删除了导购 {staff}",
    "GroupCreated": "建群 {chat}",
    "GroupGrew": "群 {chat} 有 {count} 人加入",
    "GroupShrank": "群 {chat} 有 {count} 人离开",
    "GroupChanged": "群 {chat} 有变更：{detail}",
    "GroupDismissed": "群 {chat} 解散",
    "ProfileRead": "平台告知是谁{unionid}{name}",
    "GroupRead": "读到群 {chat} 的成员",
    "MemberJoined": "进群 {chat}{unionid}{state}{earlier}",
    "MemberLeft": "离开群 {chat}",
    "JoinWayMade": "群 {chat} 的进群二维码已就绪",
    "KfRang": "微信客服 {kf} 有新消息",
    "KfSaid": "对微信客服说「{text}」{menu_id}",
    "KfEntered": "进入微信客服{scene}",
    "KfSentFailed": "微信客服消息没有送达{fail_type}",
    "KfServicerSaid": "客服 {servicer} 人工回复",
    "KfSessionChanged": "微信客服会话变更 {change}{new_servicer}",
    "KfOther": "微信客服的其他消息 {kind}",
    "RedeemAsked": "在 {store} 出示券码 {code}{cashier}",
    "Unrecognised": "未识别的通知 {kind}",
}
# A field that may be empty brings its own words.
ASIDE: Mapping[str, str] = {
    "scene": "，活码 {}",
    "state": "，活码 {}",
    "unionid": "，unionid {}",
    "name": "，名字 {}",
    "cashier": "，收银员 {}",
    "earlier": "，我们来之前就在",
    "menu_id": "，菜单 {}",
    "fail_type": "，原因代码 {}",
    "new_servicer": "，由 {} 接待",
}
