"""What is counted: under names that stay, by labels that say who to nobody."""

import subprocess
import sys
from pathlib import Path

from bot import metrics
from bot.actions import REMOTE
from bot.db.gauges import Closing, Gauges, Shelf
from bot.platforms.wire import Answer, Phase
from bot.vitals import samples_of
from tests.callbacks import contact_added, said
from tests.front import front
from tests.metrics_page import PAGE, name_of, written
from tests.platform import refused
from tests.promql import Scrape
from tests.pulse import pulse, scraped
from tests.rooms import installed, post_of
from tests.source import ROOT

EFFECTS = {"ready": 1, "sending": 2, "unknown": 3}
TWO_PROCESSES = """
import sys
from bot import metrics
metrics.LEASE_LOST.inc(2)
metrics.WRITER_QUEUE.set(3)
if sys.argv[1] == "tells":
    sys.stdout.buffer.write(metrics.exposed({"xiaoer_paused": {(): 1.0}}))
"""


def test_the_page_of_metrics_is_current() -> None:
    """When this fails, run `python -m tests.metrics_page`."""
    page = PAGE.read_text("utf-8")
    assert written(page) == page


def test_every_metric_bears_our_name_and_no_label_names_a_person() -> None:
    names = [name_of(one) for one in metrics.COUNTED] + [one.name for one in metrics.SEEN]
    assert all(name.startswith("xiaoer_") for name in names)
    assert len(names) == len(set(names))
    labels = {label for one in metrics.COUNTED for label in one._labelnames}
    labels |= {label for one in metrics.SEEN for label in one.labels}
    assert labels <= {"account", "result", "step", "kind", "state", "cause", "api", "code", "what",
                      "lane", "campaign", "hash"}  # fmt: skip


def test_an_api_that_we_do_not_call_has_no_label_of_its_own() -> None:
    assert metrics.api_label("/cgi-bin/kf/send_msg") == "/cgi-bin/kf/send_msg"
    assert metrics.api_label("/cgi-bin/aibot/response/oADA") == "other"


def of(scrape: Scrape, name: str, **labels: str) -> float:
    """Return one value of a scrape, 0 where there is none."""
    return scrape.samples.get(name, {}).get(frozenset(labels.items()), 0.0)


async def test_what_a_callback_leads_to_is_counted_in_every_room(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop, front(shop, vitals=pulse(shop, tmp_path)) as client:
        before = await scraped(client)
        assert of(before, "xiaoer_coupon_stock", campaign="newcomer") == 5
        post = post_of(said("ada", "领券", 1))
        for _ in range(2):
            await client.post("/callback/oa", params=post.query, data=post.body)
        await shop.deliver(contact_added("wmADA", code="WC1"))
        shop.platform.answers["send_welcome_msg"] = lambda _: refused(99_887_766)
        await shop.settle_down()
        now = await scraped(client)

    def more(name: str, **labels: str) -> float:
        return of(now, name, **labels) - of(before, name, **labels)

    assert more("xiaoer_callbacks_total", account="oa", result="accepted") == 1
    assert more("xiaoer_callbacks_total", account="oa", result="duplicate") == 1
    assert more("xiaoer_duplicates_total", account="oa") == 1
    assert more("xiaoer_accept_seconds_count") >= 3
    assert more("xiaoer_effects_total", kind="wecom_welcome", state="failed") == 1
    welcome = "/cgi-bin/externalcontact/send_welcome_msg"
    assert more("xiaoer_api_calls_total", api=welcome, code="other") == 1
    assert of(now, "xiaoer_api_concurrency", api=welcome) == 0
    assert more("xiaoer_token_refresh_total", account="corp", result="ok") == 1
    assert of(now, "xiaoer_writer_queue") == 0
    kinds = {kind.kind for kind in REMOTE} | {"other"}
    assert {dict(labels)["kind"] for labels in now.samples["xiaoer_effects_total"]} <= kinds


async def test_a_welcome_is_timed_from_the_callback_on(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop, front(shop, vitals=pulse(shop, tmp_path)) as client:
        before = await scraped(client)
        await shop.deliver(contact_added("wmADA", code="WC1"))
        shop.hand.move(4)
        await shop.settle_down()
        now = await scraped(client)
    took_s = of(now, "xiaoer_welcome_seconds_sum") - of(before, "xiaoer_welcome_seconds_sum")
    assert 3.9 < took_s < 4.1


async def test_a_call_that_nobody_answered_is_counted_as_such(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop, front(shop, vitals=pulse(shop, tmp_path)) as client:
        before = await scraped(client)
        shop.platform.answers["send_welcome_msg"] = lambda _: Answer(phase=Phase.WRITTEN)
        await shop.deliver(contact_added("wmADA", code="WC1"))
        await shop.settle_down()
        now = await scraped(client)
    welcome = {"api": "/cgi-bin/externalcontact/send_welcome_msg", "code": "no_answer"}
    name = "xiaoer_api_calls_total"
    assert of(now, name, **welcome) > of(before, name, **welcome)


def test_gauges_show_only_campaigns_of_the_content_and_apis_that_we_know() -> None:
    closings = tuple(Closing(account="oa", api=api, until_us=9_000_000, code=45009)
                     for api in ("*", "/cgi-bin/kf/send_msg", "/unheard/of"))  # fmt: skip
    shelves = {"newcomer": Shelf(left=1, size=5), "of last year": Shelf(left=7, size=7)}
    now = Gauges(at_us=0, effects=EFFECTS, closings=closings, shelves=shelves, lag_us={0: 500_000})
    samples = samples_of(now, 1_000_000, frozenset({"newcomer"}))
    assert samples["xiaoer_coupon_stock"] == {("newcomer",): 1.0}
    assert samples["xiaoer_api_blocked_seconds"] == {
        ("oa", "*"): 8.0, ("oa", "/cgi-bin/kf/send_msg"): 8.0, ("oa", "other"): 8.0,
    }  # fmt: skip
    assert samples["xiaoer_inbox_lag_seconds"][("0",)] == 0.5
    assert samples["xiaoer_effects_owed"] == {(): 3.0}
    assert "xiaoer_oldest_deadline_slack_seconds" not in samples


def test_processes_that_share_a_folder_are_told_as_one(tmp_path: Path) -> None:
    def process(how: str) -> bytes:
        done = subprocess.run(
            [sys.executable, "-c", TWO_PROCESSES, how],
            cwd=ROOT, capture_output=True, check=True, timeout=30,
            env={"PYTHONPATH": str(ROOT), "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
        )  # fmt: skip
        return done.stdout

    process("counts")
    told = process("tells").decode()
    assert "xiaoer_lease_lost_total 4.0" in told
    assert "xiaoer_writer_queue 6.0" in told
    assert told.count("xiaoer_paused 1.0") == 1
