//! What travels in forms and must come back as it was: `<mac>.<json>`.

use super::since::is_same;
use domain::secret::Key;
use serde::{Serialize, de::DeserializeOwned};

/// A value that only who has the key can have written.
pub(super) fn seal(key: &Key, value: &impl Serialize) -> Option<String> {
    let json = serde_json::to_string(value).ok()?;
    Some(format!("{}.{json}", key.pseudonym(&[&json]).as_str()))
}

/// What was sealed under that key; none when it was not.
pub(super) fn unseal<T: DeserializeOwned>(key: &Key, sealed: &str) -> Option<T> {
    let (mac, json) = sealed.split_once('.')?;
    is_same(key, mac, key.pseudonym(&[json]).as_str()).then(|| serde_json::from_str(json).ok())?
}
