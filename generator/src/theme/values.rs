//! What templates receive, and a fingerprint of it: a page is made again when what its template receives has
//! changed, and only then.

use serde::Serialize;
use std::{
    mem,
    sync::{Arc, OnceLock},
};
use tera::{Context, Value};
use xxhash_rust::xxh3::Xxh3;

/// A fingerprint: equal for what is equal.
pub(crate) type Key = u128;

/// Takes in what a fingerprint depends on.
#[derive(Default)]
pub(crate) struct Fingerprint {
    hash: Xxh3,
    taken: u64,
    buffer: Vec<u8>,
}

impl Fingerprint {
    /// Takes in a value, as it is serialised.
    pub(crate) fn value(&mut self, value: &(impl Serialize + ?Sized)) {
        // Writing into memory does not fail, and views have no keys but texts.
        let mut written = mem::take(&mut self.buffer);
        written.clear();
        let _ = serde_json::to_writer(&mut written, value);
        written.push(0);
        self.bytes(&written);
        self.buffer = written;
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.taken += bytes.len() as u64;
    }

    pub(crate) fn key(&mut self, key: Key) {
        self.bytes(&key.to_le_bytes());
    }

    pub(crate) fn finish(self) -> Key {
        self.hash.digest128()
    }

    /// How many bytes have been taken in.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }
}

/// The fingerprint of some bytes.
pub(crate) fn fingerprint(bytes: &[u8]) -> Key {
    xxhash_rust::xxh3::xxh3_128(bytes)
}

type View<'a> = Box<dyn erased_serde::Serialize + Send + Sync + 'a>;

/// A value that many templates receive: made ready for them once.
pub(crate) struct Shared<'a> {
    view: View<'a>,
    key: OnceLock<Key>,
    value: OnceLock<Value>,
}

impl<'a> Shared<'a> {
    pub(crate) fn new(view: impl Serialize + Send + Sync + 'a) -> Arc<Self> {
        Arc::new(Self { view: Box::new(view), key: OnceLock::new(), value: OnceLock::new() })
    }

    fn key(&self) -> Key {
        *self.key.get_or_init(|| {
            let mut fingerprint = Fingerprint::default();
            fingerprint.value(&self.view);
            fingerprint.finish()
        })
    }

    fn value(&self) -> Value {
        self.value.get_or_init(|| Value::from_serializable(&self.view)).clone()
    }
}

/// What a template receives.
#[derive(Default)]
pub(crate) struct Values<'a>(Vec<(&'static str, Given<'a>)>);

enum Given<'a> {
    Own(View<'a>),
    Shared(Arc<Shared<'a>>),
    List(Vec<Arc<Shared<'a>>>),
}

impl<'a> Values<'a> {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// With one value more.
    pub(crate) fn with(mut self, name: &'static str, value: impl Serialize + Send + Sync + 'a) -> Self {
        self.0.push((name, Given::Own(Box::new(value))));
        self
    }

    /// With a value that others receive too.
    pub(crate) fn share(mut self, name: &'static str, value: &Arc<Shared<'a>>) -> Self {
        self.0.push((name, Given::Shared(value.clone())));
        self
    }

    /// With a list of values that other lists hold too.
    pub(crate) fn list(mut self, name: &'static str, values: Vec<Arc<Shared<'a>>>) -> Self {
        self.0.push((name, Given::List(values)));
        self
    }

    /// Takes the values into a fingerprint.
    pub(super) fn hash(&self, fingerprint: &mut Fingerprint) {
        for (name, given) in &self.0 {
            fingerprint.bytes(name.as_bytes());
            match given {
                Given::Own(view) => fingerprint.value(view),
                Given::Shared(shared) => fingerprint.key(shared.key()),
                Given::List(list) => list.iter().for_each(|shared| fingerprint.key(shared.key())),
            }
        }
    }

    pub(super) fn context(&self) -> Context {
        let mut context = Context::new();
        for (name, given) in &self.0 {
            let value = match given {
                Given::Own(view) => Value::from_serializable(view),
                Given::Shared(shared) => shared.value(),
                Given::List(list) => {
                    Value::from(list.iter().map(|shared| shared.value()).collect::<Vec<_>>())
                }
            };
            context.insert_value(*name, value);
        }
        context
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(values: &Values<'_>) -> Key {
        let mut fingerprint = Fingerprint::default();
        values.hash(&mut fingerprint);
        fingerprint.finish()
    }

    #[test]
    fn equal_values_have_the_same_key_and_others_another() {
        let shared = Shared::new("x");
        let values = |number: u8, list| Values::new().with("a", number).share("b", &shared).list("c", list);
        assert_eq!(key(&values(1, vec![])), key(&values(1, vec![])));
        assert_ne!(key(&values(1, vec![])), key(&values(2, vec![])));
        assert_ne!(key(&values(1, vec![])), key(&values(1, vec![shared.clone()])));
    }
}
