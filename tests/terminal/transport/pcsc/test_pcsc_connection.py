from __future__ import annotations

import sys
from collections import deque

import pytest
from scripted_scard import ATR, NAME, ScriptedScard

from terminal.transport.base import CardMuteError, CardRemovedError, NoCardError, ReaderError
from terminal.transport.pcsc.errors import (
    COMM_ERROR,
    MEANINGS,
    NO_SERVICE,
    SOCKET_VARIABLE,
    CardResetError,
    DaemonError,
    ReaderBusyError,
    ReaderGoneError,
    error_of,
)
from terminal.transport.pcsc.readers import PcscReader, Sharing, reader_names
from terminal.transport.pcsc.scard import CardProtocol, Disposition, PyscardMissingError, Share, system_scard

ANY = CardProtocol.T0 | CardProtocol.T1


def connected(scard: ScriptedScard, **options):
    return PcscReader(NAME, scard, **options).connect()


@pytest.mark.parametrize(
    ("sent", "carried"),
    [
        ("00A40400", "00A4040000"),
        ("00B2010400", "00B2010400"),
        ("0020000003123456", "0020000003123456"),
        ("00A4000002EF0500", "00A4000002EF05"),
        ("FFA4000001", "FFA4000001"),
        ("FFA400000106", "FFA400000106"),
        ("00A4000002EF05", "00A4000002EF05"),
        ("00B0000000000A", "00B0000000000A"),
        ("", ""),
        ("00A4", "00A4"),
        ("00D6000000000100", "00D6000000000100"),
    ],
)
def test_t0_carries_five_bytes_of_header_and_no_le_behind_data(sent, carried):
    scard = ScriptedScard()
    connected(scard).transmit(bytes.fromhex(sent))
    assert scard.called("SCardTransmit") == [[1, bytes.fromhex(carried)]]


def test_t1_and_raw_carry_the_command_as_it_is():
    for protocol, name in ((2, "T=1"), (4, "raw")):
        scard = ScriptedScard(protocol=protocol)
        connection = connected(scard)
        assert connection.protocol == name
        connection.transmit(bytes.fromhex("00A4000002EF0500"))
        assert scard.called("SCardTransmit") == [[protocol, bytes.fromhex("00A4000002EF0500")]]


def test_longest_answer_comes_through():
    longest = bytes(65536) + b"\x90\x00"
    assert connected(ScriptedScard(answer=lambda apdu: longest)).transmit(b"\0\xb0\0\0\0\0\0") == longest


def test_answer_without_status_word_is_the_readers_fault():
    with pytest.raises(ReaderError, match="the answer has 1 bytes"):
        connected(ScriptedScard(answer=lambda apdu: b"\x90")).transmit(b"\0\xb0\0\0\0")


@pytest.mark.parametrize("disposition", list(Disposition))
def test_disposition_is_always_said_and_said_once(disposition):
    scard = ScriptedScard()
    connection = connected(scard, at_close=disposition)
    connection.close()
    connection.close()
    assert scard.called("SCardDisconnect") == [[disposition]]
    assert len(scard.called("SCardReleaseContext")) == 1


def test_card_loses_its_power_at_the_end_unless_said_otherwise():
    scard = ScriptedScard()
    connected(scard).close()
    assert scard.called("SCardDisconnect") == [[Disposition.UNPOWER]]


def test_exclusive_use_is_tried_first_and_shared_use_said():
    scard, told = ScriptedScard(), []
    scard.fail("SCardConnect", 0x8010000B)
    connection = connected(scard, tell=told.append)
    assert connection.share is Share.SHARED
    assert scard.called("SCardConnect") == [[NAME, 1, ANY], [NAME, 2, ANY]]
    (sentence,) = told
    assert sentence.startswith(f"reader {NAME}: shared with ")


def test_nothing_is_told_of_sharing_where_the_reader_cannot_be_had_at_all():
    scard, told = ScriptedScard(), []
    scard.fail("SCardConnect", 0x8010000B, 0x8010000B)
    with pytest.raises(ReaderBusyError):
        connected(scard, tell=told.append)
    assert told == []


def test_exclusive_use_only_where_asked_for():
    scard = ScriptedScard()
    scard.fail("SCardConnect", 0x8010000B)
    with pytest.raises(ReaderBusyError, match="it is held by"):
        connected(scard, sharing=Sharing.EXCLUSIVE)
    assert len(scard.called("SCardReleaseContext")) == 1


def test_card_without_protocol_is_spoken_to_raw():
    scard = ScriptedScard(protocol=4)
    scard.fail("SCardConnect", 0x8010000F)
    assert connected(scard).protocol == "raw"
    assert [protocols for _, _, protocols in scard.called("SCardConnect")] == [ANY, CardProtocol.RAW]


@pytest.mark.parametrize(("code", "error"), [(0x8010000C, NoCardError), (0x80100066, CardMuteError)])
def test_card_that_cannot_be_powered_leaves_no_context_behind(code, error):
    scard = ScriptedScard()
    scard.fail("SCardConnect", code)
    with pytest.raises(error, match=f"reader {NAME}: powering the card on: .* \\({code:08X}\\); "):
        connected(scard)
    assert len(scard.called("SCardReleaseContext")) == 1


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (0x80100069, CardRemovedError),
        (0x80100066, CardMuteError),
        (0x80100067, CardMuteError),
        (0x80100017, ReaderGoneError),
        (0x80100009, ReaderGoneError),
        (0x8010001D, DaemonError),
        (0x80100013, DaemonError),
        (0x80100068, CardResetError),
        (-0x7FEFFF97, CardRemovedError),
        (0x80ABCDEF, ReaderError),
    ],
)
def test_what_fails_is_told_apart_and_nothing_is_sent_twice(code, error):
    scard = ScriptedScard()
    connection = connected(scard)
    scard.fail("SCardTransmit", code)
    with pytest.raises(error) as caught:
        connection.transmit(b"\0\x20\0\0\x03\x12\x34\x56")
    assert len(scard.called("SCardTransmit")) == 1
    assert f"({code & 0xFFFFFFFF:08X})" in str(caught.value)
    assert "123456" not in str(caught.value)


def test_card_that_stops_answering_is_removed_where_it_is_gone_and_mute_where_it_stays():
    for state, error in ((0x00020012, CardRemovedError), (0x00010022, CardMuteError)):
        scard = ScriptedScard(states=deque([state]))
        connection = connected(scard)
        scard.fail("SCardTransmit", 0x80100016)
        with pytest.raises(error):
            connection.transmit(b"\0\xa4\0\0\0")


def test_reset_by_another_program_is_accepted_without_another_reset():
    scard = ScriptedScard()
    connection = connected(scard)
    scard.fail("SCardTransmit", 0x80100068)
    with pytest.raises(CardResetError, match="another program reset the card"):
        connection.transmit(b"\0\xa4\0\0\0")
    assert scard.called("SCardReconnect") == [[Share.EXCLUSIVE, Disposition.LEAVE]]
    assert connection.transmit(b"\0\xa4\0\0\0") == b"\x90\x00"


def test_reset_is_warm_or_cold():
    scard = ScriptedScard()
    connection = connected(scard)
    assert connection.reset() == connection.reset(cold=True) == bytes(ATR)
    assert [how for _, how in scard.called("SCardReconnect")] == [Disposition.RESET, Disposition.UNPOWER]


def test_transaction_ends_even_where_the_block_fails():
    scard = ScriptedScard()
    connection = connected(scard)
    with pytest.raises(KeyError), connection.transaction():
        raise KeyError
    assert scard.called("SCardEndTransaction") == [[Disposition.LEAVE]]
    scard.fail("SCardEndTransaction", 0x80100069)
    with pytest.raises(CardRemovedError), connection.transaction():
        connection.transmit(b"\0\xa4\0\0\0")


def test_no_readers_is_an_empty_list_and_no_service_an_error(monkeypatch):
    monkeypatch.delenv(SOCKET_VARIABLE, raising=False)
    scard = ScriptedScard()
    assert reader_names(scard) == (NAME,)
    scard.fail("SCardListReaders", 0x8010002E)
    assert reader_names(scard) == ()
    scard.fail("SCardEstablishContext", 0x8010001D)
    with pytest.raises(DaemonError, match=r"does not run .*\(8010001D\); start it"):
        reader_names(scard)


def test_a_service_that_is_looked_for_elsewhere_is_said_to_be(monkeypatch):
    monkeypatch.delenv(SOCKET_VARIABLE, raising=False)
    usual = str(error_of(NO_SERVICE, None, "asking for readers"))
    assert "sudo pcscd" in usual and usual.endswith("`ssc doctor` says why")
    monkeypatch.setenv(SOCKET_VARIABLE, "/tmp/{gone}/pcscd.comm")
    moved = str(error_of(NO_SERVICE, None, "asking for readers"))
    assert "PCSCLITE_CSOCK_NAME is set, so it was looked for at /tmp/{gone}/pcscd.comm" in moved
    assert "systemctl" not in moved and moved.endswith("`ssc doctor` says why")


def test_only_a_reader_whose_card_was_powered_is_told_what_was_lost():
    assert "what was verified or selected is lost" in str(error_of(COMM_ERROR, "ACR38", "reading"))
    told = str(error_of(COMM_ERROR, None, "watching the readers"))
    assert "lost" not in told and "power the card" not in told


def test_every_code_has_words_in_two_languages_and_a_next_step():
    for meaning in MEANINGS.values():
        assert meaning.en and meaning.step and any(ord(letter) > 0x4E00 for letter in meaning.zh)


def test_missing_pyscard_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "smartcard.scard", None)
    with pytest.raises(PyscardMissingError, match=r"apt install pcscd .* pip install 'ssc-terminal\[pcsc\]'"):
        system_scard()


def test_whatever_stands_for_pyscard_is_used(monkeypatch):
    scard = ScriptedScard()
    monkeypatch.setitem(sys.modules, "smartcard.scard", scard)
    assert system_scard() is scard
