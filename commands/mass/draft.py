"""A mass message as it would be made now: whom it reaches by whom, and who is left out."""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.clock import micros, moment
from bot.db import masses, selecting
from bot.events import MassAsked
from bot.mass import Cap, MassFacts, cap_of
from commands.mass.asking import Asked, account_of, check_name, letter_of, selection_of
from commands.member.direct import clock_of
from commands.parts.compose import Home
from commands.parts.problems import USAGE, stop
from commands.report.reading import Reader
from handlers.masses import Audience, audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A mass message as it would be made now; `local` is now by the stores' wall clock.

    `made`: one of this name and contents was made before. `unheard_of` are tags nobody ever had.
    """

    home: Home
    event: MassAsked
    audience: Audience
    cap: Cap
    local: datetime
    made: bool = False
    unheard_of: tuple[str, ...] = ()

    @property
    def groups(self) -> bool:
        """Return whether it goes to groups."""
        return bool(self.event.selection.chats)

    @property
    def once(self) -> str:
        """Return what names this telling: repeated within the minute it is the same."""
        return f"{self.event.mass}\0{_digest(self.event)}\0{self.local:%Y%m%d%H%M}"


def draft_of(reader: Reader, asked: Asked) -> Draft:
    """Return what the command line asks for; stops when it cannot be made so. Changes nothing."""
    home = reader.home
    check_name(asked.name)
    now_us = asyncio.run(clock_of(home))()
    local = moment(now_us).astimezone(ZoneInfo(home.settings.store_zone))
    event = MassAsked(
        account=account_of(home, asked),
        mass=asked.name,
        letter=letter_of(home, asked),
        selection=selection_of(home, asked),
    )
    if not asked.name:
        event = replace(event, mass=f"群发-{local:%m%d-%H%M}-{_digest(event)}")
    cap = cap_of(home.settings.mass_cap, moment(now_us))
    return Draft(
        home=home,
        event=event,
        audience=_audience(reader, event, cap, now_us),
        cap=cap,
        local=local,
        made=_made_before(reader, event),
        unheard_of=reader.ask(lambda tx: selecting.unheard_of(tx, event.selection)),
    )


def _audience(reader: Reader, event: MassAsked, cap: Cap, now_us: int) -> Audience:
    search = selecting.Search(
        account=event.account,
        selection=event.selection,
        now_us=now_us,
        since_us=micros(cap.since),
    )
    found = reader.ask(lambda tx: selecting.found(tx, search))
    facts = MassFacts(cap=cap, candidates=found.candidates, unreached=found.unreached)
    return audience(facts)


def _digest(event: MassAsked) -> str:
    said = masses.LETTER.dump_json(event.letter) + masses.SELECTION.dump_json(event.selection)
    return hashlib.sha256(said).hexdigest()[:6]


def _made_before(reader: Reader, event: MassAsked) -> bool:
    """Tell whether this message was made under its name; stops when the name is another's."""
    known = reader.ask(lambda tx: masses.asked_for(tx, event.mass))
    if known is None:
        return False
    if known != masses.said_by(event):
        stop(f"已经有名为 {event.mass} 的另一个群发：换一个 --name", USAGE)
    return True
