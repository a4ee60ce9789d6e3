//! Paths of the trie: nibbles, two a byte, in the form in which nearcore serializes them.

/// A sequence of nibbles in bytes of somebody else's. The first byte holds the flag of an odd length and, then, the first
/// nibble; the empty path, which is the most frequent, takes no bytes.
#[derive(Clone, Copy)]
pub struct Path<'a>(&'a [u8]);

const ODD: u8 = 0x10;
const LEAF: u8 = 0x20;

impl<'a> Path<'a> {
    /// The path in bytes that [`Path::pack`] has written.
    pub fn of(packed: &'a [u8]) -> Path<'a> {
        Path(packed)
    }

    pub fn pack(nibbles: &[u8], to: &mut Vec<u8>) {
        if nibbles.is_empty() {
            return;
        }
        let odd = nibbles.len() % 2;
        to.push(if odd == 1 { ODD | nibbles[0] } else { 0 });
        to.extend(nibbles[odd..].chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]));
    }

    fn is_odd(self) -> bool {
        self.0.first().is_some_and(|first| first & ODD != 0)
    }

    pub fn len(self) -> usize {
        match self.0.len() {
            0 => 0,
            bytes => (bytes - 1) * 2 + usize::from(self.is_odd()),
        }
    }

    pub fn iter(self) -> impl Iterator<Item = u8> + 'a {
        let first = self.is_odd().then(|| self.0[0] & 15);
        let rest = self.0.get(1..).unwrap_or_default();
        first.into_iter().chain(rest.iter().flat_map(|byte| [byte >> 4, byte & 15]))
    }

    pub fn nibbles(self) -> Vec<u8> {
        self.iter().collect()
    }

    /// Whether one of the two begins with the other.
    pub fn agrees(self, other: &[u8]) -> bool {
        self.iter().zip(other).all(|(a, b)| a == *b)
    }

    /// Bytes of the serialized form.
    pub fn encoded_len(self) -> u64 {
        self.0.len().max(1) as u64
    }

    /// Appends the serialized form: a length, and the bytes with a flag for leaves.
    pub fn serialize(self, out: &mut Vec<u8>, leaf: bool) {
        out.extend_from_slice(&(self.encoded_len() as u32).to_le_bytes());
        let flag = if leaf { LEAF } else { 0 };
        out.push(self.0.first().copied().unwrap_or_default() | flag);
        out.extend_from_slice(self.0.get(1..).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        for len in 0..36u8 {
            let nibbles: Vec<u8> = (0..len).map(|i| i * 7 % 16).collect();
            let mut packed = Vec::new();
            Path::pack(&nibbles, &mut packed);
            let path = Path::of(&packed);
            assert_eq!(path.nibbles(), nibbles);
            assert_eq!(path.len(), nibbles.len());
            let mut out = Vec::new();
            path.serialize(&mut out, true);
            assert_eq!(out.len() as u64, 4 + path.encoded_len());
            assert!(path.agrees(&nibbles) && path.agrees(&nibbles[..len as usize / 2]));
        }
        let mut packed = Vec::new();
        Path::pack(&[1, 2], &mut packed);
        assert!(!Path::of(&packed).agrees(&[1, 3]));
    }
}
