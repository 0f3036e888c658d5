//! Encryption of preview data with AES-256-GCM, in the format of Next.js.
//!
//! A sealed text is four parts, one after the other:
//!
//! ```text
//! salt 64 bytes │ IV 16 │ tag 16 │ ciphertext, as long as the text
//! ```
//!
//! The key of the cipher is derived from the secret and the salt by PBKDF2, which is slow on purpose.
//! So ciphers are kept: the one of this process, and those of the [`REMEMBERED`] salts that other
//! processes used last.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use aes_gcm::{
    AesGcm, KeyInit,
    aead::{AeadInOut, consts::U16},
    aes::Aes256,
};
use sha2::Sha512;
use zeroize::Zeroizing;

use super::error::Failure;

/// An IV of 16 bytes, where most uses of GCM have 12.
type Cipher = AesGcm<Aes256, U16>;
type Salt = [u8; 64];

/// The length of the initialization vector, in bytes.
const IV: usize = 16;
/// The length of the authentication tag, in bytes.
const TAG: usize = 16;
/// The iterations of PBKDF2 that Next.js asks for.
const ROUNDS: u32 = 100_000;

/// How many salts of other processes are remembered with their ciphers.
const REMEMBERED: usize = 64;

/// One secret, and the ciphers derived from it.
///
/// The salt makes one cipher of the secret for each process. All that this process seals shares it,
/// so that the derivation is paid once; a random IV for each message keeps messages apart.
pub(super) struct Sealer {
    secret: Zeroizing<Vec<u8>>,
    salt: Salt,
    own: OnceLock<Arc<Cipher>>,
    /// Most recently used first.
    others: Mutex<VecDeque<(Salt, Arc<Cipher>)>>,
}

impl Sealer {
    pub(super) fn new(secret: &str) -> Result<Self, getrandom::Error> {
        let mut salt = [0; 64];
        getrandom::fill(&mut salt)?;
        Ok(Self {
            secret: Zeroizing::new(secret.as_bytes().to_vec()),
            salt,
            own: OnceLock::new(),
            others: Mutex::new(VecDeque::new()),
        })
    }

    pub(super) fn warm_up(&self) {
        self.own();
    }

    pub(super) fn seal(&self, mut text: Vec<u8>) -> Result<Vec<u8>, Failure> {
        let mut iv = [0; IV];
        getrandom::fill(&mut iv).map_err(Failure::Random)?;
        let tag = self
            .own()
            .encrypt_inout_detached(&iv.into(), b"", text.as_mut_slice().into())
            .map_err(|_| Failure::TooLong(text.len()))?;
        Ok([&self.salt[..], &iv, &tag, &text].concat())
    }

    /// The text, if it was sealed with this secret and not changed since.
    ///
    /// The caller has checked a signature: an unknown salt costs a derivation.
    pub(super) fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (salt, rest) = sealed.split_first_chunk::<64>()?;
        let (iv, rest) = rest.split_first_chunk::<IV>()?;
        let (tag, ciphertext) = rest.split_first_chunk::<TAG>()?;
        let mut text = ciphertext.to_vec();
        // Decrypts only after the tag was found right; otherwise `text` is dropped unread.
        self.cipher(salt)
            .decrypt_inout_detached(iv.into(), b"", text.as_mut_slice().into(), tag.into())
            .ok()?;
        Some(text)
    }

    fn own(&self) -> &Arc<Cipher> {
        self.own.get_or_init(|| self.derive(&self.salt))
    }

    fn cipher(&self, salt: &Salt) -> Arc<Cipher> {
        if *salt == self.salt {
            return self.own().clone();
        }
        if let Some(cipher) = self.recall(salt) {
            return cipher;
        }
        // Not under the lock: meanwhile others read what is remembered.
        let cipher = self.derive(salt);
        self.remember(*salt, cipher.clone());
        cipher
    }

    fn derive(&self, salt: &Salt) -> Arc<Cipher> {
        let mut key = Zeroizing::new([0; 32]);
        pbkdf2::pbkdf2_hmac::<Sha512>(&self.secret, salt, ROUNDS, key.as_mut_slice());
        Arc::new(Cipher::new((&*key).into()))
    }

    fn recall(&self, salt: &Salt) -> Option<Arc<Cipher>> {
        let mut others = self.others();
        let index = others.iter().position(|(known, _)| known == salt)?;
        let entry = others.remove(index)?;
        let cipher = entry.1.clone();
        others.push_front(entry);
        Some(cipher)
    }

    fn remember(&self, salt: Salt, cipher: Arc<Cipher>) {
        let mut others = self.others();
        others.retain(|(known, _)| *known != salt);
        others.push_front((salt, cipher));
        others.truncate(REMEMBERED);
    }

    /// A panic elsewhere leaves no half-made entry behind.
    fn others(&self) -> MutexGuard<'_, VecDeque<(Salt, Arc<Cipher>)>> {
        self.others.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl Sealer {
    /// How many derivations are remembered.
    pub(super) fn derived(&self) -> usize {
        usize::from(self.own.get().is_some()) + self.others().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h50_no_bit_of_sealed_data_can_be_changed() {
        let sealer = Sealer::new("secret").unwrap();
        let sealed = sealer.seal(b"hello".to_vec()).unwrap();
        assert_eq!(sealed.len(), 64 + IV + TAG + 5);
        assert_eq!(sealer.open(&sealed).unwrap(), b"hello");
        // Each bit of IV, tag and ciphertext; of the salt one, because it costs a derivation.
        for bit in (64 * 8..sealed.len() * 8).chain([0]) {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(sealer.open(&changed), None, "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert_eq!(sealer.open(&sealed[..length]), None, "{length} bytes");
        }
    }

    #[test]
    fn equal_texts_are_sealed_differently() {
        let sealer = Sealer::new("secret").unwrap();
        let [one, other] = [(); 2].map(|()| sealer.seal(b"hello".to_vec()).unwrap());
        assert_eq!(one[..64], other[..64]);
        assert_ne!(one[64..], other[64..]);
    }

    #[test]
    fn the_least_recently_used_salt_is_forgotten() {
        let sealer = Sealer::new("secret").unwrap();
        let cipher = Arc::new(Cipher::new(&[7; 32].into()));
        let known = |salt: u8| sealer.recall(&[salt; 64]).is_some();
        for salt in 0..=254 {
            sealer.remember([salt; 64], cipher.clone());
            assert!(known(0), "used again and again");
        }
        assert_eq!(sealer.derived(), REMEMBERED);
        assert!(known(254) && known(192));
        assert!(!known(191) && !known(1));
        sealer.remember([254; 64], cipher);
        assert_eq!(sealer.derived(), REMEMBERED);
    }
}
