"""An Official Account: its APIs, its console, and what fans do with it."""
