"""How `mass make` shows whom a message reaches by whom, who is left out and why."""

import orjson

from commands.mass.draft import Draft
from commands.mass.telling import Heard
from commands.mass.words import CAPS, LEFT, LEFT_GROUPS, TAP
from commands.report.names import names_of
from commands.report.showing import clean, console

VERSION = 1  # of the JSON form
_LISTED = 10  # customers at the cap, by id


def document(draft: Draft, heard: Heard | None) -> str:
    """Return a draft, and what became of it, as programs read it."""
    found = draft.audience
    return orjson.dumps({
        "v": VERSION,
        "name": draft.event.mass,
        "account": draft.event.account,
        "truth": "employee",
        "receivers": found.count,
        "staff": {staff: len(receivers) for staff, receivers in found.by_staff.items()},
        "left": found.left,
        "capped": found.capped,
        "unknown_tags": draft.unheard_of,
        "result": heard.code if heard else "dry_run",
        "text": heard.text if heard else "",
        "served": heard.served if heard else None,
    }).decode()  # fmt: skip


def show(draft: Draft) -> None:
    """Print a draft for a person."""
    out, names, found = console(), names_of(draft.home), draft.audience
    unit, reasons = ("个群", LEFT_GROUPS) if draft.groups else ("位顾客", LEFT)
    out.print(f"群发 {clean(draft.event.mass)}：{found.count} {unit}，{TAP}", style="bold")
    for tag in draft.unheard_of:
        out.print(f"  从来没有人有标签 {clean(tag)}：核对一下写法")
    for staff, receivers in found.by_staff.items():
        out.print(f"  {clean(names.staff(staff))}：{len(receivers)} {unit}")
    for why, count in found.left.items():
        out.print(f"  不发 {count} {unit}：{reasons[why]}")
    if found.capped:
        shown = "、".join(clean(one) for one in found.capped[:_LISTED])
        out.print(f"    {shown}{' 等' if len(found.capped) > _LISTED else ''}")
    rule = CAPS.get(draft.home.settings.mass_cap, CAPS["month"])
    out.print(
        f"  接收上限：每{unit} {rule.format(most=draft.cap.most)}（settings.yaml 的 mass_cap）"
    )
    if draft.home.content.quiet_hours.until(draft.local):
        out.print("  现在是安静时段：员工一确认，顾客马上会收到")
