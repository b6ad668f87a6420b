"""Customer-contact APIs about one customer: read and remark."""

from twin.contact.relations import Contact
from twin.host import Denied, Done, Endpoint
from twin.media_api import check_media
from twin.paging import page_of
from twin.people import Person
from twin.shape import Json, text, texts
from twin.stage import Stage
from twin.world import WecomAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
FOLLOWERS = 500  # in one page
_LENGTHS = {"remark": 20, "description": 150, "remark_company": 20}
_FIELDS = {"remark_company": "corp_name", "remark_mobiles": "mobiles"}


def get_contact(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`GET externalcontact/get`; 84061 without a relation, and for a moment after the add."""
    person = customer(stage, text(args, "external_userid", ""))
    held = stage.contacts.of(person.external_userid)
    relations = [one for one in held if seen_by_api(stage, one)]
    if not relations:
        raise Denied(84061, "not external contact", person.name)
    page, after = page_of(args, relations, FOLLOWERS, FOLLOWERS)
    follows = [follow_user(stage, one) for one in page]
    body: Json = {**OK, "external_contact": about(person), "follow_user": follows}
    return Done(body={**body, "next_cursor": after}, who=person.name)


def write_remark(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/remark`: fields that are given overwrite, absent ones stay."""
    contact, person = relation(stage, args)
    if not any(key in args for key in (*_LENGTHS, "remark_mobiles", "remark_pic_mediaid")):
        raise Denied(40063, "some parameters are empty", person.name)
    picture_id = text(args, "remark_pic_mediaid", "")
    if picture_id:
        check_media(stage, account.id, picture_id, person.name, "image")
    given: dict[str, object] = {key: text(args, key) for key in _LENGTHS if key in args}
    for key, value in given.items():
        if len(str(value)) > _LENGTHS[key]:
            raise Denied(40058, f"{key} too long", person.name)
    if "remark_mobiles" in args:
        given["remark_mobiles"] = texts(args, "remark_mobiles")
    return Done(body=OK, who=person.name, effect=_written(contact, given) or None)


def _written(contact: Contact, given: dict[str, object]) -> Json:
    """Write what was given; return what is different now."""
    changed: Json = {}
    for key, value in given.items():
        name = _FIELDS.get(key, key)
        if getattr(contact, name) != value:
            setattr(contact, name, value)
            changed[key] = list(value) if isinstance(value, tuple) else value
    return changed


def about(person: Person) -> Json:
    """Return what is known of a customer whoever asks; a unionid only in a world with them."""
    told: Json = {
        "external_userid": person.external_userid,
        "name": person.name,
        "avatar": "",
        "type": 1,
        "gender": 0,
    }
    return told | {"unionid": person.unionid} if person.unionid else told


def picture(stage: Stage, config_id: str) -> str:
    """Return the address of the QR picture of a way in."""
    return f"{stage.bases.get('wecom', '')}/qr/{config_id}.png"


def customer(stage: Stage, external_userid: str) -> Person:
    """Return whose id this is. Raises Denied 40096."""
    person = stage.crowd.by_external(external_userid)
    if person is None:
        raise Denied(40096, "invalid external userid")
    return person


def relation(stage: Stage, args: Json) -> tuple[Contact, Person]:
    """Return the relation `args` speak of. Raises Denied 60111, 40096 or 84061."""
    if stage.world.employee(text(args, "userid")) is None:
        raise Denied(60111, "userid not found")
    person = customer(stage, text(args, "external_userid"))
    contact = stage.contacts.pair(text(args, "userid"), person.external_userid)
    if contact is None or not seen_by_api(stage, contact):
        raise Denied(84061, "not external contact", person.name)
    return contact, person


def edited(args: Json) -> str:
    """Name the contact that a call edits, "" when it names none."""
    contact = args.get("external_userid")
    return f"contact:{contact}" if contact else ""


def seen_by_api(stage: Stage, contact: Contact) -> bool:
    """The APIs learn of an add a little later, and of a half add only once it is confirmed."""
    return contact.confirmed and stage.now() - contact.created >= stage.settings.contact_lag_s


def follow_user(stage: Stage, contact: Contact) -> Json:
    """Return how an employee follows a customer, labels with their names."""
    worn: list[Json] = []
    for label_id in sorted(contact.labels):
        found = stage.labels.find(label_id)
        if found:
            group, label = found
            names: Json = {"group_name": group.name, "tag_name": label.name}
            worn.append({**names, "tag_id": label.id, "type": 1})
    return {
        "userid": contact.userid,
        "remark": contact.remark,
        "description": contact.description,
        "createtime": int(contact.created),
        "tags": worn,
        "remark_corp_name": contact.corp_name,
        "remark_mobiles": list(contact.mobiles),
        "add_way": contact.way,
        "state": contact.state,
        "oper_userid": contact.userid,
    }


CONTACT_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    "/cgi-bin/externalcontact/get": Endpoint(method="GET", act=get_contact),
    "/cgi-bin/externalcontact/remark": Endpoint(method="POST", act=write_remark, edits=edited),
}
