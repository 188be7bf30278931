#include "platform.h"

#include <stdlib.h>
#include <string.h>

#define PATH_CHARACTERS 4096

ssc_socket ssc_line = SSC_NO_SOCKET;
static CRITICAL_SECTION section;
static int winsock_started;

BOOL WINAPI DllMain(HINSTANCE library, DWORD reason, LPVOID process_ends)
{
    (void)library;
    if (reason == DLL_PROCESS_ATTACH)
        InitializeCriticalSection(&section);
    if (reason == DLL_PROCESS_DETACH && process_ends == NULL) {
        ssc_close(ssc_line);
        if (winsock_started)
            WSACleanup();
        DeleteCriticalSection(&section);
    }
    return TRUE;
}

void ssc_lock(void)
{
    EnterCriticalSection(&section);
}

void ssc_unlock(void)
{
    LeaveCriticalSection(&section);
}

/* The value of a variable with something behind it; 0 where it is not set or too long. */
static int place(wchar_t *path, const wchar_t *variable, const wchar_t *rest)
{
    DWORD length = GetEnvironmentVariableW(variable, path, PATH_CHARACTERS);

    if (length == 0 || length + wcslen(rest) >= PATH_CHARACTERS)
        return 0;
    wcscpy(path + length, rest);
    return 1;
}

FILE *ssc_open_endpoint(void)
{
    wchar_t path[PATH_CHARACTERS];

    if (place(path, L"SSC_DRIVER_ENDPOINT", L"") || place(path, L"USERPROFILE", L"\\.ssc-driver\\endpoint"))
        return _wfopen(path, L"rb");
    return NULL;
}

int ssc_wanted_utf8(void)
{
    wchar_t wanted[16];
    DWORD length = GetEnvironmentVariableW(L"SSC_DRIVER_ENCODING", wanted, 16);

    if (length == 0 || length >= 16)
        return -1;
    return _wcsnicmp(wanted, L"UTF", 3) == 0;
}

uint32_t ssc_clock_ms(void)
{
    return GetTickCount();
}

ssc_socket ssc_connect_unix(const char *path, uint32_t within_ms)
{
    (void)path;
    (void)within_ms;
    return SSC_NO_SOCKET;
}

ssc_socket ssc_connect_loopback(unsigned short port, uint32_t within_ms)
{
    struct sockaddr_in address;
    WSADATA data;
    ssc_socket line;
    DWORD limit_ms = within_ms; /* of what is sent; the system gives connections up by itself */
    int on = 1;

    if (!winsock_started && WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return SSC_NO_SOCKET;
    winsock_started = 1;
    line = socket(AF_INET, SOCK_STREAM, 0);
    if (line == SSC_NO_SOCKET)
        return SSC_NO_SOCKET;
    SetHandleInformation((HANDLE)line, HANDLE_FLAG_INHERIT, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(line, (struct sockaddr *)&address, sizeof address) != 0) {
        closesocket(line);
        return SSC_NO_SOCKET;
    }
    setsockopt(line, SOL_SOCKET, SO_SNDTIMEO, (const char *)&limit_ms, sizeof limit_ms);
    setsockopt(line, IPPROTO_TCP, TCP_NODELAY, (const char *)&on, sizeof on);
    return line;
}

void ssc_close(ssc_socket line)
{
    if (line != SSC_NO_SOCKET)
        closesocket(line);
}

/* As select: 1 once there is something to read, or the end; 0 where nothing came in time. */
static int readable(ssc_socket line, int within_ms)
{
    struct timeval limit = {within_ms / 1000, within_ms % 1000 * 1000};
    fd_set lines;

    FD_ZERO(&lines);
    FD_SET(line, &lines);
    return select(0, &lines, NULL, NULL, &limit);
}

int ssc_is_stale(ssc_socket line)
{
    return readable(line, 0) != 0;
}

int ssc_send(ssc_socket line, const unsigned char *bytes, size_t count)
{
    while (count > 0) {
        int sent = send(line, (const char *)bytes, (int)count, 0);

        if (sent <= 0)
            return -1;
        bytes += sent;
        count -= (size_t)sent;
    }
    return 0;
}

enum ssc_got ssc_receive(ssc_socket line, unsigned char *bytes, size_t count, uint32_t until_ms)
{
    while (count > 0) {
        int left_ms = (int)(until_ms - ssc_clock_ms());
        int got;

        if (left_ms <= 0 || readable(line, left_ms) == 0)
            return SSC_SILENT;
        got = recv(line, (char *)bytes, (int)count, 0);
        if (got <= 0)
            return SSC_GONE;
        bytes += got;
        count -= (size_t)got;
    }
    return SSC_GOT;
}
