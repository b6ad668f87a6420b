"""The internal bot's own way out: actions → receipts (wecom/apps-and-bots.md section 4.4)."""

from urllib.parse import parse_qsl, urlsplit

from bot import metrics
from bot.actions import AnswerBot, Receipt, Remote, State
from bot.platforms.aibot.reply import LIMIT_CONTENT_BYTES
from bot.platforms.fitting import fitting
from bot.platforms.port import Port
from bot.platforms.wire import Answer, Phase

_API = "/cgi-bin/"
metrics.know_apis(["/cgi-bin/aibot/response"])


async def perform(action: Remote, port: Port, attempts: int) -> Receipt:
    """Answer by the address that came with the question, and say what became of it.

    The call goes to the account's own API base, whatever host the address names. Never raises for
    what a platform or a network can do.
    """
    if not isinstance(action, AnswerBot):
        return Receipt(state=State.FAILED, meaning=f"智能机器人没有这种动作：{action.kind}")
    try:
        url = urlsplit(action.response_url)
    except ValueError:
        url = urlsplit("")
    if not url.path.startswith(_API):
        return Receipt(state=State.FAILED, meaning="没有可用的 response_url，不能再回答这一问")
    content = {"content": fitting(action.text, LIMIT_CONTENT_BYTES)}
    body = {"msgtype": "markdown", "markdown": content}
    answer = await port.call_with_own_right(url.path, dict(parse_qsl(url.query)), body)
    return port.receipt(url.path, answer, attempts=attempts, repeatable=False)


async def no_token() -> Answer:
    """Tell whoever asks for an access token that a bot has none."""
    return Answer(phase=Phase.NOT_SENT, trouble="智能机器人没有 access_token")
