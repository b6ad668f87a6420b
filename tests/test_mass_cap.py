"""How many mass messages a customer may get, over the ends of days, weeks and months in China."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from bot.mass import cap_of
from config.mass_cap import MassCap


def china(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-{day}T{clock}:00+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("rule", "now", "most", "since"),
    [
        ("month_days", china("02-28", "23:59"), 28, china("02-01", "00:00")),
        ("month_days", china("03-01", "00:00"), 31, china("03-01", "00:00")),
        ("month_days", china("04-30", "12:00"), 30, china("04-01", "00:00")),
        ("week7", china("03-01", "23:59"), 7, china("02-23", "00:00")),
        ("week7", china("03-02", "00:00"), 7, china("03-02", "00:00")),
        ("day1", china("03-02", "00:00"), 1, china("03-02", "00:00")),
        ("day1", china("03-01", "23:59"), 1, china("03-01", "00:00")),
        ("4", china("03-31", "23:59"), 4, china("03-01", "00:00")),
    ],
)
def test_a_span_begins_at_midnight_in_china(
    rule: str, now: datetime, most: int, since: datetime
) -> None:
    cap = cap_of(rule, now)
    assert (cap.most, cap.since) == (most, since)


def test_the_setting_takes_the_known_rules_and_numbers_and_nothing_else() -> None:
    adapter: TypeAdapter[str] = TypeAdapter(MassCap)
    assert [adapter.validate_python(one) for one in ("week7", 4, "1000")] == ["week7", "4", "1000"]
    for wrong in ("weekly", 0, 1001, True, "-1", "４", None):
        with pytest.raises(ValidationError):
            adapter.validate_python(wrong)
