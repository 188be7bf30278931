"""One synthetic holder with both cards, and somebody else."""

from __future__ import annotations

from datetime import datetime

from terminal.backoffice.channel_ports import Papers
from terminal.backoffice.ports import CardKey, Holder, Place
from terminal.text import Pin

HOLDER = Holder("990100198001010018", "测试甲")
OTHER = Holder("990100197502020025", "测试乙")
KEY = CardKey("990100D15600000500A1B2C3D4E5F607", "A00000017")
OTHER_KEY = CardKey("990100D15600000500A1B2C4D4E5F608", "A00000025")
HISTORY = bytes.fromhex("0081544B318660990100A1B2C3")
OTHER_HISTORY = bytes.fromhex("0081544B318660990100A1B2C4")
PIN = Pin("246813")
PLACE = Place("990100000001")
HOSPITAL = Place("990100000101")
BANK = Place("990100000201")
COUNTER = Place("990100000301")
PHONE = Place("12333")
APP = Place("app01")
PAPERS = Papers(HOLDER.id_number)
BALANCE_FEN = 123_457
RECEIVED = datetime.fromisoformat("2026-01-10T23:30:00+08:00")
