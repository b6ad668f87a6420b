"""What the people of a world do, as data: read, played on a running twin, and judged."""
