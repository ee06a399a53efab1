"""Servers for tests: a Hub, and files by HTTP that break, stall and change as a test wants."""

from substratus_loader.testing.content import Content
from substratus_loader.testing.fake_buckets import FakeBuckets
from substratus_loader.testing.fake_hub import FakeHub
from substratus_loader.testing.faults import Break, Corrupt, Stall, Status
from substratus_loader.testing.file_server import FileServer

__all__ = ["Break", "Content", "Corrupt", "FakeBuckets", "FakeHub", "FileServer", "Stall", "Status"]
