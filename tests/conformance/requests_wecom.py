"""Our calls to a corp itself and its app's messages, each as full as it goes, and its sheet's."""

from bot.platforms.wecom.api.app import (
    ChangeCard,
    ReadApp,
    RecallAppMessage,
    Receivers,
    SendAppMessage,
)
from bot.platforms.wecom.api.card_parts import Heading, Option, Question, Source, Tap
from bot.platforms.wecom.api.cards import QuestionsCard
from bot.platforms.wecom.api.corp import AskCorpToken, ListApiHosts, ListCallers, ReadMember
from bot.platforms.wecom.api.media import (
    FetchCorpMedia,
    HostPicture,
    KeepAttachment,
    KeepCorpMedia,
)
from bot.platforms.wecom.api.messages import (
    AppCard,
    AppMedia,
    AppMessage,
    AppText,
    AppVideo,
    Article,
    MiniProgramNotice,
    News,
    StoredArticle,
    TextCard,
)
from bot.platforms.wire import File
from tests.app_cards import CARDS
from tests.conformance.requests_contacts import CONTACTS
from tests.conformance.requests_groups import GROUPS
from tests.conformance.sent import Sent, because

_APP = 1000002
_FILE = File(name="a.png", content=b"a picture")
_TO = Receivers(staff=("xiaowang", "xiaoli"), parties=(1, 2), tags=(3,))
_ASKING = QuestionsCard(
    heading=Heading(title="排班"),
    task="t6",
    source=Source(icon="https://p", text="店小二"),
    questions=(Question(key="when", title="何时", options=(Option(id="a", text="上午"),)),),
    submit=Tap(text="提交", key="ok"),
)
_CARDS = (*CARDS, _ASKING)
_SAID: tuple[AppMessage, ...] = (
    AppText(text="好"),
    AppText(text="**好**", markdown=True),
    *(AppMedia(kind=kind, media="M") for kind in ("image", "voice", "file")),
    AppVideo(media="M", title="t", description="d"),
    TextCard(title="t", description="d", url="https://a", button="看"),
    News(
        articles=(
            Article(title="t", url="https://a", description="d", picture="https://p"),
            Article(title="t", appid="wx1", page="a"),
        )
    ),
    News(
        articles=(
            StoredArticle(
                title="t", cover="M", content="<p/>", author="a", source="https://a", digest="d"
            ),
        )
    ),
    MiniProgramNotice(appid="wx1", title="t", page="a", description="d", lines=(("几点", "九点"),)),
    *(AppCard(card=card) for card in _CARDS),
)
_QUESTION = {"question_key": "", "option_list": [{"id": "", "text": ""}]}
_CHOICE = {**_QUESTION, "title": "", "selected_id": ""}
_TITLE = {"title": "", "desc": ""}
_LEADS = {"type": 1, "url": "", "appid": "", "pagepath": ""}
_CARD = {
    "card_type": "",
    "task_id": "",
    "source": {"icon_url": "", "desc": "", "desc_color": 1},
    "action_menu": {"desc": "", "action_list": [{"text": "", "key": ""}]},
    "main_title": _TITLE,
    "emphasis_content": _TITLE,
    "quote_area": None,
    "sub_title_text": "",
    "horizontal_content_list": [{"type": 1, "keyname": "", "value": "", "url": "", "userid": ""}],
    "jump_list": [{**_LEADS, "title": ""}],
    "card_action": _LEADS,
    "card_image": {"url": "", "aspect_ratio": 1.3},
    "image_text_area": None,
    "vertical_content_list": [_TITLE],
    "button_selection": None,
    "button_list": [{"text": "", "style": 1, "key": ""}],
    "checkbox": {
        "question_key": "",
        "mode": 1,
        "option_list": [{"id": "", "text": "", "is_checked": True}],
    },
    "select_list": [_CHOICE],
    "submit_button": {"text": "", "key": ""},
}
_FILES = because(
    "the sheet names lines of type 0, 1 and 3, no files",
    "template_card.horizontal_content_list[].media_id",
)
_PLAIN_IDS = because("no words of ours hold ids that are to be translated", "enable_id_trans")

MESSAGES = (
    Sent(
        calls=tuple(
            SendAppMessage(to=_TO, message=one, agentid=_APP, once_s=1800) for one in _SAID
        ),
        required={"msgtype": "", "agentid": 1},
        manual={"template_card": _CARD},
        unsent=_FILES
        | _PLAIN_IDS
        | because("a kind that the sheet does not name", "interactive_taskcard", "template_msg")
        | because("for tickets, which the sheet does not name", "selected_ticket_list"),
    ),
    Sent(
        calls=(
            ChangeCard(agentid=_APP, response_code="c", staff=("xiaowang",), word="好了"),
            *(ChangeCard(agentid=_APP, response_code="c", card=card) for card in _CARDS),
        ),
        required={"response_code": ""},
        manual={"template_card": _CARD},
        unsent=_FILES
        | _PLAIN_IDS
        | because("a card of ours is changed for people or for all", "partyids", "tagids")
        | because("the code of the message says which card", "button.task_id")
        | because(
            "what is answered is shown by another card",
            "template_card.replace_text",
            "template_card.checkbox.disable",
            "template_card.checkbox.option_list[].disable",
            "template_card.select_list[].disable",
        ),
    ),
    Sent(calls=(RecallAppMessage(msgid="m"),), required={"msgid": ""}),
    Sent(calls=(ReadApp(agentid=_APP),), required={"agentid": ""}),
)
CORP = (
    Sent(
        calls=(AskCorpToken(corpid="ww1", secret="s"),),
        required={"corpid": "", "corpsecret": ""},
    ),
    Sent(calls=(ReadMember(staff="xiaowang"),), required={"userid": ""}),
    Sent(calls=(ListCallers(),)),
    Sent(calls=(ListApiHosts(),)),
    Sent(calls=(KeepCorpMedia(file=_FILE),), required={"type": ""}),
    Sent(calls=(HostPicture(file=_FILE),)),
    Sent(
        calls=(KeepAttachment(file=_FILE),),
        required={"media_type": "", "attachment_type": ""},
    ),
    Sent(calls=(FetchCorpMedia(media="M"),), required={"media_id": ""}),
)
WECOM = (*CORP, *MESSAGES, *CONTACTS, *GROUPS)
