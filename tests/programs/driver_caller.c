/*
 * Calls every function of both native libraries as POS software would, with every buffer ending at a page that must not
 * be touched and beginning behind guard bytes. `driver_caller LIBRARY READER-LIBRARY`; the endpoint is in the
 * environment. The service's side is the test's (native_host.py): it answers the first call of a function with its name, the
 * second with more than the buffer holds, the third like the first.
 */
#include "loaded_library.h"

#ifdef __linux__
#include <sys/mman.h>
#endif
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096
#define PAGES 8
#define GUARD 0xA5
#define NOT_THE_CARD (-22)

static int checks, failures;

static void check(int holds, const char *function, const char *what)
{
    checks++;
    if (!holds) {
        failures++;
        printf("%s: %s\n", function, what);
    }
}

/* Memory of PAGES pages whose last is followed by one that faults; `which` keeps apart what is in use at a time. */
static unsigned char *pages(int which)
{
    static unsigned char *made[8];

    if (made[which] != NULL)
        return made[which];
#ifdef __linux__
    made[which] = mmap(NULL, (PAGES + 1) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(made[which] + PAGES * PAGE, PAGE, PROT_NONE);
#else
    DWORD before;

    made[which] = VirtualAlloc(NULL, (PAGES + 1) * PAGE, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    VirtualProtect(made[which] + PAGES * PAGE, PAGE, PAGE_NOACCESS, &before);
#endif
    return made[which];
}

/* The last `size` bytes before the page that faults, everything before them guarded. */
static void *buffer(int which, size_t size)
{
    memset(pages(which), GUARD, PAGES * PAGE);
    return pages(which) + PAGES * PAGE - size;
}

static int guarded(int which, size_t size)
{
    size_t at;

    for (at = 0; at < PAGES * PAGE - size; at++)
        if (pages(which)[at] != GUARD)
            return 0;
    return 1;
}

static int untouched(int which)
{
    return guarded(which, 0);
}

/* A text of exactly the documented size, with no NUL at its end. */
static char *unterminated(int which, size_t size)
{
    return memset(buffer(which, size), 'x', size);
}

enum { CARD_INFO, FILE_ADDRESS, WRITE_DATA, PAY_INFO, PIN, KEY, INFO };
static int iType = 3, iAuthType = 1;
static char *pCardInfo, *pFileAddr, *pWriteData, *pPayInfo, *pPIN, *pKey, *pOutInfo;

static int has_texts;

static void no_texts(void)
{
    pCardInfo = pFileAddr = pWriteData = pPayInfo = pPIN = pKey = NULL;
}

static char **text_of(const char *name, int *which)
{
    static const char *const names[] = {"pCardInfo", "pFileAddr", "pWriteData", "pPayInfo", "pPIN", "pKey"};
    static char **const places[] = {&pCardInfo, &pFileAddr, &pWriteData, &pPayInfo, &pPIN, &pKey};
    int found = 0;

    while (strcmp(names[found], name) != 0)
        found++;
    *which = found;
    return places[found];
}

static void give(const char *name, size_t size)
{
    int which;
    char **place = text_of(name, &which);

    has_texts = 1;
    *place = unterminated(which, size);
}

static void check_short(const char *function, long code, size_t size)
{
    size_t length = strlen(function);

    check(code == 0, function, "succeeds");
    check(guarded(INFO, size), function, "writes into its buffer alone");
    check(strncmp(pOutInfo, function, length) == 0 && strcmp(pOutInfo + length, "|") == 0, function, "says its name");
}

static void check_long(const char *function, long code, size_t size)
{
    const char *nul = memchr(pOutInfo, '\0', size);

    check(code == NOT_THE_CARD, function, "returns a negative long");
    check(guarded(INFO, size), function, "writes no more than its buffer holds");
    check(nul != NULL && (size_t)(nul - pOutInfo) >= size - 2, function, "fills its buffer up to the NUL");
    check(nul != NULL && (nul - pOutInfo) % 2 == 0, function, "does not cut a character in two");
}

static void check_null(const char *function, long code, size_t size)
{
    check(code == -14, function, "refuses a null pointer");
    check(guarded(INFO, size) && strstr(pOutInfo, " is a null pointer") != NULL, function, "says so");
}

#define NUMBER_GIVEN(name)
#define TEXT_GIVEN(name, size) give(#name, size);
#define FUNCTION(name, parameters, names, given, out_size)                                                             \
    {                                                                                                                  \
        long(CALL * function) parameters = (long(CALL *) parameters)find(#name);                                       \
        int(CALL * as_int) parameters = (int(CALL *) parameters)find(#name);                                           \
                                                                                                                       \
        has_texts = 0;                                                                                                 \
        given pOutInfo = buffer(INFO, out_size);                                                                       \
        check_short(#name, function names, out_size);                                                                  \
        pOutInfo = buffer(INFO, out_size);                                                                             \
        check_long(#name, function names, out_size);                                                                   \
        pOutInfo = buffer(INFO, out_size);                                                                             \
        check_short(#name, as_int names, out_size);                                                                    \
        pOutInfo = buffer(INFO, out_size);                                                                             \
        check_long(#name, as_int names, out_size);                                                                     \
        no_texts();                                                                                                    \
        pOutInfo = buffer(INFO, out_size);                                                                             \
        if (has_texts)                                                                                                 \
            check_null(#name, function names, out_size);                                                               \
        pOutInfo = NULL;                                                                                               \
        check(function names == -14, #name, "refuses a null buffer");                                                  \
    }
#define STUB(name) check(((long(CALL *)(void))find(#name))() == -13, #name, "is not supported");

static void call_driver(void)
{
#include "functions.inc"
}

typedef long(CALL *open_function)(char *);
typedef long(CALL *handle_function)(long);
typedef long(CALL *slot_function)(long, unsigned char);
typedef long(CALL *power_function)(long, unsigned char, unsigned char *);
typedef long(CALL *apdu_function)(long, unsigned char, long, unsigned char *, unsigned char *);

static const char application[] = "ICC_Reader_Application";

static void call_reader_library(void)
{
    power_function power_on = (power_function)find("ICC_Reader_PowerOn");
    apdu_function send = (apdu_function)find(application);
    slot_function status = (slot_function)find("ICC_Reader_GetStatus");
    slot_function power_off = (slot_function)find("ICC_Reader_PowerOff");
    open_function open = (open_function)find("ICC_Reader_Open");
    open_function info = (open_function)find("ICC_Reader_Libinfo");
    long handle = open("AUTO");
    unsigned char *apdu, *response;

    check(handle == 7, "ICC_Reader_Open", "gives a handle");
    check(open(NULL) == -14 && open(unterminated(KEY, 64)) == -14, "ICC_Reader_Open", "refuses what is no text");
    response = buffer(INFO, 33);
    check(power_on(handle, 0x01, response) == 33, "ICC_Reader_PowerOn", "gives the length of the answer");
    check(guarded(INFO, 33) && response[0] == 0x3B && response[32] == 0xFF, "ICC_Reader_PowerOn", "fills its buffer");
    response = buffer(INFO, 33);
    check(power_on(handle, 0x02, response) == -2 && untouched(INFO), "ICC_Reader_PowerOn", "writes nothing on error");
    check(power_on(handle, 0x03, response) == -11 && untouched(INFO), "ICC_Reader_PowerOn", "takes no answer too long");
    check(power_on(handle, 0x01, NULL) == -14, "ICC_Reader_PowerOn", "refuses a null buffer");
    check(status(handle, 0x01) == 0 && status(handle, 0x02) == -2, "ICC_Reader_GetStatus", "tells");
    apdu = memset(buffer(KEY, 261), 0xB0, 261);
    apdu[4] = 0xFF;
    response = buffer(INFO, 258);
    check(send(handle, 0x01, 261, apdu, response) == 258 && guarded(INFO, 258), application, "fills its buffer");
    check(response[0] == 0xB0 && response[256] == 0x90 && response[257] == 0, application, "carries bytes both ways");
    response = buffer(INFO, 258);
    check(send(handle, 0x02, 5, apdu, response) == -2 && untouched(INFO), application, "writes nothing on error");
    check(send(handle, 0x01, 262, apdu, response) == -14, application, "refuses what is no short APDU");
    check(send(handle, 0x01, -1, apdu, response) == -14, application, "refuses a negative length");
    check(send(handle, 0x01, 0, apdu, response) == -14, application, "refuses nothing");
    check(send(handle, 0x01, 3, apdu, response) == -14, application, "refuses less than a header");
    check(send(handle, 0x01, 4, apdu, response) == 6, application, "takes a header");
    check(send(handle, 0x01, 260, apdu, response) == 258, application, "takes a command without Le");
    check(send(handle, 0x01, 259, apdu, response) == -14, application, "refuses less than Lc says");
    apdu = memset(buffer(KEY, 12), 0xB0, 12);
    apdu[4] = 6;
    check(send(handle, 0x01, 11, apdu, response) == 13, application, "takes what Lc says");
    check(send(handle, 0x01, 12, apdu, response) == 14, application, "takes Le behind it");
    check(send(handle, 0x01, 261, apdu, response) == -14, application, "reads no more than Lc says");
    apdu[4] = 0;
    check(send(handle, 0x01, 6, apdu, response) == -14, application, "refuses half an extended length");
    check(send(handle, 0x01, 300, apdu, response) == -13, application, "refuses an extended command");
    apdu = memset(buffer(KEY, 261), 0xB0, 261);
    check(send(handle, 0x01, 5, NULL, response) == -14, application, "refuses a null command");
    check(send(handle, 0x01, 5, apdu, NULL) == -14, application, "refuses a null buffer");
    if (sizeof(long) > sizeof(int)) {
        long with_rubbish = (long)((uint64_t)5 | (uint64_t)0xDEAD << (8 * sizeof(int)));

        check(send(handle, 0x01, with_rubbish, apdu, response) == 7, application, "reads an int from a long");
    }
    response = buffer(INFO, 33);
    check(info((char *)response) == 0 && guarded(INFO, 33), "ICC_Reader_Libinfo", "writes into its buffer alone");
    check(memchr(response, '\0', 33) == response + 32, "ICC_Reader_Libinfo", "writes 32 characters");
    check(info(NULL) == -14, "ICC_Reader_Libinfo", "refuses a null buffer");
    check(power_off(handle, 0x01) == 0, "ICC_Reader_PowerOff", "succeeds");
    check(((handle_function)find("ICC_Reader_Close"))(handle) == 0, "ICC_Reader_Close", "succeeds");
}

int main(int count, char **arguments)
{
    void *driver, *reader_library;

    if (count != 3)
        return 2;
    driver = load(arguments[1]);
    reader_library = load(arguments[2]);
    library = driver;
    call_driver();
    library = reader_library;
    call_reader_library();
    unload(driver);
    unload(reader_library);
    printf("%d checks, %d failed\n", checks, failures);
    return failures != 0;
}
