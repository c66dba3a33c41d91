//! The `.pb` format of Pabulib (Faliszewski et al. 2023, arXiv 2305.11035; pabulib.org/format): text in, election out,
//! and back. Scores are counted from the votes: what the file says of them is only compared.

mod amount;
mod names;
mod read;
mod records;
#[cfg(test)]
mod tests;
mod votes;
mod write;

pub use amount::shown;
pub use names::{DEFAULT_TIES, name_of, rule_named};
pub use read::read;
pub use write::{Heading, write};

use super::{Election, Envelope, Fate, Minutes, Profile, Project, Rules, Threshold, TieBreak};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fmt};

/// What a `.pb` file says.
#[derive(Debug, Clone)]
pub struct File {
    /// Keys of META, in lower case, and their values.
    pub meta: BTreeMap<String, String>,
    /// In cents.
    pub budget: u64,
    /// In the order of the file.
    pub projects: Vec<Project>,
    /// The votes.
    pub profile: Profile,
    /// What the file itself says of each project, beside the votes.
    pub recorded: Vec<Recorded>,
    /// What an editor should know, in French.
    pub notices: Vec<String>,
    /// SHA-256 of the file: the seed of its lot, when there is no other.
    pub digest: [u8; 32],
}

/// What a file says of a project, as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Its votes.
    pub votes: Option<String>,
    /// Its score.
    pub score: Option<String>,
    /// Whether it was selected: `0`, `1`, or another number that a comment of the file explains.
    pub selected: Option<String>,
}

/// What is wrong with a file: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// From 1; the last line when something is missing.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ligne {} : {}. {}", self.line, self.what, self.remedy)
    }
}

impl std::error::Error for Fault {}

impl File {
    /// The election by the rule `name`, or that of the file when there is none, with ties decided by `ties`, the lot
    /// being drawn with the SHA-256 of the file.
    ///
    /// # Errors
    /// The rule is not known, or the file names none that can be applied.
    pub fn election(self, name: Option<&str>, ties: &[TieBreak]) -> Result<Election, String> {
        let declared = self.meta.get("rule").map_or("", String::as_str);
        let unit = self.meta.get("unit").map_or("", String::as_str);
        let rule = rule_named(name.unwrap_or(declared), unit)?;
        let threshold = match self.meta.get("min_project_score_threshold").map(|text| text.trim()) {
            None | Some("") => None,
            Some(text) => {
                let needed = amount::decimal(text).and_then(amount::Decimal::cents);
                let (needed, _) = needed.ok_or_else(|| {
                    format!("« min_project_score_threshold » vaut « {text} », ce qui n’est pas un nombre. Corrigez META.")
                })?;
                // Scores of files that have a threshold are whole numbers.
                Some(Threshold::Score(needed.div_ceil(100)))
            }
        };
        let envelope = Envelope { id: "budget".to_owned(), amount: Some(self.budget), ..Envelope::default() };
        let rules = Rules {
            rule,
            envelopes: vec![envelope],
            threshold,
            exclusions: Vec::new(),
            one_per_proposer: false,
            one_per_zone: false,
            carry_over: false,
            ties: ties.to_vec(),
        };
        let seed = ties.contains(&TieBreak::Lot).then(|| self.digest.to_vec());
        Ok(Election { projects: self.projects, rules, profile: self.profile, seed })
    }
}

/// Where the file and the count disagree, in French: votes, scores, and the official winners.
pub fn differences(recorded: &[Recorded], minutes: &Minutes) -> Vec<String> {
    let mut found = Vec::new();
    for (recorded, fate) in recorded.iter().zip(&minutes.projects) {
        let Fate { id, score, voters, reason, .. } = fate;
        let counted = |text: &str, counted: i64, unit: u32| {
            let written = amount::decimal(text)?;
            let same = i128::from(counted) * i128::from(written.unit()) == written.digits * i128::from(unit);
            (!same).then(|| amount::shown(counted, unit))
        };
        if let Some(text) = &recorded.votes
            && let Some(count) = counted(text, voters.cast_signed(), 1)
        {
            found.push(format!("projet « {id} » : le fichier dit {text} votes, les bulletins {count}"));
        }
        if let Some(text) = &recorded.score
            && let Some(count) = counted(text, *score, minutes.unit)
        {
            found.push(format!("projet « {id} » : le fichier dit {text} points, les bulletins {count}"));
        }
        match recorded.selected.as_deref() {
            Some("1") if !reason.elected() => {
                found.push(format!("projet « {id} » : retenu dans le fichier, non élu par cette règle"));
            }
            Some("0") if reason.elected() => {
                found.push(format!("projet « {id} » : non retenu dans le fichier, élu par cette règle"));
            }
            _ => {}
        }
    }
    found
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
