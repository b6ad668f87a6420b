"""Furnishes a home for a world of the twin: its content, keys, PINs, links and welcomes."""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from commands.parts.compose import fill
from commands.start.writing import write_content
from config.home import packs
from config.pins import pin_digest

STORE = "S012"
CASHIER_PIN, MANAGER_PIN = "482915", "739164"
_PIN_COLUMNS = {"收银PIN摘要": CASHIER_PIN, "店长PIN摘要": MANAGER_PIN}
_KEY_COLUMN = "核销密钥摘要"
_EMPTY, _EVERY_CHANNEL = "empty", ("oa", "wecom", "kf")
# The pools whose groups are welcomed; the sample's moms and what a pack lists beside are not.
_POOLS = ("neighbours", "pets", "welfare")
_WELCOME = (
    '"%NICKNAME% 欢迎来到{group_name}！点下面的卡片，店小二一对一帮您；'
    '到公众号发“{passphrase|领券}”，两边的福利合在一起。"'
)


def fill_for(home: Path, world: str) -> None:
    """Fill a home with the content that goes with a world: the pack of its name, or the samples.

    The empty world gets what `init` writes for every channel. What is there already stays.
    """
    if world == _EMPTY:
        write_content(home, _EVERY_CHANNEL)
    else:
        fill(home, world if world in packs() else "")


def furnish(home: Path, wiring: Mapping[str, Any]) -> None:
    """Write into a home what only the twin of its world can say.

    PINs of store S012, the keys of the world's tills, the link into customer service, the account
    that the groups' welcomes lead to, and which of several accounts sends notices. Repeating it
    changes nothing but the PINs' digests.
    """
    _set_keys(home / "stores.csv", wiring)
    _name_sender(home / "notices", [one["id"] for one in wiring["accounts"] if one["kind"] == "oa"])
    for kf in wiring["kf"][:1]:
        for pool in _POOLS:
            file = home / "pools" / f"{pool}.yaml"
            if file.exists():
                _set(file, "kf", kf["open_kfid"])
                _set(file, "group_welcome", _WELCOME)
        if kf["scenes"]:
            _set(home / "content.yaml", "kf_link", kf["links"][kf["scenes"][0]])


def _set_keys(sheet: Path, wiring: Mapping[str, Any]) -> None:
    keys = {one["store"]: one["key"] for one in wiring["tills"]}
    rows = list(csv.DictReader(io.StringIO(sheet.read_text("utf-8-sig"))))
    for row in rows:
        store = row["门店编号"]
        if store in keys:
            row[_KEY_COLUMN] = hashlib.sha256(keys[store].encode()).hexdigest()
        if store == STORE:
            row |= {column: pin_digest(pin) for column, pin in _PIN_COLUMNS.items()}
    written = io.StringIO()
    writer = csv.DictWriter(written, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    sheet.write_text(written.getvalue(), "utf-8-sig")


def _name_sender(folder: Path, accounts: Sequence[str]) -> None:
    several = accounts[1:]
    for file in sorted(folder.glob("*.yaml")) if several else ():  # one goes without saying
        text = file.read_text("utf-8")
        if "\n  account:" not in text:
            named = text.replace("\n  kind:", f"\n  account: {accounts[0]}\n  kind:")
            file.write_text(named, "utf-8")


def _set(file: Path, name: str, value: str) -> None:
    """Let a line of its own say `name`, in the place of one that said it before."""
    lines = file.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(f"{name}:")]
    file.write_text("".join([*kept, f"{name}: {value}\n"]), "utf-8")
