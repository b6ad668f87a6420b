"""Menus that only some fans see (oa/api.md section 6, conditional)."""

from dataclasses import dataclass

from twin.shape import Json

ANDROID = "2"  # every phone of the twin


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalMenu:
    """A menu for the fans that match; an empty field matches everybody."""

    menuid: int
    buttons: tuple[Json, ...]
    tag_id: str = ""
    client_platform_type: str = ""

    def fits(self, tags: set[int]) -> bool:
        """Tell whether a fan with these tags sees this menu."""
        wears = not self.tag_id or int(self.tag_id) in tags
        return wears and self.client_platform_type in ("", ANDROID)

    def rule(self) -> Json:
        """Return the rule as the API tells it."""
        told: Json = {"tag_id": self.tag_id} if self.tag_id else {}
        platform = self.client_platform_type
        return told | ({"client_platform_type": int(platform)} if platform else {})
