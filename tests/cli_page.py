"""Writes the verbs and options of docs/reference/cli.md from the command line as it is declared.

`python -m tests.cli_page` brings the page up to date.
"""

from collections.abc import Iterator

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from commands.app import app
from tests.source import ROOT

PAGE = ROOT / "docs" / "reference" / "cli.md"
BEGIN, END = "<!-- generated: verbs -->", "<!-- end of verbs -->"


Verb = TyperCommand | TyperGroup


def verbs() -> list[tuple[str, Verb]]:
    """Every verb with the words that name it, in the order of `--help`; verbs of a group too.

    A group that does something by itself has options, and is a verb.
    """
    return list(_below(typer.main.get_command(app), ""))


def _below(command: object, name: str) -> Iterator[tuple[str, Verb]]:
    if isinstance(command, TyperGroup):
        if options(command):
            yield name, command
        for word, inner in command.commands.items():
            yield from _below(inner, f"{name} {word}".strip())
    elif isinstance(command, TyperCommand):
        yield name, command


def options(command: Verb) -> list[TyperOption]:
    """The options of a verb, `--help` left out."""
    return [one for one in command.params if isinstance(one, TyperOption)]


def arguments(command: Verb) -> list[TyperArgument]:
    """What a verb takes without a name."""
    return [one for one in command.params if isinstance(one, TyperArgument)]


def section(name: str, command: Verb) -> str:
    """The section of one verb: how it is called, what it says of itself, its options."""
    called = " ".join([f"python run.py {name}", *(one.name.upper() for one in arguments(command))])
    lines = [f"### {name}", "", f"`{called}`: {' '.join((command.help or '').split())}"]
    rows = [*map(_argument, arguments(command)), *map(_option, options(command))]
    if rows:
        lines += ["", "| option | says of itself | default |", "|---|---|---|", *rows]
    return "\n".join(lines)


def _argument(one: TyperArgument) -> str:
    return f"| `{one.name.upper()}` | {_cell(one.help)} | {'required' if one.required else ''} |"


def _option(one: TyperOption) -> str:
    told = "required" if one.required else _default(one)
    names = " ".join(f"`{name}`" for name in one.opts)
    return f"| {names} | {_cell(one.help)} | {told} |"


def _default(one: TyperOption) -> str:
    given = one.default
    return "" if one.is_flag or given is None or given == "" else f"`{given}`"


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


def written(page: str) -> str:
    """The page with its verbs made anew."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    body = "\n\n".join(section(name, command) for name, command in verbs())
    return f"{head}{BEGIN}\n\n{body}\n\n{END}{tail}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
