"""`mass make`: one message to customers or groups, handed to employees who each have to confirm."""

import sys
from pathlib import Path

import typer

from commands.mass import preview
from commands.mass.asking import Asked
from commands.mass.draft import Draft, draft_of
from commands.mass.telling import Heard, tell
from commands.member.direct import home_of
from commands.parts.problems import FINDINGS, FINE, USAGE, stop
from commands.report.reading import Reader, database_of


def run(folder: Path, asked: Asked) -> int:
    """Show whom a message would reach by whom, and make it: asked first, or with --yes.

    One of the same name and contents is not made twice. Returns 1 when nobody would get it.
    """
    home = home_of(folder)
    draft = draft_of(Reader(home=home, database=database_of(home)), asked)
    if draft.made:
        name = draft.event.mass
        text = f"群发 {name} 已经建过，没有重复建（看 mass show {name}）"
        return _end(asked, draft, Heard(code="known", text=text, served=True))
    if not asked.as_json:
        preview.show(draft)
    if asked.dry_run or not draft.audience.count:
        return _end(asked, draft, None)
    if not asked.yes:
        _confirm(asked)
    return _end(asked, draft, tell(home, draft.event, draft.once))


def _confirm(asked: Asked) -> None:
    if asked.as_json or not sys.stdin.isatty():
        stop("要真的建，加 --yes；只看不建，加 --dry-run。什么都没有建", USAGE)
    if not typer.confirm("建这个群发？", default=False):
        stop("没有建")


def _end(asked: Asked, draft: Draft, heard: Heard | None) -> int:
    if asked.as_json:
        print(preview.document(draft, heard))
    elif heard:
        print("\n".join(filter(None, (heard.text, heard.remark))))
    else:
        print(
            "只是试算，什么都没有建" if draft.audience.count else "没有可以发给的人，什么都没有建"
        )
    made = heard.code in ("made", "known") if heard else draft.audience.count > 0
    return FINE if made else FINDINGS
