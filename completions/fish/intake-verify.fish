# fish completion for intake-verify; made by intake-verify --completion fish
complete -c intake-verify -s j -l jobs -x -d 'work on N messages at once; the order is kept'
complete -c intake-verify -l fail-on -x -a 'confirm return accept list' -d 'end with status 1 when a message is judged so (confirm, return, accept, list)'
complete -c intake-verify -l explain -d 'tell of each rule of the profile what it looked for and what it met'
complete -c intake-verify -l config -r -d 'configuration (else $INTAKE_CONFIG, ~/.config/intake, /etc/intake)'
complete -c intake-verify -s q -l quiet -d 'say nothing but errors'
complete -c intake-verify -l insecure-no-sandbox -d 'for diagnosis only: work without confinement; nothing that was touched so is ever accepted'
complete -c intake-verify -s h -l help -d 'print this help and end'
complete -c intake-verify -l version -d 'print the version and end'
