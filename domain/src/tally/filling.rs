//! An envelope being filled: what is left, who is elected, what may still be.

use super::{Reason, Round, Step, count::Count, minutes::Measure, rules::Envelope, ties::Tie};

/// An envelope being filled. A copy is a draft: nothing is settled before `Count` takes it.
#[derive(Clone)]
pub(super) struct Filling<'c> {
    pub(super) count: &'c Count<'c>,
    /// Elected so far, from this envelope and those before.
    elected: Vec<bool>,
    /// In cents; none without an amount.
    pub(super) left: Option<u64>,
    pub(super) spent: u64,
    /// Winners of this envelope, in order.
    pub(super) winners: Vec<usize>,
    pub(super) most: Option<u32>,
    pub(super) rounds: Vec<Round>,
    pub(super) fates: Vec<(usize, Reason)>,
}

impl<'c> Filling<'c> {
    /// The envelope, with what those before leave it, when the projects of `elected` are.
    pub(super) fn new(count: &'c Count<'c>, elected: Vec<bool>, envelope: &Envelope, carried: u64) -> Self {
        Self {
            count,
            elected,
            left: envelope.amount.map(|amount| amount.saturating_add(carried)),
            spent: 0,
            winners: Vec::new(),
            most: envelope.most,
            rounds: Vec::new(),
            fates: Vec::new(),
        }
    }

    pub(super) fn is_elected(&self, project: usize) -> bool {
        self.elected[project]
    }

    /// Those of `projects` who are not elected yet.
    pub(super) fn not_elected(&self, projects: &[usize]) -> Vec<usize> {
        projects.iter().copied().filter(|&project| !self.elected[project]).collect()
    }

    /// How many may still be elected.
    pub(super) fn places(&self) -> usize {
        let most = self.most.map_or(usize::MAX, |most| most as usize);
        most.saturating_sub(self.winners.len())
    }

    /// Why `project` cannot be elected now, if it cannot.
    pub(super) fn obstacle(&self, project: usize) -> Option<Reason> {
        if self.places() == 0 {
            return Some(Reason::Full);
        }
        self.excluder(project).or_else(|| match self.left {
            Some(left) if self.count.cost(project) > left => Some(Reason::DoesNotFit { left }),
            _ => None,
        })
    }

    /// The elected project that excludes `project`, if one does.
    pub(super) fn excluder(&self, project: usize) -> Option<Reason> {
        let by = self.count.rivals(project).find(|&rival| self.elected[rival])?;
        Some(Reason::Excluded { by: self.count.id(by) })
    }

    /// Whether all of `projects`, each of which can be elected now, can be elected together.
    pub(super) fn holds_all(&self, projects: &[usize]) -> bool {
        let cost: u128 = projects.iter().map(|&project| u128::from(self.count.cost(project))).sum();
        projects.len() <= self.places()
            && self.left.is_none_or(|left| cost <= u128::from(left))
            && !projects
                .iter()
                .any(|&project| self.count.rivals(project).any(|rival| projects.contains(&rival)))
    }

    /// Elects `project`, which the caller knows can be.
    pub(super) fn elect(&mut self, project: usize, measure: Measure, step: Step) {
        let cost = self.count.cost(project);
        let before = self.left;
        self.elected[project] = true;
        self.winners.push(project);
        self.spent = self.spent.saturating_add(cost);
        // Only a project that is funded beyond the envelope costs more than what is left.
        self.left = before.map(|left| left.saturating_sub(cost));
        self.decide(project, measure, before, Reason::Elected { step });
    }

    /// Leaves `project` out.
    pub(super) fn reject(&mut self, project: usize, measure: Measure, reason: Reason) {
        self.decide(project, measure, self.left, reason);
    }

    /// Notes `tie` with the decisions on the tied, from the round `since` on.
    pub(super) fn note(&mut self, since: usize, tie: &Tie) {
        let tied = self.rounds.iter_mut().skip(since).filter(|round| tie.order.contains(&round.project));
        tied.for_each(|round| round.tie = Some(tie.clone()));
    }

    fn decide(&mut self, project: usize, measure: Measure, before: Option<u64>, reason: Reason) {
        self.fates.push((project, reason.clone()));
        self.rounds.push(Round {
            project: self.count.id(project),
            measure,
            cost: self.count.cost(project),
            before,
            after: self.left,
            reason,
            tie: None,
        });
    }

    /// Settles what becomes of `project` without a round.
    pub(super) fn settle(&mut self, project: usize, reason: Reason) {
        self.fates.push((project, reason));
    }
}
