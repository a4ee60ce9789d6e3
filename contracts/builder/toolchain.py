"""Finds a Rust compiler for wasm32: the installed one, with its wasm target, or one made from Debian packages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .machine import BuildError, cache_dir, require_tool, run, say, step
from .settings import TARGET

KINDS = ("auto", "installed", "debian")
RUST_REMEDY = "Install Rust 1.93 or newer (rustup), or on Debian 12 or newer let this script unpack it (apt-get)."


@dataclass(frozen=True)
class Toolchain:
    """A compiler that can build for the target, and what cargo must be told to use it."""

    cargo: str
    rustc: str
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def compiler(self) -> str:
        """The compiler's name, version and commit, as `rustc --version` says it."""
        return run([self.rustc, "--version"], what="Asking for the compiler's version").strip()


def find(kind: str) -> Toolchain:
    """The toolchain of a kind; `auto` takes the installed one where that has or gets the target."""
    if kind == "debian":
        return debian()
    installed = installed_with_target()
    if installed is not None:
        return installed
    if kind == "installed":
        raise BuildError(f"no Rust is installed that has or gets the {TARGET} target. {RUST_REMEDY}")
    say(f"No Rust is installed that has or gets the {TARGET} target: using Debian's packages instead")
    return debian()


def installed_with_target() -> Toolchain | None:
    """The Rust on the PATH, if it has the target or rustup can add it."""
    cargo, rustc = shutil.which("cargo"), shutil.which("rustc")
    if cargo is None or rustc is None:
        return None
    if not has_target(rustc):
        if shutil.which("rustup") is None:
            return None
        with step(f"Adding the {TARGET} target with rustup (about 10 s)"):
            subprocess.run(
                ["rustup", "target", "add", TARGET],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        if not has_target(rustc):
            return None
    return Toolchain(cargo, rustc)


def has_target(rustc: str) -> bool:
    done = subprocess.run(
        [rustc, "--print", "target-libdir", "--target", TARGET],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0 and any(Path(done.stdout.strip()).glob("libstd-*.rlib"))


def debian() -> Toolchain:
    """Debian's compiler, unpacked (not installed) into the cache, with std built for the target once."""
    prefix = cache_dir() / "wasm-toolchain"
    rustc, ready = prefix / "bin" / "rustc", prefix / "ready"
    usr = prefix / "root" / "usr"
    if not ready.exists():
        say(f"Making a Rust toolchain for {TARGET} from Debian packages, once, in {prefix} (about 80 s, 1.1 GB)")
        shutil.rmtree(prefix, ignore_errors=True)
        unpack(prefix)
        write_wrapper(rustc, usr, usr / "bin" / "rustc")
        write_wrapper(prefix / "bin" / "wasm-ld", usr, wasm_linker(usr))
        if (usr / "bin" / "cargo").exists():
            write_wrapper(prefix / "bin" / "cargo", usr, usr / "bin" / "cargo")
        build_std(prefix, usr)
        ready.write_text("")
    return Toolchain(debian_cargo(prefix), str(rustc), debian_env(prefix))


def debian_cargo(prefix: Path) -> str:
    unpacked = prefix / "bin" / "cargo"
    return str(unpacked) if unpacked.exists() else require_tool("cargo", RUST_REMEDY)


def debian_env(prefix: Path) -> dict[str, str]:
    linker = f"CARGO_TARGET_{TARGET.upper().replace('-', '_')}_LINKER"
    return {"RUSTC": str(prefix / "bin" / "rustc"), linker: str(prefix / "bin" / "wasm-ld")}


def unpack(prefix: Path) -> None:
    """Downloads the packages with apt-get and unpacks them. Their names carry versions, so they are looked up."""
    remedy = f"Without it, install Rust 1.93 or newer with rustup, and then: rustup target add {TARGET}."
    for tool in ("apt-get", "apt-cache", "dpkg-deb"):
        require_tool(tool, remedy)
    std = dependency("libstd-rust-web-dev", r"libstd-rust-web-[0-9.]+")
    if std is None and os.geteuid() == 0:
        with step("Reading the lists of Debian packages (apt-get update)"):
            run(["apt-get", "update", "-qq"], what="Reading the lists of Debian packages")
        std = dependency("libstd-rust-web-dev", r"libstd-rust-web-[0-9.]+")
    llvm = dependency(std, r"libllvm[0-9]+") if std else None
    if std is None or llvm is None:
        raise BuildError(
            "Debian's packages rustc-web and libstd-rust-web-dev, or the LLVM they need, are not in apt's lists. "
            f"Run `apt-get update` and see `apt-cache depends libstd-rust-web-dev`. {remedy}"
        )
    lld = llvm.replace("libllvm", "lld-")
    packages = ["rustc-web", std, "libstd-rust-web-dev", "rust-web-src", llvm, lld]
    if shutil.which("cargo") is None:
        packages.append("cargo-web")
    downloads, root = prefix / "packages", prefix / "root"
    downloads.mkdir(parents=True)
    root.mkdir()
    with step(f"Downloading {', '.join(packages)} and what they need (about 10 s)"):
        needed = sorted({*packages, *not_installed(packages)})
        run(["apt-get", "download", "-qq", *needed], what="Downloading Debian packages", cwd=downloads)
    with step("Unpacking them (about 10 s)"):
        for package in sorted(downloads.glob("*.deb")):
            run(["dpkg-deb", "-x", package, root], what=f"Unpacking {package.name}")
    shutil.rmtree(downloads)


def dependency(package: str, pattern: str) -> str | None:
    """The name of the package that a package depends on, by a pattern of names."""
    done = subprocess.run(["apt-cache", "depends", package], capture_output=True, text=True, check=False)
    found = re.search(rf"Depends: ({pattern})$", done.stdout, re.MULTILINE)
    return found.group(1) if found else None


def not_installed(packages: list[str]) -> list[str]:
    """The names of the packages that apt would install for these; nothing is installed."""
    plan = run(
        ["apt-get", "install", "--simulate", "-qq", "--no-install-recommends", *packages],
        what="Asking apt what the packages need",
    )
    return re.findall(r"^Inst (\S+)", plan, re.MULTILINE)


def wasm_linker(usr: Path) -> Path:
    found = sorted((usr / "lib").glob("llvm-*/bin/wasm-ld"))
    if not found:
        raise BuildError("Debian's lld package holds no wasm-ld where it was expected (usr/lib/llvm-*/bin).")
    return found[0]


def write_wrapper(wrapper: Path, usr: Path, program: Path) -> None:
    """A script that runs an unpacked program with the libraries that were unpacked beside it."""
    libraries = ":".join(str(folder) for folder in sorted((usr / "lib").glob("*-linux-gnu*")))
    wrapper.parent.mkdir(parents=True, exist_ok=True)
    wrapper.write_text(
        f'#!/bin/sh\nexport LD_LIBRARY_PATH="{libraries}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"\nexec "{program}" "$@"\n'
    )
    wrapper.chmod(0o755)


def build_std(prefix: Path, usr: Path) -> None:
    """Builds std for the target from its packaged sources and places it where the unpacked compiler looks for it."""
    rustc = prefix / "bin" / "rustc"
    details = run([rustc, "-vV"], what="Asking the unpacked compiler for its version")
    commit = dict(line.split(": ", 1) for line in details.splitlines() if ": " in line)["commit-hash"]
    seed = prefix / "std"
    (seed / "src").mkdir(parents=True)
    (seed / "src" / "lib.rs").write_text("")
    (seed / "Cargo.toml").write_text('[package]\nname = "seed"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n')
    sources = [usr / "lib" / "rustlib" / "src" / "rust", *sorted((usr / "src").glob("rustc-*"))]
    # embed-bitcode: contracts are built with lto, which needs it in std as well
    flags = ["-Cembed-bitcode=yes"] + [f"--remap-path-prefix={source}=/rustc/{commit}" for source in sources]
    with step("Building Rust's standard library for the target (about 60 s)"):
        run(
            [debian_cargo(prefix), "build", "-q", "--release", "-Z", "build-std=std,panic_abort", "--target", TARGET],
            what="Building Rust's standard library",
            cwd=seed,
            env={
                **debian_env(prefix),
                "RUSTC_BOOTSTRAP": "1",
                "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags),
                "CARGO_TARGET_DIR": str(seed / "target"),
            },
        )
    libraries = usr / "lib" / "rustlib" / TARGET / "lib"
    libraries.mkdir(parents=True, exist_ok=True)
    for library in (seed / "target" / TARGET / "release" / "deps").glob("*.rlib"):
        if not library.name.startswith("libseed-"):
            shutil.copy(library, libraries)
    shutil.rmtree(seed)
