# shellcheck shell=bash
# Sourced, after environment.sh and make_environment, by the scripts that need cargo: `need_rust` sees to it that cargo
# and a C compiler are there, and recent enough; it installs them by the machine's own means where they are not.

export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$CACHE/engine-target}"

# The `rust-version` of engine/Cargo.toml: what nearcore's crates ask for.
RUST_WANTED="$(sed -n 's/^rust-version = "\(.*\)"/\1/p' engine/Cargo.toml)"

rust_is_good() {
    cargo --version > /dev/null 2>&1 || return 1
    "$PYTHON" - "$(rustc --version 2> /dev/null)" "$RUST_WANTED" << 'PY'
import re, sys
found, wanted = ([int(n) for n in re.findall(r"\d+", text)[:2]] for text in sys.argv[1:])
sys.exit(found < wanted)
PY
}

# Where rustup puts cargo, or where an earlier run of these scripts has put it.
look_further() {
    export PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"
    if ! rust_is_good && [ -x "$CACHE/rust/cargo/bin/cargo" ]; then
        use_own_rust
    fi
}

use_own_rust() {
    export CARGO_HOME="$CACHE/rust/cargo" RUSTUP_HOME="$CACHE/rust/rustup"
    export PATH="$CARGO_HOME/bin:$PATH"
}

# Debian's browsers need a recent Rust, so its stable releases carry one under names of its own.
rust_from_debian() {
    as_root && debian_install rustc-web cargo-web gcc libc6-dev && hash -r && rust_is_good
}

rust_from_rustup() {
    if command -v rustup > /dev/null; then
        say "installing a newer Rust with rustup (about a minute)"
        rustup toolchain install stable --profile minimal >&2 || return
        export RUSTUP_TOOLCHAIN=stable
    else
        # The package by which maturin gets Rust, too.
        say "installing Rust with rustup into $CACHE/rust (about a minute)"
        "$PYTHON" -m pip install --quiet --disable-pip-version-check puccinialin || return
        "$PYTHON" -m puccinialin --location "$CACHE/rust" >&2 || return
        use_own_rust
    fi
    hash -r
    rust_is_good
}

need_rust() {
    look_further
    if ! rust_is_good; then
        say "the engine needs Rust $RUST_WANTED or newer; found: $(rustc --version 2> /dev/null || echo none). Installing it"
        rust_from_debian || rust_from_rustup || die \
            "Rust $RUST_WANTED or newer could not be installed. Please install it, with rustup or, on Debian 12 and newer," \
            "with: apt-get install rustc-web cargo-web gcc libc6-dev"
        say "using $(rustc --version)"
    fi
    # Rust links with the C compiler, and some crates have parts in C.
    if ! command -v cc > /dev/null; then
        if as_root; then debian_install gcc libc6-dev; fi
        command -v cc > /dev/null || die \
            "A C compiler is wanted, and there is no cc. On Debian and Ubuntu: apt-get install gcc libc6-dev"
    fi
}
