# Completion of mdb's command line for bash.

_mdb() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
	case $before in
	-p)
		COMPREPLY=($(compgen -W "$(cd /proc && echo [0-9]*)" -- "$word"))
		return ;;
	-o|+o)
		COMPREPLY=($(compgen -W "adb autowrap ignoreeof nomods pager repeatlast showlmid" -- "$word"))
		return ;;
	-I|-L)
		compopt -o dirnames
		return ;;
	-e|-P|-s)
		return ;;
	--collapse)
		COMPREPLY=($(compgen -W dtrace -- "$word"))
		return ;;
	esac
	case $word in
	-*)
		COMPREPLY=($(compgen -W "-e -p -s -o -w -I -L -P -A -S -? --collapse --flamegraph" -- "$word")) ;;
	*)
		compopt -o default ;;
	esac
}
complete -F _mdb mdb
