"""The corp itself: its host, its people, and the messages and cards of its app."""
