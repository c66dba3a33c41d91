//! What a voter may say, and what it is when it lies in the box: one representation for one meaning, so that equal
//! ballots are equal bytes and tell nothing of how they were filled in.

mod check;
mod order;
#[cfg(test)]
mod tests;

pub use check::{Answers, check};
pub use order::{digest, order};

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How one votes, as the rulebook says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Method {
    /// Tick projects: at least `least`, at most `most`.
    Approval {
        /// Projects at least; a ballot never has none, which is blank.
        #[serde(default = "one")]
        least: u32,
        /// Projects at most; as many as one likes when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<u32>,
        /// Whether one may vote blank.
        #[serde(default)]
        blank: bool,
    },
    /// Share out points.
    Points {
        /// Points at most, in all.
        total: u32,
        /// Points at most for one project.
        per_project: u32,
        /// Whether one may vote blank.
        #[serde(default)]
        blank: bool,
    },
    /// Put projects in order, the best first.
    Ranking {
        /// Projects at least.
        #[serde(default = "one")]
        least: u32,
        /// Projects at most; all of them when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<u32>,
        /// Whether one may vote blank.
        #[serde(default)]
        blank: bool,
    },
    /// Give each project a grade.
    Grades {
        /// The grades, the best first.
        grades: Vec<Grade>,
        /// What a project without a grade has.
        missing: Missing,
        /// Whether one may vote blank.
        #[serde(default)]
        blank: bool,
    },
    /// Tick projects that cost no more together than the envelope.
    Knapsack {
        /// Whether one may vote blank.
        #[serde(default)]
        blank: bool,
    },
    /// Answer a question by yes or no.
    YesNo {
        /// Whether one may vote blank.
        #[serde(default)]
        blank: bool,
    },
    /// Choose one project.
    One {
        /// Whether one may vote blank.
        #[serde(default)]
        blank: bool,
    },
}

impl Method {
    /// Whether one may vote blank.
    pub fn blank(&self) -> bool {
        match *self {
            Self::Approval { blank, .. }
            | Self::Points { blank, .. }
            | Self::Ranking { blank, .. }
            | Self::Grades { blank, .. }
            | Self::Knapsack { blank }
            | Self::YesNo { blank }
            | Self::One { blank } => blank,
        }
    }

    /// Whether one ticks; else each project has a field of its own.
    pub fn ticks(&self) -> bool {
        match self {
            Self::Approval { .. } | Self::Knapsack { .. } | Self::YesNo { .. } | Self::One { .. } => true,
            Self::Points { .. } | Self::Ranking { .. } | Self::Grades { .. } => false,
        }
    }
}

fn one() -> u32 {
    1
}

/// A grade: très bien, passable, à rejeter…
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grade {
    /// Its name in ballots, a slug.
    pub id: String,
    /// As it is read.
    pub label: String,
}

/// What a project has to which a voter gave no grade (Balinski & Laraki advise that the ballot say so).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// The ballot is refused: every project is to be graded.
    Refuse,
    /// The worst grade.
    Worst,
    /// This grade, by its id.
    Grade(String),
}

/// What is voted on, as far as a ballot is concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Its slug.
    pub id: String,
    /// Its cost in cents; zero for what costs nothing, an answer to a question.
    #[serde(default)]
    pub cost: u64,
}

/// A valid ballot. Sets are in order, missing grades are filled in: equal meanings are equal bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ballot {
    /// Nobody and nothing: an opinion, where it is allowed.
    Blank,
    /// These projects: approval, and knapsack.
    Approval(BTreeSet<String>),
    /// Project → its points, one at least.
    Points(BTreeMap<String, u32>),
    /// The best first.
    Ranking(Vec<String>),
    /// Project → the id of its grade, for every project.
    Grades(BTreeMap<String, String>),
    /// An answer to a question.
    YesNo(Answer),
    /// One project.
    One(String),
}

/// An answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// For.
    Yes,
    /// Against.
    No,
}

impl Answer {
    /// As it is sent and written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
        }
    }
}
