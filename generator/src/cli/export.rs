//! `parvis export`: a vote that was published, for those who study votes.

use super::{
    OPTIONS, Outcome as Ended, TEMPLATE, fail,
    given::{self, Unread},
};
use clap::Args;
use domain::{
    tally::pabulib::{self, Heading},
    voting::{BallotBox, Outcome},
};
use std::path::PathBuf;
use thiserror::Error;

/// What to write, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = OPTIONS, help_template = TEMPLATE)]
pub(super) struct ExportArguments {
    /// Fichier des bulletins que le site publie : data/….ballots.json.
    #[arg(value_name = "FICHIER")]
    file: PathBuf,

    /// Au format de Pabulib (.pb).
    #[arg(long, required = true)]
    pb: bool,
}

#[derive(Debug, Error)]
enum ExportError {
    #[error(transparent)]
    Unread(#[from] Unread),
    #[error("{path} n’est pas un fichier de bulletins (….ballots.json) : {source}")]
    Malformed { path: String, source: serde_json::Error },
    #[error(
        "une question à laquelle on répond par oui ou non n’a pas de projets : le format de Pabulib ne sait pas la dire"
    )]
    Question,
    #[error("{0}")]
    Undecided(String),
}

/// Prints the file.
pub(super) fn run(arguments: &ExportArguments) -> Ended {
    let text = export(arguments).map_err(|error| fail(&error))?;
    given::print(&text)
}

fn export(ExportArguments { file, pb: _ }: &ExportArguments) -> Result<String, ExportError> {
    let ballots: BallotBox = serde_json::from_slice(&given::read(file)?)
        .map_err(|source| ExportError::Malformed { path: given::name(file), source })?;
    match ballots.count() {
        Outcome::Minutes(minutes) => {
            let heading = Heading {
                description: ballots.process.clone(),
                country: "France".to_owned(),
                ..Heading::default()
            };
            Ok(pabulib::write(&heading, &ballots.projects, &ballots.profile(), &minutes))
        }
        Outcome::Question(_) => Err(ExportError::Question),
        Outcome::Undecided(why) => Err(ExportError::Undecided(why)),
    }
}
