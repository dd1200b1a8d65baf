/* A program to debug: known data, several threads, a deep stack, and several ways to end. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int initialized = 0x11223344;
const char constant[] = "constant text";
char zeroed[3 * 4096];
static int local_data = 0x55667788;
static volatile int received;
char *heap;

static void count(int signal) { received += signal > 0; }

static void finish(const char *how)
{
	if (strcmp(how, "abort") == 0)
		abort();
	if (strcmp(how, "segv") == 0)
		*(volatile int *)0x1234 = 1;
	if (strcmp(how, "call") == 0)
		((void (*)(void))0x10)();
	if (strcmp(how, "trap") == 0)
		__asm__ volatile("int3");
	for (;;) {
		char line[16];
		if (read(0, line, sizeof line) == 0)
			exit(0);
		if (line[0] == 'q') {
			printf("received %d data %x\n", received, initialized);
			fflush(stdout);
		}
	}
}

static void on_usr1(int signal) { finish("abort"); (void)signal; }

__attribute__((noinline)) void deepest(const char *how, int n)
{
	char pad[256];
	memset(pad, n, sizeof pad);
	if (strcmp(how, "handler") == 0) {
		stack_t stack = { .ss_sp = malloc(1 << 16), .ss_size = 1 << 16 };
		struct sigaction action = { .sa_handler = on_usr1, .sa_flags = SA_ONSTACK };
		sigaltstack(&stack, NULL);
		sigaction(SIGUSR1, &action, NULL);
		raise(SIGUSR1);
	}
	finish(how);
	__asm__ volatile("" : : "r"(pad) : "memory");
}

__attribute__((noinline)) void middle(const char *how, int n)
{
	if (n > 0)
		middle(how, n - 1);
	else
		deepest(how, n);
	__asm__ volatile("");
}

static void *brief_thread(void *arg) { usleep(200); return arg; }

static void *churner(void *arg)
{
	for (;;) {
		pthread_t thread;
		if (pthread_create(&thread, NULL, brief_thread, NULL) == 0)
			pthread_join(thread, NULL);
	}
	return arg;
}

static void *idler(void *arg)
{
	for (;;)
		pause();
	return arg;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "wait";
	sigset_t set;
	pthread_t thread;
	heap = malloc(100);
	strcpy(heap, "on the heap");
	strcpy(zeroed + 5000, "written");
	signal(SIGRTMIN, count);
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	/* Only the main thread takes the signal. */
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	for (int i = 0; i < 3; i++)
		pthread_create(&thread, NULL, strcmp(how, "churn") ? idler : churner, NULL);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	printf("%lx %lx %lx %lx %lx\n", (long)&initialized, (long)constant, (long)zeroed,
	    (long)heap, (long)&local_data);
	fflush(stdout);
	middle(how, 3);
	return 0;
}
