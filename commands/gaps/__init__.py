"""What customers said that no rule knew: grouped by what they meant, and turned into rules."""
