#!/usr/bin/env bash
# Generated texts are what the tables say now.
set -euo pipefail
diff -u "$INTAKE_SOURCE/docs/findings.md" <("$INTAKE_BIN/doc-tables") ||
  { echo "run: build/bin/doc-tables > docs/findings.md" >&2; exit 1; }
