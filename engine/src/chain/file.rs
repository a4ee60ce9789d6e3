//! The envelope of a saved chain: what it is, in which version, and whether it is whole.
//!
//! `NEARHSNP`, the version of the format (u32), the length of the contents (u64), their SHA-256, the contents. Numbers are
//! little-endian.

use near_primitives::hash::hash;

const MAGIC: &[u8; 8] = b"NEARHSNP";
/// Goes up whenever the contents change their form.
const VERSION: u32 = 2;
const HEAD: usize = 8 + 4 + 8 + 32;

/// Contents in their envelope.
pub fn seal(contents: &[u8]) -> Vec<u8> {
    let mut file = Vec::with_capacity(HEAD + contents.len());
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&VERSION.to_le_bytes());
    file.extend_from_slice(&(contents.len() as u64).to_le_bytes());
    file.extend_from_slice(hash(contents).as_ref());
    file.extend_from_slice(contents);
    file
}

/// The contents of an envelope that is whole and of this version.
pub fn open(file: &[u8]) -> Result<&[u8], String> {
    if !file.starts_with(MAGIC) {
        return Err(
            "this is no saved chain of near-harness: it does not begin with NEARHSNP".to_owned()
        );
    }
    let cut = || format!("the saved chain is damaged: it is cut short, after {} bytes", file.len());
    let version = u32::from_le_bytes(file.get(8..12).ok_or_else(cut)?.try_into().expect("4 bytes"));
    if version > VERSION {
        return Err(format!(
            "the saved chain is of format {version}, and this engine ({}) reads up to {VERSION}: it was saved by a newer \
             near-harness; upgrade this one",
            env!("CARGO_PKG_VERSION")
        ));
    }
    if version < VERSION {
        return Err(format!(
            "the saved chain is of format {version}, and this engine ({}) reads format {VERSION}: make it and save it again",
            env!("CARGO_PKG_VERSION")
        ));
    }
    let length = u64::from_le_bytes(file.get(12..20).ok_or_else(cut)?.try_into().expect("8 bytes"));
    let checksum = file.get(20..HEAD).ok_or_else(cut)?;
    let contents = &file[HEAD..];
    if (contents.len() as u64) < length {
        return Err(cut());
    }
    if contents.len() as u64 != length || hash(contents).as_ref() != checksum {
        return Err("the saved chain is damaged: its checksum is wrong".to_owned());
    }
    Ok(contents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens() {
        assert_eq!(open(&seal(b"a chain")).unwrap(), b"a chain");
    }

    #[test]
    fn no_damage_goes_unnoticed() {
        let whole = seal(b"a chain");
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert!(open(&damaged).is_err(), "byte {at}");
            assert!(open(&whole[..at]).is_err(), "{at} bytes");
        }
        assert!(open(&[whole.as_slice(), b"!"].concat()).is_err());
    }

    #[test]
    fn other_formats_are_named() {
        let mut other = seal(b"a chain");
        other[8] = 9;
        assert!(open(&other).unwrap_err().contains("upgrade"), "{:?}", open(&other));
        other[8] = 1;
        assert!(open(&other).unwrap_err().contains("save it again"), "{:?}", open(&other));
    }
}
