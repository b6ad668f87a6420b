"""Customer-contact APIs about labels: listed, made, changed, deleted, and who wears which."""

from collections.abc import Iterable

from twin.contact.api import edited, relation
from twin.host import Denied, Done, Endpoint
from twin.labels import Label, LabelGroup
from twin.shape import BadShape, Json, records, text, texts, whole
from twin.stage import Stage
from twin.world import WecomAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
NAME_LENGTH = 30
ORDERS = 2**32


def list_labels(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/get_corp_tag_list`; with ids only these, the deleted ones too."""
    ids, group_ids = texts(args, "tag_id"), texts(args, "group_id")
    labels = stage.labels
    told: list[Json] = []
    for group in (*labels.sorted(), *(labels.deleted.values() if ids or group_ids else ())):
        known = [*group.sorted(), *(group.deleted.values() if ids or group_ids else ())]
        chosen = [one for one in known if not ids or one.id in ids]
        if chosen and (ids or not group_ids or group.id in group_ids):
            dead = group.id in labels.deleted
            told.append(_told(group, chosen) | {"deleted": dead, "tag": _listed(group, chosen)})
    return Done(body={**OK, "tag_group": told})


def add_labels(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/add_corp_tag`: a group of the same name is reused.

    A name the group already has is refused with 40071 and nothing is added.
    """
    wanted = {text(one, "name"): _order(one) for one in records(args, "tag")}
    names, group_name = list(wanted), text(args, "group_name", "")
    if not names or not all(names) or max(map(len, [*names, group_name])) > NAME_LENGTH:
        raise Denied(40058, "tag name empty or too long")
    if stage.labels.count() + len(names) > stage.settings.label_most:
        raise Denied(45024, "tag count out of limit")
    order, known = _order(args), set(stage.labels.groups)
    group = _group(stage, text(args, "group_id", ""), group_name)
    if len(names) != len(records(args, "tag")) or any(group.named(name) for name in names):
        raise Denied(40071, "tag name already exists")
    if group.id not in known:
        group.order = order
    added = [stage.labels.add(group, name, wanted[name], stage.now()) for name in names]
    body: Json = {**OK, "tag_group": _told(group, added)}
    return Done(body=body, effect={"group": group.name, "labels": list(names)})


def edit_label(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/edit_corp_tag`: a new `name` or `order` of a label or a group."""
    wanted, name = text(args, "id", ""), text(args, "name", "")
    if not name and "order" not in args:
        raise Denied(40063, "some parameters are empty")
    if len(name) > NAME_LENGTH:
        raise Denied(40058, "tag name too long")
    labels, found = stage.labels, stage.labels.find(wanted)
    edited_one = found[1] if found else labels.groups.get(wanted)
    if edited_one is None:
        raise Denied(40068, "invalid tagid")
    beside: Iterable[Label | LabelGroup] = labels.groups.values()
    if found:
        beside = found[0].labels.values()
    if any(one.name == name and one is not edited_one for one in beside):
        raise Denied(40071, "tag name already exists")
    edited_one.name = name or edited_one.name
    edited_one.order = _order(args, edited_one.order)
    return Done(body=OK, effect={"id": wanted, "name": edited_one.name, "order": edited_one.order})


def delete_labels(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/del_corp_tag`: labels, and groups with all theirs; off everybody.

    One id that is not known refuses all.
    """
    ids, group_ids = texts(args, "tag_id"), texts(args, "group_id")
    groups = [stage.labels.groups.get(one) for one in group_ids]
    inside = {label for one in groups if one for label in one.labels}
    if not ids and not group_ids:
        raise Denied(40063, "some parameters are empty")
    if None in groups or not all(stage.labels.find(one) for one in ids):
        raise Denied(40068, "invalid tagid")
    names: list[str] = []
    for label_id in dict.fromkeys([*ids, *inside]):
        if found := stage.labels.find(label_id):
            names.append(found[1].name)
            stage.labels.drop(found[0], label_id)
            stage.contacts.unmark(label_id)
    return Done(body=OK, effect={"deleted": list(names)})


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


def _order(args: Json, was: int = 0) -> int:
    order = whole(args, "order", was)
    if not 0 <= order < ORDERS:
        raise BadShape("order")
    return order


def _told(group: LabelGroup, chosen: list[Label]) -> Json:
    return {
        "group_id": group.id,
        "group_name": group.name,
        "create_time": group.created,
        "order": group.order,
        "tag": [_label(one) for one in chosen],
    }


def _listed(group: LabelGroup, chosen: list[Label]) -> list[Json]:
    return [{**_label(one), "deleted": one.id in group.deleted} for one in chosen]


def _label(one: Label) -> Json:
    return {"id": one.id, "name": one.name, "create_time": one.created, "order": one.order}


_AT = "/cgi-bin/externalcontact"
LABEL_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    f"{_AT}/get_corp_tag_list": Endpoint(method="POST", act=list_labels),
    f"{_AT}/add_corp_tag": Endpoint(method="POST", act=add_labels),
    f"{_AT}/edit_corp_tag": Endpoint(method="POST", act=edit_label),
    f"{_AT}/del_corp_tag": Endpoint(method="POST", act=delete_labels),
    f"{_AT}/mark_tag": Endpoint(method="POST", act=mark_labels, edits=edited),
}
