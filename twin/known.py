"""What the platforms know of a customer, together."""

from twin.people import Person
from twin.shape import Json
from twin.stage import Stage


def known_of(stage: Stage, person: Person) -> Json:
    """Return the ids, remark, labels, tags and groups of a customer."""
    contacts = stage.contacts.of(person.external_userid)
    worn = {one.userid: _label_names(stage, one.labels) for one in contacts}
    return {
        "name": person.name,
        "unionid": person.unionid,
        "external_userid": person.external_userid,
        "openids": dict(person.openids),
        "follows": sorted(person.follows),
        "staff": [one.userid for one in contacts],
        "remark": next((one.remark for one in contacts if one.remark), ""),
        "labels": sorted({name for names in worn.values() for name in names}),
        "by_staff": [
            {"userid": one.userid, "remark": one.remark, "labels": worn[one.userid]}
            for one in contacts
        ],
        "fan_tags": sorted(
            stage.fan_tags[appid].names[tag]
            for appid, following in person.follows.items()
            for tag in following.tags
        ),
        "groups": [one.chat_id for one in stage.groups.holding(person.external_userid)],
    }


def _label_names(stage: Stage, ids: set[str]) -> list[str]:
    found = [stage.labels.find(one) for one in ids]
    return sorted(one[1].name for one in found if one)
