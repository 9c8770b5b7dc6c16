# fish completion for intake-parse; made by intake-parse --completion fish
complete -c intake-parse -s j -l jobs -x -d 'work on N messages at once; the order is kept'
complete -c intake-parse -l fail-on -x -a 'confirm return accept list' -d 'end with status 1 when a message is judged so (confirm, return, accept, list)'
complete -c intake-parse -l config -r -d 'configuration (else $INTAKE_CONFIG, ~/.config/intake, /etc/intake)'
complete -c intake-parse -s q -l quiet -d 'say nothing but errors'
complete -c intake-parse -l log -x -a 'text json' -d 'what is said on stderr: text, or json, a line each (else $INTAKE_LOG, or text)'
complete -c intake-parse -l insecure-no-sandbox -d 'for diagnosis only: work without confinement; nothing that was touched so is ever accepted'
complete -c intake-parse -s h -l help -d 'print this help and end'
complete -c intake-parse -l version -d 'print the version and end'
