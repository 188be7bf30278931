/* Frames of the private socket: length (4 bytes, big-endian, of what follows), count (2 bytes), fields (4 bytes + content). */
#ifndef SSC_FRAMES_H
#define SSC_FRAMES_H

#include <stddef.h>

#define SSC_LENGTH_BYTES 4
#define SSC_FRAME_BYTES 65536

/* No request outgrows it: the buffer sizes of every function are added up when the sources are generated. */
struct ssc_frame {
    size_t used;
    unsigned char bytes[SSC_LENGTH_BYTES + SSC_FRAME_BYTES];
};

void ssc_begin(struct ssc_frame *frame);
void ssc_put(struct ssc_frame *frame, const void *content, size_t count);
void ssc_put_text(struct ssc_frame *frame, const char *text);
void ssc_put_number(struct ssc_frame *frame, int number);

/* How many bytes follow a length. */
size_t ssc_length(const unsigned char *bytes);

/* The two fields of an answer in what follows a frame's length: 1, or 0 where it is no answer. */
int ssc_take_answer(const unsigned char *bytes, size_t count, int *code, const unsigned char **content, size_t *length);

#endif
