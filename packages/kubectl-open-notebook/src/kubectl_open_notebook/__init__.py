"""`kubectl open notebook`: a Notebook in the browser, with its sources on this machine.

It does everything with the person's own `kubectl`, so that every way to log in works.
It is used where the hook server is not, and imports nothing of it but names and reasons.
"""
