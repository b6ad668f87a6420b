"""What employees are told: answers about their store's day, never more of a member than a tail.

An employee is no member: nothing is given to them, and no person is made. Their own questions come
before the rules; a rule that knows their words may say them, and nothing else.
"""

from collections.abc import Callable, Iterable, Mapping

from bot.actions import Output, Speak
from bot.events import BotAsked, BotEntered, StaffSaid
from bot.facts import Content, ShiftFacts, Situation
from handlers.shift import contacts, given, groups, redeemed, unclaimed, unsaid
from keyword_rules.rule import Step

StepHandler = Callable[[Situation, Step], Iterable[Output]]
_WORDS = frozenset({"reply", "topic"})
_BETWEEN = " \t\r\n，。！？!?,.、~～…：:"
_NOT_HEARD = "没听懂。"
_NO_STAFF = "staff.csv 里没有企业微信账号「{staff}」，不知道您在哪家店。请管理员加一行。"
_LOOKS_SEALED = "（账号若是一串乱码：这个机器人要由超级管理员创建，平台才给出真的账号。）"
_NO_STORE = "staff.csv 里没有写「{staff}」在哪家店，请管理员补上门店编号。"
_ANSWERS: Mapping[str, Callable[[Situation, ShiftFacts], str]] = {
    "unclaimed": unclaimed,
    "given": given,
    "redeemed": redeemed,
    "groups": groups,
    "unsaid": unsaid,
    "contacts": contacts,
}


def asked(situation: Situation) -> Iterable[Output]:
    """Answer an employee: their question, else what a rule says, else what can be asked."""
    question = meant(situation)
    if question:
        yield Speak(text=_answer(situation, question), why="员工的问题", topic=question)
    elif not any(step.verb in _WORDS for hit in situation.hits for step in hit.do):
        text = f"{_NOT_HEARD}{_menu(situation.facts.content)}"
        yield Speak(text=text, why="没有这个问题，也没有规则命中", topic="fallback")


def entered(situation: Situation) -> Iterable[Output]:
    """Tell an employee who opens the conversation what can be asked."""
    if isinstance(situation.event, BotEntered):
        text = f"您好，我是店小二。{_menu(situation.facts.content)}"
        yield Speak(text=text, why="员工打开聊天", topic="greeting")


def serving(steps: Mapping[str, StepHandler]) -> Mapping[str, StepHandler]:
    """Return the steps of rules as employees get them: words alone, for what only a rule knows."""
    return {verb: _served(verb, step) for verb, step in steps.items()}


def _served(verb: str, step: StepHandler) -> StepHandler:
    def served(situation: Situation, wanted: Step) -> Iterable[Output]:
        if not isinstance(situation.event, StaffSaid | BotAsked | BotEntered):
            return step(situation, wanted)
        unheard = isinstance(situation.event, BotEntered) or meant(situation)
        return () if unheard or verb not in _WORDS else step(situation, wanted)

    return served


def meant(situation: Situation) -> str:
    """Return the question that an employee's words ask, by its longest words; "" when none."""
    event = situation.event
    if not isinstance(event, StaffSaid | BotAsked):
        return ""
    said = _plain(event.text)
    heard = [
        (len(_plain(word)), question)
        for question, words in situation.facts.content.staff_questions.items()
        for word in words
        if _plain(word) and _plain(word) in said
    ]
    return max(heard, key=lambda one: one[0], default=(0, ""))[1]


def _plain(text: str) -> str:
    return "".join(one for one in text.casefold() if one not in _BETWEEN)


def _answer(situation: Situation, question: str) -> str:
    event, shift = situation.event, situation.facts.shift
    if question not in _ANSWERS or shift is None:
        return _menu(situation.facts.content)
    if shift.store:
        return _ANSWERS[question](situation, shift)
    userid = event.staff if isinstance(event, StaffSaid | BotAsked) else ""
    if userid in situation.facts.content.staff:
        return _NO_STORE.format(staff=userid)
    sealed = _LOOKS_SEALED if isinstance(event, BotAsked) else ""
    return _NO_STAFF.format(staff=userid) + sealed


def _menu(content: Content) -> str:
    questions = content.staff_questions.items()
    lines = [f"- {words[0]}" for name, words in questions if words and name in _ANSWERS]
    return "\n".join(["可以问我：", *lines]) if lines else "现在没有可以问的问题。"
