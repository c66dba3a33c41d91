//! The order in which what is voted on is shown: stable for one voter, any order as likely as any other over voters,
//! so that no project gains by its place.

use sha2::{Digest, Sha256};

/// SHA-256(seed ‖ id): what presentation and public lots are ordered by.
pub fn digest(seed: &[u8], id: &str) -> [u8; 32] {
    Sha256::new().chain_update(seed).chain_update(id).finalize().into()
}

/// `ids` in the order that `seed` gives them, whatever order they came in.
pub fn order<'a>(seed: &[u8], ids: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut drawn: Vec<([u8; 32], &str)> = ids.into_iter().map(|id| (digest(seed, id), id)).collect();
    drawn.sort_unstable();
    drawn.into_iter().map(|(_, id)| id).collect()
}
