"""A platform in memory: answers API calls as both hosts would, and notes what it was asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.platforms.wire import Answer, Phase, Wire

Answering = Callable[["Asked"], Answer]
TOKENS = ("/cgi-bin/stable_token", "/cgi-bin/token", "/cgi-bin/gettoken")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call as it left us; the token is kept apart from the rest of the query."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any = None
    token: str = ""

    @property
    def api(self) -> str:
        """The path without what all paths share."""
        return self.path.removeprefix("/cgi-bin/").removeprefix("externalcontact/")


def fine(**body: Any) -> Answer:
    """An answer that says yes."""
    return Answer(phase=Phase.ANSWERED, code=0, body={"errcode": 0, **body})


def refused(code: int) -> Answer:
    """An answer with an error code."""
    return Answer(phase=Phase.ANSWERED, code=code, body={"errcode": code})


@dataclass(slots=True)
class World:
    """What the platform knows: who is who, who sits where, which labels there are."""

    unionids: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    seats: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)


class Platform(Wire):
    """Stands where the wire stands. `answers` overrides what an API says."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: dict[str, Answering] = {}
        self.world = World()
        self._tokens = 0

    async def call(
        self, method: str, path: str, *, query: Mapping[str, str], body: object | None = None
    ) -> Answer:
        """Answer one call."""
        rest = {name: value for name, value in query.items() if name != "access_token"}
        asked = Asked(
            method=method, path=path, query=rest, body=body, token=query.get("access_token", "")
        )
        self.asked.append(asked)
        answering = self.answers.get(asked.api) or self._usual.get(asked.api)
        return answering(asked) if answering else fine()

    def to(self, api: str) -> list[Asked]:
        """Return the calls of one API."""
        return [one for one in self.asked if one.api == api]

    def effects(self) -> list[Asked]:
        """Return the calls besides those for a token."""
        return [one for one in self.asked if one.path not in TOKENS]

    @property
    def _usual(self) -> Mapping[str, Answering]:
        return {
            "stable_token": self._token,
            "gettoken": self._token,
            "user/info": self._fan,
            "get": self._contact,
            "tags/get": lambda _: fine(tags=self._fan_tags()),
            "tags/create": lambda asked: fine(tag=self._label(asked.body["tag"]["name"])),
            "get_corp_tag_list": lambda _: fine(tag_group=[]),
            "add_corp_tag": self._corp_tag,
            "groupchat/get": self._group,
            "groupchat/add_join_way": lambda asked: fine(config_id=asked.body["chat_id_list"][0]),
            "groupchat/get_join_way": self._way,
        }

    def _token(self, _asked: Asked) -> Answer:
        self._tokens += 1
        return fine(access_token=f"T{self._tokens}", expires_in=7200)

    def _fan(self, asked: Asked) -> Answer:
        openid = asked.query["openid"]
        return fine(openid=openid, unionid=self.world.unionids.get(openid, ""))

    def _contact(self, asked: Asked) -> Answer:
        who = asked.query["external_userid"]
        named = self.world.names.get(who, who)
        return fine(external_contact={"name": named, "unionid": self.world.unionids.get(who, "")})

    def _group(self, asked: Asked) -> Answer:
        chat = asked.body["chat_id"]
        members = [
            {"userid": who, "type": 2, "join_time": 1_760_000_000,
             "unionid": self.world.unionids.get(who, "")}
            for who in self.world.seats.get(chat, [])
        ]  # fmt: skip
        return fine(group_chat={"chat_id": chat, "member_list": members})

    def _way(self, asked: Asked) -> Answer:
        return fine(join_way={"qr_code": f"https://q/{asked.body['config_id']}.png"})

    def _label(self, name: str) -> dict[str, Any]:
        return {"id": self.world.labels.setdefault(name, len(self.world.labels) + 1), "name": name}

    def _fan_tags(self) -> list[dict[str, Any]]:
        return [{"id": number, "name": name} for name, number in self.world.labels.items()]

    def _corp_tag(self, asked: Asked) -> Answer:
        group, name = asked.body["group_name"], asked.body["tag"][0]["name"]
        made = self._label(f"{group}/{name}")
        return fine(tag_group={"group_name": group, "tag": [{"id": made["id"], "name": name}]})
