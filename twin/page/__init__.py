"""The page: the platforms and the people side by side, and what passes between them and a bot."""
