#include "frames.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_BYTES 2
#define DIGITS 12

static void write_length(unsigned char *at, size_t length)
{
    at[0] = (unsigned char)(length >> 24);
    at[1] = (unsigned char)(length >> 16);
    at[2] = (unsigned char)(length >> 8);
    at[3] = (unsigned char)length;
}

size_t ssc_length(const unsigned char *bytes)
{
    return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

void ssc_begin(struct ssc_frame *frame)
{
    frame->used = SSC_LENGTH_BYTES + COUNT_BYTES;
    memset(frame->bytes, 0, frame->used);
    write_length(frame->bytes, COUNT_BYTES);
}

void ssc_put(struct ssc_frame *frame, const void *content, size_t count)
{
    write_length(frame->bytes + frame->used, count);
    if (count > 0)
        memcpy(frame->bytes + frame->used + SSC_LENGTH_BYTES, content, count);
    frame->used += SSC_LENGTH_BYTES + count;
    frame->bytes[SSC_LENGTH_BYTES + COUNT_BYTES - 1]++;
    write_length(frame->bytes, frame->used - SSC_LENGTH_BYTES);
}

void ssc_put_text(struct ssc_frame *frame, const char *text)
{
    ssc_put(frame, text, strlen(text));
}

void ssc_put_number(struct ssc_frame *frame, int number)
{
    char digits[DIGITS];

    snprintf(digits, sizeof digits, "%d", number);
    ssc_put_text(frame, digits);
}

/* A field at *bytes, which moves behind it; NULL where it ends later than the frame. */
static const unsigned char *take(const unsigned char **bytes, size_t *left, size_t *length)
{
    const unsigned char *field;

    if (*left < SSC_LENGTH_BYTES)
        return NULL;
    *length = ssc_length(*bytes);
    field = *bytes + SSC_LENGTH_BYTES;
    *left -= SSC_LENGTH_BYTES;
    if (*length > *left)
        return NULL;
    *bytes = field + *length;
    *left -= *length;
    return field;
}

int ssc_take_answer(const unsigned char *bytes, size_t count, int *code, const unsigned char **content, size_t *length)
{
    const unsigned char *digits;
    char text[DIGITS] = "", *end;
    size_t digit_count;
    long long number;

    if (count < COUNT_BYTES || bytes[0] != 0 || bytes[1] != 2)
        return 0;
    bytes += COUNT_BYTES;
    count -= COUNT_BYTES;
    digits = take(&bytes, &count, &digit_count);
    if (digits == NULL || digit_count == 0 || digit_count >= sizeof text)
        return 0;
    memcpy(text, digits, digit_count);
    number = strtoll(text, &end, 10);
    if (end != text + digit_count || number < INT_MIN || number > INT_MAX)
        return 0;
    *code = (int)number;
    *content = take(&bytes, &count, length);
    return *content != NULL && count == 0;
}
