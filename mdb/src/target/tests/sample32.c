/* A 32-bit program without a library, for hosts that have none to link. */
int initialized = 0x11223344;
const char constant[] = "constant text";
char zeroed[8192];

static int system_call(int number)
{
	int result;
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(number) : "memory");
	return result;
}

__attribute__((noinline)) void deepest(int crash)
{
	zeroed[5000] = 7;
	if (crash)
		__asm__ volatile("ud2");
	for (;;)
		system_call(29 /* pause */);
}

__attribute__((noinline)) void middle(int crash)
{
	deepest(crash);
	__asm__ volatile("");
}

void start(int *stack)
{
	/* With an argument it crashes. */
	middle(stack[0] > 1);
}

__asm__(".globl _start\n_start: xor %ebp, %ebp\n mov %esp, %eax\n push %eax\n call start\n");
