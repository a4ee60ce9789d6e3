//! What keeps a process from the address space that the contract VM reserves, and what to do about it.

/// To be read after "and".
#[cfg(unix)]
pub fn limit_and_remedy() -> String {
    let mut limit = std::mem::MaybeUninit::<libc::rlimit>::uninit();
    // SAFETY: read only where the call has filled it.
    let limit = unsafe {
        (libc::getrlimit(libc::RLIMIT_AS, limit.as_mut_ptr()) == 0).then(|| limit.assume_init())
    };
    let here = match limit {
        Some(limit) if limit.rlim_cur != libc::RLIM_INFINITY => {
            format!("it is limited to {} KiB", limit.rlim_cur / 1024)
        }
        _ => "no limit is set with `ulimit -v`".to_owned(),
    };
    format!("here {here}: lift that with `ulimit -v unlimited`")
}

/// To be read after "and".
#[cfg(windows)]
pub fn limit_and_remedy() -> String {
    "on Windows it starts in no engine but the published wheel and those that are built from what \
     scripts/windows_engine.py makes: `pip install --only-binary :all: near-harness-engine`"
        .to_owned()
}
