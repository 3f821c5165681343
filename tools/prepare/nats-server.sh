# nats-server 2.15.1 <= version < 3: NATS_SERVER, one fetched before, one on the PATH, or the one of Debian's archive, whose
# signature apt checks with the keys kept here. apt runs with lists, cache and sources of its own, so the system's stay as they are.

NATS="$CACHE/nats"

nats_usable() { # path of a program
  [ -n "$1" ] && [ -x "$1" ] || return 1
  "$1" --version 2>/dev/null | awk '
    match($0, /v[0-9]+\.[0-9]+\.[0-9]+/) {
      split(substr($0, RSTART + 1, RLENGTH - 1), n, ".")
      good = n[1] == 2 && (n[2] > 15 || (n[2] == 15 && n[3] >= 1))
    }
    END { exit !good }'
}

has_nats_server() {
  if [ -n "${NATS_SERVER:-}" ]; then
    nats_usable "$NATS_SERVER" || die "NATS_SERVER=$NATS_SERVER is not a nats-server of version 2.15.1 or newer (and below 3)"
    return
  fi
  nats_usable "$NATS/bin/nats-server" || nats_usable "$(command -v nats-server || true)"
}

have_nats_server() {
  has_nats_server && return
  nats_from_debian && has_nats_server && return
  die "nats-server >= 2.15.1 (and < 3) is missing and could not be fetched: put one anywhere and set NATS_SERVER=/path/to/nats-server (\`brew install nats-server\`, \`go install github.com/nats-io/nats-server/v2@v2.15.1\`, or the release page of nats-server)"
}

nats_from_debian() {
  for tool in apt-get dpkg; do
    command -v "$tool" >/dev/null 2>&1 || { say "this system has no $tool, by which nats-server would come from Debian's archive"; return 1; }
  done
  for suite in ${NATS_SUITES:-testing sid}; do
    say "fetching nats-server from Debian $suite (5 MB, and 10 MB of package lists)"
    if nats_from_suite "$suite"; then rm -rf "$NATS/apt"; return 0; fi
    say "Debian $suite gave none: $(grep -m1 -E '^(E|W):' "$NATS/apt/log" 2>/dev/null || echo 'no nats-server 2.15.1 or newer for this machine')"
  done
  rm -rf "$NATS/apt"
  return 1
}

nats_from_suite() {
  apt="$NATS/apt"
  rm -rf "$apt"; mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/unpacked" "$NATS/bin"
  : > "$apt/status"
  cp "$ROOT/tools/debian-archive.asc" "$apt/keys.asc"
  printf 'deb [signed-by=%s] %s %s main\n' "$apt/keys.asc" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" "$1" > "$apt/sources.list"
  # The machine's own settings for proxies and certificates still apply. Sandbox "": root may write where _apt may not go.
  cat > "$apt/apt.conf" <<CONF
Dir::State "$apt";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Sandbox::User "";
APT::Architecture "$(dpkg --print-architecture)";
APT::Architectures { "$(dpkg --print-architecture)"; };
Acquire::Languages "none";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
CONF
  (
    cd "$apt"
    APT_CONFIG="$apt/apt.conf"; export APT_CONFIG
    apt-get -qq update && apt-get -qq download nats-server
  ) > "$apt/log" 2>&1 || return 1
  deb=$(find "$apt" -maxdepth 1 -name 'nats-server_*.deb' | head -1)
  [ -n "$deb" ] || return 1
  dpkg -x "$deb" "$apt/unpacked"
  program=$(find "$apt/unpacked" -type f -name nats-server -perm -u+x | head -1)
  nats_usable "$program" || return 1
  cp "$program" "$NATS/bin/.new.$$" && mv "$NATS/bin/.new.$$" "$NATS/bin/nats-server"
}
