"""Comparing accounts with their platforms on demand, and telling what was found."""
