#!/bin/sh
# Brings a fresh clone to the point where it runs: installs the locked packages and builds, each only when
# something changed since the last time.   tools/setup.sh [--run | --test] [--quiet]
#   --run    install and build everything the product needs to run (default)
#   --test   install only: the test runner builds by itself
#   --quiet  say nothing when there is nothing to do
set -eu
cd "$(dirname "$0")/.."

mode=run
quiet=false
for argument in "$@"; do
  case "$argument" in
    --run) mode=run ;;
    --test) mode=test ;;
    --quiet) quiet=true ;;
    *) echo "setup: unknown argument '$argument'; expected --run, --test or --quiet" >&2; exit 2 ;;
  esac
done

say() { echo "setup: $*" >&2; }

major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
if [ "$major" -lt 20 ]; then
  say "Node.js 20 or newer is needed to install (found: $(node --version 2>/dev/null || echo none)). Get it from https://nodejs.org"
  exit 1
fi

started=$(date +%s)
if ! cmp -s package-lock.json node_modules/.ms5-installed 2>/dev/null; then
  say "1/2 installing packages (about 600 MB on disk, once; usually under a minute) ..."
  # npm draws its own progress on a terminal; the locked versions include Node 24, which everything then runs on.
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json node_modules/.ms5-installed
  rm -f node_modules/.ms5-built
  say "1/2 installed in $(( $(date +%s) - started )) s"
fi
hash -r

[ "$mode" = test ] && exit 0

sources='tools/bundle.ts tools/bundle/*.ts package-lock.json tsconfig.base.json tsconfig.json packages/*/src packages/*/package.json packages/*/tsconfig.json apps/dashboard/src apps/dashboard/index.html apps/dashboard/vite.config.ts apps/dashboard/package.json'
# shellcheck disable=SC2086 -- the patterns are meant to expand
if [ ! -f node_modules/.ms5-built ] || [ -n "$(find $sources -newer node_modules/.ms5-built -print 2>/dev/null | head -n 1)" ]; then
  say "2/2 building ..."
  building=$(date +%s)
  touch node_modules/.ms5-building
  PATH="$PWD/node_modules/.bin:$PATH" npm run --silent build >&2
  mv node_modules/.ms5-building node_modules/.ms5-built
  say "2/2 built in $(( $(date +%s) - building )) s"
elif [ "$quiet" = false ]; then
  say "nothing to install or build"
fi
