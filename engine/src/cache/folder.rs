//! The folder of compiled contracts: tidy, and a user's own, since who can write there can have native code run.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::entry::CHECKSUM;

pub use system::{Identity, identity, make_private};

/// What a process that died may have left half written is removed after this time.
const LEFT_OVER: Duration = Duration::from_secs(60 * 60);

/// Where contracts go that nobody wants to keep.
pub fn temporary() -> PathBuf {
    std::env::temp_dir().join(system::temporary_name())
}

/// Removes what no one needs any more: files of writers that died, and checksums whose entry was evicted.
///
/// Only these are looked at: with the contracts of some months, a look at each file takes longer than a test.
pub fn sweep(folder: &Path) {
    let found = fs::read_dir(folder).into_iter().flatten().flatten();
    let files: HashSet<PathBuf> = found.map(|file| file.path()).collect();
    for path in &files {
        let extension = path.extension().unwrap_or_default();
        let left_over = extension == "temp"
            || extension == CHECKSUM && !files.contains(&path.with_extension(""));
        if left_over && age(path).is_ok_and(|age| age > LEFT_OVER) {
            let _ = fs::remove_file(path);
        }
    }
}

fn age(file: &Path) -> io::Result<Duration> {
    let modified = fs::metadata(file)?.modified()?;
    Ok(SystemTime::now().duration_since(modified).unwrap_or_default())
}

#[cfg(unix)]
mod system {
    use std::fs;
    use std::io::{self, ErrorKind};
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
    use std::path::Path;

    /// Device and inode: what tells a folder from another that was made at its place later.
    pub type Identity = (u64, u64);

    /// All users share one temporary folder.
    pub fn temporary_name() -> String {
        format!("near-harness-{}", user())
    }

    /// Makes the folder, for this user alone.
    pub fn make_private(folder: &Path) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let found = fs::symlink_metadata(folder)?;
        if !found.is_dir() || found.uid() != user() {
            return Err(io::Error::new(
                ErrorKind::PermissionDenied,
                format!("{} is not a folder of this user's: name another folder", folder.display()),
            ));
        }
        if found.mode() & 0o777 != 0o700 {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        }
        Ok(())
    }

    pub fn identity(folder: &Path) -> io::Result<Identity> {
        fs::metadata(folder).map(|found| (found.dev(), found.ino()))
    }

    fn user() -> u32 {
        // SAFETY: always succeeds.
        unsafe { libc::geteuid() }
    }
}

#[cfg(windows)]
mod system {
    use std::fs;
    use std::io::{self, ErrorKind};
    use std::path::Path;
    use std::time::SystemTime;

    /// When it was made: what tells a folder from another that was made at its place later.
    pub type Identity = SystemTime;

    /// Each user has a temporary folder of their own.
    pub fn temporary_name() -> String {
        "near-harness".to_owned()
    }

    /// Makes the folder. Below a user's profile, where the harness puts it, only that user may write; a folder that is
    /// made elsewhere has the permissions of the one above it.
    pub fn make_private(folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        if !fs::symlink_metadata(folder)?.is_dir() {
            return Err(io::Error::new(
                ErrorKind::PermissionDenied,
                format!(
                    "{} is a link or a file, and not a folder: name another folder",
                    folder.display()
                ),
            ));
        }
        Ok(())
    }

    pub fn identity(folder: &Path) -> io::Result<Identity> {
        fs::metadata(folder)?.created()
    }
}
