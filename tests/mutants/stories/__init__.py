"""Programs with one safeguard taken away: put a folder on PYTHONPATH and start the bot as usual.

Python imports `sitecustomize` before anything else; each folder's own breaks one module of the bot
when that is imported. Nothing happens when these files are imported under any other name. A whole
story is played with each, so that the auditor, who sees only books and tables, must notice.
"""
