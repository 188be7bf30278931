/*
 * A POS on a line: each line of input is a function and its arguments, with tabs between them; each line of output is the
 * code and the text of the answer. `driver_line LIBRARY`; texts are the bytes that the library takes and gives.
 */
#include "loaded_library.h"

#include <string.h>

#define LINE_BYTES 32768
#define OUT_BYTES 20480

static char *next(void)
{
    char *argument = strtok(NULL, "\t");

    return argument != NULL ? argument : "";
}

static long call(const char *asked, char *pOutInfo)
{
    int iType = 0, iAuthType = 0;
    char *pCardInfo = "", *pFileAddr = "", *pWriteData = "", *pPayInfo = "", *pPIN = "", *pKey = "";

#define NUMBER_GIVEN(name) name = atoi(next());
#define TEXT_GIVEN(name, size) name = next();
#define FUNCTION(name, parameters, names, given, out_size)                                                             \
    if (strcmp(asked, #name) == 0) {                                                                                   \
        given return ((long(CALL *) parameters)find(#name))names;                                                      \
    }
#define STUB(name)                                                                                                     \
    if (strcmp(asked, #name) == 0)                                                                                     \
        return ((long(CALL *)(void))find(#name))();
#include "functions.inc"
    (void)iType, (void)iAuthType, (void)pCardInfo, (void)pFileAddr, (void)pWriteData;
    (void)pPayInfo, (void)pPIN, (void)pKey;
    printf("%s is no function\n", asked);
    exit(2);
}

int main(int count, char **arguments)
{
    static char line[LINE_BYTES], out[OUT_BYTES];

    if (count != 2)
        return 2;
    library = load(arguments[1]);
    while (fgets(line, sizeof line, stdin) != NULL) {
        long code;

        line[strcspn(line, "\r\n")] = '\0';
        out[0] = '\0';
        code = call(strtok(line, "\t"), out);
        printf("%ld\t%s\n", code, out);
        fflush(stdout);
    }
    unload(library);
    return 0;
}
