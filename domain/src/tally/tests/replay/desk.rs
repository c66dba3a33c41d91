//! An envelope on the desk: what is left of it, who is elected, and what is said of each project in turn.

use super::papers::Papers;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone)]
pub(super) struct Desk<'p> {
    pub(super) papers: &'p Papers,
    /// Of this envelope and those before.
    pub(super) elected: BTreeSet<&'p str>,
    /// Of this envelope, in order.
    pub(super) winners: Vec<&'p str>,
    pub(super) most: Option<u64>,
    pub(super) left: Option<u64>,
    pub(super) rounds: Vec<Value>,
    /// The last that is said of each project.
    pub(super) fates: BTreeMap<&'p str, Value>,
}

impl<'p> Desk<'p> {
    /// A desk to try something on, of which nothing has been said yet.
    pub(super) fn trial(&self) -> Self {
        Self { rounds: Vec::new(), fates: BTreeMap::new(), ..self.clone() }
    }

    pub(super) fn is_full(&self) -> bool {
        self.most.is_some_and(|most| self.winners.len() as u64 >= most)
    }

    /// The elected project that excludes `id`, if one does.
    pub(super) fn exclusion(&self, id: &str) -> Option<Value> {
        let by = self.papers.rivals(id).into_iter().find(|rival| self.elected.contains(rival))?;
        Some(json!({ "reason": "excluded", "by": by }))
    }

    pub(super) fn is_too_dear(&self, id: &str) -> bool {
        self.left.is_some_and(|left| self.papers.cost(id) > left)
    }

    /// Why `id` cannot be elected now, if it cannot.
    pub(super) fn obstacle(&self, id: &str) -> Option<Value> {
        if self.is_full() {
            return Some(json!({ "reason": "full" }));
        }
        let dear = || self.is_too_dear(id).then(|| json!({ "reason": "does-not-fit", "left": self.left }));
        self.exclusion(id).or_else(dear)
    }

    /// Whether `projects` can all be elected, whoever of them comes first.
    pub(super) fn has_room_for(&self, projects: &[&str]) -> bool {
        let cost: u64 = projects.iter().map(|id| self.papers.cost(id)).sum();
        self.most.is_none_or(|most| (self.winners.len() + projects.len()) as u64 <= most)
            && self.left.is_none_or(|left| cost <= left)
            && !self.papers.have_rivals(projects)
            && projects.iter().all(|id| self.obstacle(id).is_none())
    }

    /// Who was elected, and how.
    pub(super) fn outcome(&self) -> BTreeMap<String, String> {
        let elected = self.rounds.iter().filter(|round| round["reason"]["reason"] == "elected");
        elected.map(|round| (round["project"].to_string(), round["reason"]["step"].to_string())).collect()
    }

    pub(super) fn elect(&mut self, id: &'p str, measure: &Value, step: &str) {
        let before = self.left;
        self.left = before.map(|left| left.saturating_sub(self.papers.cost(id)));
        self.elected.insert(id);
        self.winners.push(id);
        self.write(id, measure, before, json!({ "reason": "elected", "step": step }));
    }

    pub(super) fn refuse(&mut self, id: &'p str, measure: &Value, reason: Value) {
        self.write(id, measure, self.left, reason);
    }

    /// Says of the last round that it was in this tie.
    pub(super) fn note(&mut self, tie: Value) {
        self.rounds.last_mut().expect("a round")["tie"] = tie;
    }

    fn write(&mut self, id: &'p str, measure: &Value, before: Option<u64>, reason: Value) {
        self.rounds.push(json!({
            "project": id, "measure": measure, "cost": self.papers.cost(id),
            "before": before, "after": self.left, "reason": reason, "tie": null,
        }));
        self.fates.insert(id, reason);
    }
}
