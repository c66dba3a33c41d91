//! The life of a deposit, from draft to published Markdown: states, and who may move it from one to another.

use crate::{
    form::{Answer, Answers, Field, Form, Kind, Visibility, read::text::line},
    refusal::Refusal,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a deposit stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    /// Being written, and not submitted: what is kept of it is what was typed, unchecked, and no deposit yet.
    Draft,
    /// Submitted, not looked at.
    Submitted,
    /// An agent examines it.
    UnderReview,
    /// Its author alone may change it, until then.
    ToRevise {
        /// First instant at which it can no longer be revised.
        until: Timestamp,
        /// What is asked.
        request: String,
    },
    /// It meets the rules, and will be published.
    Admissible,
    /// It does not, and why.
    Inadmissible {
        /// The published reason.
        reason: String,
    },
    /// On the site.
    Published,
    /// It lives on in another deposit.
    Merged {
        /// Id of that deposit.
        into: String,
        /// What becomes of its supports.
        supports: CarryOver,
    },
    /// Its author took it back.
    Withdrawn,
    /// It did not gather enough supports in time.
    Archived,
    /// Taken off the site.
    Hidden {
        /// Why: only the number of each reason is public.
        reason: HideReason,
    },
}

impl State {
    /// Its name in the table and in the theme's words.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::UnderReview => "under-review",
            Self::ToRevise { .. } => "to-revise",
            Self::Admissible => "admissible",
            Self::Inadmissible { .. } => "inadmissible",
            Self::Published => "published",
            Self::Merged { .. } => "merged",
            Self::Withdrawn => "withdrawn",
            Self::Archived => "archived",
            Self::Hidden { .. } => "hidden",
        }
    }

    /// Whether nobody will need its files again: its author took it back, or had it erased, for good.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Withdrawn | Self::Hidden { reason: HideReason::Erasure })
    }
}

/// What becomes of the supports of a deposit that is merged into another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CarryOver {
    /// They stay with the text they were given to, and are shown beside the other's.
    Stay,
    /// Who supported may support the other: only pseudonyms are kept, so nobody can be written to.
    Ask,
}

impl CarryOver {
    /// Its name in the theme's words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stay => "stay",
            Self::Ask => "ask",
        }
    }
}

/// Why a published deposit is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HideReason {
    /// Against the law: insults, hatred, threats, defamation.
    Unlawful,
    /// It tells of someone's private life.
    PrivateLife,
    /// Advertising, or the same text many times.
    Spam,
    /// It has nothing to do with the process.
    OffTopic,
    /// Someone else's work.
    Copyright,
    /// Its author asked for it to be erased.
    Erasure,
}

impl HideReason {
    /// Every reason, by its name in the table and in the theme's words.
    pub const ALL: [(&'static str, Self); 6] = [
        ("unlawful", Self::Unlawful),
        ("private-life", Self::PrivateLife),
        ("spam", Self::Spam),
        ("off-topic", Self::OffTopic),
        ("copyright", Self::Copyright),
        ("erasure", Self::Erasure),
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, reason)| *reason == self).map_or("", |(name, _)| name)
    }
}

/// A move from one state to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "move", rename_all = "kebab-case")]
pub enum Move {
    /// The author submits a draft, or a revision.
    Submit,
    /// The author changes what is submitted, while the window is open, or what is to be revised.
    Edit,
    /// The author takes it back.
    Withdraw,
    /// An agent begins the examination.
    Take,
    /// An agent asks the author for a revision.
    AskRevision {
        /// Until when.
        until: Timestamp,
        /// What is asked.
        request: String,
    },
    /// It meets the rules.
    Admit,
    /// It does not.
    Refuse {
        /// The published reason.
        reason: String,
    },
    /// It goes on the site.
    Publish,
    /// It lives on in another.
    Merge {
        /// Id of the other.
        into: String,
        /// What becomes of its supports.
        supports: CarryOver,
    },
    /// It did not gather enough supports in time.
    Archive,
    /// It leaves the site.
    Hide {
        /// Why.
        reason: HideReason,
    },
    /// It comes back on the site.
    Restore,
}

impl Move {
    /// Its name in the table and in the theme's words.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Edit => "edit",
            Self::Withdraw => "withdraw",
            Self::Take => "take",
            Self::AskRevision { .. } => "ask-revision",
            Self::Admit => "admit",
            Self::Refuse { .. } => "refuse",
            Self::Publish => "publish",
            Self::Merge { .. } => "merge",
            Self::Archive => "archive",
            Self::Hide { .. } => "hide",
            Self::Restore => "restore",
        }
    }
}

/// Who moves a deposit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    /// Its author.
    Author,
    /// An agent, by the name they give.
    Agent(String),
    /// A rule of the process, at its time.
    Rule,
}

/// A line of a deposit's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub did: Move,
}

/// The move cannot be made from that state, or not by them, or not now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// Not from that state.
    #[error("a deposit in this state cannot be moved so")]
    State,
    /// Not by them.
    #[error("this move is for someone else")]
    Actor,
    /// Not now: the window or the delay has closed.
    #[error("it is too late")]
    TooLate,
    /// A reason or a request is blank, or the deposit to merge into is not named.
    #[error("a reason is missing")]
    NoReason,
}

impl NotAllowed {
    /// Its name in the theme's words.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Actor => "actor",
            Self::TooLate => "too_late",
            Self::NoReason => "no_reason",
        }
    }
}

/// The state after a move. `open` is whether the activity's window is open now (I2).
///
/// Nothing leaves what is withdrawn, merged or archived; nor does what was hidden because its author asked for it to be
/// erased come back.
///
/// # Errors
/// Why it cannot be made.
pub fn after(state: &State, did: &Move, by: &Actor, now: Timestamp, open: bool) -> Result<State, NotAllowed> {
    let is_by_right_actor = match did {
        Move::Submit | Move::Edit | Move::Withdraw => *by == Actor::Author,
        Move::Archive => *by == Actor::Rule,
        _ => matches!(by, Actor::Agent(_)),
    };
    if !is_by_right_actor {
        return Err(NotAllowed::Actor);
    }
    let to = to(state, did, now).ok_or(NotAllowed::State)?;
    let is_in_time = match (state, did) {
        (State::ToRevise { until, .. }, Move::Submit | Move::Edit) => now < *until,
        (_, Move::Submit | Move::Edit) | (State::Published, Move::Withdraw) => open,
        (_, Move::AskRevision { until, .. }) => now < *until,
        _ => true,
    };
    let lacks_reason = match did {
        Move::Refuse { reason: text }
        | Move::AskRevision { request: text, .. }
        | Move::Merge { into: text, .. } => text.trim().is_empty(),
        _ => false,
    };
    match (is_in_time, lacks_reason) {
        (false, _) => Err(NotAllowed::TooLate),
        (_, true) => Err(NotAllowed::NoReason),
        _ => Ok(to),
    }
}

/// Where a move leads from a state, whoever makes it and however late it is.
fn to(state: &State, did: &Move, now: Timestamp) -> Option<State> {
    use State::{
        Admissible, Archived, Draft, Hidden, Inadmissible, Merged, Published, Submitted, ToRevise,
        UnderReview, Withdrawn,
    };
    // Until then a text that its author may still change is not decided on.
    let can_be_decided = match state {
        Submitted | UnderReview => true,
        ToRevise { until, .. } => now >= *until,
        _ => false,
    };
    let to = match (did, state) {
        (Move::Submit, Draft | ToRevise { .. }) => Submitted,
        (Move::Edit, Submitted | ToRevise { .. }) => state.clone(),
        (Move::Withdraw, Draft | Submitted | UnderReview | ToRevise { .. } | Admissible | Published) => {
            Withdrawn
        }
        (Move::Take, Submitted) => UnderReview,
        (Move::AskRevision { until, request }, Submitted | UnderReview) => {
            ToRevise { until: *until, request: request.clone() }
        }
        // A decision may be revised until the text is on the site.
        (Move::Admit, state) if can_be_decided || matches!(state, Inadmissible { .. }) => Admissible,
        (Move::Refuse { reason }, state) if can_be_decided || *state == Admissible => {
            Inadmissible { reason: reason.clone() }
        }
        (Move::Publish, Admissible) => Published,
        (Move::Merge { into, supports }, UnderReview | Admissible | Published) => {
            Merged { into: into.clone(), supports: *supports }
        }
        (Move::Archive, Published) => Archived,
        (Move::Hide { reason }, Published) => Hidden { reason: *reason },
        (Move::Restore, Hidden { reason }) if *reason != HideReason::Erasure => Published,
        _ => return None,
    };
    Some(to)
}

/// The field whose answer is a deposit's title: the first one of kind `text` that everybody reads.
pub fn title_field(form: &Form) -> Option<&Field> {
    let is_title =
        |field: &&Field| matches!(field.kind, Kind::Text { .. }) && field.visibility == Visibility::Public;
    form.fields.iter().find(is_title)
}

/// What is kept of a deposit. Personal: the author, until the activity's erasure date; and what fields say they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deposit {
    /// What the author is told: `ABCD-EFGH`, drawn at random.
    pub reference: String,
    /// First words of its title, for its address; with the reference, unique: `un-banc-devant-l-ecole-abcd-efgh`.
    pub slug: String,
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
    /// 1 for the first text, one more at each change by the author: what was supported or decided says of which.
    pub revision: u32,
    /// [`crate::form::version::version`] of the form that was filled in.
    pub form: String,
    /// What was answered.
    pub answers: Answers,
    /// Who wrote it; none when the activity asks no identity, or once it is erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Author>,
    /// When the first text was submitted.
    pub at: Timestamp,
    /// What happened, in order.
    pub history: Vec<Moved>,
}

/// The author of a deposit. Purpose: to tell them what becomes of it. Erased at the activity's erasure date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// Where they are written to.
    pub email: String,
    /// What the site calls them: the only thing of them that is published.
    pub public_name: String,
    /// Pseudonym of their mailbox under the activity's key: so many deposits for a person.
    pub mailbox: crate::secret::Pseudonym,
}

impl Author {
    /// Characters of a public name.
    pub const LONGEST_NAME: usize = 80;

    /// Reads what the site is to call an author: one line, in which something is a letter or a digit.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read_public_name(typed: &str) -> Result<String, Refusal> {
        let refuse = |rule| Refusal::general(rule).at("public_name");
        let name = line(typed).map_err(|_| refuse("public_name.malformed"))?;
        if name.is_empty() {
            return Err(refuse("public_name.missing"));
        }
        let is_name = name.chars().count() <= Self::LONGEST_NAME && name.contains(char::is_alphanumeric);
        if is_name { Ok(name) } else { Err(refuse("public_name.malformed")) }
    }
}

impl Deposit {
    /// Its title: the answer to the [`title_field`]; empty when there is none.
    pub fn title<'a>(&'a self, form: &Form) -> &'a str {
        match title_field(form).and_then(|field| self.answers.get(&field.id)) {
            Some(Answer::Text(title)) => title,
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests;
