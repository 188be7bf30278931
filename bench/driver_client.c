/* Calls iReadCardBas over and over and says how long it took; as little work as a POS program can have.
 *
 * Argument: the library. Each line on stdin, a number of calls, is answered with the nanoseconds.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ANY_CARD 3
#define OUT_SIZE 1024

int main(int count, char **arguments)
{
	static char out[OUT_SIZE];
	void *library = count == 2 ? dlopen(arguments[1], RTLD_NOW) : NULL;
	long (*read_card)(int, char *) = library ? (long (*)(int, char *))dlsym(library, "iReadCardBas") : NULL;
	long calls, code = 0;

	if (!read_card) {
		fprintf(stderr, "no iReadCardBas in the library\n");
		return 1;
	}
	while (scanf("%ld", &calls) == 1) {
		struct timespec begin, end;
		clock_gettime(CLOCK_MONOTONIC, &begin);
		for (long call = 0; call < calls && !code; call++)
			code = read_card(ANY_CARD, out);
		clock_gettime(CLOCK_MONOTONIC, &end);
		if (code) {
			fprintf(stderr, "iReadCardBas: %ld\n", code);
			return 1;
		}
		printf("%lld\n", (end.tv_sec - begin.tv_sec) * 1000000000LL + end.tv_nsec - begin.tv_nsec);
		fflush(stdout);
	}
	return 0;
}
