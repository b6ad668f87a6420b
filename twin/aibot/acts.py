"""What employees do with an aibot: mention it in an internal group, ask it, open its chat."""

from collections.abc import Callable, Mapping

from twin.acts import NotPossible, Outcome, employee
from twin.aibot.letters import entered, question
from twin.aibot.room import AT_ONCE, Talk, response_code
from twin.group.transcripts import Said
from twin.sender import Sender
from twin.shape import Json, text
from twin.stage import Happening, Stage
from twin.world import AibotAccount


def mention(sender: Sender, args: Json) -> Outcome:
    """Say `text` to the aibot in the internal group `chat_id`; its name is put in front."""
    stage = sender.stage
    userid = employee(stage, text(args, "who"))
    found = stage.world.internal_group(text(args, "chat_id"))
    if found is None or userid not in found[1].members:
        raise NotPossible(f"{userid} 不在内部群 {args['chat_id']} 里")
    bot, group = found
    words = f"@{bot.name} {text(args, 'text')}"
    outcome = _ask(sender, bot, userid, words, chat_id=group.chat_id)
    said = Said(at=stage.now(), who=userid, name=_name(stage, userid), text=words, via="group")
    stage.transcripts.add(group.chat_id, said)
    for one in group.members:
        if one != userid:
            stage.show(one, said.seen(group.chat_id, "group", outcome.happenings[0].id))
    return outcome


def ask(sender: Sender, args: Json) -> Outcome:
    """Say `text` to the aibot in the chat with it alone; `bot` names another than the first."""
    stage = sender.stage
    userid = employee(stage, text(args, "who"))
    return _ask(sender, _bot(stage, args), userid, text(args, "text"))


def enter(sender: Sender, args: Json) -> Outcome:
    """Open the chat with the aibot. Only the first time on a day is an event."""
    stage = sender.stage
    bot, userid = _bot(stage, args), employee(stage, text(args, "who"))
    if stage.talks.entered_today(bot, userid, stage.now()):
        return Outcome()
    talk = Talk(bot=bot, userid=userid, chat_id="", began=stage.now(), kind="enter_chat", code="")
    msgid = f"AIM{stage.next_msg_id()}"
    return _tell(sender, talk, "enter_bot", msgid, entered(stage, talk, msgid))


def _ask(sender: Sender, bot: AibotAccount, userid: str, words: str, chat_id: str = "") -> Outcome:
    stage = sender.stage
    if stage.talks.busy(bot, userid, stage.now()):
        raise NotPossible(f"{bot.name} 还在回答，同时至多 {AT_ONCE} 个问题")
    talk = Talk(
        bot=bot,
        userid=userid,
        chat_id=chat_id,
        began=stage.now(),
        kind="text",
        code=response_code(),
    )
    msgid = f"AIM{stage.next_msg_id()}"
    act = "mention_bot" if chat_id else "ask_bot"
    return _tell(sender, talk, act, msgid, question(stage, talk, msgid, words))


def _tell(sender: Sender, talk: Talk, act: str, msgid: str, inner: str) -> Outcome:
    happening = Happening(
        id=sender.stage.next_happening_id(),
        account=talk.bot,
        act=act,
        kind=talk.kind,
        inner=inner,
        who=talk.userid,
        msg_id=msgid,
    )
    sender.stage.talks.open(happening.id, talk)
    sender.announce(happening)
    return Outcome(happenings=(happening,))


def _bot(stage: Stage, args: Json) -> AibotAccount:
    wanted = text(args, "bot", "")
    bot = next((one for one in stage.world.aibot if wanted in ("", one.id, one.name)), None)
    if bot is None:
        raise NotPossible(f"没有智能机器人 {wanted}".rstrip())
    return bot


def _name(stage: Stage, userid: str) -> str:
    found = stage.world.employee(userid)
    return found.name if found else userid


AIBOT_ACTS: Mapping[str, Callable[[Sender, Json], Outcome]] = {
    "mention_bot": mention,
    "ask_bot": ask,
    "enter_bot": enter,
}
