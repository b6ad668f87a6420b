"""Migrations, written by `tortoise makemigrations` and kept as they are."""
