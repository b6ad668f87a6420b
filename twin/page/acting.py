"""What a tap or a sent line does: the form's fields become an act, and the view follows it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from multidict import MultiMapping

from twin.acts import NotPossible, Outcome
from twin.acts_wire import open_link
from twin.control import ACTS, WIRE_ACTS
from twin.page.links import Piece, piece
from twin.page.scan import scanned
from twin.page.state import View
from twin.scripts.links import way_in
from twin.scripts.shop_calls import tell_order
from twin.sender import Sender
from twin.shape import Json, text, whole
from twin.stage import Stage

AT = "_view"  # the hidden field that holds the view's address
_LISTS = ("accept", "reject", "only", "chats")
_SELECTED = "selected."
_AT_THE_DESK = (  # of an employee, though `who` is the customer
    "kf_take", "kf_say", "kf_transfer", "kf_end", "confirm_contact", "staff_deletes",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """What an act came to: where the page goes, and what it has to say about it.

    `side` is where it says so: phone, staff or top. `leads` is what the act opened.
    """

    view: View
    side: str = "top"
    said: str = ""
    leads: Piece | None = None
    is_refusal: bool = False


def act_of(form: MultiMapping[object]) -> Json:
    """Return the arguments of an act from a form: lists where an act takes lists.

    Fields named `selected.QUESTION` are what was chosen on a card. Files are left out.
    """
    args: Json = {}
    selected: dict[str, list[str]] = {}
    for name, given in form.items():
        if not isinstance(given, str) or name == AT:
            continue
        if name.startswith(_SELECTED):
            selected.setdefault(name.removeprefix(_SELECTED), []).append(given)
        elif name in _LISTS:
            args[name] = [str(one) for one in form.getall(name)]
        else:
            args[name] = given
    return args | ({"selected": selected} if selected else {})


async def acted(sender: Sender, view: View, args: Json) -> Acted:
    """Do what a form says; a refusal stays on the view and says why."""
    stage, side = sender.stage, _side(sender.stage, args)
    try:
        args, outcome = await _perform(sender, args)
    except NotPossible as cause:
        return Acted(view=view, side=side, said=str(cause), is_refusal=True)
    facts, who = outcome.facts, text(args, "who", "")
    url = text(facts, "url", "") or text(facts, "redirect", "")
    return Acted(
        view=_landed(stage, view, args, facts),
        side=side,
        said=str(facts["status"]) if "status" in facts else text(facts, "pagepath", ""),
        leads=piece(stage, who, url, url) if url else None,
    )


def _side(stage: Stage, args: Json) -> str:
    at_the_desk = text(args, "act", "") in _AT_THE_DESK
    return "staff" if at_the_desk or stage.world.employee(text(args, "who", "")) else "phone"


async def _perform(sender: Sender, args: Json) -> tuple[Json, Outcome]:
    """Return the act that was really done and what it came to."""
    name = text(args, "act")
    if name == "scan_content":
        found = scanned(sender.stage, text(args, "content").strip())
        return await _perform(sender, {"who": text(args, "who"), **found})
    if name in _OWN:
        return await _OWN[name](sender, args)
    if name in ACTS:
        return args, ACTS[name](sender, args)
    if name in WIRE_ACTS:
        return args, await WIRE_ACTS[name](sender, args)
    raise NotPossible(f"不认识的动作 {name}")


async def _scan_page(sender: Sender, args: Json) -> tuple[Json, Outcome]:
    """Open a page as a phone would and scan the way into a group that it shows."""
    opened = await open_link(sender, args)
    way = way_in(sender.stage, opened.facts.get("pictures"))
    if not way:
        raise NotPossible("页上没有能扫的群二维码")
    asked: Json = {"act": "join_group", "who": text(args, "who"), "qr": way}
    return asked, ACTS["join_group"](sender, asked)


async def _pay(sender: Sender, args: Json) -> tuple[Json, Outcome]:
    """The shop's own system tells an order of this customer."""
    told: Json = {"amount_fen": whole(args, "amount_fen")}
    if order := text(args, "order", ""):
        told["order"] = order
    answer = await tell_order(sender.stage, text(args, "who"), told, text(args, "to", ""))
    return args, Outcome(facts={"status": answer[:300]})


_OWN: Mapping[str, Callable[[Sender, Json], Awaitable[tuple[Json, Outcome]]]] = {
    "scan_page": _scan_page,
    "pay": _pay,
}


def _landed(stage: Stage, view: View, args: Json, facts: Json) -> View:
    """Return the view after an act: a scan or a join opens the chat it leads to."""
    who, name = text(args, "who", ""), text(args, "act")
    chat = _chat_after(stage, who, name, args, facts)
    return replace(view, who=who, chat=chat) if chat and stage.crowd.person(who) else view


def _chat_after(stage: Stage, who: str, name: str, args: Json, facts: Json) -> str:
    if name == "enter_kf":
        return f"kf:{facts['kf']}"
    if name == "join_group" or (name == "tap_card" and "chat_id" in facts):
        return f"group:{facts['chat_id']}"
    if name in ("add_contact", "tap_card", "open_link"):
        return _newest_contact(stage, who)
    if name == "scan_oa":
        return f"oa:{_account_of(stage, args)}"
    return ""


def _newest_contact(stage: Stage, who: str) -> str:
    person = stage.crowd.person(who)
    mine = stage.contacts.of(person.external_userid) if person else ()
    return f"staff:{max(mine, key=lambda one: one.created).userid}" if mine else ""


def _account_of(stage: Stage, args: Json) -> str:
    ticket = stage.scenes.get(text(args, "ticket", ""))
    if ticket:
        return ticket.account
    wanted = text(args, "poster", "")
    found = (one.account for one in stage.world.posters if wanted in (one.id, one.scene))
    return next(found, stage.world.oa[0].id)
