/*
 * The program the tests debug: it aborts a few calls deep, or waits.
 */
#include <stdlib.h>
#include <stdio.h>
#include <unistd.h>

char greeting[] = "hello, world";
const char long_text[] =
    "0123456789012345678901234567890123456789012345678901234567890123456789";
long numbers[4] = { 1, 2, 3, 0x1122334455667788 };
int counter = 7;

struct node {
	struct node *next;
	long value;
};
struct node third = { 0, 30 };
struct node second = { &third, 20 };
struct node first = { &second, 10 };

__attribute__((noinline)) void
deep(int n)
{
	if (n > 0)
		deep(n - 1);
	else
		abort();
	__asm__ volatile("");
}

int
main(int argc, char **argv)
{
	if (argc > 1) {
		printf("%d\n", (int)getpid());
		fflush(stdout);
		for (;;)
			sleep(1);
	}
	deep(3);
	return (0);
}
