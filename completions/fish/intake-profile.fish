# fish completion for intake-profile; made by intake-profile --completion fish
complete -c intake-profile -l config -r -d 'configuration (else $INTAKE_CONFIG, ~/.config/intake, /etc/intake)'
complete -c intake-profile -s q -l quiet -d 'say nothing but errors'
complete -c intake-profile -l log -x -a 'text json' -d 'what is said on stderr: text, or json, a line each (else $INTAKE_LOG, or text)'
complete -c intake-profile -l insecure-no-sandbox -d 'for diagnosis only: work without confinement; nothing that was touched so is ever accepted'
complete -c intake-profile -s h -l help -d 'print this help and end'
complete -c intake-profile -l version -d 'print the version and end'
complete -c intake-profile -f
complete -c intake-profile -n __fish_use_subcommand -a check -d 'read a profile and tell every mistake in it'
complete -c intake-profile -n __fish_use_subcommand -a list -d 'the profiles that are shipped, with the days they are in force'
