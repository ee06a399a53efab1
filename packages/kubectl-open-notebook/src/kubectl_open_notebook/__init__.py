"""`kubectl open notebook`: a Notebook in the browser, with its sources on this machine.

It does everything with the person's own `kubectl`, so that every way to log in works.
It imports nothing of the hook server, and is installed where that is not.
"""
