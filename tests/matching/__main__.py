"""`python -m tests.matching [--labels FILE] [--home DIR] [--wrong] [--json]`: how rules match."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson

from commands.parts.compose import open_home, sample_home
from commands.parts.problems import Stop
from tests.matching.figures import MOST_HEARD_FALSE
from tests.matching.labels import OWN, SHARED_TEXTS, BadLabels, read_labels, read_shared
from tests.matching.measured import Measured, measured
from tests.matching.report import document, heard_false, heard_line, tables, wrong_line
from tests.matching.variants import Stage, stage_of

_FINDINGS, _USAGE = 1, 2


def main(arguments: Sequence[str]) -> int:
    """Print how well rules find what customers mean.

    Returns 0, 1 when sound alone answers too many messages wrongly, 2 when labels or a home cannot
    be used.
    """
    asked = _parser().parse_args(arguments)
    try:
        stage = stage_of(open_home(asked.home) if asked.home else sample_home())
        sets = list(sets_of(stage, asked.labels))
    except (Stop, BadLabels) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return _USAGE
    if asked.json:
        sys.stdout.write(
            orjson.dumps(document(sets, stage), option=orjson.OPT_INDENT_2).decode() + "\n"
        )
    else:
        _tell(sets, stage, wrong=asked.wrong)
    return _FINDINGS if any(one.false_share > MOST_HEARD_FALSE for one in sets) else 0


def sets_of(stage: Stage, labels: Path | None = None) -> Iterator[Measured]:
    """Yield the labelled sets, measured: the one that is named, else our own and the shared one."""
    if labels:
        messages = read_labels(labels, stage.rules)
        yield measured(stage, messages, name=labels.name, halved=False)
        return
    yield measured(stage, read_labels(OWN, stage.rules), name="our own messages")
    if shared := read_shared(stage.rules):
        yield measured(stage, shared, name="the shared list")
    else:
        sys.stderr.write(f"the shared list is not measured: there is no {SHARED_TEXTS}\n")


def _tell(sets: Sequence[Measured], stage: Stage, *, wrong: bool) -> None:
    sys.stdout.write(f"rules {stage.rules.hash}\n\n")
    for done in sets:
        sys.stdout.write("\n\n".join(table.text() for table in tables(done, stage)) + "\n\n")
        for line in (heard_line(done), *heard_false(done, stage)):
            sys.stdout.write(f"{line}\n")
        sys.stdout.write("\n")
        for message, answer in done.wrong() if wrong else ():
            sys.stdout.write(f"  {wrong_line(stage, message, answer)}\n")


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m tests.matching", description=__doc__)
    parser.add_argument("--labels", type=Path, help='JSON lines {"text": …, "rule": … or null}')
    parser.add_argument("--home", type=Path, help="measure the rules of this home, not the samples")
    parser.add_argument("--wrong", action="store_true", help="list what was answered wrongly")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
