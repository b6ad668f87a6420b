"""`doctor` names each trouble of a first hour and the next step, alone and all together.

A real server, a real twin and a proxy between them, for the whole file; each test plants its own
trouble and takes it away again.
"""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.clinic import Clinic, clinic
from tests.first_hour import PLANTS, console_welcome, happen, refused, short_key
from tests.homes import command


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with clinic(tmp_path_factory.mktemp("clinic")) as one:
        yield one


class Doctor:
    """Runs the command and reads what it says."""

    def __init__(self, shop: Clinic, capsys: pytest.CaptureFixture[str]) -> None:
        self._shop = shop
        self._capsys = capsys
        self.code = 0

    def found(self, *options: object) -> dict[tuple[str, str], dict[str, Any]]:
        """Return the checks by account and id."""
        told = command(self._capsys, "doctor", "--home", self._shop.home, "--json", *options)
        self.code = told.code
        checks = json.loads(told.out)["checks"]
        return {(one["account"], one["id"]): one for one in checks}

    def trouble(self, *options: object) -> set[tuple[str, str]]:
        """Return which checks ended badly, each with a next step."""
        wrong = {
            name: one
            for name, one in self.found(*options).items()
            if one["status"] in ("warn", "bad")
        }
        assert all(one["next"] for one in wrong.values()), wrong
        return set(wrong)


@pytest.fixture
def doctor(shop: Clinic, capsys: pytest.CaptureFixture[str]) -> Doctor:
    return Doctor(shop, capsys)


def test_nothing_is_wrong_with_what_works(doctor: Doctor) -> None:
    assert doctor.trouble("--account", "oa-main") == set()
    assert doctor.code == 0
    assert doctor.trouble("--account", "wecom-main") == set()


@pytest.mark.parametrize("name", PLANTS)
def test_each_trouble_is_named_with_its_next_step(shop: Clinic, doctor: Doctor, name: str) -> None:
    account, trouble, check, found, then = PLANTS[name]
    with trouble(shop):
        checks = doctor.found("--account", account)
        assert doctor.code == 1
        one = checks[account, check]
        assert one["status"] in ("warn", "bad")
        assert found in one["found"] and then in one["next"], one
    expected = {"auto_reply", "menu", "platform"} if account == "oa-new" else set()
    assert {check for _, check in doctor.trouble("--account", account)} == expected


def test_all_troubles_together_are_each_named(shop: Clinic, doctor: Doctor) -> None:
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        enter(refused(shop, "oa-main", "wrong_token", "signature"))
        enter(console_welcome(shop))
        enter(refused(shop, "wecom-main", "wrong_receiver", "receiver"))
        enter(shop.planted("oa-main", "missing_right", api="/cgi-bin/message/custom"))
        enter(shop.planted("oa-main", "clock_off", seconds=600))
        enter(shop.planted("oa-ip", "ip_not_allowed"))
        enter(shop.planted("oa-secret", "secret_expired"))
        enter(shop.planted("wecom-main", "kf_unmanaged"))
        enter(shop.spoilt("oa-ip", "strip"))
        enter(shop.spoilt("wecom-main", "slow"))
        enter(short_key(shop))
        named = doctor.trouble()
    assert named >= {
        ("oa-main", "token_setting"), ("oa-key", "settings"), ("wecom-main", "receiver"),
        ("oa-main", "clock"), ("oa-ip", "callback"), ("wecom-main", "callback"),
        ("oa-ip", "ip"), ("oa-main", "right.messages"), ("wecom-main", "welcome"),
        ("wecom-main", "kf_managed"), ("oa-new", "auto_reply"), ("oa-new", "menu"),
        ("oa-secret", "secret"),
    }  # fmt: skip


def test_what_the_console_had_is_kept_once_and_as_it_came(shop: Clinic, doctor: Doctor) -> None:
    doctor.found("--account", "oa-new")
    kept = shop.home / "before" / "oa-new-autoreply.json"
    told = json.loads(kept.read_text("utf-8"))
    assert told["keyword_autoreply_info"]["list"][0]["rule_name"] == "停车"
    menu = json.loads((shop.home / "before" / "oa-new-menu.json").read_text("utf-8"))
    assert len(menu["selfmenu_info"]["button"]) == 2
    kept.write_text("{}", "utf-8")
    doctor.found("--account", "oa-new")
    assert kept.read_text("utf-8") == "{}"
    kept.unlink()


@pytest.mark.parametrize(
    ("happens", "said"),
    [("type", "收到了平台的回调"), ("verify", "通过了"), ("nothing", "没有来过")],
)
def test_waiting_tells_what_the_platform_did(
    shop: Clinic, doctor: Doctor, happens: str, said: str
) -> None:
    over = threading.Event()

    def meanwhile() -> None:
        while not over.wait(0.4):  # until it is heard: nobody knows when the waiting begins
            if happens == "type":
                happen(shop, "oa-main")
            elif happens == "verify":
                shop.control("verify", account="oa-main")

    thread = threading.Thread(target=meanwhile)
    thread.start()
    wait_s = 1 if happens == "nothing" else 8
    began = time.monotonic()
    checks = doctor.found("--account", "oa-main", "--wait", wait_s)
    over.set()
    thread.join()
    assert said in checks["oa-main", "wait"]["found"]
    assert time.monotonic() - began < 8


def test_waiting_tells_a_refused_save_by_its_cause(shop: Clinic, doctor: Doctor) -> None:
    with shop.planted("wecom-main", "wrong_aes_key"):
        thread = threading.Timer(2.0, lambda: shop.control("verify", account="wecom-main"))
        thread.start()
        checks = doctor.found("--account", "wecom-main", "--wait", 8)
        thread.join()
    assert checks["wecom-main", "aes_key"]["status"] == "bad"
    happen(shop, "wecom-main")


def test_people_read_progress_and_a_last_line(
    shop: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    told = command(capsys, "doctor", "--home", shop.home, "--account", "oa-new")
    assert told.code == 1
    assert "  [注意] 后台自动回复：" in told.out and "下一步：" in told.out
    assert told.out.rstrip().endswith("再运行一次")
    assert "TwinToken" not in told.out and "00000005" not in told.out.replace("wx", "")


def test_an_account_nobody_has_is_a_slip(shop: Clinic, capsys: pytest.CaptureFixture[str]) -> None:
    told = command(capsys, "doctor", "--home", shop.home, "--account", "oa-mian")
    assert (told.code, "oa-main" in told.err) == (2, True)


def test_a_platform_out_of_reach_is_said_and_is_another_exit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = {
        "id": "oa-main", "kind": "oa", "appid": "wx1", "token": "abc", "mode": "plain",
        "secret": "s", "api_base": "http://127.0.0.1:9",
    }  # fmt: skip
    settings = {"accounts": [account], "public_url": "http://127.0.0.1:9"}
    (tmp_path / "settings.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    told = command(capsys, "doctor", "--home", tmp_path)
    assert told.code == 3
    assert "连不上 http://127.0.0.1:9" in told.out and "还没有数据库" in told.out


def test_settings_that_nobody_can_read_are_told_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "settings.yaml").write_text("accounts: [", "utf-8")
    told = command(capsys, "doctor", "--home", tmp_path, "--json")
    assert told.code == 1
    assert json.loads(told.out)["bad"] >= 1
