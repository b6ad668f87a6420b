"""What a platform may tell is data: each kind once, each known by any spelling, none lost."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import events
from bot.events import Event, Followed, GroupGrew, KfSaid, MenuTapped, Notice, StaffSaid, TextSaid
from bot.platforms import kinds
from bot.platforms.aibot import gate as aibot
from bot.platforms.kf import gate as kf
from bot.platforms.kinds import Group, Kinds, read_kinds
from bot.platforms.oa import gate as oa
from bot.platforms.wecom import gate as wecom
from commands.decode import decode_one
from commands.report.payload import PLATFORMS

SHEETS = Path(__file__).parents[1].parent / "shared" / "protocol"
SAMPLE = re.compile(r"```(?:xml|json)\n(.*?)```", re.DOTALL)
DOCUMENT = re.compile(r"<xml>.*?</xml>", re.DOTALL)
CORP = "ww0000000000000001"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_acted_kind_names_events_that_exist(platform: str) -> None:
    told = {name for group in read_kinds(platform).groups for name in group.acted.values()}

    for name in (one for names in told for one in names.split("、")):
        assert issubclass(getattr(events, name), Event), name


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_kind_has_one_spelling_and_a_subject(platform: str) -> None:
    known = read_kinds(platform)

    for kind in known:
        assert re.fullmatch(r"(msg|event|info)\.[a-z0-9_]+(\.([a-z0-9_]+|\*))?", kind), kind
        assert known.canonical(kind.replace(".*", ".x")).startswith(f"{platform}.")
    assert all(group.subject for group in known.groups)


@pytest.mark.parametrize(
    ("platform", "seen"),
    [
        ("oa", {"msg.text"} | {f"event.{name}" for kind, name in oa._READERS if kind == "event"}),
        ("kf", {"msg.text", *(f"event.{name}" for name in kf._EVENTS)}),
        ("aibot", {name if "." in name else f"msg.{name}" for name in aibot._READERS}),
        (
            "wecom",
            {"msg.text"} | {".".join(filter(None, ("event", *name))) for name in wecom._READERS},
        ),
    ],
)
def test_the_table_says_acted_where_the_gate_acts(platform: str, seen: set[str]) -> None:
    known = read_kinds(platform)

    assert {kind for group in known.groups for kind in group.acted} == seen
    assert {f"event.{name}" for kind, name in oa._READERS if kind == "event"} < set(
        read_kinds("oa")
    )


def test_a_kind_that_stands_twice_is_found_at_once(tmp_path: Path) -> None:
    text = "groups: [{subject: a, source: '', recorded: [event.x, event.x]}]"
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "kinds.yaml").write_text(text, "utf-8")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kinds, "__file__", str(tmp_path / "kinds.py"))
        with pytest.raises(ValueError, match=r"event\.x"):
            read_kinds.__wrapped__("p")


def test_only_a_family_takes_a_change_it_does_not_name() -> None:
    group = Group(subject="", source="", acted={}, recorded=["event.a.*", "event.b.one"])
    known = Kinds("p", [group])

    assert known.canonical("event.A.Anything") == "p.event.a.anything"
    assert known.canonical("event.a") == "p.event.a"
    assert (known.canonical("event.b.two"), known.canonical("event.b")) == ("", "")


def samples() -> Iterator[tuple[str, str]]:
    for page in sorted(SHEETS.glob("*/*.md")):
        for block in SAMPLE.findall(page.read_text("utf-8")):
            for text in DOCUMENT.findall(block) or [block]:
                yield f"{page.parent.name}/{page.name}", text


def door_of(page: str, text: str) -> str:
    return "kf" if page == "wecom/kf.md" else page.partition("/")[0]


# Bodies of our own calls and test vectors, which are no callbacks, in these pages' JSON.
CALLS = ("oa/api.md", "oa/callbacks.md", "wecom/customer-contact.md", "wecom/kf.md")


@pytest.mark.skipif(not SHEETS.exists(), reason=f"no protocol sheets at {SHEETS}")
def test_every_sample_of_the_sheets_is_recognised_and_loses_no_field() -> None:
    judged = 0
    for page, text in samples():
        if page in CALLS and not text.lstrip().startswith("<"):
            continue
        platform = "aibot" if '"aibotid"' in text else door_of(page, text)
        answer = json.loads(decode_one(platform, text))
        assert answer.get("recognised"), (page, text)
        said = re.findall(r"<!\[CDATA\[(.+?)\]\]>|<\w+>([^<>\s]+)</", text)
        for words in (one or other for one, other in said):
            assert words in answer["fields"].values(), (page, words)
        judged += 1
    assert judged > 100


TABLE_NAME = re.compile(r"^\| ([a-z][a-zA-Z_, /]+?)(?: \(legacy\))? \|", re.MULTILINE)


@pytest.mark.skipif(not SHEETS.exists(), reason=f"no protocol sheets at {SHEETS}")
def test_every_event_that_the_sheets_name_is_known() -> None:
    page = (SHEETS / "wecom" / "events.md").read_text("utf-8")
    app = page.split("App events")[1].split("```")[0]
    acquisition = page.split("## 7.")[1].split("## 8.")[0]
    oa_others = (SHEETS / "oa" / "replies-and-messages.md").read_text("utf-8")
    oa_others = oa_others.split("## 6.")[1].split("## 7.")[0]
    named = [
        *(("wecom", f"event.{name}") for name in _listed(app)),
        *(("wecom", f"event.customer_acquisition.{name}") for name in _listed(acquisition)),
        *(
            ("oa", f"event.{name}")
            for name in re.findall(r"`([a-z]+_[a-z_]+|wificonnected|hardware)\*?`", oa_others)
        ),
    ]

    missing = [
        (platform, kind)
        for platform, kind in named
        if not read_kinds(platform).canonical(kind)
        and not read_kinds(platform).canonical(kind.replace("event.", "msg.", 1))
    ]
    assert not missing
    assert len(named) > 45


def _listed(text: str) -> list[str]:
    return [name for row in TABLE_NAME.findall(text) for name in re.split(r"[ ,/]+", row) if name]


# --- tolerance: the same thing in the spellings that are out there ---


def xml(*inner: str) -> str:
    return f"<xml>{''.join(inner)}</xml>"


TO, FROM = "<ToUserName>gh_1</ToUserName>", "<FromUserName>oAda</FromUserName>"


@pytest.mark.parametrize("name", ["MsgId", "MsgID", "msgid", "Msgid"])
def test_a_message_id_is_found_in_any_spelling(name: str) -> None:
    text = xml(TO, FROM, "<MsgType>text</MsgType><Content>hi</Content>", f"<{name}>7</{name}>")

    event = oa.decode("a", "wx1", text)

    assert isinstance(event, TextSaid)
    assert event.msg_id == "7"


@pytest.mark.parametrize("name", ["AgentID", "AgentId", "agentid"])
def test_an_agent_is_found_in_any_spelling_in_xml_and_in_json(name: str) -> None:
    said = {"FromUserName": "bo", "MsgType": "text", "Content": "hi", "MsgId": 7, name: 1000002}

    as_json = wecom.decode("a", CORP, json.dumps(said))
    as_xml = wecom.decode("a", CORP, xml(*(f"<{key}>{said[key]}</{key}>" for key in said)))

    assert isinstance(as_json, StaffSaid)
    assert as_xml == as_json


@pytest.mark.parametrize("name", ["CLICK", "click", "Click", " \n CLICK \t"])
def test_an_event_is_known_in_any_case_and_between_spaces(name: str) -> None:
    for value in (name, f"\n  <![CDATA[{name}]]>\n  "):
        event = oa.decode(
            "a",
            "wx1",
            xml(TO, FROM, f"<MsgType>event</MsgType><Event>{value}</Event><EventKey>K</EventKey>"),
        )
        assert isinstance(event, MenuTapped)


def test_a_repeated_element_loses_neither_copy() -> None:
    event = oa.decode(
        "a", "wx1", xml(TO, FROM, "<MsgType>event</MsgType><Event>subscribe</Event>" * 2)
    )

    assert isinstance(event, Followed)
    assert event.fields["Event[0]"] == event.fields["Event[1]"] == "subscribe"


def test_an_id_above_what_a_float_can_hold_stays_itself() -> None:
    number = 2**70 + 1
    text = f'{{"FromUserName": "o1", "MsgType": "text", "Content": "x", "MsgId": {number}}}'

    event = oa.decode("a", "wx1", text)

    assert isinstance(event, TextSaid)
    assert event.msg_id == str(number)


@pytest.mark.parametrize("listed", ['{"TemplateId": "T"}', '[{"TemplateId": "T"}]'])
def test_a_list_is_read_as_an_object_or_an_array(listed: str) -> None:
    event = oa.decode(
        "a",
        "wx1",
        '{"MsgType": "event", "Event": "subscribe_msg_popup_event", "FromUserName": "o1",'
        f' "SubscribeMsgPopupEvent": {{"List": {listed}}}}}',
    )

    assert isinstance(event, Notice)
    assert event.kind == "oa.event.subscribe_msg_popup_event"
    assert "T" in event.fields.values()


@pytest.mark.parametrize("time", ['"1760000000"', "1760000000", '" 1760000000 "'])
def test_a_time_is_read_as_a_number_or_a_text(time: str) -> None:
    event = oa.decode(
        "a", "wx1", f'{{"MsgType": "image", "FromUserName": "o1", "CreateTime": {time}}}'
    )

    assert event.at is not None
    assert event.at.timestamp() == 1760000000


def test_an_item_whose_ids_stand_only_inside_and_whose_msgid_is_empty_is_still_told() -> None:
    inside = kf.decode(
        "a",
        CORP,
        '{"msgid": "", "msgtype": "event", "event": {"event_type": "enter_session",'
        ' "open_kfid": "wk1", "external_userid": "wm1"}}',
    )
    said = kf.decode(
        "a",
        CORP,
        '{"msgid": "", "msgtype": "text", "origin": 3, "open_kfid": "wk1",'
        ' "external_userid": "wm1", "text": {"content": "hi"}}',
    )

    assert inside.who is not None
    assert inside.who.value == "wm1"
    assert isinstance(said, KfSaid)
    assert said.once() == ""


def test_a_group_event_reads_alike_in_xml_and_json() -> None:
    as_json = wecom.decode(
        "a",
        CORP,
        '{"MsgType": "event", "Event": "change_external_chat", "ChangeType": "update",'
        ' "ChatId": "wr1", "UpdateDetail": "add_member", "MemChangeList": {"Item": ["wm1"]}}',
    )
    as_xml = wecom.decode(
        "a",
        CORP,
        xml(
            "<MsgType>event</MsgType><Event>change_external_chat</Event>",
            "<ChangeType>update</ChangeType><ChatId>wr1</ChatId>",
            "<UpdateDetail>add_member</UpdateDetail><MemChangeList><Item>wm1</Item></MemChangeList>",
        ),
    )

    assert isinstance(as_json, GroupGrew)
    assert isinstance(as_xml, GroupGrew)
    assert as_json.members == as_xml.members == ("wm1",)
