"""A rule engine that knows nothing about bots: words and conditions in, hits and reasons out."""
