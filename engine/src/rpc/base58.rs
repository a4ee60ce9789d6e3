//! Hashes, keys and signatures in base58, as nearcore writes them, at a tenth of the time.

use near_crypto::{PublicKey, Signature};
use near_primitives::hash::CryptoHash;
use serde::ser::{Serialize, Serializer};

pub struct Hash<'a>(pub &'a CryptoHash);

impl Serialize for Hash<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(of_32(self.0.as_bytes(), &mut [0; 44]))
    }
}

/// A key; the kinds that are rarely used, and are longer, in nearcore's own way.
pub fn key<S: Serializer>(key: &PublicKey, serializer: S) -> Result<S::Ok, S::Error> {
    match key {
        PublicKey::ED25519(bytes) => {
            serializer.collect_str(&format_args!("ed25519:{}", of_32(&bytes.0, &mut [0; 44])))
        }
        other => other.serialize(serializer),
    }
}

/// A signature, as with [`key`].
pub fn signature<S: Serializer>(signature: &Signature, serializer: S) -> Result<S::Ok, S::Error> {
    match signature {
        Signature::ED25519(signature) => {
            let mut text = [0; 88];
            let length = five8::encode_64(&signature.to_bytes(), &mut text);
            let text = ascii(&text[..usize::from(length)]);
            serializer.collect_str(&format_args!("ed25519:{text}"))
        }
        other => other.serialize(serializer),
    }
}

fn of_32<'t>(bytes: &[u8; 32], text: &'t mut [u8; 44]) -> &'t str {
    let length = five8::encode_32(bytes, text);
    ascii(&text[..usize::from(length)])
}

fn ascii(text: &[u8]) -> &str {
    std::str::from_utf8(text).expect("base58 is ASCII")
}

#[cfg(test)]
mod tests {
    use near_crypto::{KeyType, SecretKey};
    use serde_json::to_string;

    use super::*;

    #[derive(serde::Serialize)]
    struct Fast<'a>(
        #[serde(serialize_with = "key")] &'a PublicKey,
        #[serde(serialize_with = "signature")] &'a Signature,
        Hash<'a>,
    );

    #[test]
    fn texts_are_those_of_nearcore() {
        for kind in [KeyType::ED25519, KeyType::SECP256K1] {
            for seed in 0..50 {
                let secret = SecretKey::from_seed(kind, &seed.to_string());
                let (key, hash) = (secret.public_key(), CryptoHash::hash_bytes(&[seed]));
                let signature = secret.sign(hash.as_ref());
                let ours = to_string(&Fast(&key, &signature, Hash(&hash))).unwrap();
                assert_eq!(ours, to_string(&(&key, &signature, &hash)).unwrap());
            }
        }
        // Each zero byte at the beginning is a letter of its own.
        let (key, hash) = (PublicKey::empty(KeyType::ED25519), CryptoHash::default());
        let signature = Signature::empty(KeyType::ED25519);
        let ours = to_string(&Fast(&key, &signature, Hash(&hash))).unwrap();
        assert_eq!(ours, to_string(&(&key, &signature, &hash)).unwrap());
    }
}
