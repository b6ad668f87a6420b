"""What customer service gives when it is asked: one item of a pulled page at a time."""

from tests.little_shop import NOW_S

KF = "wkDemo0000000000000001"
ADA = "wmDemo0000000000000001"


def said(msg_id: str, text: str, /, **changes: object) -> dict[str, object]:
    """A customer typed something. A change to None leaves the field out."""
    item: dict[str, object] = {
        "msgid": msg_id,
        "open_kfid": KF,
        "external_userid": ADA,
        "send_time": NOW_S,
        "origin": 3,
        "msgtype": "text",
        "text": {"content": text},
    }
    return {name: value for name, value in (item | changes).items() if value is not None}


def entered(msg_id: str, /, **fields: object) -> dict[str, object]:
    """A customer opened the conversation."""
    return system(msg_id, "enter_session", **fields)


def system(msg_id: str, name: str, /, **fields: object) -> dict[str, object]:
    """The platform tells of something; the ids are inside."""
    about: dict[str, object] = {"event_type": name, "open_kfid": KF, "external_userid": ADA}
    return {
        "msgid": msg_id,
        "send_time": NOW_S,
        "origin": 4,
        "msgtype": "event",
        "event": about | fields,
    }
