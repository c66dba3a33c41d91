//! The box after the close: opened, counted, published with all that a recount needs.

use super::{
    kept::{self, Counted},
    rows,
};
use crate::{
    register::{self, Publish, put_json},
    table::{Table, TableError, query_all},
};
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
pub(crate) fn is_due(voting: &Voting, now: Timestamp) -> bool {
    now >= voting.window.closes().saturating_add(LATEST).unwrap_or(Timestamp::MAX)
}

/// Publishes the ballots of a vote, the file that others count, and the minutes, last: who finds them finds the rest. A vote
/// is counted once: what is published again, where it is missing, is the same, whatever the rules have become. Fictitious
/// ballots are counted by the rules in force. Gives whether anything was published.
///
/// # Errors
/// As the table and the place of publication; [`TableError::Broken`] when the box is not as it was when it was counted.
pub(crate) async fn publish(
    table: &dyn Table,
    to: &dyn Publish,
    rulebook: &Rulebook,
    secret: &Secret,
    process: &str,
    voting: &Voting,
    now: Timestamp,
) -> Result<bool, TableError> {
    let path = |ending: &str| format!("data/{process}.{ending}");
    let is_fictitious = voting.demonstration.is_some();
    let earlier = if is_fictitious { None } else { Counted::read(table, process, now).await? };
    if earlier.is_some() && to.has(&path("minutes.json")).await? {
        return Ok(false);
    }
    let ballots = ballots(table, process, now).await?;
    let digest = kept::digest(&ballots)?;
    let counted = match earlier {
        Some(earlier) => earlier,
        None => {
            let voters = match now < voting.erased {
                true => voters(table, process, now).await?,
                false => register::voters(table, process, now).await?,
            };
            let seed = hex::encode(lot(secret, process));
            let counted = Counted { voting: voting.clone(), voters, seed, ballots: digest.clone() };
            // A roll and a box that disagree are no count: they are looked at again.
            match is_fictitious || voters != ballots.len() as u64 {
                true => counted,
                false => counted.keep(table, process, now).await?,
            }
        }
    };
    if counted.ballots != digest {
        return Err(TableError::Broken("its box is not as it was when it was counted".into()));
    }
    let lot = kept::lot_commitment(table, secret, process, now).await?;
    let files = count(rulebook, process, &counted, ballots, lot);
    put_json(to, &path("ballots.json"), &files.ballots).await?;
    if let Some(text) = files.pabulib {
        to.put(&path("pb"), text.into_bytes()).await?;
    }
    put_json(to, &path("minutes.json"), &files.minutes).await?;
    Ok(true)
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
struct Files {
    ballots: BallotBox,
    minutes: Published,
    /// When there are minutes of projects.
    pabulib: Option<String>,
}

/// Counts the ballots. As many as there were people on the roll, or there is no result, which is published as such. `lot` is
/// what the lot was committed to.
fn count(rulebook: &Rulebook, process: &str, counted: &Counted, ballots: Vec<Slot>, lot: String) -> Files {
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
