"""Rules as a spreadsheet: written for operators, read back, and put into the rule files."""
