//! The box after the close: opened, counted, published with all that a recount needs.

use super::{kept::Counted, rows};
use crate::table::{Table, TableError, query_all};
use domain::{
    rulebook::{Rulebook, Voting},
    secret::Secret,
    tally::pabulib::{self, Heading},
    voting::{BallotBox, Outcome, Published, Slot},
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

/// How long after the close a ballot that was being cast may still come.
const LATEST: SignedDuration = SignedDuration::from_mins(1);

/// Whether the box may be opened at `now`.
pub fn is_due(voting: &Voting, now: Timestamp) -> bool {
    now >= voting.window.closes().saturating_add(LATEST).unwrap_or(Timestamp::MAX)
}

/// The seed of the public lot of a vote: nobody can know it before the close but who holds the authority's secret, who is
/// held to it by the commitment that is published before the opening.
pub(crate) fn lot(secret: &Secret, process: &str) -> Vec<u8> {
    hex::decode(secret.key(&["lot", process]).pseudonym(&["seed"]).as_str()).unwrap_or_default()
}

/// People on the roll, as long as it is not erased.
///
/// # Errors
/// As a read of the table.
pub async fn voters(table: &dyn Table, process: &str, now: Timestamp) -> Result<u64, TableError> {
    let mut voters = 0;
    for partition in rows::roll_partitions(process) {
        voters += query_all(table, &partition, now).await?.len() as u64;
    }
    Ok(voters)
}

/// All ballots in the box, in the order of their slots.
///
/// # Errors
/// As a read of the table.
pub async fn ballots(table: &dyn Table, process: &str, now: Timestamp) -> Result<Vec<Slot>, TableError> {
    let mut ballots = Vec::new();
    for partition in rows::box_partitions(process) {
        for item in query_all(table, &partition, now).await? {
            ballots.push(Slot { ballot: item.read()?, slot: item.key.sort });
        }
    }
    Ok(ballots)
}

/// What is published of a vote.
pub struct Files {
    /// `data/<process>.ballots.json`.
    pub ballots: BallotBox,
    /// `data/<process>.minutes.json`.
    pub minutes: Published,
    /// `data/<process>.pb`, when there are minutes of projects.
    pub pabulib: Option<String>,
}

/// Counts the ballots. As many as there were people on the roll, or there is no result, which is published as such. `lot` is
/// what the lot was committed to.
pub(crate) fn count(
    rulebook: &Rulebook,
    process: &str,
    counted: &Counted,
    ballots: Vec<Slot>,
    lot: String,
) -> Files {
    let Counted { voting, voters, seed, .. } = counted;
    let ballots = BallotBox::new(process, voting, ballots, seed.clone());
    let minutes = ballots.publish(*voters, voting.window.closes(), lot);
    let pabulib = match &minutes.outcome {
        Outcome::Minutes(counted) => {
            let heading = heading(rulebook, process, voting);
            Some(pabulib::write(&heading, &ballots.projects, &ballots.profile(), counted))
        }
        Outcome::Question(_) | Outcome::Undecided(_) => None,
    };
    Files { ballots, minutes, pabulib }
}

fn heading(rulebook: &Rulebook, process: &str, voting: &Voting) -> Heading {
    let zone = TimeZone::get(&rulebook.time_zone).unwrap_or(TimeZone::UTC);
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    // The close is the first instant after the last day.
    let last = voting.window.closes().saturating_sub(SignedDuration::from_secs(1));
    let (first, last) = (day(voting.window.opens()), day(last.unwrap_or(voting.window.closes())));
    let written = |day: jiff::civil::Date| format!("{:02}.{:02}.{}", day.day(), day.month(), day.year());
    Heading {
        description: rulebook.processes.get(process).map(|rules| rules.title.clone()).unwrap_or_default(),
        country: "France".to_owned(),
        unit: rulebook.site.clone(),
        instance: last.year().to_string(),
        date_begin: written(first),
        date_end: written(last),
    }
}
