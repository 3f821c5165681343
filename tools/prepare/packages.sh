# The workspace's packages, exactly as the lockfile names them; installed again when the lockfile or Node's major version moves.

packages_stamp() { { cat "$ROOT/pnpm-lock.yaml" "$ROOT/pnpm-workspace.yaml" "$ROOT/tools/toolchain.txt"; uname -sm; } | cksum; }

have_packages() {
  stamp=$(packages_stamp)
  [ "$(cat "$ROOT/node_modules/.vigie-stamp" 2>/dev/null || true)" = "$stamp" ] && return
  say 'installing the packages (520 packages, about 600 MB unpacked)'
  (cd "$ROOT" && pnpm install --frozen-lockfile --prefer-offline --reporter=append-only --config.confirm-modules-purge=false >&2) ||
    die 'the packages could not be installed (pnpm says why above); the npm registry must be reachable once'
  printf '%s' "$stamp" > "$ROOT/node_modules/.vigie-stamp"
}

prepared() { # true when a start with these parts has nothing to do; asks no network
  { is_unpacked node && is_unpacked pnpm; } || return 1
  [ "$(cat "$ROOT/node_modules/.vigie-stamp" 2>/dev/null || true)" = "$(packages_stamp)" ] || return 1
  for part in "$@"; do "has_$part" || return 1; done
}
