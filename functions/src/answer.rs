//! Answers: pages of the site with what was typed and what is wrong put into them (I11).

mod fill;

pub(crate) use fill::message;
pub use fill::{Filling, Shown, escape, fill};

use domain::similar::{self, Known};
use std::{
    io,
    path::{Path, PathBuf},
};

/// A page the functions answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The support form.
    Support,
    /// Where the code for a support is typed.
    SupportCode,
    /// The support is counted.
    Supported,
    /// The withdrawal form.
    Withdraw,
    /// Where the code for a withdrawal is typed.
    WithdrawCode,
    /// The support is not counted any more.
    Withdrawn,
    /// What is to be written.
    Write,
    /// What was written, to be read once more before it is sent.
    Preview,
    /// Where the link to a draft is to be sent.
    Draft,
    /// It was sent.
    DraftKept,
    /// Where the code for a writing is typed.
    WriteCode,
    /// It was received.
    Written,
    /// What an author sees of their own deposit.
    OwnDeposit,
    /// The form that tells of a text that should not be there.
    Report,
    /// That was received.
    Reported,
    /// The ballot, to be filled in.
    Ballot,
    /// The ballot, to be read once more, and who casts it.
    BallotReview,
    /// Where the code for a ballot is typed.
    BallotCode,
    /// It is in the box.
    BallotCast,
    /// Somebody of this identity has voted.
    AlreadyVoted,
    /// Where the tracking code of a ballot is typed that is to be replaced.
    BallotReplace,
    /// It was.
    BallotReplaced,
}

impl Page {
    fn file(self) -> &'static str {
        match self {
            Self::Support => "support.html",
            Self::SupportCode => "support-code.html",
            Self::Supported => "supported.html",
            Self::Withdraw => "withdraw.html",
            Self::WithdrawCode => "withdraw-code.html",
            Self::Withdrawn => "withdrawn.html",
            Self::Write => "write.html",
            Self::Preview => "preview.html",
            Self::Draft => "draft.html",
            Self::DraftKept => "draft-kept.html",
            Self::WriteCode => "write-code.html",
            Self::Written => "written.html",
            Self::OwnDeposit => "deposit.html",
            Self::Report => "report-form.html",
            Self::Reported => "reported.html",
            Self::Ballot => "ballot.html",
            Self::BallotReview => "ballot-review.html",
            Self::BallotCode => "ballot-code.html",
            Self::BallotCast => "ballot-cast.html",
            Self::AlreadyVoted => "already-voted.html",
            Self::BallotReplace => "ballot-replace.html",
            Self::BallotReplaced => "ballot-replaced.html",
        }
    }
}

/// The folder of pages that the build made for the functions.
#[derive(Debug, Clone)]
pub struct Pages(PathBuf);

impl Pages {
    /// The pages in `folder`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// A page of the deposit, or of the process, at `path` (from `/` to `/`).
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn read(&self, path: &str, page: Page) -> io::Result<String> {
        tokio::fs::read_to_string(self.0.join(Path::new(path.trim_matches('/'))).join(page.file())).await
    }

    /// The texts that are published in the process at `path`; none when the site says nothing of them.
    pub async fn known_texts(&self, path: &str) -> Known {
        let file = self.0.join(Path::new(path.trim_matches('/'))).join(similar::FILE);
        let text = tokio::fs::read(file).await.unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// The page for an address that does not exist.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn not_found(&self) -> io::Result<String> {
        tokio::fs::read_to_string(self.0.join("not-found.html")).await
    }

    /// The page for when the store does not answer.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn unavailable(&self) -> io::Result<String> {
        tokio::fs::read_to_string(self.0.join("unavailable.html")).await
    }
}
