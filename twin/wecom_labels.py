"""Customer-contact APIs about labels: the corp's list, new ones, and who wears which."""

from twin.host import Denied, Done, Endpoint
from twin.labels import Label, LabelGroup
from twin.shape import Json, records, text, texts
from twin.stage import Stage
from twin.wecom_contacts import edited, relation
from twin.world import WecomAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
NAME_LENGTH = 30


def list_labels(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/get_corp_tag_list`; with ids only these labels or groups."""
    ids, group_ids = texts(args, "tag_id"), texts(args, "group_id")
    told: list[Json] = []
    for group in stage.labels.groups.values():
        chosen = [one for one in group.labels.values() if not ids or one.id in ids]
        if chosen and (ids or not group_ids or group.id in group_ids):
            told.append(_told(group, chosen))
    return Done(body={**OK, "tag_group": told})


def add_labels(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/add_corp_tag`: a group of the same name is reused.

    A name the group already has is refused with 40071 and nothing is added.
    """
    names = [text(one, "name") for one in records(args, "tag")]
    group_name = text(args, "group_name", "")
    if not names or not all(names) or max(map(len, [*names, group_name])) > NAME_LENGTH:
        raise Denied(40058, "tag name empty or too long")
    group = _group(stage, text(args, "group_id", ""), group_name)
    if len(set(names)) != len(names) or any(group.named(name) for name in names):
        raise Denied(40071, "tag name already exists")
    added = [stage.labels.add(group, name, stage.now()) for name in names]
    body: Json = {**OK, "tag_group": _told(group, added)}
    return Done(body=body, effect={"group": group.name, "labels": list(names)})


def mark_labels(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/mark_tag`: set-like, so a repeat changes nothing."""
    added, removed = texts(args, "add_tag"), texts(args, "remove_tag")
    contact, person = relation(stage, args)
    if not added and not removed:
        raise Denied(40063, "some parameters are empty", person.name)
    if not all(stage.labels.find(one) for one in (*added, *removed)):
        raise Denied(40068, "invalid tagid", person.name)
    new = [one for one in added if one not in contact.labels]
    lost = [one for one in removed if one in contact.labels]
    contact.labels = (contact.labels | set(added)) - set(removed)
    effect: Json = {"added": _names(stage, new), "removed": _names(stage, lost)}
    return Done(body=OK, who=person.name, effect=effect if new or lost else None)


def _group(stage: Stage, group_id: str, group_name: str) -> LabelGroup:
    if not group_id:
        if not group_name:
            raise Denied(40063, "some parameters are empty")
        return stage.labels.group(group_name, stage.now())
    group = stage.labels.groups.get(group_id)
    if group is None:
        raise Denied(40068, "invalid tagid")
    return group


def _names(stage: Stage, ids: list[str]) -> list[str]:
    found = [stage.labels.find(one) for one in ids]
    return [one[1].name for one in found if one]


def _told(group: LabelGroup, chosen: list[Label]) -> Json:
    worn: list[Json] = [
        {"id": one.id, "name": one.name, "create_time": one.created, "order": 0, "deleted": False}
        for one in chosen
    ]
    return {
        "group_id": group.id,
        "group_name": group.name,
        "create_time": group.created,
        "order": 0,
        "deleted": False,
        "tag": worn,
    }


_AT = "/cgi-bin/externalcontact"
LABEL_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    f"{_AT}/get_corp_tag_list": Endpoint(method="POST", act=list_labels),
    f"{_AT}/add_corp_tag": Endpoint(method="POST", act=add_labels),
    f"{_AT}/mark_tag": Endpoint(method="POST", act=mark_labels, edits=edited),
}
