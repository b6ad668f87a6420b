"""The pages from nothing to the first message, followed at the twin; and what they say of slips."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.first_message import Opened, followed
from tests.pages import blocks
from tests.source import ROOT
from tests.twin_bot import Json

PAGES = ROOT / "docs" / "how-to"
DOCTOR = "python run.py doctor --home ~/xiaoer"
TABLE = "## When a step was forgotten"
TRIES = 5  # a refusal is written down within a second
INNER = {"chat_id": "wrINNER_S012"}
slow = pytest.mark.slow


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody does, what they read then, and what `why` says of it; both are on the page."""

    name: str
    who: str = "甲"
    rest: Json = field(default_factory=dict)
    reads: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A step that was forgotten. `says`: what an operator or customer sees, as the page has it."""

    says: tuple[str, ...]
    plant: Json = field(default_factory=dict)
    settings: tuple[str, str] = ("", "")  # what somebody typed wrong: the right text, the wrong
    saves: bool = False
    act: Act | None = None


COUPON = "新人满20减5券给您"
FOLLOWS = (
    Act(name="follow", reads="欢迎来到"),
    Act(name="type", rest={"text": "领劵"}, reads=COUPON, why="命中 coupon-newcomer"),
)
FIRST = {
    "test-account": FOLLOWS,
    "service-account": FOLLOWS,
    "wecom-contact": (
        Act(
            name="add_contact", rest={"staff": "xiaowang"}, reads="您好，我是本店的店员",
            why="命中 greet-contact",
        ),
    ),
    "kf": (
        Act(name="enter_kf", reads="您好，这里是"),
        Act(name="kf_type", rest={"text": "领券"}, reads=COUPON, why="命中 coupon-newcomer"),
    ),
    "aibot": (
        Act(
            name="mention_bot", who="xiaowang", rest={**INNER, "text": "今天领券"},
            reads="staff.csv 里没有企业微信账号",
        ),
        Act(
            name="mention_bot", who="xiaowang", rest={**INNER, "text": "帮助"},
            reads="可以问我", why="智能机器人回答：完成",
        ),
    ),
}  # fmt: skip

AGAIN = Act(name="type", who="甲", rest={"text": "营业时间"})
TOKEN = "签名不符，后台的 Token 与设置里的不一样"
KEY = "签名对，但解不开"
WECOM_CONSOLE = "openapi回调地址请求不通过"
WRONG_KEY: Json = {"trouble": "wrong_aes_key"}
PROXY = Slip(
    says=("前面的代理改写了路径",), plant={"trouble": "path_rewritten", "suffix": "/x"}, saves=True
)
CLOCK = Slip(says=("本机时钟比平台的时间慢",), plant={"trouble": "clock_off", "seconds": 600})
OA_SECRET = Slip(
    says=("拿不到 access_token：AppSecret 无效（错误码 40125）",),
    plant={"trouble": "secret_expired"},
)
OA_TOKEN: Json = {"trouble": "wrong_token"}
WECOM_KEYS = (
    Slip(says=(WECOM_CONSOLE, TOKEN), plant={"trouble": "wrong_token"}, saves=True),
    Slip(says=(WECOM_CONSOLE, KEY), plant=WRONG_KEY, saves=True),
    PROXY,
)
WECOM_CALLS = (
    Slip(says=("出口 IP 不被允许（错误码 60020）",), plant={"trouble": "ip_not_allowed"}),
    Slip(
        says=("拿不到 access_token：secret 不对，或应用已停用（错误码 40001）",),
        plant={"trouble": "secret_expired"},
    ),
    CLOCK,
)
SLIPS = {
    "test-account": (
        Slip(says=(TOKEN,), plant=OA_TOKEN, saves=True),
        OA_SECRET,
        Slip(
            says=(
                "拿不到 access_token：AppID 无效，或与 access_token 不是同一个号（错误码 40013）",
            ),
            settings=("wx0123456789abcdef", "wx0123456789abcdee"),
        ),
        PROXY,
        CLOCK,
    ),
    "service-account": (
        Slip(says=("出口 IP 不被允许（错误码 40164）",), plant={"trouble": "ip_not_allowed"}),
        OA_SECRET,
        Slip(says=("Token验证失败", TOKEN), plant=OA_TOKEN, saves=True),
        Slip(says=(KEY,), plant=WRONG_KEY, saves=True, act=AGAIN),
        Slip(says=("接收方是",), plant={"trouble": "wrong_receiver"}, act=AGAIN),
        PROXY,
        CLOCK,
        Slip(
            says=(
                "缺少权限 /cgi-bin/message/custom/send：公众号没有该接口权限（错误码 48001）",
            ),
            plant={"trouble": "missing_right", "api": "/cgi-bin/message/custom/send"},
        ),
    ),
    "wecom-contact": (
        *WECOM_KEYS,
        *WECOM_CALLS,
        Slip(says=("接收方是",), plant={"trouble": "wrong_receiver"}, saves=True),
        Slip(
            says=(
                "缺少权限 /cgi-bin/externalcontact/get_follow_user_list："
                "应用没有该接口权限（错误码 48002）",
            ),
            plant={"trouble": "not_customer_contact_app"},
        ),
        Slip(
            says=("应用无权操作该成员或标签（错误码 60011）",),
            plant={
                "trouble": "missing_right", "code": 60011,
                "api": "/cgi-bin/externalcontact/get_follow_user_list",
            },
        ),
        Slip(
            says=("最近加的好友没有带 WelcomeCode",),
            plant={"trouble": "console_welcome"},
            act=Act(name="add_contact", who="乙", rest={"staff": "xiaowang"}),
        ),
    ),
    "kf": (
        *WECOM_KEYS,
        *WECOM_CALLS,
        Slip(
            says=("缺少权限 /cgi-bin/kf/account/list：应用没有该接口权限（错误码 48002）",),
            plant={"trouble": "missing_right", "api": "/cgi-bin/kf"},
        ),
        Slip(
            says=("没有交给这个应用管理：收不到它的消息，也答不了",),
            plant={"trouble": "kf_unmanaged"},
        ),
    ),
    "aibot": WECOM_KEYS,
}  # fmt: skip
# Seen otherwise than after the first message: before anything is saved, and without a setting.
UNSAVED = "公众平台还没有填服务器地址"
SEALED = "查询参数 msg_signature 缺失、重复或格式不对"
APART = {"service-account": {UNSAVED}, "test-account": {SEALED}}


def mode_of(name: str) -> str:
    """Return how the Official Account of this page sends."""
    return "plain" if name == "test-account" else "safe"


@slow
@pytest.mark.parametrize("name", FIRST)
async def test_whoever_follows_the_page_gets_the_first_message(name: str, tmp_path: Path) -> None:
    page = PAGES / f"{name}.md"
    shown = page.read_text("utf-8")
    async with followed(page, tmp_path, mode=mode_of(name)) as opened:
        if name == "service-account":
            assert UNSAVED in await opened.reader.types(DOCTOR)
        assert (await opened.saves())["ok"]
        for act in FIRST[name]:
            assert act.reads in shown
            assert act.why in shown
            await done(opened, act)
        for script in opened.left:
            if "EVENT=" in script:
                await opened.why(script, FIRST[name][-1].why)
            else:
                await opened.reader.types(script)
        assert "没有发现问题" in await opened.reader.types(DOCTOR)


@slow
@pytest.mark.parametrize("name", SLIPS)
async def test_what_the_page_says_of_each_slip_is_what_is_seen(name: str, tmp_path: Path) -> None:
    async with followed(PAGES / f"{name}.md", tmp_path, mode=mode_of(name)) as opened:
        assert (await opened.saves())["ok"]
        for act in FIRST[name]:
            await done(opened, act)
        for slip in SLIPS[name]:
            seen = await slipped(opened, slip)
            assert [words for words in slip.says if words not in seen] == [], seen


@pytest.mark.parametrize("name", SLIPS)
def test_every_slip_on_a_page_is_tried(name: str) -> None:
    tried = {words for slip in SLIPS[name] for words in slip.says} | APART.get(name, set())
    shown = _said(PAGES / f"{name}.md") - {act.reads for act in FIRST[name]}
    assert tried == shown


@slow
async def test_a_test_account_whose_home_expects_sealed_messages_is_told(tmp_path: Path) -> None:
    page = PAGES / "test-account.md"
    async with followed(page, tmp_path, mode="plain", forgotten="mode: plain") as opened:
        assert (await opened.saves())["ok"]
        await done(opened, Act(name="follow"))
        told = [await opened.reader.types(DOCTOR) for _ in range(2)]
        assert SEALED in told[-1]


@pytest.mark.parametrize("name", FIRST)
def test_a_page_shows_every_command_that_leads_to_the_first_message(name: str) -> None:
    typed = " ".join(line for block in blocks(PAGES / f"{name}.md") for line in block.lines)
    wanted = ("init", "check", "serve", "doctor", "why")
    assert [verb for verb in wanted if f"python run.py {verb} " not in typed] == []


async def done(opened: Opened, act: Act) -> Json:
    """Let somebody act, and wait for what they read."""
    told = await opened.scene.do(act.name, act.who, **act.rest)
    assert "error" not in told, told
    if act.reads:
        await opened.reads(act.who, act.reads)
    return told


async def slipped(opened: Opened, slip: Slip) -> str:
    """Return everything that is seen of a slip: on the phone, in the console, by `doctor`."""
    reader, scene = opened.reader, opened.scene
    settings = reader.home / "settings.yaml"
    right = settings.read_text("utf-8")
    if slip.plant:
        await scene.control("plant", {"account": reader.account.id, **slip.plant})
    seen = str((await opened.saves())["console"]) if slip.saves else ""
    if slip.act:
        seen += str((await done(opened, slip.act))["saw"])
    settings.write_text(right.replace(*slip.settings), "utf-8")
    for _ in range(TRIES):
        told = await reader.types(DOCTOR)
        if all(words in seen + told for words in slip.says):
            break
    settings.write_text(right, "utf-8")
    async with scene.http.delete(scene.twin.control("/twin/plant")):
        return seen + told


def _said(page: Path) -> set[str]:
    """What the second column of a page's table of slips quotes."""
    table = page.read_text("utf-8").partition(TABLE)[2].partition("\n\n")[2].partition("\n\n")[0]
    rows = [line.split("|")[2] for line in table.splitlines()[2:]]
    return {words for row in rows for words in re.findall(r"`([^`]+)`", row)}
