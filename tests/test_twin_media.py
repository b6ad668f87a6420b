"""The twin's media: what may be uploaded, how long it lives, and who refuses a bad media_id."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, on_stage
from tests.twin_kf import KF, SEND, code, spoken, words

UPLOAD, PICTURE = "media/upload", "media/uploadimg"
THREE_DAYS = 259_201
MB = 1_048_576


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


@pytest.mark.parametrize(
    ("kind", "name", "size", "errcode"),
    [
        ("image", "a.png", 6, 0),
        ("image", "照片.JPG", 100, 0),
        ("image", "a.gif", 100, 40004),
        ("image", "a.png", 5, 40006),
        ("image", "a.png", 10 * MB + 1, 40009),
        ("voice", "a.amr", 2 * MB + 1, 40006),
        ("video", "a.mp4", 10 * MB + 1, 40011),
        ("file", "价目表.xlsx", 2 * MB, 0),
        ("thumb", "a.jpg", 100, 40005),
    ],
)
async def test_wecom_takes_what_the_sheet_allows(
    scene: Scene, kind: str, name: str, size: int, errcode: int
) -> None:
    told = await scene.upload("wecom", UPLOAD, (name, b"x" * size), type=kind)
    assert told["errcode"] == errcode
    if not errcode:
        assert (told["type"], str(told["created_at"]).isdigit()) == (kind, True)
    last = (await scene.book("call"))[-1]["args"]
    assert last == {"type": kind, "media": {"filename": name, "size": size}}


@pytest.mark.parametrize(
    ("kind", "name", "size", "errcode"),
    [
        ("image", "a.gif", 100, None),
        ("image", "照片.png", 100, 41005),
        ("image", "a.bmp", 100, 40005),
        ("voice", "a.mp3", 2 * MB + 1, 40006),
        ("thumb", "a.jpg", 65_537, 40006),
        ("song", "a.mp3", 100, 40004),
    ],
)
async def test_an_official_account_takes_what_its_sheet_allows(
    scene: Scene, kind: str, name: str, size: int, errcode: int | None
) -> None:
    told = await scene.upload("oa", UPLOAD, (name, b"x" * size), type=kind)
    assert told.get("errcode") == errcode
    assert ("media_id" in told) is (errcode is None)


async def test_a_call_without_a_file_is_refused(scene: Scene) -> None:
    assert (await scene.call("wecom", UPLOAD, {}, type="image"))["errcode"] == 44001
    assert (await scene.call("oa", UPLOAD, {}, type="image"))["errcode"] == 41005


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=a", b"garbage"),
        ("multipart/form-data; boundary=a", b"--a\r\nbad header\r\n\r\nx"),
    ],
)
async def test_a_form_that_cannot_be_read_is_refused(scene: Scene, kind: str, body: bytes) -> None:
    url = f"{scene.twin.stage.bases['wecom']}/cgi-bin/{UPLOAD}"
    query = {"type": "image", "access_token": await scene.token("wecom")}
    headers = {"Content-Type": kind}
    async with scene.http.post(url, data=body, headers=headers, params=query) as got:
        assert (got.status, (await got.json())["errcode"]) == (200, 40035)


async def test_a_media_id_works_for_three_days_and_only_as_what_it_is(scene: Scene) -> None:
    uploaded = await scene.media_id()
    await spoken(scene)
    image = words(scene, msgtype="image") | {"image": {"media_id": uploaded}}
    assert await code(scene, SEND, image) == 0
    voice = words(scene, msgtype="voice") | {"voice": {"media_id": uploaded}}
    assert await code(scene, SEND, voice) == 40007
    await scene.control("clock", {"jump_s": THREE_DAYS})
    await scene.do("kf_type", "甲", text="还在吗")
    assert await code(scene, SEND, image) == 40007


async def test_a_media_id_of_another_account_is_refused(scene: Scene) -> None:
    await scene.do("follow", "甲")
    await scene.do("type", "甲", text="在吗")
    asked: Json = {"touser": scene.openid("甲"), "msgtype": "image"}
    strange = await scene.media_id()
    told = await scene.call("oa", "message/custom/send", {**asked, "image": {"media_id": strange}})
    assert told["errcode"] == 40007
    mine = (await scene.upload("oa", UPLOAD, ("a.png", b"picture"), type="image"))["media_id"]
    told = await scene.call("oa", "message/custom/send", {**asked, "image": {"media_id": mine}})
    assert told["errcode"] == 0


async def test_what_a_customer_sends_can_be_sent_on(scene: Scene) -> None:
    await spoken(scene)
    await scene.do("kf_send", "甲")
    told = await scene.call("wecom", "kf/sync_msg", {"open_kfid": KF})
    listed = told["msg_list"]
    assert isinstance(listed, list)
    image = words(scene, msgtype="image") | {"image": listed[-1]["image"]}
    assert await code(scene, SEND, image) == 0


async def test_an_uploaded_picture_can_be_seen_and_welcomes(scene: Scene) -> None:
    await scene.do("add_contact", "乙", code="staff-xiaowang-S012")
    (got,) = scene.bot.received
    welcome: Json = {"welcome_code": got.inner.split("WelcomeCode><![CDATA[")[1].split("]")[0]}
    path = "externalcontact/send_welcome_msg"
    for inside, errcode in (
        ({"pic_url": "http://elsewhere/a.png"}, 40058),
        ({"media_id": "m"}, 40007),
    ):
        attachments = [{"msgtype": "image", "image": inside}]
        told = await scene.call("wecom", path, {**welcome, "attachments": attachments})
        assert told["errcode"] == errcode
    url = str((await scene.upload("wecom", PICTURE, ("a.png", b"picture")))["url"])
    async with scene.http.get(url) as shown:
        assert (shown.status, await shown.read()) == (200, b"picture")
    attachments = [{"msgtype": "image", "image": {"pic_url": url}}]
    told = await scene.call("wecom", path, {**welcome, "attachments": attachments})
    assert told["errcode"] == 0
    large = ("a.png", b"x" * (2 * MB + 1))
    assert (await scene.upload("wecom", PICTURE, large))["errcode"] == 40009
    assert (await scene.upload("oa", PICTURE, ("a.gif", b"picture")))["errcode"] == 40005
