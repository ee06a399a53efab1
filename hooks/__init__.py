"""Substratus: Datasets, Models, ModelServers and Notebooks as pure functions for Metacontroller."""

__version__ = "0.1.0"
