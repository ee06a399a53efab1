"""Substratus: Datasets, Models, ModelServers and Notebooks as pure functions for Metacontroller."""
