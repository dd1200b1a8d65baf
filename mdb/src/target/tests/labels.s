# Symbols of every kind, for look-ups by address.
	.text
	.globl _start
	.type _start, @function
_start:
	nop
	nop
inside:			# a label without a size, within a function
	nop
	nop
	.size _start, . - _start
unsized:		# extends to the next symbol
	nop
	nop
	nop
last:			# extends to the end of the section
	nop
	nop
	.type local_twin, @function
	.section .other, "ax"
	.balign 16
local_twin:
	.globl global_twin
	.type global_twin, @function
global_twin:
	nop
	.size local_twin, 1
	.size global_twin, 1
	nop
	.globl absolute
absolute = 0x1234
	.section .tbss, "awT", @nobits
	.globl per_thread
	.type per_thread, @object
per_thread:
	.zero 8
	.size per_thread, 8
