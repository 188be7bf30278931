/* A library loaded at run time, on Linux and on Windows. */
#ifndef LOADED_LIBRARY_H
#define LOADED_LIBRARY_H

#ifdef __linux__
#define _DEFAULT_SOURCE
#include <dlfcn.h>
#define CALL
#else
#include <windows.h>
#define CALL __stdcall
#endif
#include <stdio.h>
#include <stdlib.h>

/* The library that `find` looks into. */
static void *library;

static void *load(const char *path)
{
#ifdef __linux__
    void *loaded = dlopen(path, RTLD_NOW);
#else
    void *loaded = LoadLibraryA(path);
#endif
    if (loaded == NULL) {
        printf("%s cannot be loaded\n", path);
        exit(2);
    }
    return loaded;
}

static void unload(void *loaded)
{
#ifdef __linux__
    dlclose(loaded);
#else
    FreeLibrary(loaded);
#endif
}

static void *find(const char *name)
{
#ifdef __linux__
    void *function = dlsym(library, name);
#else
    void *function = (void *)GetProcAddress(library, name);
#endif
    if (function == NULL) {
        printf("%s is not exported\n", name);
        exit(2);
    }
    return function;
}

#endif
