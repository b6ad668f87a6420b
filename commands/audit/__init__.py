"""The auditor: the twin's book against the bot's tables, with the script as the oracle."""
