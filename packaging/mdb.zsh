#compdef mdb
# Completion of mdb's command line for zsh.

_arguments -s \
	'-e[evaluate commands and exit]:commands: ' \
	'-p[attach to a process]:process:_pids' \
	'-s[how far symbols reach]:bytes: ' \
	'*-o[set an option of the debugger]:option:(adb autowrap ignoreeof nomods pager repeatlast showlmid)' \
	'*+o[unset an option of the debugger]:option:(adb autowrap ignoreeof nomods pager repeatlast showlmid)' \
	'-w[open the target for writing]' \
	'-I[where macro files are]:directory:_files -/' \
	'-L[where modules are]:directory:_files -/' \
	'-P[prompt]:prompt: ' \
	'-A[load no modules by themselves]' \
	'-S[do not run ~/.mdbrc]' \
	'-?[show the usage]' \
	'--collapse[fold stacks that were saved]:format:(dtrace)' \
	'--flamegraph[draw folded stacks]' \
	'*:executable or core:_files'
