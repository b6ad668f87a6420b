"""Writes the table of docs/reference/metrics.md from the metrics as they are declared.

`python -m tests.metrics_page` brings the page up to date.
"""

from collections.abc import Iterator

from prometheus_client import Counter
from prometheus_client.metrics import MetricWrapperBase

from bot.metrics import COUNTED, SEEN
from tests.source import ROOT

PAGE = ROOT / "docs" / "reference" / "metrics.md"
BEGIN, END = "<!-- generated: {} -->", "<!-- end of {} -->"


def name_of(metric: MetricWrapperBase) -> str:
    """The name under which Prometheus knows a metric."""
    described = next(iter(metric.describe()))
    return f"{described.name}_total" if isinstance(metric, Counter) else described.name


def _counted() -> Iterator[str]:
    for metric in COUNTED:
        described = next(iter(metric.describe()))
        labels = ", ".join(f"`{label}`" for label in metric._labelnames)
        yield f"| `{name_of(metric)}` | {described.type} | {labels} | {described.documentation} |"


def _seen() -> Iterator[str]:
    for one in SEEN:
        labels = ", ".join(f"`{label}`" for label in one.labels)
        yield f"| `{one.name}` | {labels} | {one.text} |"


def written(page: str) -> str:
    """The page with its tables made anew."""
    tables = {
        "counted": ["| metric | type | labels | what it says |", "|---|---|---|---|", *_counted()],
        "seen": ["| gauge | labels | what it says |", "|---|---|---|", *_seen()],
    }
    for name, lines in tables.items():
        begin, end = BEGIN.format(name), END.format(name)
        head, _, rest = page.partition(begin)
        _, _, tail = rest.partition(end)
        page = "\n".join((f"{head}{begin}", *lines, f"{end}{tail}"))
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
