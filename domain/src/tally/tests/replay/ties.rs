//! Ties by the declared chain: every project has a key for each link, and keys are compared one after the other.

use super::papers::{Papers, listed, text};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Projects of which the rules leave open who is elected.
#[derive(Debug)]
pub(super) struct Open(pub(super) Vec<String>);

impl Open {
    pub(super) fn between(tied: &[&str]) -> Self {
        Self(tied.iter().map(|&id| id.to_owned()).collect())
    }
}

/// The lower comes first.
type Key = [u8; 32];

/// The tied in the order of the chain; those that it leaves level are in the order of their names.
pub(super) struct Ordered<'p> {
    links: &'p [Value],
    keyed: Vec<(Vec<Key>, &'p str)>,
}

impl<'p> Ordered<'p> {
    pub(super) fn new(papers: &'p Papers, tied: &[&'p str]) -> Self {
        let links = listed(&papers.rules["ties"]);
        let keys = |id: &str| links.iter().map(|link| key(papers, text(link), id)).collect();
        let mut keyed: Vec<(Vec<Key>, &str)> = tied.iter().map(|&id| (keys(id), id)).collect();
        keyed.sort();
        Self { links, keyed }
    }

    pub(super) fn ids(&self) -> Vec<&'p str> {
        self.keyed.iter().map(|(_, id)| *id).collect()
    }

    /// How many links the chain has.
    pub(super) fn links(&self) -> usize {
        self.links.len()
    }

    /// Those that the first `links` leave level with `id`.
    pub(super) fn level_with(&self, id: &str, links: usize) -> Vec<&'p str> {
        let keys = self.keys(id);
        let level = self.keyed.iter().filter(|(other, _)| other[..links] == keys[..links]);
        level.map(|(_, id)| *id).collect()
    }

    /// The links that tell `id` apart from those that the links before leave level with it.
    pub(super) fn needed_for(&self, id: &str) -> Vec<usize> {
        let tells = |link: &usize| self.level_with(id, link + 1).len() < self.level_with(id, *link).len();
        (0..self.links()).filter(tells).collect()
    }

    /// What the minutes say of a tie between `order`, where these links were needed; nothing where none was.
    pub(super) fn tie(&self, order: &[&str], needed: &[usize]) -> Value {
        let by: Vec<&Value> = needed.iter().map(|&link| &self.links[link]).collect();
        if by.is_empty() { Value::Null } else { json!({ "order": order, "by": by }) }
    }

    fn keys(&self, id: &str) -> &[Key] {
        &self.keyed.iter().find(|(_, other)| *other == id).expect("one of the tied").0
    }
}

fn key(papers: &Papers, link: &str, id: &str) -> Key {
    let number = match link {
        "min-cost" => papers.cost(id),
        "max-cost" => u64::MAX - papers.cost(id),
        "more-voters" => u64::MAX - papers.voters(id),
        "lot" => return Sha256::digest([papers.seed.as_slice(), id.as_bytes()].concat()).into(),
        other => panic!("the link {other} is not known"),
    };
    let mut key = Key::default();
    key[24..].copy_from_slice(&number.to_be_bytes());
    key
}

/// The next of several that are level in a rule that elects one after the other.
pub(super) struct Next<'p> {
    pub(super) id: &'p str,
    /// What the minutes say of the tie.
    pub(super) tie: Value,
}

/// Which of `tied` is the next. `is_idle` says of some of them whether all would be elected right after one another and as they
/// are now, whoever came first: then nothing has to be decided between them.
pub(super) fn next<'p>(
    papers: &'p Papers,
    tied: &[&'p str],
    is_idle: impl Fn(&[&str]) -> bool,
) -> Result<Next<'p>, Open> {
    let ordered = Ordered::new(papers, tied);
    let ids = ordered.ids();
    let id = ids[0];
    let level = ordered.level_with(id, ordered.links());
    if level.len() > 1 && !is_idle(&level) {
        return Err(Open::between(&level));
    }
    let tie = if is_idle(&ids) { Value::Null } else { ordered.tie(&ids, &ordered.needed_for(id)) };
    Ok(Next { id, tie })
}
