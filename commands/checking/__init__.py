"""What `check` and `rules lint` look at, and how they list what they find."""
