"""E1 again, where a platform cannot be reached: its certificate is wrong, its name unknown."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from commands.play.stage import write_settings
from tests.drills.gateway import HOSTS, NAME, Gateway, certificate
from tests.drills.registry import Finding, Options, drill
from tests.drills.rig import Rig, rig
from tests.drills.trouble import Terms, suffered

_STRANGER = "stranger.test"
_CACHED_S = 10.0  # the client believes an address for so long


@drill("E1-reach", "the platforms' certificate is a stranger's, then their name is unknown")
async def out_of_reach(options: Options, home: Path) -> Finding:
    """Put a gateway with TLS before the platforms, and let it be a stranger's, or nowhere."""
    hosts = home / "hosts"
    hosts.touch()
    env = {"SSL_CERT_FILE": str(certificate(home, NAME)), HOSTS: str(hosts)}
    bad, known = 0, set[str]()
    async with rig(home, seed=options.seed, env=env, opened=False) as r, _gateways(r) as gateways:
        r.crowd.unfollow = False
        await r.open()
        troubles = {
            "TLS": (_stranger(gateways), Terms()),
            "DNS": (_nowhere(gateways, hosts), Terms(lasts_s=_CACHED_S + 5)),
        }
        for name, (trouble, terms) in troubles.items():
            if options.wants(name):
                found, known = await suffered(r, trouble, terms, known)
                options.tell(name, found)
                bad += not found.ok
    return Finding(measured=f"{len(troubles)} faults, {bad} with findings", ok=not bad)


@asynccontextmanager
async def _gateways(r: Rig) -> AsyncIterator[Sequence[Gateway]]:
    """Have a gateway before each host, and the home's accounts call through it."""
    ways = {}
    for base in (r.twin.oa_base, r.twin.wecom_base):
        ways[base] = Gateway(r.home, urlsplit(base).port or 0)
        await ways[base].show()
    settings = yaml.safe_load((r.home / "settings.yaml").read_text("utf-8"))
    for account in settings["accounts"]:
        account["api_base"] = f"https://{NAME}:{ways[account['api_base']].port}"
    write_settings(r.home, settings, by="drills")
    try:
        yield tuple(ways.values())
    finally:
        for one in ways.values():
            await one.close()


@asynccontextmanager
async def _stranger(gateways: Sequence[Gateway]) -> AsyncIterator[None]:
    for one in gateways:
        await one.show(_STRANGER)
    yield
    for one in gateways:
        await one.show()


@asynccontextmanager
async def _nowhere(gateways: Sequence[Gateway], hosts: Path) -> AsyncIterator[None]:
    hosts.unlink()  # noqa: ASYNC240  (a moment)
    for one in gateways:  # what is believed of the name for a moment longer leads nowhere too
        await one.close()
    yield
    hosts.touch()  # noqa: ASYNC240  (a moment)
    for one in gateways:
        await one.show()
