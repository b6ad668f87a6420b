"""Entry codes (活码): the rows of every store and employee, and their pictures."""
