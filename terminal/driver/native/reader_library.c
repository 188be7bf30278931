/* The functions of SSSE32: APDUs through the service, on the slots of the driver's device. */
#include "SSSE32.h"

#include <string.h>

#include "link.h"
#include "platform.h"

#define CONNECTION_ERROR (-11)
#define UNSUPPORTED (-13)
#define BAD_PARAMETER (-14)
#define DEVICE_BYTES 64
#define ATR_BYTES 33
#define HEADER_BYTES 4
#define LC_AT 4
#define RESPONSE_BYTES 258
#define INFO_BYTES 33

static struct ssc_frame request;

static void begin(const char *name)
{
    ssc_lock();
    ssc_begin(&request);
    ssc_put_text(&request, name);
}

/* Handles and lengths are read as `int`: a caller that declares them so leaves the upper half of a register as it is. */
static void begin_slot(const char *name, long handle, unsigned char slot)
{
    begin(name);
    ssc_put_number(&request, (int)handle);
    ssc_put_number(&request, slot);
}

/* What a function returns on success: 0 or a handle, or the length of what it writes. */
enum returned { A_CODE, THE_LENGTH };

/* Ends what `begin` began. What comes back is written where it fits, and on success alone. */
static long end(unsigned char *out, size_t size, enum returned returned)
{
    struct ssc_answer answer = {0, NULL, 0};
    long code = CONNECTION_ERROR;

    if (ssc_exchange(&request, &answer) == SSC_NONE
        && (answer.code < 0
            || (answer.length <= size && (returned == A_CODE || answer.length == (size_t)answer.code)))) {
        code = answer.code;
        if (code >= 0 && answer.length > 0)
            memcpy(out, answer.content, answer.length);
    }
    ssc_unlock();
    return code;
}

SSC_EXPORT long SSC_CALL ICC_Reader_Open(char *dev)
{
    const char *nul = dev != NULL ? memchr(dev, '\0', DEVICE_BYTES) : NULL;

    if (nul == NULL)
        return BAD_PARAMETER;
    begin("ICC_Reader_Open");
    ssc_put_text(&request, dev);
    return end(NULL, 0, A_CODE);
}

SSC_EXPORT long SSC_CALL ICC_Reader_Close(long handle)
{
    begin("ICC_Reader_Close");
    ssc_put_number(&request, (int)handle);
    return end(NULL, 0, A_CODE);
}

SSC_EXPORT long SSC_CALL ICC_Reader_PowerOn(long handle, unsigned char slot, unsigned char *resp)
{
    if (resp == NULL)
        return BAD_PARAMETER;
    begin_slot("ICC_Reader_PowerOn", handle, slot);
    return end(resp, ATR_BYTES, THE_LENGTH);
}

SSC_EXPORT long SSC_CALL ICC_Reader_PowerOff(long handle, unsigned char slot)
{
    begin_slot("ICC_Reader_PowerOff", handle, slot);
    return end(NULL, 0, A_CODE);
}

SSC_EXPORT long SSC_CALL ICC_Reader_GetStatus(long handle, unsigned char slot)
{
    begin_slot("ICC_Reader_GetStatus", handle, slot);
    return end(NULL, 0, A_CODE);
}

/*
 * 0 where so many bytes are one command: a header, Le behind it or not, or Lc, its data, and Le or not. A length that
 * says more than the command itself is not believed: nothing is read where the caller may have nothing.
 */
static long refused(const unsigned char *apdu, int count)
{
    if (count == HEADER_BYTES || count == LC_AT + 1)
        return 0;
    if (count < HEADER_BYTES)
        return BAD_PARAMETER;
    if (apdu[LC_AT] == 0)
        return count > LC_AT + 2 ? UNSUPPORTED : BAD_PARAMETER; /* Lc or Le of an extended command follows */
    count -= LC_AT + 1 + apdu[LC_AT];
    return count == 0 || count == 1 ? 0 : BAD_PARAMETER;
}

SSC_EXPORT long SSC_CALL ICC_Reader_Application(
    long handle, unsigned char slot, long len, unsigned char *apdu, unsigned char *resp)
{
    int count = (int)len;
    long refusal = apdu == NULL || resp == NULL ? BAD_PARAMETER : refused(apdu, count);

    if (refusal != 0)
        return refusal;
    begin_slot("ICC_Reader_Application", handle, slot);
    ssc_put(&request, apdu, (size_t)count);
    return end(resp, RESPONSE_BYTES, THE_LENGTH);
}

SSC_EXPORT long SSC_CALL ICC_Reader_Libinfo(char *info)
{
    char text[INFO_BYTES] = "";
    long code;

    if (info == NULL)
        return BAD_PARAMETER;
    begin("ICC_Reader_Libinfo");
    code = end((unsigned char *)text, INFO_BYTES - 1, A_CODE);
    if (code >= 0)
        memcpy(info, text, INFO_BYTES);
    return code;
}
