"""Error tables: complete lines, no doubles, one meaning each, and a page that says the same."""

from pathlib import Path

import pytest

from bot.errors import BadConfig
from bot.platforms.codes import MIDNIGHT, Reaction, read_errors
from commands.parts.doors import error_tables
from tests.errors_page import PAGE, written

GOOD = "{code: 1, reaction: final, meaning: 不行, en: not so, advice: 改}"


def read(folder: Path, *lines: str, apis: str = "") -> dict[tuple[str, int], Reaction]:
    path = folder / "errors.yaml"
    listed = "".join(f"  - {line}\n" for line in lines)
    path.write_text(f"errors:\n{listed}{apis}", "utf-8")
    return {key: line.reaction for key, line in read_errors(path).lines.items()}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (GOOD.replace("final", "shrug"), "unknown reaction shrug"),
        (GOOD, "listed twice"),
        (GOOD.replace("advice", "advise"), "unknown fields ['advise']"),
        ("{code: 2, reaction: final, meaning: 不行}", "without en, advice"),
        (GOOD.replace("code: 1", "code: 0..3"), "listed twice"),
    ],
)
def test_a_mistake_in_a_table_is_refused_by_its_name(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(BadConfig) as refused:
        read(tmp_path, GOOD, line)
    assert says in str(refused.value)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadConfig) as refused:
        read(tmp_path, GOOD, GOOD, GOOD.replace("final", "shrug"))
    assert len(str(refused.value).splitlines()) == 2


def test_a_range_is_one_line_for_each_of_its_codes(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD.replace("code: 1", "code: 5..7"))
    assert found == dict.fromkeys([("", 5), ("", 6), ("", 7)], Reaction.FINAL)


def test_a_line_for_an_api_outranks_the_general_one() -> None:
    table = error_tables()["oa"]
    assert table.sort("/cgi-bin/message/custom/send", 40001).reaction is Reaction.TOKEN
    assert table.sort("/cgi-bin/stable_token", 40001).reaction is Reaction.HALT


def test_what_customer_service_does_not_list_is_sorted_as_at_wecom() -> None:
    tables = error_tables()
    assert tables["kf"].sort("", 45009) == tables["wecom"].sort("", 45009)
    assert tables["kf"].sort("", 40003) != tables["wecom"].sort("", 40003)


@pytest.mark.parametrize("platform", ["oa", "wecom", "kf", "aibot"])
def test_what_can_happen_to_any_call_is_in_every_table(platform: str) -> None:
    table = error_tables()[platform]
    wanted = {-1: "retry", 40014: "token", 42001: "token", 45009: "quota", 45033: "slow"}
    assert {code: table.sort("", code).reaction for code in wanted} == wanted


def test_a_busy_platform_is_asked_at_most_three_times_more() -> None:
    assert {len(table.sort("", -1).waits) for table in error_tables().values()} == {3}


def test_the_day_of_an_official_account_ends_at_midnight() -> None:
    assert error_tables()["oa"].sort("", 45009).waits == (MIDNIGHT,)


def test_an_unknown_code_is_final_and_says_so() -> None:
    found = error_tables()["oa"].sort("", 123456)
    assert (found.reaction, found.code) == (Reaction.FINAL, 123456)
    assert "123456" in found.meaning


def test_without_an_address_in_the_answer_none_is_invented() -> None:
    assert "{ip}" not in error_tables()["oa"].sort("", 40164).told("no words")


def test_the_page_of_errors_is_current() -> None:
    """When this fails, run `python -m tests.errors_page`."""
    page = PAGE.read_text("utf-8")
    assert written(page) == page
