/* What Linux and Windows do differently: sockets, one lock, the places where an endpoint file may be. */
#ifndef SSC_PLATFORM_H
#define SSC_PLATFORM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef _WIN32
#include <winsock2.h>
#include <windows.h>
typedef SOCKET ssc_socket;
#define SSC_NO_SOCKET INVALID_SOCKET
#define SSC_EXPORT __declspec(dllexport)
#define SSC_CALL __stdcall
#else
typedef int ssc_socket;
#define SSC_NO_SOCKET (-1)
#define SSC_EXPORT __attribute__((visibility("default")))
#define SSC_CALL
#endif

/* One call at a time in a process. */
void ssc_lock(void);
void ssc_unlock(void);

/* The first endpoint file there is: SSC_DRIVER_ENDPOINT names it, or it lies where the service puts it. */
FILE *ssc_open_endpoint(void);

/* 1 where the environment asks for UTF-8, 0 where for GBK, -1 where it asks for nothing. */
int ssc_wanted_utf8(void);

/* Milliseconds on a clock that nobody sets; after 2^32 it begins anew. */
uint32_t ssc_clock_ms(void);

/* A connection, or SSC_NO_SOCKET. Neither it nor what is sent on it waits longer for a service that takes nothing. */
ssc_socket ssc_connect_unix(const char *path, uint32_t within_ms);
ssc_socket ssc_connect_loopback(unsigned short port, uint32_t within_ms);
void ssc_close(ssc_socket line);

/* 1 where the other side has gone, or speaks without being asked. */
int ssc_is_stale(ssc_socket line);

/* 0 when all was sent; -1 when the line broke before. */
int ssc_send(ssc_socket line, const unsigned char *bytes, size_t count);

/* Receives so many bytes, all of them before the clock is at until_ms, however they trickle in. */
enum ssc_got { SSC_GOT, SSC_GONE, SSC_SILENT };
enum ssc_got ssc_receive(ssc_socket line, unsigned char *bytes, size_t count, uint32_t until_ms);

/* What the one line of this library is; closed when the library goes or the process forks. */
extern ssc_socket ssc_line;

#endif
