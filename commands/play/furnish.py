"""Furnishes the demonstration's home for its world: PINs, links and welcomes the twin knows of."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.pins import pin_digest

STORE = "S012"
CASHIER_PIN, MANAGER_PIN = "482915", "739164"
_PIN_COLUMNS = {"收银PIN摘要": CASHIER_PIN, "店长PIN摘要": MANAGER_PIN}
_POOLS = ("neighbours", "pets")
_WELCOME = (
    '"%NICKNAME% 欢迎来到{group_name}！点下面的卡片，店小二一对一帮您；'
    '到公众号发“{passphrase|领券}”，两边的福利合在一起。"'
)
_SCENE = f"poster-{STORE}-kf"


def furnish(home: Path, wiring: Mapping[str, Any]) -> None:
    """Write into a home of the samples what only the demonstration's world can say.

    The PINs of store S012, the link into customer service, and the account that the groups'
    welcomes lead to. Repeating it changes nothing but the PINs' digests.
    """
    _set_pins(home / "stores.csv")
    kf = wiring["kf"][0]
    for pool in _POOLS:
        file = home / "pools" / f"{pool}.yaml"
        _set(file, "kf", kf["open_kfid"])
        _set(file, "group_welcome", _WELCOME)
    _set(home / "content.yaml", "kf_link", kf["links"][_SCENE])


def _set_pins(sheet: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(sheet.read_text("utf-8-sig"))))
    for row in rows:
        if row["门店编号"] == STORE:
            row |= {column: pin_digest(pin) for column, pin in _PIN_COLUMNS.items()}
    written = io.StringIO()
    writer = csv.DictWriter(written, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    sheet.write_text(written.getvalue(), "utf-8-sig")


def _set(file: Path, name: str, value: str) -> None:
    """Let a line of its own say `name`, in the place of one that said it before."""
    lines = file.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(f"{name}:")]
    file.write_text("".join([*kept, f"{name}: {value}\n"]), "utf-8")
