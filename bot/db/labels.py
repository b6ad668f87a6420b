"""The platform's ids of our labels, remembered so that a label costs one call."""

from collections.abc import Mapping

from bot.db.tx import Database, Tx


class LabelShelf:
    """Keeps label ids by account and name."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def known(self, account: str, names: tuple[str, ...]) -> Mapping[str, str]:
        """Return the ids that are known, by name."""

        async def work(tx: Tx) -> dict[str, str]:
            rows = await tx.all("SELECT name, platform_id FROM label WHERE account = ?", account)
            return {r["name"]: r["platform_id"] for r in rows if r["name"] in names}

        return await self._db.read(work)

    async def learn(self, account: str, ids: Mapping[str, str]) -> None:
        """Remember ids by name; a later id takes the place of an earlier one."""

        async def work(tx: Tx) -> None:
            for name, platform_id in ids.items():
                await tx.run(
                    "INSERT INTO label(account, name, platform_id) VALUES(?,?,?)"
                    " ON CONFLICT(account, name) DO UPDATE SET platform_id = excluded.platform_id",
                    account, name, platform_id,
                )  # fmt: skip

        await self._db.write(work)

    async def forget(self, account: str, names: tuple[str, ...]) -> None:
        """Forget ids that the platform no longer knows; repeating it changes nothing."""

        async def work(tx: Tx) -> None:
            for name in names:
                await tx.run("DELETE FROM label WHERE account = ? AND name = ?", account, name)

        await self._db.write(work)
