# fish completion for intake-doctor; made by intake-doctor --completion fish
complete -c intake-doctor -l fix -d 'take access to secrets, configuration and drafts from others; nothing else is changed'
complete -c intake-doctor -l deep -d 'check the whole chain of the ledger, and turn a document into a PDF; takes longer'
complete -c intake-doctor -l json -d 'as JSON'
complete -c intake-doctor -l config -r -d 'configuration (else $INTAKE_CONFIG, ~/.config/intake, /etc/intake)'
complete -c intake-doctor -s q -l quiet -d 'say nothing but errors'
complete -c intake-doctor -l insecure-no-sandbox -d 'for diagnosis only: work without confinement; nothing that was touched so is ever accepted'
complete -c intake-doctor -s h -l help -d 'print this help and end'
complete -c intake-doctor -l version -d 'print the version and end'
