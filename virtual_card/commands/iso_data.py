"""GET DATA with even and odd INS: the data objects of a directory (ISO/IEC 7816-4 section 11.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from apdu.tlv import Tlv, TlvError, encode, parse, tag_end
from virtual_card import status
from virtual_card.iso_card import Channel, IsoCard, Reply, Request
from virtual_card.iso_filesystem import IsoDirectory

ALL_OBJECTS = 0x00FF
ONE_BYTE_TAGS = range(0x0040, 0x00FF)
TWO_BYTE_TAGS = range(0x4000, 0x10000)
CURRENT = (0x0000, 0x3FFF)
TAG_LIST = 0x5C


def even_get_data(card: IsoCard, channel: Channel, request: Request) -> Reply | bytes:
    """GET DATA CA: the value of the data object with tag P1 P2; 00FF: all of them, with tag and length."""
    if not card.usable(channel.directory):
        return status.CONDITIONS
    tag = request.p1 << 8 | request.p2
    objects = channel.directory.data_objects
    if tag == ALL_OBJECTS:
        return _joined(objects, list(objects))
    if tag not in ONE_BYTE_TAGS and tag not in TWO_BYTE_TAGS:
        return status.PARAMETERS
    if tag not in objects:
        return status.KEY_NOT_FOUND
    return Reply(objects[tag].value)


def odd_get_data(card: IsoCard, channel: Channel, request: Request) -> Reply | bytes:
    """GET DATA CB: the data objects that a tag list 5C names, whole; an empty list: all.

    P1 P2: the current directory (0000 or 3FFF) or one below it.
    """
    fid = request.p1 << 8 | request.p2
    directory = channel.directory if fid in CURRENT else channel.directory.by_fid.get(fid)
    if not isinstance(directory, IsoDirectory):
        return status.FILE_NOT_FOUND
    if not card.usable(directory):
        return status.CONDITIONS
    try:
        lists = parse(request.data)
        if len(lists) != 1 or lists[0].tag != TAG_LIST:
            return status.DATA
        tags = list(_tags(lists[0].value))
    except TlvError:
        return status.DATA
    return _joined(directory.data_objects, tags or list(directory.data_objects))


def _joined(objects: Mapping[int, Tlv], tags: list[int]) -> Reply | bytes:
    found = [objects[tag] for tag in tags if tag in objects]
    return Reply(encode(found)) if found else status.KEY_NOT_FOUND


def _tags(raw: bytes) -> Iterator[int]:
    """The tags of a tag list, one after the other; raises TlvError where the last is cut off."""
    at = 0
    while at < len(raw):
        end = tag_end(raw, at)
        if end > len(raw):
            raise TlvError(len(raw), "the last tag of the list is cut off")
        yield int.from_bytes(raw[at:end], "big")
        at = end
