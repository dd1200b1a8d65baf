/* Compiles wherever the system's headers for this width are installed. */
#include <stdint.h>
#include <stddef.h>
#include <sys/types.h>
