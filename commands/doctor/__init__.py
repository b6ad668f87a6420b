"""What keeps an installation and the real platforms apart in their first hour, check by check."""
