from __future__ import annotations

import socket
from pathlib import Path

import pytest

from terminal.readers import SCHEMES, ReaderAddressError, open_reader
from terminal.transport.base import ReaderError
from virtual_card.image import load, save
from virtual_card.issuer import issue


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "new.card"
    save(issue("ssc-3.0", 5), path)
    return path


@pytest.mark.parametrize("form", ["virtual:{}", "{}"])
def test_a_card_image_is_a_reader_with_or_without_its_scheme(image: Path, form: str) -> None:
    with open_reader(form.format(image)) as reader:
        assert reader.card_present()
        connection = reader.connect()
        assert connection.transmit(bytes.fromhex("0020000003918273")) == bytes.fromhex("63C5")
        connection.close()
    card = load(image)
    assert card.pin_tries == 5  # type: ignore[attr-defined]


def test_vpcd_listens_where_it_is_told(image: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ReaderError, match=f"127.0.0.1:{port}"), open_reader(f"vpcd:127.0.0.1:{port}"):
            pass
    with open_reader(f"vpcd:127.0.0.1:{port}") as reader:
        assert not reader.card_present()


@pytest.mark.parametrize(
    "place", ["127.0.0.1", "127.0.0.1:", ":35963", "host:port", "127.0.0.1:0", "h:65536"]
)
def test_a_vpcd_address_without_host_or_port_is_none(place: str) -> None:
    with pytest.raises(ReaderAddressError, match=r"vpcd:127\.0\.0\.1:35963"), open_reader(f"vpcd:{place}"):
        pass


@pytest.mark.parametrize("address", ["usb:0", "virtual:", "tape:", "vpcd:", "", ":", "missing.card"])
def test_what_is_no_address_names_every_kind(address: str) -> None:
    with pytest.raises(ReaderAddressError) as error, open_reader(address):
        pass
    assert all(scheme.form in str(error.value) for scheme in SCHEMES.values())


def test_a_directory_is_no_reader(tmp_path: Path) -> None:
    with pytest.raises(ReaderAddressError):
        open_reader(str(tmp_path))


def test_a_tape_that_is_not_there_is_named() -> None:
    with pytest.raises(ReaderError, match="nowhere"), open_reader("tape:nowhere.tape"):
        pass
