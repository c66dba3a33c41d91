//! The tally: pure, exact, deterministic, and explained. Ballots and rules in, winners and minutes out.
//!
//! Sources: Peters, Pierczyński, Skowron, « Proportional Participatory Budgeting with Additive Utilities » (2021,
//! arXiv 2008.13276) and equalshares.net for completions; Brill et al., « Proportionality in Approval-Based Participatory
//! Budgeting » (2023) for Phragmén; Balinski & Laraki (PNAS 104:8720, 2007); Schulze (Social Choice and Welfare 36, 2011).

mod borda;
mod count;
mod filling;
mod grades;
mod greedy;
mod levels;
mod minutes;
mod order;
pub mod pabulib;
mod pairwise;
mod phragmen;
mod profile;
mod purses;
mod question;
mod rules;
mod runoff;
mod shares;
#[cfg(test)]
mod tests;
mod tiers;
mod ties;
mod zones;

pub use minutes::{
    Account, Comparison, Detail, Fate, Measure, Minutes, Pairwise, Reason, Round, RunoffRound, Shares, Step,
    Stopped,
};
pub use profile::{Kind, Profile};
pub use question::{Outcome, Question, Turnout, question};
pub use rules::{By, Completion, Envelope, Project, Rule, Rules, Scope, Stop, Threshold, Unfit, Utility};
pub use ties::{Tie, TieBreak};

use thiserror::Error;

/// An election: all that its result depends on.
#[derive(Debug, Clone)]
pub struct Election {
    /// What was voted on.
    pub projects: Vec<Project>,
    /// By which rules.
    pub rules: Rules,
    /// The ballots.
    pub profile: Profile,
    /// Seed of the public lot, if there is one.
    pub seed: Option<Vec<u8>>,
}

/// Why there is no result. In French: those who run elections read it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// A tie that the chain leaves open.
    #[error(
        "égalité entre {} : la chaîne de départage ne les sépare pas. Ajoutez-y un critère, ou « lot » (tirage public).",
        quoted(.0)
    )]
    Undecided(Vec<String>),
    /// The chain comes to the lot, and there is no seed.
    #[error(
        "égalité entre {} : le tirage doit les séparer, mais sa graine n’est pas donnée. Publiez la graine engagée avant la clôture.",
        quoted(.0)
    )]
    NoSeed(Vec<String>),
    /// Two projects of one name.
    #[error("le projet « {0} » figure deux fois parmi les projets : donnez à chacun son identifiant.")]
    SameId(String),
    /// A project of an exclusion group that does not exist.
    #[error("le projet « {0} », d’un groupe d’exclusion, n’existe pas : corrigez le groupe.")]
    Unknown(String),
    /// A rule that shares out money, and none to share.
    #[error(
        "l’enveloppe « {0} » n’a pas de montant : cette règle partage de l’argent. Donnez un montant, ou une autre règle."
    )]
    NoAmount(String),
    /// Points below zero, in a rule that has no use for them.
    #[error(
        "des bulletins donnent des points négatifs : cette règle ne sait pas les compter. Choisissez la règle « greedy »."
    )]
    Negative,
    /// An order of projects that these ballots do not give.
    #[error("cette règle demande des bulletins de {0} : ceux-ci n’en sont pas. Choisissez une autre règle.")]
    WrongBallots(&'static str),
    /// A threshold of points, and an order that has none.
    #[error(
        "le seuil compte des points, et l’ordre de ces bulletins n’en a pas. Donnez un seuil en votants ou en part des votants."
    )]
    NoScore,
    /// Numbers that cannot be counted exactly.
    #[error("les montants ou les points sont trop grands pour être comptés : vérifiez-les.")]
    TooLarge,
}

/// `« a », « b » et « c »`.
fn quoted(ids: &[String]) -> String {
    let quoted: Vec<String> = ids.iter().map(|id| format!("« {id} »")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} et {last}", others.join(", ")),
        None => String::new(),
    }
}

/// Counts an election.
///
/// # Errors
/// A tie that the chain leaves open, or rules that do not fit the ballots or the envelopes.
pub fn tally(election: &Election) -> Result<Minutes, Error> {
    count::run(election)
}
