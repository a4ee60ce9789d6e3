# shellcheck shell=bash disable=SC2034
# Sourced by the scripts beside it: where things are, and a virtual environment to work in.
# After `make_environment`, $PYTHON is the interpreter of the active virtual environment, or else of .venv, which is
# made if there is none.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/near-harness"

say() { printf '\033[1m%s\033[0m\n' "== $*" >&2; }
die() {
    printf '%s\n' "$@" >&2
    exit 1
}

# as_root: can packages be installed here by the system's own means, without asking anybody?
as_root() { [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; }

debian_install() {
    say "installing $* (apt-get, about a minute)"
    apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

# sha256 of standard input, on Linux and macOS.
digest() { if command -v sha256sum > /dev/null; then sha256sum; else shasum -a 256; fi | cut -d' ' -f1; }

find_python() {
    local name
    for name in python3 python3.13 python3.12 python3.11 python3.10; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2> /dev/null; then
            command -v "$name"
            return
        fi
    done
    die "Python 3.10 or newer is wanted, and none of python3, python3.13 … python3.10 is that."
}

make_environment() {
    local home="${VIRTUAL_ENV:-$PWD/.venv}"
    PYTHON="$home/bin/python"
    if [ ! -x "$PYTHON" ]; then
        local base
        base="$(find_python)"
        say "making a virtual environment in $home"
        # Debian leaves out of python3 what makes virtual environments; the half made one is in the way then.
        if ! "$base" -m venv "$home" > /dev/null; then
            rm -rf "$home"
            if as_root; then
                debian_install "$("$base" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"
                "$base" -m venv "$home"
            else
                die "$base cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"
            fi
        fi
    fi
    export PYTHON
}
