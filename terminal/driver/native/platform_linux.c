#define _GNU_SOURCE /* SOCK_CLOEXEC, secure_getenv */
#include "platform.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PATH_BYTES 4096

ssc_socket ssc_line = SSC_NO_SOCKET;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* The child of a fork is another caller: it gets a lock nobody holds, and its parent's line is not its own. */
static void in_child(void)
{
    static const pthread_mutex_t unlocked = PTHREAD_MUTEX_INITIALIZER;

    mutex = unlocked;
    ssc_close(ssc_line);
    ssc_line = SSC_NO_SOCKET;
}

__attribute__((constructor)) static void when_loaded(void)
{
    pthread_atfork(NULL, NULL, in_child);
}

__attribute__((destructor)) static void when_unloaded(void)
{
    ssc_close(ssc_line);
    ssc_line = SSC_NO_SOCKET;
}

void ssc_lock(void)
{
    pthread_mutex_lock(&mutex);
}

void ssc_unlock(void)
{
    pthread_mutex_unlock(&mutex);
}

static FILE *open_below(const char *directory, const char *rest)
{
    char path[PATH_BYTES];
    int length;

    if (directory == NULL || *directory == '\0')
        return NULL;
    length = snprintf(path, sizeof path, "%s/%s", directory, rest);
    return length > 0 && (size_t)length < sizeof path ? fopen(path, "re") : NULL;
}

FILE *ssc_open_endpoint(void)
{
    const char *named = secure_getenv("SSC_DRIVER_ENDPOINT");
    FILE *file;

    if (named != NULL && *named != '\0')
        return fopen(named, "re");
    file = open_below(secure_getenv("XDG_RUNTIME_DIR"), "ssc-driver/endpoint");
    return file != NULL ? file : open_below(secure_getenv("HOME"), ".ssc-driver/endpoint");
}

int ssc_wanted_utf8(void)
{
    const char *wanted = getenv("SSC_DRIVER_ENCODING");

    if (wanted == NULL || *wanted == '\0')
        return -1;
    return strncasecmp(wanted, "UTF", 3) == 0;
}

uint32_t ssc_clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)now.tv_sec * 1000u + (uint32_t)(now.tv_nsec / 1000000);
}

static ssc_socket connected(ssc_socket line, const struct sockaddr *address, socklen_t size, uint32_t within_ms)
{
    struct timeval limit = {.tv_sec = within_ms / 1000, .tv_usec = within_ms % 1000 * 1000};

    if (line == SSC_NO_SOCKET)
        return SSC_NO_SOCKET;
    setsockopt(line, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit); /* of connect, too */
    if (connect(line, address, size) == 0)
        return line;
    ssc_close(line);
    return SSC_NO_SOCKET;
}

ssc_socket ssc_connect_unix(const char *path, uint32_t within_ms)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof address.sun_path)
        return SSC_NO_SOCKET;
    strcpy(address.sun_path, path);
    return connected(
        socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), (struct sockaddr *)&address, sizeof address, within_ms);
}

ssc_socket ssc_connect_loopback(unsigned short port, uint32_t within_ms)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    ssc_socket line = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    line = connected(line, (struct sockaddr *)&address, sizeof address, within_ms);
    if (line != SSC_NO_SOCKET)
        setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return line;
}

void ssc_close(ssc_socket line)
{
    if (line != SSC_NO_SOCKET)
        close(line);
}

int ssc_is_stale(ssc_socket line)
{
    char byte;
    ssize_t got = recv(line, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

    return !(got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR));
}

int ssc_send(ssc_socket line, const unsigned char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t sent = send(line, bytes, count, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
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
        struct pollfd readable = {.fd = line, .events = POLLIN};
        int left_ms = (int)(until_ms - ssc_clock_ms());
        ssize_t got;

        if (left_ms <= 0)
            return SSC_SILENT;
        if (poll(&readable, 1, left_ms) <= 0)
            continue;
        got = recv(line, bytes, count, MSG_DONTWAIT);
        if (got < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
            continue;
        if (got <= 0)
            return SSC_GONE;
        bytes += got;
        count -= (size_t)got;
    }
    return SSC_GOT;
}
