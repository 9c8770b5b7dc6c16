# fish completion for intake-show; made by intake-show --completion fish
complete -c intake-show -l json -d 'write the records as JSON, without the bytes of their files'
complete -c intake-show -l pages -d 'write the first pages of the rendered files as a page for a browser (after intake-render --preview)'
complete -c intake-show -l ledger -d 'show ID as the ledger knows it, with what belongs to it, instead of records from stdin (at a terminal: always)'
complete -c intake-show -l config -r -d 'configuration (else $INTAKE_CONFIG, ~/.config/intake, /etc/intake)'
complete -c intake-show -s q -l quiet -d 'say nothing but errors'
complete -c intake-show -l insecure-no-sandbox -d 'for diagnosis only: work without confinement; nothing that was touched so is ever accepted'
complete -c intake-show -s h -l help -d 'print this help and end'
complete -c intake-show -l version -d 'print the version and end'
