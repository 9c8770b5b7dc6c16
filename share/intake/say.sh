# shellcheck shell=bash
# What the scripts of the desk say on stderr, as the tools do: in the language of the locale, or with INTAKE_LOG=json as a
# line of JSON for a log that is kept, in English. Sourced by them.

case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
  ja*) japanese=yes ;;
  *) japanese= ;;
esac

# say ENGLISH JAPANESE [STATUS]: with the status that the script then ends with, it is an error, else a warning.
say() {
  local text=${1//[[:cntrl:]]/ } status=${3:-}
  if [ "${INTAKE_LOG:-}" != json ]; then
    if [ -n "$japanese" ]; then text=${2//[[:cntrl:]]/ }; fi
    echo "${0##*/}: $text" >&2
    return
  fi
  text=${text//\\/\\\\}
  printf '{"at":"%s","tool":"%s","level":"%s","message":"%s"%s}\n' "$(date -u +%FT%TZ)" "${0##*/}" \
    "$([ -n "$status" ] && echo error || echo warning)" "${text//\"/\\\"}" "${status:+,\"status\":$status}" >&2
}
