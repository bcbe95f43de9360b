"""Webhooks go to public addresses alone, and to the one that was looked at."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_django.fixtures import Settings

from companies.webhooks import addresses, sender
from companies.webhooks.addresses import AddressRefused, is_public, split_url
from tests.webhooks.receiver import Receiver, receiver, status

HOST = "hooks.example.test"
LOOK_UP = socket.getaddrinfo
PRIVATE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return a function that says to which addresses every name leads, and returns the names asked for."""

    def lead_to(*found: str) -> list[str]:
        asked: list[str] = []

        def look_up(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
            if host in found:  # how a socket reads an address
                return LOOK_UP(host, port, *args, **kwargs)
            asked.append(host)
            return [(None, None, None, "", (address, port)) for address in found]

        monkeypatch.setattr(addresses.socket, "getaddrinfo", look_up)
        return asked

    return lead_to


def send(url: str) -> sender.Outcome:
    return sender.send(url=url, body=b"{}", headers={})


class TestWhatIsPublic:
    @pytest.mark.parametrize("text", PRIVATE)
    def test_private_addresses_are_not(self, text: str) -> None:
        assert not is_public(ip_address(text))

    @pytest.mark.parametrize("text", ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "2a00:1450::1"])
    def test_addresses_on_the_internet_are(self, text: str) -> None:
        assert is_public(ip_address(text))


class TestUrls:
    @pytest.mark.parametrize(
        "url",
        [
            "",
            "hooks.example.test",
            "ftp://hooks.example.test",
            "http://hooks.example.test",
            "https://",
            "https://user:word@hooks.example.test",
            "https://@hooks.example.test",
            "https://hooks.example.test:0",
            "https://hooks.example.test:99999",
            "https://hooks.example.test/#part",
            "https://hooks.example.test/a b",
            "https://hooks.example.test/\r\nX: y",
            "https://hooks.example.test/\t",
            "https://höoks.example.test",
            "https://[::1",
            "https://[::1]/",
            "https://127.0.0.1",
            "https://[::ffff:10.0.0.1]/",
            "javascript:alert(1)",
        ],
    )
    def test_are_refused(self, url: str) -> None:
        with pytest.raises(AddressRefused):
            split_url(url)

    @pytest.mark.parametrize(
        "url", ["https://hooks.example.test/a?b=c", "https://8.8.8.8:8443/", "HTTPS://A.B"]
    )
    def test_are_taken(self, url: str) -> None:
        split_url(url)


class TestSending:
    @pytest.mark.parametrize("address", PRIVATE)
    def test_a_name_that_leads_to_a_private_address_is_refused(
        self, names: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch, address: str
    ) -> None:
        names("93.184.215.14", address)
        monkeypatch.setattr(sender.socket, "create_connection", forbidden)
        outcome = send(f"https://{HOST}/")
        assert (outcome.status, outcome.error) == (None, "The host's address is not a public one.")

    @pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1"])
    def test_other_ways_to_write_this_machine_are_refused(self, host: str) -> None:
        outcome = send(f"https://{host}/")
        assert outcome.error in {
            "The host's address is not a public one.",
            "The host's name could not be found.",
        }

    def test_the_address_that_was_looked_at_is_the_one_that_is_asked(
        self, names: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A name that leads elsewhere from the second look on gets nowhere: there is no second look."""
        asked = names("93.184.215.14")
        reached: list[Any] = []

        def connect(address: Any, timeout: float) -> socket.socket:
            names("127.0.0.1")
            reached.append(address)
            raise ConnectionRefusedError

        monkeypatch.setattr(sender.socket, "create_connection", connect)
        outcome = send(f"https://{HOST}:8443/")
        assert reached == [("93.184.215.14", 8443)]
        assert asked == [HOST]
        assert outcome.error == "The connection was refused."

    def test_all_addresses_are_tried(
        self, names: Callable[..., list[str]], settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.ALLOW_INSECURE_WEBHOOK_URL = True
        with receiver() as inbox:
            names("::1", "127.0.0.1")
            assert send(f"http://{HOST}:{inbox.port}/").status == 200
            assert inbox.requests[0][1]["host"] == f"{HOST}:{inbox.port}"

    def test_a_proxy_in_the_environment_is_not_asked(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.ALLOW_INSECURE_WEBHOOK_URL = True
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        with receiver() as inbox:
            assert send(inbox.url).status == 200

    def test_an_unknown_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def look_up(*args: Any, **kwargs: Any) -> None:
            raise socket.gaierror

        monkeypatch.setattr(addresses.socket, "getaddrinfo", look_up)
        assert send(f"https://{HOST}/").error == "The host's name could not be found."


def forbidden(*args: Any, **kwargs: Any) -> None:
    raise AssertionError("connected")


class TestTls:
    @pytest.fixture
    def inbox(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
    ) -> Iterator[Receiver]:
        """A receiver on this machine with a certificate for the host's name, which the sender trusts."""
        settings.ALLOW_INSECURE_WEBHOOK_URL = True
        certificate = make_certificate(tmp_path)
        monkeypatch.setattr(sender, "_tls", lambda: ssl.create_default_context(cafile=str(certificate)))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.asked_for: list[str | None] = []
        context.sni_callback = lambda _socket, name, _context: self.asked_for.append(name)
        with receiver(context) as running:
            yield running

    def test_name_and_certificate_stay_the_hosts(
        self, inbox: Receiver, names: Callable[..., list[str]]
    ) -> None:
        names("127.0.0.1")
        outcome = send(f"https://{HOST}:{inbox.port}/")
        assert (outcome.status, outcome.error) == (200, "")
        assert self.asked_for == [HOST]
        assert inbox.requests[0][1]["host"] == f"{HOST}:{inbox.port}"

    def test_another_hosts_certificate_is_refused(
        self, inbox: Receiver, names: Callable[..., list[str]]
    ) -> None:
        names("127.0.0.1")
        outcome = send(f"https://other.example.test:{inbox.port}/")
        assert outcome.error.startswith("The certificate is not valid: Hostname mismatch")
        assert inbox.requests == []

    def test_an_answer_in_drops_ends_in_time(
        self, inbox: Receiver, names: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        names("127.0.0.1")
        monkeypatch.setattr(sender, "SECONDS", 0.5)
        inbox.answers, inbox.drip = [status(200)], 0.05
        assert send(f"https://{HOST}:{inbox.port}/").error == "There was no answer within 0.5 seconds."


def make_certificate(folder: Path) -> Path:
    """Return a file with a key and a certificate that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file
