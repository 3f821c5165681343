# A browser for the console's tests: CHROMIUM_PATH, one fetched before, the pinned tarball, or one that is installed.
# The tarball brings its own libraries, a font and a software renderer, so nothing has to be installed.

CHROMIUM="$CACHE/chromium"

has_chromium() {
  if [ -n "${CHROMIUM_PATH:-}" ]; then
    [ -x "$CHROMIUM_PATH" ] || die "CHROMIUM_PATH=$CHROMIUM_PATH is not a program"
    return
  fi
  { is_unpacked chromium && [ -x "$CHROMIUM/bin/chromium" ]; } || { [ -z "$(pinned chromium 6)" ] && installed_chromium; }
}

installed_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null 2>&1

have_chromium() {
  has_chromium && return
  if [ -n "$(pinned chromium 6)" ] && unpack chromium; then
    node "$ROOT/tools/prepare/unpack-chromium.ts" "$TOOLS/chromium/bin" "$CHROMIUM" || die 'the browser could not be unpacked'
    rm -rf "$TOOLS/chromium"
    pinned chromium 6 > "$TOOLS/chromium.sum"
    return
  fi
  installed_chromium ||
    die 'Chromium is missing for the tests of the console: install it (package chromium), or set CHROMIUM_PATH=/path/to/chromium'
}
