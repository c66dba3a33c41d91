//! What every function stands on.

use crate::{answer::Pages, attachment::store::Store, mail::Mailer, table::Table};
use domain::{rulebook::Rulebook, secret::Secret};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use tokio::sync::watch;

/// What every function stands on.
#[derive(Clone)]
pub struct Door {
    /// Where acts are written.
    pub table: Arc<dyn Table>,
    /// Where files are stored that citizens send.
    pub attachments: Arc<dyn Store>,
    /// The rules in force; a new build may replace them while the door is open.
    pub rulebook: watch::Receiver<Arc<Rulebook>>,
    /// The pages to answer with.
    pub pages: Pages,
    /// Where mails go.
    pub mailer: Arc<dyn Mailer>,
    /// What time it is.
    pub clock: Clock,
    /// From which pseudonyms and codes are derived.
    pub secret: Secret,
}

/// The clock, which may be set to another moment to try a site as of then.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// Runs, ahead of the system's by so much.
    Running(SignedDuration),
    /// Stands still, to look at one instant closely.
    Stopped(Timestamp),
}

impl Default for Clock {
    fn default() -> Self {
        Self::Running(SignedDuration::ZERO)
    }
}

impl Clock {
    /// A clock that stands at `now` at this moment, and runs.
    pub fn starting_at(now: Timestamp) -> Self {
        Self::Running(now.duration_since(Timestamp::now()))
    }

    /// The instant it is.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::Running(ahead) => Timestamp::now().checked_add(*ahead).unwrap_or(Timestamp::MAX),
            Self::Stopped(now) => *now,
        }
    }
}
