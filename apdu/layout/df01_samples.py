"""Sample files of DF01: invented values, encoded by the plain rules of the types."""

from __future__ import annotations

from apdu.layout.samples import an, cn, day, fen, tlv, vectors

EF05 = vectors(an(0x20, 2, "10", "52"), an(0x21, 80, "测试路1号", "测试单位"), cn(0x0E, 3, "990100", ""))
EF05_1 = vectors(an(0x20, 1, "1", ""), an(0x21, 80, "测试路1号", ""))
EF06 = vectors(
    an(0x23, 80, "测试路1号", "测试单位"),
    cn(0x24, 3, "990100", ""),
    an(0x28, 15, "00000000000", ""),
    an(0x2C, 50, "测试乙", ""),
    an(0x2D, 15, "00000000000", ""),
)
EF06_1 = vectors(an(0x28, 15, "00000000000", ""))
EF07 = vectors(an(0x29, 1, "1", "8"))
EF07_1 = vectors(an(0x29, 1, "1", "8"), cn(0x2A, 1, "11", "90"))
EF08 = vectors(an(0x2B, 1, "1", "9"))
EF09 = vectors(an(0x2E, 70, "测试机构", "测试单位"), an(0x30, 9, "D2143569X", ""), an(0x32, 2, "11", "90"))
EF09_1 = vectors(an(0x2E, 70, "测试机构", ""), an(0x30, 9, "D2143569X", ""), an(0x32, 3, "123", ""))
EF0A = vectors(an(0x37, 3, "CHN", ""), an(0x38, 2, "01", "13"), day(0x39, "20190901", ""))
EF0A_1 = vectors(fen(0x37, 123456, None), fen(0x38, 5000, 0), day(0x39, "20231130", ""))
EF15 = vectors(
    cn(0x2A, 1, "11", "90"),
    *[tlv(0x40, an(0x57, 3, "123", ""), cn(0x58, 3, "123456", ""), an(0x59, 40, "测试学校", ""))] * 3,
)
