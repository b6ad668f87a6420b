"""`orders`: a till's sheet of orders taken in, and what waits for its member."""
