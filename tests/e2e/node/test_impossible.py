"""Machines on which there can be no node learn why, and run the other tests."""

import os
import platform
import shutil

import debian


def test_a_machine_without_linux_learns_it(monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    assert debian.why_no_node() == "a real node needs Linux; this is Darwin."


def test_a_user_who_is_not_root_learns_it(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert debian.why_no_node() == "a real node needs root."


def test_a_machine_without_the_programs_and_apt_learns_it(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr(debian, "PROGRAMS", {"containerd": "containerd", "runc": "runc"})
    assert debian.why_no_node() == (
        "a real node needs containerd, runc, and there is no apt-get to install them."
    )
