//! An entry of the cache: the file that nearcore reads, and the checksum of it in a file beside.
//!
//! What is stored is native code, which the VM runs as it finds it: an entry that does not match its checksum never gets
//! there. The checksum is against damage, not against people: the folder is the user's own. 300 KB of wasm are 6 MB of
//! native code, so that it matters what a byte costs.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use near_primitives_core::hash::CryptoHash;
use xxhash_rust::xxh3::Xxh3;

/// What the name of an entry's checksum ends in.
pub const CHECKSUM: &str = "xxh3";

/// What nearcore writes after native code, before the size of the wasm.
pub const CODE_TAG: u8 = 0b10010101;

/// A file is read in pieces of this size, which stay in the processor's cache.
const PIECE: usize = 1 << 17;

/// The place of one compiled contract.
pub struct Entry {
    file: PathBuf,
}

impl Entry {
    pub fn of(folder: &Path, key: &CryptoHash) -> Entry {
        Entry { file: folder.join(key.to_string()) }
    }

    /// Whether it is there and undamaged. An error of reading is damage too: as good as missing.
    pub fn intact(&self) -> bool {
        fs::read_to_string(self.checksum_file())
            .is_ok_and(|expected| self.digest().is_ok_and(|found| found == expected))
    }

    /// Stores native code in nearcore's format. Unlike nearcore's own writing it does not wait for the disk, which takes
    /// longer than many a compilation: what a crash of the machine leaves half written does not match its checksum.
    pub fn write_code(&self, code: &[u8], wasm_bytes: u64) -> io::Result<()> {
        let end = [&[CODE_TAG][..], &wasm_bytes.to_le_bytes()].concat();
        let mut digest = Xxh3::new();
        digest.update(code);
        digest.update(&end);
        replace(&self.file, &[code, &end])?;
        self.seal(&digest)
    }

    /// Notes the checksum of what is there.
    pub fn seal_as_it_is(&self) -> io::Result<()> {
        replace(&self.checksum_file(), &[self.digest()?.as_bytes()])
    }

    pub fn remove(&self) {
        let _ = fs::remove_file(self.checksum_file());
        let _ = fs::remove_file(&self.file);
    }

    fn seal(&self, digest: &Xxh3) -> io::Result<()> {
        replace(&self.checksum_file(), &[text(digest).as_bytes()])
    }

    fn checksum_file(&self) -> PathBuf {
        self.file.with_extension(CHECKSUM)
    }

    fn digest(&self) -> io::Result<String> {
        let mut file = File::open(&self.file)?;
        let mut digest = Xxh3::new();
        let mut piece = vec![0; PIECE];
        loop {
            match file.read(&mut piece)? {
                0 => return Ok(text(&digest)),
                length => digest.update(&piece[..length]),
            }
        }
    }
}

fn text(digest: &Xxh3) -> String {
    format!("{:032x}", digest.digest128())
}

/// Writes a file aside and renames it: other processes see all of it or nothing.
fn replace(file: &Path, parts: &[&[u8]]) -> io::Result<()> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let aside = file.with_extension(format!("{}-{count}.temp", std::process::id()));
    let mut written = File::create(&aside)?;
    parts.iter().try_for_each(|part| written.write_all(part))?;
    fs::rename(&aside, file)
}
