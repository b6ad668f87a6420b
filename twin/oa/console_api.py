"""What an API tells of the console: its automatic replies and the menu people see."""

from twin.host import Done, Endpoint
from twin.oa.console import ConsoleArticle, ConsoleButton, ConsoleReply, ConsoleRule
from twin.shape import Json, records
from twin.stage import Stage
from twin.world import OaAccount


def tell_auto_replies(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`GET get_current_autoreply_info`: the rules stay readable when a callback turned them off."""
    auto, on = account.auto_reply, account.id not in stage.callbacks
    body: Json = {
        "is_add_friend_reply_open": int(on and auto.add_friend is not None),
        "is_autoreply_open": int(on and bool(auto.default or auto.keywords)),
    }
    if auto.add_friend:
        body["add_friend_autoreply_info"] = _reply(auto.add_friend)
    if auto.default:
        body["message_default_autoreply_info"] = _reply(auto.default)
    if auto.keywords:
        body["keyword_autoreply_info"] = {"list": [_rule(one) for one in auto.keywords]}
    return Done(body=body)


def tell_menu(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`GET get_current_selfmenu_info`: the API's menu when there is one, else the console's."""
    made = stage.menus.get(account.id)
    buttons = (
        [_made(one) for one in made] if made else [_button(one) for one in account.console_menu]
    )
    shown = bool(made) or (bool(buttons) and account.id not in stage.callbacks)
    return Done(body={"is_menu_open": int(shown), "selfmenu_info": {"button": buttons}})


def _rule(rule: ConsoleRule) -> Json:
    return {
        "rule_name": rule.name,
        "create_time": rule.created,
        "reply_mode": rule.mode,
        "keyword_list_info": [
            {"type": "text", "match_mode": word.match, "content": word.content}
            for word in rule.words
        ],
        "reply_list_info": [_reply(one) for one in rule.reply],
    }


def _reply(reply: ConsoleReply) -> Json:
    if reply.type == "news":
        return {"type": "news", "news_info": _news(reply.news)}
    return {"type": reply.type, "content": reply.content}


def _news(articles: tuple[ConsoleArticle, ...]) -> Json:
    return {
        "list": [
            {
                "title": one.title,
                "author": one.author,
                "digest": one.digest,
                "show_cover": int(bool(one.cover)),
                "cover_url": one.cover,
                "content_url": one.url,
                "source_url": one.source,
            }
            for one in articles
        ]
    }


def _button(button: ConsoleButton) -> Json:
    if button.sub_button:
        below = [_button(one) for one in button.sub_button]
        return {"name": button.name, "sub_button": {"list": below}}
    told: Json = {"type": button.type, "name": button.name}
    if button.type == "view":
        return {**told, "url": button.url}
    if button.type == "news":
        return {**told, "news_info": _news(button.news)}
    return {**told, "value": button.value}


def _made(button: Json) -> Json:
    below = records(button, "sub_button")
    return {**button, "sub_button": {"list": list(below)}} if below else button


CONSOLE_ENDPOINTS: dict[str, Endpoint[OaAccount]] = {
    "/cgi-bin/get_current_autoreply_info": Endpoint(method="GET", act=tell_auto_replies),
    "/cgi-bin/get_current_selfmenu_info": Endpoint(method="GET", act=tell_menu),
}
