"""Drills: the real program against the twin while processes die, and the book that judges it."""
