"""What customers and cashiers see and do, in a real browser against a whole installation."""
