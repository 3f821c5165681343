# The console as the sites serve it: built once, and again when something that it is made of changes. Needs no network.

CONSOLE="$ROOT/packages/console"

console_stamp() {
  {
    cd "$CONSOLE"
    find build index.html package.json public src vite.config.ts ../api/src/contract.ts ../model/src -type f \
      ! -name '*.test.ts' ! -name '*.test.tsx' | LC_ALL=C sort | xargs cat
    packages_stamp
  } | cksum
}

has_console() { [ "$(cat "$CONSOLE/dist/.vigie-stamp" 2>/dev/null || true)" = "$(console_stamp)" ]; }

have_console() {
  has_console && return
  say 'building the console (10 s or so)'
  stamp=$(console_stamp)
  rm -rf "$CONSOLE/dist.new"
  (cd "$CONSOLE" && node node_modules/vite/bin/vite.js build --outDir dist.new --emptyOutDir --logLevel error >&2) || die 'the console could not be built (see above)'
  printf '%s' "$stamp" > "$CONSOLE/dist.new/.vigie-stamp"
  rm -rf "$CONSOLE/dist"; mv "$CONSOLE/dist.new" "$CONSOLE/dist"
}
