"""Loads a file or a directory of weights, whole, and continues where it stopped."""
