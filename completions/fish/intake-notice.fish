# fish completion for intake-notice; made by intake-notice --completion fish
complete -c intake-notice -l fail-on -x -a 'confirm return accept list' -d 'end with status 1 when a message is judged so (confirm, return, accept, list)'
complete -c intake-notice -l out -r -a '(__fish_complete_directories)' -d 'folder for the drafts (else output.drafts of the configuration)'
complete -c intake-notice -l config -r -d 'configuration (else $INTAKE_CONFIG, ~/.config/intake, /etc/intake)'
complete -c intake-notice -s q -l quiet -d 'say nothing but errors'
complete -c intake-notice -l insecure-no-sandbox -d 'for diagnosis only: work without confinement; nothing that was touched so is ever accepted'
complete -c intake-notice -s h -l help -d 'print this help and end'
complete -c intake-notice -l version -d 'print the version and end'
