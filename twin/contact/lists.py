"""Lists of customers by employee: ids of one, details of up to a hundred employees."""

from twin.contact.api import about, customer, follow_user, seen_by_api
from twin.contact.relations import Contact
from twin.corp.people_api import reachable
from twin.host import Denied, Done, Endpoint
from twin.paging import page_of
from twin.people import Person
from twin.shape import Json, text, texts
from twin.stage import Stage
from twin.world import WecomAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
MOST_STAFF = 100
USUAL_PAGE, LARGEST_PAGE = 50, 100


def list_customers(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`GET externalcontact/list`: 84061 for an employee without customers."""
    userid = text(args, "userid", "")
    ids = [one.external_userid for one in _contacts(stage, userid)]
    if not ids:
        raise Denied(84061, "not external contact", userid)
    return Done(body={**OK, "external_userid": ids}, who=userid)


def customers_of(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/batch/get_by_user`: the customers of these employees, with labels."""
    staff = texts(args, "userid_list")
    if not 1 <= len(staff) <= MOST_STAFF:
        raise Denied(40032, "invalid userid list size")
    contacts = [one for userid in staff for one in _contacts(stage, userid)]
    page, after = page_of(args, contacts, USUAL_PAGE, LARGEST_PAGE)
    listed = [_told(stage, one, customer(stage, one.external_userid)) for one in page]
    return Done(body={**OK, "external_contact_list": listed, "next_cursor": after})


def _contacts(stage: Stage, userid: str) -> list[Contact]:
    held = stage.contacts.held_by(reachable(stage, userid).userid)
    return [one for one in held if seen_by_api(stage, one)]


def _told(stage: Stage, contact: Contact, person: Person) -> Json:
    follow = follow_user(stage, contact)
    del follow["tags"]
    return {
        "external_contact": about(person),
        "follow_info": {**follow, "tag_id": sorted(contact.labels)},
    }


CUSTOMER_LIST_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    "/cgi-bin/externalcontact/list": Endpoint(method="GET", act=list_customers),
    "/cgi-bin/externalcontact/batch/get_by_user": Endpoint(method="POST", act=customers_of),
}
