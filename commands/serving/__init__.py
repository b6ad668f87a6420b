"""Serving with one process or with many: the parent, its children, and what they share."""
