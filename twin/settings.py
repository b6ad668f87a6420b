"""What the operator of the twin may turn while it runs: spacing, shares, lags and limits."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from twin.shape import BadShape

MEMBER_LISTS = ("items", "comma", "none")
MASS_CAPS = ("month", "week", "day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every knob with the platforms' documented default (docs/reference/twin.md)."""

    answer_s: float = 5.0  # how long one delivery waits for its answer
    retry_s: float = 5.0  # spacing of further deliveries
    retries: int = 3
    seed: int = 1
    redeliver_share: float = 0.0  # of deliveries, repeated although they were answered
    reorder_share: float = 0.0  # of deliveries, held back so that later ones overtake
    lost_share: float = 0.0  # of happenings, never delivered at all
    spread_s: float = 0.5  # how late a repeated or held-back delivery may be
    member_list: str = "items"  # MemChangeList: items, comma or none
    group_stale_s: float = 2.0  # groupchat/get shows the members of this long ago
    contact_lag_s: float = 0.5  # externalcontact/get says 84061 this long after an add
    edit_s: float = 0.01  # how long one edit of a contact or fan takes
    api_at_once: int = 0  # not 0: calls of one API beyond so many at the same time are 45033
    scan_limit: int = 200  # members, owner included, from which a group's QR stops
    group_capacity: int = 500
    message_quota: int = 5
    message_window_s: float = 172_800.0
    event_quota: int = 3
    event_window_s: float = 60.0
    welcome_s: float = 20.0
    token_s: float = 7200.0
    openid_page: int = 10_000  # openids in one page of user/get, user/tag/get and getblacklist
    tag_fans_most: int = 100_000  # fans of a tag, above which it cannot be deleted
    client_msg_id_s: float = 600.0  # how long a client_msg_id keeps a template message single
    job_s: float = 0.2  # how long after a notice its job event is sent
    notice_fails: int = 0  # 1: notices answer 0, do not show, and are reported as failed
    group_welcome_interval_s: float = 0.0  # a group greets newcomers at most once in this time
    stream_poll_s: float = 0.3  # how often an unfinished stream of an aibot is asked for
    archive_retry_s: float = 0.5  # before a second push of the archive; doubled each time
    mass_dispatch_s: float = 0.0  # how long a new mass-send task is 41063
    mass_cap: str = "month"  # a customer gets as many as the month has days; 7 a week; 1 a day
    mass_most: int = 0  # not 0: so many in that time in place of the rule's own number
    mass_creator: int = 1  # 0: get_groupmsg_list_v2 does not say who made a task by API
    label_most: int = 10_000  # labels of the corp, from which new ones are 45024
    way_most: int = 500_000  # contact and join ways of the corp, from which a new one is 41045
    link_most: int = 1000  # acquisition links of the corp, from which a new one is 41095
    link_low: int = 100  # acquisition quota at which balance_low is sent
    kf_most: int = 5000  # kf accounts of the corp, from which a new one is 95005
    kf_page: int = 1000  # the most items one sync_msg gives, whatever `limit` asks for
    kf_blank_pages: int = 0  # 1: before every page with items comes an empty one with has_more
    kf_merge_s: float = 0.0  # how long a kf bell waits for more news before it rings
    kf_fail_type: int = 0  # not 0: send_msg answers 0, shows nothing, msg_send_fail of this type

    def changed(self, wanted: Mapping[str, object]) -> "Settings":
        """Return these settings with `wanted` in place. Raises BadShape for a bad one."""
        kinds = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        sound = {key: _of_kind(key, value, kinds.get(key)) for key, value in wanted.items()}
        turned = replace(self, **sound)  # type: ignore[arg-type]  # kinds were checked one by one
        if turned.member_list not in MEMBER_LISTS:
            raise BadShape("member_list")
        if turned.mass_cap not in MASS_CAPS:
            raise BadShape("mass_cap")
        return turned


def _of_kind(key: str, value: object, kind: type | None) -> object:
    if isinstance(value, bool) or kind is None:
        raise BadShape(key)
    if kind is str and isinstance(value, str):
        return value
    if kind is str or not isinstance(value, int | float) or value < 0:
        raise BadShape(key)
    return kind(value)
