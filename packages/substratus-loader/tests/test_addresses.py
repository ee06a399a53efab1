import socket
from ipaddress import ip_address

import httpcore2
import pytest
from substratus_loader.addresses import CheckedBackend, is_public
from substratus_loader.allowed import Allowed
from substratus_loader.failures import FailureError

PUBLIC = ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
REFUSED = [
    "0.0.0.0",  # noqa: S104
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "fd00:ec2::254",
    "fe80::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_one(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_of_this_machine_or_network_is_none(address):
    assert not is_public(ip_address(address))


@pytest.fixture
def resolver(monkeypatch):
    """A resolver that answers with the next of its answers, and where connections then go."""
    answers, connected = [], []

    def getaddrinfo(_host, port, **_rest):
        return [(socket.AF_INET, 1, 6, "", (address, port)) for address in answers.pop(0)]

    def connect(_self, host, *_rest):
        connected.append(host)
        if host.endswith(".9"):
            raise httpcore2.ConnectError

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", connect)
    return answers, connected


def test_a_name_is_resolved_once_and_the_address_that_was_checked_is_connected_to(resolver):
    answers, connected = resolver
    answers.extend([["93.184.216.34"], ["127.0.0.1"]])
    CheckedBackend(Allowed()).connect_tcp("a.example", 443)
    assert connected == ["93.184.216.34"]


def test_of_several_addresses_the_public_ones_are_tried(resolver):
    answers, connected = resolver
    answers.append(["10.0.0.1", "93.184.216.9", "93.184.216.34"])
    CheckedBackend(Allowed()).connect_tcp("a.example", 443)
    assert connected == ["93.184.216.9", "93.184.216.34"]


def test_a_name_of_a_private_address_is_refused_unless_it_is_allowed(resolver):
    answers, connected = resolver
    answers.extend([["10.0.0.1"], ["10.0.0.1"]])
    with pytest.raises(FailureError, match=r"^a\.example \(10\.0\.0\.1\) is an address"):
        CheckedBackend(Allowed()).connect_tcp("a.example", 443)
    CheckedBackend(Allowed(("https://a.example",))).connect_tcp("a.example", 443)
    assert connected == ["10.0.0.1"]
