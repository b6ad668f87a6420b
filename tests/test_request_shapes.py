"""What our calls send has the shape that others and the sheets publish, and answers are read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.call import Call
from bot.platforms.oa.api.codes import MakeScanCode
from bot.platforms.oa.api.followers import ListFollowers, ReadFollower, WriteFollowerRemark
from bot.platforms.wecom.api.ways import ReadContactWay
from tests.calls_page import CALLS
from tests.conformance.answers_read import misread, read_answers, uncompared
from tests.conformance.cases import CASES, SHEETS, Case, read_cases
from tests.conformance.requests import SENT, published, request_shapes, stale, wrong
from tests.conformance.sent import Json, Sent, because
from tests.conformance.sheet_bodies import Bodies, read_sheets

API = CASES / "api.jsonl"
EVERY = tuple((platform, one) for platform, sent in SENT.items() for one in sent)
REMARK = WriteFollowerRemark(openid="o1", remark="王姐")
BOTH: Json = {"openid": "", "remark": ""}
WAY: Json = {"config_id": "c1", "scene": 2, "skip_verify": True}
SHEET = """# A sheet

`POST /cgi-bin/user/info/updateremark {"openid","remark"}` (< 30 chars) -> `{"errcode"}`.
| `POST /cgi-bin/openapi/quota/get` | `{"cgi_path":"/cgi-bin/user/info"}` | |
`POST /cgi-bin/tags/get` and `POST /cgi-bin/tags/create {"tag":{"name"}}`; `/cgi-bin/x/y {"z"}`

## Codes: /cgi-bin/qrcode/create

```json
{"action_name": "QR_STR_SCENE",
 "action_info": {"scene": {"scene_str": "room"}}}
```

`{"expire_seconds": 60}`

## Nothing of ours

```json
{"no": "body"}
```
"""


def needs_cases() -> None:
    for place in (API, SHEETS):
        if not place.exists():
            pytest.skip(f"no published cases: {place} is not there")


def test_every_call_sends_what_others_and_the_sheets_publish() -> None:
    needs_cases()
    told = request_shapes(read_cases(API), SHEETS)
    assert {api: lines for api, lines in told if lines} == {}
    assert len(told) > 70


def test_every_key_that_is_listed_as_not_sent_is_published_and_not_sent() -> None:
    needs_cases()
    known = published(read_cases(API), SHEETS)
    none = Bodies()
    told = {one.api: stale(one, known.get((platform, one.api), none)) for platform, one in EVERY}
    assert {api: lines for api, lines in told.items() if lines} == {}


def test_calls_of_which_nobody_shows_a_body_send_what_the_sheets_name() -> None:
    needs_cases()
    known = published(read_cases(API), SHEETS)
    alone = [one for platform, one in EVERY if (platform, one.api) not in known]
    told = {one.api: wrong(one, Bodies()) for one in alone}
    assert {api: lines for api, lines in told.items() if lines} == {}


def test_every_published_answer_is_read_for_what_it_says() -> None:
    needs_cases()
    told = read_answers(read_cases(API))
    assert {api: lines for api, lines in told if lines} == {}
    assert len(told) > 80


def test_everything_that_is_read_of_a_published_answer_is_compared() -> None:
    needs_cases()
    answers = [case for case in read_cases(API) if case.kind == "api.response"]
    told = {
        f"{type(call).__name__} {name}"
        for platform, one in EVERY
        for case in answers
        if (case.platform, case.request.get("path")) == (platform, one.api)
        for call in one.calls[:1]
        for name in uncompared(call, case.payload)
    }
    assert told == set()


@pytest.mark.parametrize("platform", CALLS)
def test_every_call_of_ours_is_compared(platform: str) -> None:
    made = {type(call) for one in SENT[platform] for call in one.calls}
    assert made == set(CALLS[platform])


def test_all_calls_of_one_comparison_go_to_one_api_and_no_api_is_compared_twice() -> None:
    assert all({call.api for call in one.calls} == {one.api} for _, one in EVERY)
    assert len({(platform, one.api) for platform, one in EVERY}) == len(EVERY)


@pytest.mark.parametrize(
    ("sample", "told"),
    [
        (BOTH, ()),
        ({"openid": ""}, ("remark: not published",)),
        ({**BOTH, "lang": ""}, ("lang: missing",)),
        ({**BOTH, "remark": 1}, ("remark: string, published as number",)),
        ({**BOTH, "remark": None}, ()),
    ],
)
def test_a_body_is_held_to_the_published_one(sample: Json, told: tuple[str, ...]) -> None:
    assert wrong(Sent(calls=(REMARK,)), Bodies(whole=[sample])) == told


def test_what_the_sheet_requires_is_wanted_of_every_call() -> None:
    codes = (MakeScanCode(scene="S1", lives_s=60), MakeScanCode(scene="S1"))
    sent = Sent(calls=codes, required={"expire_seconds": 60, "action_name": "", "action_info": {}})
    manual: Json = {"action_info": {"scene": {"scene_str": ""}}}
    assert wrong(sent, Bodies(whole=[manual])) == ("MakeScanCode expire_seconds: missing",)


def test_a_key_that_the_sheet_only_names_is_wanted_too() -> None:
    named: Json = {"openid": None, "remark": None, "lang": None}
    assert wrong(Sent(calls=(REMARK,), manual=BOTH), Bodies(named=[named])) == ("lang: missing",)


def test_a_key_that_is_not_sent_for_a_reason_is_no_finding_until_it_is_sent() -> None:
    known = Bodies(whole=[{**BOTH, "lang": ""}])
    sent = Sent(calls=(REMARK,), unsent=because("not needed", "lang", "remark"))
    assert wrong(sent, known) == ()
    assert stale(sent, known) == ("remark",)


def test_bodies_are_found_in_a_sheet_below_or_beside_the_name_of_their_api(tmp_path: Path) -> None:
    (tmp_path / "oa").mkdir()
    (tmp_path / "oa" / "api.md").write_text(SHEET, "utf-8")
    paths = ("user/info/updateremark", "openapi/quota/get", "tags/get", "tags/create")
    apis = {("oa", f"/cgi-bin/{path}") for path in (*paths, "qrcode/create")}

    found = {at[1]: bodies for at, bodies in read_sheets(tmp_path, apis).items()}

    assert found["/cgi-bin/user/info/updateremark"].named == [{"openid": None, "remark": None}]
    assert found["/cgi-bin/openapi/quota/get"].whole == [{"cgi_path": "/cgi-bin/user/info"}]
    assert found["/cgi-bin/tags/create"].named == [{"tag": {"name": None}}]
    assert found["/cgi-bin/qrcode/create"].whole == [
        {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "room"}}},
        {"expire_seconds": 60},
    ]
    assert "/cgi-bin/tags/get" not in found


def test_a_folder_without_sheets_has_no_bodies(tmp_path: Path) -> None:
    assert read_sheets(tmp_path / "protocol", {("oa", "/cgi-bin/menu/create")}) == {}


@pytest.mark.parametrize(
    ("call", "answer", "told"),
    [
        (ListFollowers(), {"data": {"openid": ["o1"]}, "next_openid": "o1"}, ()),
        (ListFollowers(), {}, ()),
        (
            ListFollowers(),
            {"data": {}, "next_openid": "o1"},
            ("ListFollowers after: [], published ['o1']",),
        ),
        (ReadFollower(openid="o1"), {"openid": "o1", "subscribe": 1, "tagid_list": [2, 100]}, ()),
        (
            ReadFollower(openid="o1"),
            {"subscribe": "yes"},
            ("ReadFollower follows: [], published ['yes']",),
        ),
        (REMARK, {"errcode": 0}, ()),
        (ReadContactWay(config="c1"), {"contact_way": WAY}, ()),
        (ReadContactWay(config="c1"), {"contact_way": [WAY]}, ()),
    ],
)
def test_an_answer_is_held_to_what_was_read_of_it(
    call: Call[Any], answer: Mapping[str, Any], told: tuple[str, ...]
) -> None:
    assert misread(call, answer) == told


def test_an_answer_that_cannot_be_read_is_told_with_its_trouble() -> None:
    broken = {"data": {"openid": ["o1"]}, "next_openid": "o1"}
    (line,) = misread(ListFollowers(), [broken])  # type: ignore[arg-type]  # no object at all
    assert line.startswith("ListFollowers raises AttributeError")


def test_answers_are_read_by_the_calls_of_their_own_platform() -> None:
    case = Case(
        id="c1",
        platform="wecom",
        kind="api.response",
        payload={"userid": "xiaowang"},
        expected={},
        request={"path": "/cgi-bin/user/get"},
    )
    assert read_answers([case]) == [("wecom /cgi-bin/user/get", ())]
