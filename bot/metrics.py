"""What is counted and measured, for Prometheus: every name, its labels and what it means.

A label never says who: accounts, lanes and kinds are ours, an API is one that we know to call, and
whatever else comes is "other". Counting costs microseconds and never waits.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

PREFIX = "xiaoer"
OTHER = "other"
_apis: set[str] = set()
# When a series began is of no use, and doubles what is told.
disable_created_metrics()  # type: ignore[no-untyped-call]

CALLBACKS = Counter(
    "callbacks",
    "Callbacks by what we answered: accepted, duplicate, refused, or failed (503: not on disk).",
    ("account", "result"), namespace=PREFIX,
)  # fmt: skip
REFUSED = Counter(
    "refused",
    "Callbacks refused, by the check that failed: signature, decrypt, receiver, …",
    ("account", "step"), namespace=PREFIX,
)  # fmt: skip
DUPLICATES = Counter("duplicates", "Callbacks that we had already.", ("account",), namespace=PREFIX)
ACCEPT_SECONDS = Histogram(
    "accept_seconds",
    "From reading a callback to its row being on disk.",
    namespace=PREFIX,
    buckets=(0.002, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
DECISIONS = Counter(
    "decisions", "Decisions: done, or failed and put off.", ("result",), namespace=PREFIX
)
EFFECTS = Counter(
    "effects",
    "Tries of remote effects by what became of them.",
    ("kind", "state"), namespace=PREFIX,
)  # fmt: skip
DEADLINE_MISSED = Counter(
    "deadline_missed",
    "Effects whose deadline passed: untried, tried (and not taken), or unanswered.",
    ("cause",), namespace=PREFIX,
)  # fmt: skip
WELCOME_SECONDS = Histogram(
    "welcome_seconds",
    "From a callback's arrival to the platform's yes to its welcome.",
    namespace=PREFIX,
    buckets=(0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 15, 18, 20),
)
API_CALLS = Counter(
    "api_calls",
    "Calls by their answer: the platform's code, no_answer, or not_sent.",
    ("api", "code"), namespace=PREFIX,
)  # fmt: skip
API_CONCURRENCY = Gauge(
    "api_concurrency", "Calls under way.", ("api",), namespace=PREFIX,
    multiprocess_mode="livesum",
)  # fmt: skip
TOKEN_REFRESH = Counter(
    "token_refresh",
    "Requests for an access token: ok, refused, or no_answer.",
    ("account", "result"), namespace=PREFIX,
)  # fmt: skip
TOKEN_REFUSALS = Gauge(
    "token_refusals",
    "How often in a row an account was refused a token; 0 when the last request was granted.",
    ("account",), namespace=PREFIX, multiprocess_mode="livemax",
)  # fmt: skip
SWEEP_LAST_OK = Gauge(
    "sweep_last_ok_timestamp", "When the sweep last ran to its end, in Unix seconds.",
    namespace=PREFIX, multiprocess_mode="max",
)  # fmt: skip
LEASE_LOST = Counter(
    "lease_lost", "Leases of this program's processes that ran out.", namespace=PREFIX
)
FENCE_REJECTED = Counter(
    "fence_rejected", "Outcomes that came after somebody else had taken over.", namespace=PREFIX
)
LOOP_LAG = Gauge(
    "loop_lag_seconds", "The longest that the event loop stood still within 15 s.",
    namespace=PREFIX, multiprocess_mode="livemax",
)  # fmt: skip
LOOP_STALL = Histogram(
    "loop_stall_seconds",
    "Times that the event loop stood still for 5 ms or more, by how long.",
    namespace=PREFIX,
    buckets=(0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5),
)
WRITER_QUEUE = Gauge(
    "writer_queue", "Transactions that wait to be written, or are being written.",
    namespace=PREFIX, multiprocess_mode="livesum",
)  # fmt: skip
COMMIT_SECONDS = Histogram(
    "commit_seconds",
    "How long a commit took, sync included.",
    namespace=PREFIX,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
CLOCK_SKEW = Gauge(
    "clock_skew_seconds", "By how much the platforms' clocks lie behind ours.",
    namespace=PREFIX, multiprocess_mode="mostrecent",
)  # fmt: skip
READY = Gauge(
    "ready", "1 when /ready answers 200, looked at every 5 s.",
    namespace=PREFIX, multiprocess_mode="livemin",
)  # fmt: skip
IDENTITY_VIOLATION = Counter(
    "identity_violation",
    "Books that do not balance, by which: answered, states, stock, share, silent.",
    ("what",), namespace=PREFIX,
)  # fmt: skip
CAUSES = ("untried", "tried", "unanswered")
BOOKS = ("answered", "states", "stock", "share", "silent")
for _metric, _labels in ((DEADLINE_MISSED, CAUSES), (IDENTITY_VIOLATION, BOOKS)):
    for _label in _labels:  # a counter that appears with its first count shows no increase
        _metric.labels(_label)
RULESET_INFO = Gauge(
    "ruleset_info", "Processes that go by the rules with this hash; 0 for earlier ones.",
    ("hash",), namespace=PREFIX, multiprocess_mode="livesum",
)  # fmt: skip
COUNTED = (
    CALLBACKS, REFUSED, DUPLICATES, ACCEPT_SECONDS, DECISIONS, EFFECTS, DEADLINE_MISSED,
    WELCOME_SECONDS, API_CALLS, API_CONCURRENCY, TOKEN_REFRESH, TOKEN_REFUSALS, SWEEP_LAST_OK,
    LEASE_LOST, FENCE_REJECTED, LOOP_LAG, LOOP_STALL, WRITER_QUEUE, COMMIT_SECONDS, CLOCK_SKEW,
    READY, IDENTITY_VIOLATION, RULESET_INFO,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A gauge that is read from the database or the machine when somebody asks."""

    name: str
    text: str
    labels: tuple[str, ...] = ()


SEEN = tuple(
    Seen(name=f"{PREFIX}_{name}", text=text, labels=labels)
    for name, text, labels in (
        ("inbox_lag_seconds", "How long the oldest row that could be decided waits.", ("lane",)),
        ("oldest_deadline_slack_seconds", "Until the next deadline of what is owed; below 0 it is"
         " missed. Absent while nothing owed has one.", ()),
        ("effects_owed", "Remote effects that are owed or under way.", ()),
        ("effects_unknown", "Effects of which nobody knows whether they took place.", ()),
        ("quarantine_open", "Inbox rows that cannot be decided.", ()),
        ("api_blocked_seconds", "Until a closed API opens again; \"*\" is the whole account.",
         ("account", "api")),
        ("coupon_stock", "Coupon codes on the shelf.", ("campaign",)),
        ("coupon_stock_size", "All coupon codes of a campaign, given ones included.",
         ("campaign",)),
        ("paused", "How much an operator has paused.", ()),
        ("rulesets", "By how many versions of the rules the living processes go.", ()),
        ("rule_problems", "Mistakes in the rule files, as the process that sees most sees them.",
         ()),
        ("wal_bytes", "Size of SQLite's write-ahead log.", ()),
        ("disk_free_ratio", "Free part of the disk that holds the home, 0 to 1.", ()),
        ("certificate_days", "Until the certificate at public_url runs out, in days. Absent while"
         " it cannot be read from here.", ()),
        ("gauges_age_seconds", "How old the gauges read from the database are.", ()),
    )
)  # fmt: skip
Samples = dict[str, dict[tuple[str, ...], float]]


def missed(causes: Iterable[str]) -> None:
    """Count effects whose deadline passed, by why."""
    for cause in causes:
        DEADLINE_MISSED.labels(cause).inc()


def value_of(gauge: Gauge) -> float:
    """Return what this process last set a gauge without labels to."""
    return next(sample.value for metric in gauge.collect() for sample in metric.samples)


def know_apis(paths: Iterable[str]) -> None:
    """Let these APIs be named in a label; repeating it is safe."""
    _apis.update(paths)


def api_label(path: str) -> str:
    """Return an API as a label: its path if we know to call it, else "other"."""
    return path if path in _apis else OTHER


class _Family(Collector):
    """Gauges that were read a moment ago, for one answer."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    def collect(self) -> Iterable[Metric]:
        """Yield each gauge that has a value."""
        for one in SEEN:
            if one.name in self._samples:
                family = GaugeMetricFamily(one.name, one.text, labels=one.labels)
                for labels, value in self._samples[one.name].items():
                    family.add_metric(labels, value)
                yield family


def exposed(samples: Samples) -> bytes:
    """Return every metric as Prometheus reads it: all processes', and gauges read just now."""
    seen = CollectorRegistry(auto_describe=False)
    seen.register(_Family(samples))
    return generate_latest(_counted()) + generate_latest(seen)


def _counted() -> CollectorRegistry:
    """Return this process's registry, or that of all which share PROMETHEUS_MULTIPROC_DIR."""
    shared = CollectorRegistry(auto_describe=False)
    try:
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    except ValueError:  # the library says so where the variable is not set
        return REGISTRY
    return shared
