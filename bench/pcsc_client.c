/* Sends APDUs over and over and says how long it took; as little work as a PC/SC client can have.
 *
 * Arguments: readers, "--", APDUs in hex. Each line on stdin, "READER-INDEX ROUNDS", sends all APDUs that many times
 * and is answered with the nanoseconds; the last answer must have been 9000.
 */
#include <PCSC/winscard.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define READERS_MAX 8
#define APDUS_MAX 64
#define APDU_BYTES_MAX 300

static void fail(const char *what, LONG code)
{
	fprintf(stderr, "%s: %s\n", what, code ? pcsc_stringify_error(code) : "failed");
	exit(1);
}

static DWORD parse(const char *hex, BYTE *bytes)
{
	DWORD length = 0;
	unsigned value;
	for (; sscanf(hex, "%2x", &value) == 1 && length < APDU_BYTES_MAX; hex += 2)
		bytes[length++] = (BYTE)value;
	return length;
}

int main(int count, char **arguments)
{
	static BYTE apdus[APDUS_MAX][APDU_BYTES_MAX], answer[APDU_BYTES_MAX];
	DWORD lengths[APDUS_MAX], protocol, got = 0;
	SCARDHANDLE cards[READERS_MAX];
	SCARDCONTEXT context;
	int readers = 0, commands = 0, at = 1, reader;
	long rounds;
	LONG code;

	if ((code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context)))
		fail("context", code);
	for (; at < count && strcmp(arguments[at], "--") && readers < READERS_MAX; at++)
		if ((code = SCardConnect(context, arguments[at], SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0, &cards[readers++], &protocol)))
			fail(arguments[at], code);
	for (at++; at < count && commands < APDUS_MAX; at++, commands++)
		lengths[commands] = parse(arguments[at], apdus[commands]);

	while (scanf("%d %ld", &reader, &rounds) == 2) {
		struct timespec begin, end;
		clock_gettime(CLOCK_MONOTONIC, &begin);
		for (long round = 0; round < rounds; round++)
			for (int index = 0; index < commands; index++) {
				got = sizeof answer;
				if ((code = SCardTransmit(cards[reader], SCARD_PCI_T0, apdus[index], lengths[index], NULL, answer, &got)))
					fail("transmit", code);
			}
		clock_gettime(CLOCK_MONOTONIC, &end);
		if (got < 2 || answer[got - 2] != 0x90 || answer[got - 1])
			fail("last answer", 0);
		printf("%lld\n", (end.tv_sec - begin.tv_sec) * 1000000000LL + end.tv_nsec - begin.tv_nsec);
		fflush(stdout);
	}
	return 0;
}
