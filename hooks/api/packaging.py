"""Where the result of a training goes."""

from enum import StrEnum


class Packaging(StrEnum):
    """What has the result of a training: an image of its own, or the storage that it lies on."""

    IMAGE = "Image"
    STORAGE = "Storage"
