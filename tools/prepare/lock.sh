# One preparation at a time in a checkout; a second start waits for the first. mkdir either makes the folder or fails.

LOCK="$CACHE/preparing"

take_lock() {
  waited=0
  until mkdir "$LOCK" 2>/dev/null; do
    holder=$(cat "$LOCK/pid" 2>/dev/null || true)
    # A holder that was killed leaves the folder behind. One without a number yet has two seconds to write it.
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null || { [ -z "$holder" ] && [ "$waited" -ge 2 ]; }; then
      rm -rf "$LOCK"
      continue
    fi
    [ "$waited" -gt 0 ] || say "another start (process ${holder:-unknown}) is preparing this checkout; waiting for it"
    sleep 1
    waited=$((waited + 1))
  done
  echo $$ > "$LOCK/pid"
  trap 'rm -rf "$LOCK"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

release_lock() {
  rm -rf "$LOCK"
  trap - EXIT INT TERM
}
