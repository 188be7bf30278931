/*
 * The reader library below SSCardDriver: APDUs to the card and the PSAM, one slot each.
 *
 * Results: 0 or more on success; -1 card type, -2 no card, -3 not powered, -4 mute, -11 reader connection, -12 not
 * opened, -13 unsupported, -14 parameter, -15 checksum. -11 without a card in sight: start `ssc serve driver`.
 * Slots: card 0x01 to 0x0F, PSAM 0x11 to 0x1F.
 */
#ifndef SSSE32_H
#define SSSE32_H

#ifdef _WIN32
#define SSSE32_CALL __stdcall
#else
#define SSSE32_CALL
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* "AUTO", "COM1" to "COM9", "USB1" to "USB9", "LPT1" to "LPT9"; a handle. */
long SSSE32_CALL ICC_Reader_Open(char *dev);
long SSSE32_CALL ICC_Reader_Close(long handle);

/* The answer to reset goes into resp (33 bytes); its length. */
long SSSE32_CALL ICC_Reader_PowerOn(long handle, unsigned char slot, unsigned char *resp);
long SSSE32_CALL ICC_Reader_PowerOff(long handle, unsigned char slot);

/* 0: a card is there, and powered. */
long SSSE32_CALL ICC_Reader_GetStatus(long handle, unsigned char slot);

/*
 * One command of `len` bytes; the answer with its status word goes into resp (258 bytes); its length. -14 where `len`
 * is not what the command itself says (4, 5, 5 + Lc or 6 + Lc), -13 for an extended one.
 */
long SSSE32_CALL ICC_Reader_Application(
    long handle, unsigned char slot, long len, unsigned char *apdu, unsigned char *resp);

/* Maker (16 characters), model (14) and version (2), and a NUL: 33 bytes. */
long SSSE32_CALL ICC_Reader_Libinfo(char *info);

#ifdef __cplusplus
}
#endif

#endif
