#include "link.h"

#include <string.h>

#include "platform.h"

#define LINE_BYTES 512
#ifndef HELLO_MS
#define HELLO_MS 10000
#endif
#ifndef ANSWER_MS
#define ANSWER_MS 300000 /* longer than any holder is waited for at the keypad */
#endif

struct endpoint {
    char path[LINE_BYTES];
    unsigned short port;
    char token[LINE_BYTES];
};

static struct ssc_frame greeting;
static unsigned char incoming[SSC_FRAME_BYTES];
static int welcomed_utf8 = -1;

int ssc_is_utf8(void)
{
    return welcomed_utf8 >= 0 ? welcomed_utf8 : ssc_wanted_utf8() == 1;
}

/* What follows a key in a line, copied; a line that begins otherwise changes nothing. */
static void value_of(const char *line, const char *key, char *value)
{
    size_t length = strlen(key);

    if (strncmp(line, key, length) == 0)
        strcpy(value, line + length);
}

static int read_endpoint(FILE *file, struct endpoint *endpoint)
{
    char line[LINE_BYTES];
    unsigned int port;

    memset(endpoint, 0, sizeof *endpoint);
    if (fgets(line, sizeof line, file) == NULL)
        return 0;
    line[strcspn(line, "\r\n")] = '\0';
    if (strcmp(line, "ssc-driver 1") != 0)
        return 0;
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        value_of(line, "unix:", endpoint->path);
        value_of(line, "token:", endpoint->token);
        if (sscanf(line, "tcp:127.0.0.1:%5u", &port) == 1)
            endpoint->port = (unsigned short)port;
    }
    return endpoint->path[0] != '\0' || endpoint->port != 0;
}

static enum ssc_trouble connect_to(const struct endpoint *endpoint)
{
#ifdef _WIN32
    if (endpoint->port == 0)
        return SSC_NO_ADDRESS;
#endif
    if (endpoint->path[0] != '\0')
        ssc_line = ssc_connect_unix(endpoint->path, HELLO_MS);
    if (ssc_line == SSC_NO_SOCKET && endpoint->port != 0)
        ssc_line = ssc_connect_loopback(endpoint->port, HELLO_MS);
    return ssc_line == SSC_NO_SOCKET ? SSC_NOT_RUNNING : SSC_NONE;
}

static void drop(void)
{
    ssc_close(ssc_line);
    ssc_line = SSC_NO_SOCKET;
}

static enum ssc_trouble receive(struct ssc_answer *answer, uint32_t within_ms)
{
    uint32_t until_ms = ssc_clock_ms() + within_ms;
    size_t length = 0;
    enum ssc_got got = ssc_receive(ssc_line, incoming, SSC_LENGTH_BYTES, until_ms);

    if (got == SSC_GOT) {
        length = ssc_length(incoming);
        got = length > sizeof incoming ? SSC_GONE : ssc_receive(ssc_line, incoming, length, until_ms);
    }
    if (got == SSC_GOT && ssc_take_answer(incoming, length, &answer->code, &answer->content, &answer->length))
        return SSC_NONE;
    drop();
    return got == SSC_SILENT ? SSC_NO_ANSWER : SSC_LOST;
}

static enum ssc_trouble say_hello(const char *token, struct ssc_answer *answer)
{
    int wanted = ssc_wanted_utf8();

    ssc_begin(&greeting);
    ssc_put_text(&greeting, "hello");
    ssc_put_text(&greeting, "1");
    ssc_put_text(&greeting, token);
    ssc_put_text(&greeting, wanted < 0 ? "" : wanted ? "UTF-8" : "GBK");
    if (ssc_send(ssc_line, greeting.bytes, greeting.used) != 0) {
        drop();
        return SSC_NO_WELCOME;
    }
    if (receive(answer, HELLO_MS) != SSC_NONE)
        return SSC_NO_WELCOME;
    if (answer->code != 0)
        drop();
    else
        welcomed_utf8 = answer->length == 5 && memcmp(answer->content, "UTF-8", 5) == 0;
    return SSC_NONE;
}

/* A line where requests are answered, or the answer that turns this caller away, with no line. */
static enum ssc_trouble open_line(struct ssc_answer *answer)
{
    struct endpoint endpoint;
    enum ssc_trouble trouble;
    FILE *file = ssc_open_endpoint();
    int usable;

    if (file == NULL)
        return SSC_NOT_RUNNING;
    usable = read_endpoint(file, &endpoint);
    fclose(file);
    if (!usable)
        return SSC_NO_ADDRESS;
    trouble = connect_to(&endpoint);
    return trouble != SSC_NONE ? trouble : say_hello(endpoint.token, answer);
}

enum ssc_trouble ssc_exchange(const struct ssc_frame *request, struct ssc_answer *answer)
{
    enum ssc_trouble trouble;
    int attempt;

    if (ssc_line != SSC_NO_SOCKET && ssc_is_stale(ssc_line))
        drop();
    for (attempt = 0; attempt < 2; attempt++) {
        if (ssc_line == SSC_NO_SOCKET) {
            trouble = open_line(answer);
            if (trouble != SSC_NONE || ssc_line == SSC_NO_SOCKET)
                return trouble;
        }
        if (ssc_send(ssc_line, request->bytes, request->used) == 0)
            return receive(answer, ANSWER_MS);
        drop();
    }
    return SSC_NOT_RUNNING;
}
