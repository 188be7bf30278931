/* The one line of this library to the service. Everything here is called with the lock held. */
#ifndef SSC_LINK_H
#define SSC_LINK_H

#include "frames.h"

struct ssc_answer {
    int code;
    const unsigned char *content; /* until the next exchange */
    size_t length;
};

/* What keeps a request from being answered; texts.inc says each to people. */
enum ssc_trouble {
    SSC_NONE,
    SSC_NOT_RUNNING,
    SSC_NO_ADDRESS,
    SSC_NO_WELCOME,
    SSC_LOST,
    SSC_NO_ANSWER,
    SSC_NULL_POINTER
};

/*
 * Sends a request and waits for its answer. A line that broke while nobody called is opened anew; a request that went
 * out whole is never sent again, since it may have been carried out.
 */
enum ssc_trouble ssc_exchange(const struct ssc_frame *request, struct ssc_answer *answer);

/* Whether the texts of this line are UTF-8; otherwise they are GBK. */
int ssc_is_utf8(void);

#endif
