/* The functions of SSCardDriver: each sends its arguments to the service and fills the caller's buffer. */
#include "SSCardDriver.h"

#include <stdio.h>
#include <string.h>

#include "link.h"
#include "platform.h"

#define CONNECTION_ERROR (-11)
#define BAD_PARAMETER (-14)
#define TEXT_BYTES 512

enum kind { ARGUMENTS_END, IS_NUMBER, IS_TEXT };

struct argument {
    enum kind kind;
    const char *name;
    int number;
    const char *text;
    size_t size; /* read no further, a NUL or not */
};

static struct ssc_frame request;

static const char *const texts[][2] = {
#define MESSAGE(trouble, gbk, utf8) [trouble] = {gbk, utf8},
#include "texts.inc"
};

/* Bytes of the character at the start of a text that goes on. */
static size_t width(const unsigned char *text, int utf8)
{
    if (utf8)
        return text[0] < 0xC0 ? 1 : text[0] < 0xE0 ? 2 : text[0] < 0xF0 ? 3 : 4;
    if (text[0] < 0x81)
        return 1;
    return text[1] >= '0' && text[1] <= '9' ? 4 : 2;
}

/* Fills a buffer of `size` characters: a text that is too long ends with its last whole character. */
static void fill(char *out, size_t size, const unsigned char *text, size_t length)
{
    int utf8 = ssc_is_utf8();
    size_t end = 0;

    if (size == 0)
        return;
    if (length < size)
        end = length;
    else
        while (end + 1 < size && end + width(text + end, utf8) < size)
            end += width(text + end, utf8);
    memcpy(out, text, end);
    out[end] = '\0';
}

/* A text names `what` once in each of its two languages, or not at all. */
static long fail(long code, enum ssc_trouble trouble, const char *what, char *out, size_t size)
{
    char text[TEXT_BYTES];

    snprintf(text, sizeof text, texts[trouble][ssc_is_utf8()], what, what);
    fill(out, size, (const unsigned char *)text, strlen(text));
    return code;
}

static size_t length_of(const char *text, size_t size)
{
    const char *end = memchr(text, '\0', size);

    return end != NULL ? (size_t)(end - text) : size;
}

static long answered(const char *name, const struct argument *given, char *out, size_t size)
{
    struct ssc_answer answer;
    enum ssc_trouble trouble;

    ssc_begin(&request);
    ssc_put_text(&request, name);
    for (; given->kind != ARGUMENTS_END; given++) {
        if (given->kind == IS_NUMBER)
            ssc_put_number(&request, given->number);
        else if (given->text == NULL)
            return fail(BAD_PARAMETER, SSC_NULL_POINTER, given->name, out, size);
        else
            ssc_put(&request, given->text, length_of(given->text, given->size));
    }
    trouble = ssc_exchange(&request, &answer);
    if (trouble != SSC_NONE)
        return fail(CONNECTION_ERROR, trouble, name, out, size);
    fill(out, size, answer.content, answer.length);
    return answer.code;
}

static long call(const char *name, const struct argument *given, char *out, size_t size)
{
    long code;

    if (out == NULL && size > 0)
        return BAD_PARAMETER;
    ssc_lock();
    code = answered(name, given, out, size);
    ssc_unlock();
    return code;
}

#define NUMBER_GIVEN(value) {.kind = IS_NUMBER, .name = #value, .number = (value)},
#define TEXT_GIVEN(value, length) {.kind = IS_TEXT, .name = #value, .text = (value), .size = (length)},
#define FUNCTION(name, parameters, names, arguments, out_size)                                                         \
    SSC_EXPORT long SSC_CALL name parameters                                                                           \
    {                                                                                                                  \
        const struct argument given[] = {arguments {.kind = ARGUMENTS_END}};                                           \
                                                                                                                       \
        return call(#name, given, pOutInfo, out_size);                                                                 \
    }
/* Nobody knows its parameters; on 32-bit Windows they are left on the stack, as by a function that takes none. */
#define STUB(name)                                                                                                     \
    SSC_EXPORT long SSC_CALL name(void)                                                                                \
    {                                                                                                                  \
        const struct argument given[] = {{.kind = ARGUMENTS_END}};                                                     \
                                                                                                                       \
        return call(#name, given, NULL, 0);                                                                            \
    }
#include "functions.inc"
