"""Which versions are emulated: what was compared with the real programs, case by case."""

KUBERNETES_VERSION = "1.34.4"
"""The API server whose defaults, refusals and merges are followed."""

METACONTROLLER_VERSION = "4.17.2"
"""The Metacontroller whose requests, merges, order and waiting times are followed."""
