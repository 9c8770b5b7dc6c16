# fish completion for intake-scan; made by intake-scan --completion fish
complete -c intake-scan -s j -l jobs -x -d 'work on N messages at once; the order is kept'
complete -c intake-scan -l fail-on -x -a 'confirm return accept list' -d 'end with status 1 when a message is judged so (confirm, return, accept, list)'
complete -c intake-scan -l database -r -a '(__fish_complete_directories)' -d 'directory of scan signatures instead of the configuration'\''s'
complete -c intake-scan -l config -r -d 'configuration (else $INTAKE_CONFIG, ~/.config/intake, /etc/intake)'
complete -c intake-scan -s q -l quiet -d 'say nothing but errors'
complete -c intake-scan -l insecure-no-sandbox -d 'for diagnosis only: work without confinement; nothing that was touched so is ever accepted'
complete -c intake-scan -s h -l help -d 'print this help and end'
complete -c intake-scan -l version -d 'print the version and end'
