"""The twin's answers for WeCom and 微信客服 have the shapes that others published."""

import pytest

from tests.conformance.cases import CASES, read_cases
from tests.conformance.shapes_wecom import KNOWN, wecom_shapes
from tests.conformance.wecom_asked import ASKED
from twin.corp.host import WECOM_HOST


async def test_the_twins_wecom_answers_as_published() -> None:
    if not (CASES / "api.jsonl").exists():
        pytest.skip(f"no published cases in {CASES}")
    told = await wecom_shapes(read_cases(CASES / "api.jsonl"))
    assert {path: lines for path, lines in told if lines} == {}
    assert {path for path, _ in told} >= KNOWN.keys()


def test_every_call_that_is_compared_is_one_the_twin_serves() -> None:
    served = {*WECOM_HOST.endpoints, *WECOM_HOST.open_endpoints}
    assert {f"/cgi-bin/{path}" for path in ASKED} <= served
    assert KNOWN.keys() <= served


def test_every_known_difference_has_its_reason() -> None:
    assert all(one.why and (one.optional or one.extra) for one in KNOWN.values())
