"""The answers of the twin's WeCom host, 微信客服 included, beside those that others published."""

import tempfile
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from tests.conformance.cases import Case
from tests.conformance.shapes import differences
from tests.conformance.shapes_oa import Known
from tests.conformance.wecom_asked import ASKED
from tests.twin_bot import Scene, on_stage
from twin.corp.host import WECOM_HOST

_AT = "/cgi-bin/externalcontact"
_OTHER_CORP = ("corp_full_name", "corp_name", "external_profile", "position")
_PRIVATE = ("address", "avatar", "email", "gender", "mobile", "open_userid", "qr_code")
_RARE = ("channels", "channels_shop_order", "channels_shop_product", "merged_msg")
_EVENT = "msg_list[].event"
KNOWN: Mapping[str, Known] = {
    "/cgi-bin/agent/get": Known(
        optional=frozenset({"allow_tags.tagid[]"}), why="the corp of the twin has no tags of people"
    ),
    "/cgi-bin/user/get": Known(
        optional=frozenset({*_PRIVATE, "thumb_avatar", "direct_leader[]", "extattr.attrs[]"})
        | {"external_profile.wechat_channels", "external_profile.external_attr[]"},
        why="personal fields need consent since 2022 (section 9), others are empty",
    ),
    f"{_AT}/get": Known(
        optional=frozenset(f"external_contact.{one}" for one in _OTHER_CORP)
        | {"external_contact.foreign_key", "external_contact.is_subscribe"}
        | {"external_contact.subscriber_info", "follow_user[].wechat_channels"}
        | {"follow_user[].remark_company"},
        why="of people of other corps, schools and video accounts, and an old name of a field",
    ),
    f"{_AT}/batch/get_by_user": Known(
        optional=frozenset(f"external_contact_list[].external_contact.{one}" for one in _OTHER_CORP)
        | {"external_contact_list[].follow_info.wechat_channels"},
        why="of people of other corps and video accounts",
    ),
    f"{_AT}/get_contact_way": Known(
        optional=frozenset({"contact_way[]", "contact_way.party[]", "contact_way.style"})
        | {"contact_way.conclusions.link", "contact_way.conclusions.miniprogram"},
        why="style is of buttons, departments of several, one attachment closes; a list is old",
    ),
    f"{_AT}/get_groupmsg_send_result": Known(
        optional=frozenset({"send_list[].chat_id"}), why="of messages to groups"
    ),
    f"{_AT}/group_welcome_template/get": Known(
        optional=frozenset({"file", "link", "miniprogram", "video"}), why="one attachment at most"
    ),
    f"{_AT}/groupchat/get": Known(
        optional=frozenset({"group_chat.admin_list[]"}), why="groups of the twin have no admins"
    ),
    f"{_AT}/customer_acquisition/get": Known(
        optional=frozenset({"priority_option"}),
        extra=frozenset({"link.link_id", "skip_verify"}),
        why="the sheet tells both (section 6); links of the twin know no priorities",
    ),
    "/cgi-bin/kf/customer/batchget": Known(
        optional=frozenset({"customer_list[].enter_session_context.wechat_channels"}),
        why="of customers from video accounts",
    ),
    "/cgi-bin/kf/customer/get_upgrade_service_config": Known(
        optional=frozenset({"member_range.department_id_list[]"}),
        why="a world names employees, not departments",
    ),
    "/cgi-bin/kf/sync_msg": Known(
        optional=frozenset({*(f"msg_list[].{one}" for one in _RARE), "msg_list[].servicer_userid"})
        | {f"{_EVENT}.servicer_userid"},
        extra=frozenset({f"{_EVENT}.{one}" for one in ("scene", "scene_param", "welcome_code")})
        | {"msg_list[].text"},
        why="every type of message has a body of its own (kf.md section 4)",
    ),
}


async def wecom_shapes(cases: Iterable[Case]) -> list[tuple[str, tuple[str, ...]]]:
    """Return each path that the twin serves and others published, with what differs there."""
    served = {**WECOM_HOST.endpoints, **WECOM_HOST.open_endpoints}
    samples: dict[str, list[object]] = {}
    for case in cases:
        path = str(case.request.get("path"))
        if case.platform in ("wecom", "kf") and case.kind == "api.response" and path in served:
            samples.setdefault(path, []).append(case.payload)
    return [(path, await _differing(path, samples[path])) for path in sorted(samples)]


async def _differing(path: str, samples: list[object]) -> tuple[str, ...]:
    """Ask a twin of its own for each path, so that no answer depends on another."""
    ask = ASKED.get(path.removeprefix("/cgi-bin/"))
    if ask is None:
        return ("nothing asks the twin for it",)
    known = KNOWN.get(path, Known(why=""))
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        scene = await stack.enter_async_context(on_stage(Path(folder), wired=False))
        return differences(
            samples[0],
            await _answered(ask, scene),
            also=samples[1:],
            optional=known.optional,
            extra=known.extra,
        )


async def _answered(ask: Callable[[Scene], Awaitable[object]], scene: Scene) -> object:
    answer = await ask(scene)
    refused = isinstance(answer, dict) and answer.get("errcode")
    return f"refused: {answer}" if refused else answer
