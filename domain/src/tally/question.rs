//! A question answered by yes or no.

use crate::ballot::{Answer, Ballot};
use serde::{Deserialize, Serialize};

/// People and papers, as a polling station's minutes have them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turnout {
    /// People on the roll, if there is a list.
    pub registered: Option<u64>,
    /// People who voted: `blank` + `void` + `expressed`.
    pub voters: u64,
    /// Blank ballots.
    pub blank: u64,
    /// Ballots that are not an answer: paper that cannot be read.
    pub void: u64,
    /// Ballots that answer.
    pub expressed: u64,
}

/// What the answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// More yes than no.
    Yes,
    /// More no than yes.
    No,
    /// As many of both, or nobody: the question is not decided.
    Level,
}

/// The count of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// People and papers.
    pub turnout: Turnout,
    /// Ballots for.
    pub yes: u64,
    /// Ballots against.
    pub no: u64,
    /// The majority of ballots that answer.
    pub outcome: Outcome,
}

/// Counts ballots on a question; `void` papers are those that were set aside, and a ballot that is not an answer is one.
pub fn question<'a>(
    ballots: impl IntoIterator<Item = (&'a Ballot, u64)>,
    registered: Option<u64>,
    void: u64,
) -> Question {
    let (mut yes, mut no, mut blank, mut void) = (0, 0, 0, void);
    for (ballot, many) in ballots {
        match ballot {
            Ballot::YesNo(Answer::Yes) => yes += many,
            Ballot::YesNo(Answer::No) => no += many,
            Ballot::Blank => blank += many,
            _ => void += many,
        }
    }
    let expressed = yes + no;
    Question {
        turnout: Turnout { registered, voters: expressed + blank + void, blank, void, expressed },
        yes,
        no,
        outcome: match yes.cmp(&no) {
            std::cmp::Ordering::Greater => Outcome::Yes,
            std::cmp::Ordering::Less => Outcome::No,
            std::cmp::Ordering::Equal => Outcome::Level,
        },
    }
}
