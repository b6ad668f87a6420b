"""A bot in the internal groups of a corp, 智能机器人."""
