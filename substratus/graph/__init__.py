"""`substratus graph`: what depends on what, and how ready each object is."""
