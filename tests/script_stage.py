"""Scripts played by a test: on a running twin, with a bot that says what it heard."""

from pathlib import Path

from tests.twin_bot import Delivery, Scene, node, on_stage, sealed_reply, text_reply
from twin.scripts.playing import Played, play
from twin.world_file import load_script

YIDIAN = Path("yidian")


async def played(scene: Scene, folder: Path, text: str) -> Played:
    """Play a script that stands in a file of its own."""
    file = folder / "script.yaml"
    file.write_text(text, encoding="utf-8")
    return await play(scene.twin.sender, load_script(file, YIDIAN))


def echoing(scene: Scene) -> None:
    """Let the bot answer every fan with what they said, or with the event's name."""

    def answer(delivery: Delivery) -> tuple[int, str]:
        account = scene.bot.accounts[delivery.account]
        words = node(delivery.inner, "Content") or node(delivery.inner, "Event")
        if delivery.account != "oa-main" or words in ("unsubscribe", "VIEW"):
            return 200, "success"
        return 200, sealed_reply(account, text_reply(delivery, f"听到 {words}"))

    scene.bot.answer = answer


async def passes(folder: Path, text: str) -> list[str]:
    """Play a script that must go well; return the acts of what happened."""
    async with on_stage(folder) as scene:
        echoing(scene)
        result = await played(scene, folder, text)
        assert result.failure is None, result.failure.line()
        return [one.act for one in scene.twin.stage.happenings]


async def fails(folder: Path, text: str) -> str:
    """Play a script that must fail; return what is said of it."""
    async with on_stage(folder) as scene:
        echoing(scene)
        result = await played(scene, folder, text)
        assert result.failure is not None
        return result.failure.line()
