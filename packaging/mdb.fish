# Completion of mdb's command line for fish.

complete -c mdb -s e -x -d 'Evaluate commands and exit'
complete -c mdb -s p -x -a '(__fish_complete_pids)' -d 'Attach to a process'
complete -c mdb -s s -x -d 'How far symbols reach, in bytes'
complete -c mdb -s o -x -a 'adb autowrap ignoreeof nomods pager repeatlast showlmid' -d 'Set an option of the debugger'
complete -c mdb -s w -d 'Open the target for writing'
complete -c mdb -s I -x -a '(__fish_complete_directories)' -d 'Where macro files are'
complete -c mdb -s L -x -a '(__fish_complete_directories)' -d 'Where modules are'
complete -c mdb -s P -x -d 'Prompt'
complete -c mdb -s A -d 'Load no modules by themselves'
complete -c mdb -s S -d 'Do not run ~/.mdbrc'
complete -c mdb -s '?' -d 'Show the usage'
