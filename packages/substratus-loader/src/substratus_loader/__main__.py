"""`python -m substratus_loader`."""

from substratus_loader.main import run

run()
