#!/bin/sh
# Keeps the sources of a site as of a commit in test/upgrade-from, for `./vigie drill upgrade`: both sites start with them, and are
# upgraded to the checked-out version one after the other.
#
#   tools/keep-version.sh COMMIT
#
# Take the newest commit with an earlier log format (ENTRY_VERSION, ENTRY_MINOR in packages/model/src/entry.ts) whose folds make the
# same states of the same entries. Only one version is kept: each costs about 0.4 MB of the repository.
set -eu
[ $# -eq 1 ] || { echo "usage: tools/keep-version.sh COMMIT" >&2; exit 2; }
root=$(git rev-parse --show-toplevel)
commit=$(git rev-parse --verify "$1^{commit}")
to="$root/test/upgrade-from"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

number() { sed -n "s/^export const $1 = \([0-9]*\);$/\1/p" "$scratch/packages/model/src/entry.ts"; }

cd "$root"
git archive "$commit" packages | tar -x -C "$scratch"
major=$(number ENTRY_VERSION)
minor=$(number ENTRY_MINOR)
cd "$scratch"
# What a site process runs; of the console its server's part. No tests, no page, no data for them.
rm -rf packages/cli packages/drill packages/sim packages/*/bench packages/*/testing
find packages -type d -name testing -prune -exec rm -rf {} +
find packages -type f \( -name '*.test.ts' -o -name '*.test.tsx' -o -name 'tsconfig*.json' -o -name '*.md' \) -delete
find packages/console -type f ! -path packages/console/package.json ! -path packages/console/src/index.ts -delete
find packages -type d -empty -delete
mkdir -p "$to"
# The same bytes from the same commit.
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git -C "$root" show -s --format=%ct "$commit")" -c packages | gzip -9n > "$to/sources.tar.gz"
printf '{ "commit": "%s", "logFormat": "%s.%s" }\n' "$commit" "$major" "${minor:-0}" > "$to/version.json"
ls -l "$to"
