"""A module for each kind of source: what files it has, and how one is read from an offset."""
