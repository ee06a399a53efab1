"""`substratus diff`: what a change would run again, roll or delete."""
