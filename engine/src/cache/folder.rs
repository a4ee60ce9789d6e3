//! The folder of compiled contracts: for this user alone, and tidy.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::entry::CHECKSUM;

/// What a process that died may have left half written is removed after this time.
const LEFT_OVER: Duration = Duration::from_secs(60 * 60);

/// Makes the folder, for this user alone: who can write there can have native code run.
pub fn make_private(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let found = fs::symlink_metadata(folder)?;
    // SAFETY: always succeeds.
    if !found.is_dir() || found.uid() != unsafe { libc::geteuid() } {
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

/// Device and inode, which tell whether it is still the same folder.
pub fn identity(folder: &Path) -> io::Result<(u64, u64)> {
    fs::metadata(folder).map(|found| (found.dev(), found.ino()))
}

/// Removes what no one needs any more: files of writers that died, and checksums whose entry was evicted.
pub fn sweep(folder: &Path) {
    for file in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = file.path();
        let extension = path.extension().unwrap_or_default();
        let left_over =
            extension == "temp" || extension == CHECKSUM && !path.with_extension("").exists();
        let age = file
            .metadata()
            .and_then(|found| found.modified())
            .map(|modified| SystemTime::now().duration_since(modified).unwrap_or_default());
        if left_over && age.is_ok_and(|age| age > LEFT_OVER) {
            let _ = fs::remove_file(path);
        }
    }
}
