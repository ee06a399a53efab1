"""What maintainers run. It makes CRDs, controllers, pages and what a package has of the hooks."""

from tools.controllers import controller_files
from tools.crds import crd_files
from tools.pages import page_files
from tools.plugin_files import plugin_files


def files() -> dict[str, str]:
    """Return every generated file's text, by its path from the project's root."""
    return {**crd_files(), **controller_files(), **page_files(), **plugin_files()}
