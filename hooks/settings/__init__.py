"""Settings: what differs between clusters, in one YAML file, checked when the server starts."""

from hooks.settings.jobs import Jobs
from hooks.settings.settings import (
    BuilderSettings,
    Claims,
    Git,
    InvalidSettingsError,
    Pods,
    Server,
    Settings,
    load,
)

__all__ = [
    "BuilderSettings",
    "Claims",
    "Git",
    "InvalidSettingsError",
    "Jobs",
    "Pods",
    "Server",
    "Settings",
    "load",
]
