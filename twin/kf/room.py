"""Everything about customer service that a twin remembers: sessions, logs, codes and links."""

from collections.abc import Iterator

from twin.kf.codes import Codes
from twin.kf.log import Log
from twin.kf.sessions import WINDOW_S, Session, State
from twin.mint import mint


class KfRoom:
    """Everything about customer service: conversations, logs, codes, links and used msgids."""

    def __init__(self, world: str) -> None:
        self._world = world
        self._sessions: dict[tuple[str, str], Session] = {}
        self._logs: dict[str, Log] = {}
        self.codes = Codes()
        self.links: dict[str, tuple[str, str]] = {}  # URL -> (open_kfid, scene)
        self.sent_msgids: set[tuple[str, str]] = set()

    def session(self, open_kfid: str, external_userid: str) -> Session | None:
        """Return this conversation, None before the customer opened it."""
        return self._sessions.get((open_kfid, external_userid))

    def open(self, open_kfid: str, external_userid: str, now: float) -> Session:
        """Return this conversation as the customer's latest; it is made on the first entering."""
        session = self._sessions.pop((open_kfid, external_userid), None)
        session = session or Session(
            open_kfid=open_kfid, external_userid=external_userid, entered=now
        )
        session.entered = now
        self._sessions[open_kfid, external_userid] = session
        return session

    def latest(self, external_userid: str) -> Session | None:
        """Return the conversation this customer opened last."""
        mine = self.of(external_userid)
        return mine[-1] if mine else None

    def of(self, external_userid: str) -> list[Session]:
        """Return every conversation of this customer, the one opened last at the end."""
        return [one for one in self._sessions.values() if one.external_userid == external_userid]

    def log(self, open_kfid: str) -> Log:
        """Return the log of this kf account."""
        return self._logs.setdefault(open_kfid, Log(open_kfid))

    def link(self, open_kfid: str, scene: str) -> str:
        """Return the link that opens this kf account with this scene; the same one each time."""
        url = f"https://work.weixin.qq.com/kf/kfc{mint('', 16, self._world, open_kfid)}"
        if scene:
            url += f"?enc_scene=ENC{mint('', 24, self._world, open_kfid, scene)}"
        self.links[url] = (open_kfid, scene)
        return url

    def knows(self, open_kfid: str, scene: str) -> bool:
        """Tell whether a link with this scene was given out for this account."""
        return (open_kfid, scene) in self.links.values()

    def silent(self, now: float) -> Iterator[Session]:
        """Yield the sessions nobody but a bot is in charge of that were quiet for 48 h."""
        for session in self._sessions.values():
            if session.state in (State.NEW, State.BOT) and now - session.touched > WINDOW_S:
                yield session
