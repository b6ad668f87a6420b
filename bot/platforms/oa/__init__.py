"""The Official Account (公众号)."""
