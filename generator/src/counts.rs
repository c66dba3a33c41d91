//! The counts that pages show: those of the register, or those of the demonstration before there is a register.

use crate::{
    content::{
        deposit::{Deposit, Standing},
        process::Process,
    },
    site::Site,
};
use domain::{
    counts::{DepositCounts, ProcessCounts, VotingCounts},
    register::{Act, Entry, Tally},
    results,
    threshold::Threshold as Rule,
    voting,
};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// What the register has published of every process.
pub(crate) struct Counts(BTreeMap<String, Published>);

/// What the register has published of a process, if it has.
struct Published {
    counts: Option<ProcessCounts>,
    /// Of a questionnaire that has closed.
    results: Option<results::Published>,
    /// Of a vote that has closed.
    minutes: Option<voting::Published>,
}

/// A file of the register that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("les décomptes de {} ne se lisent pas : {source}", path.display())]
pub struct UnreadableCounts {
    path: PathBuf,
    source: io::Error,
}

impl Counts {
    /// Those of a site without register.
    pub(crate) fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// The counts in the folder `data`, where the register publishes them.
    pub(crate) fn read(site: &Site, data: &Path) -> Result<Self, UnreadableCounts> {
        let read = |(_, process): (_, &Process)| {
            let counts = read_published(data.join(format!("{}.json", process.id)))?;
            let results = read_published(data.join(format!("{}.answers.json", process.id)))?;
            let minutes = read_published(data.join(format!("{}.minutes.json", process.id)))?;
            Ok((process.id.clone(), Published { counts, results, minutes }))
        };
        site.content().processes().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Up to when the acts of a process are counted, if the register says so.
    pub(crate) fn as_of(&self, process: &Process) -> Option<Timestamp> {
        self.published(process).map(|counts| counts.as_of)
    }

    /// The counts of a deposit, for each threshold of its process.
    pub(crate) fn of(&self, site: &Site, process: &Process, deposit: &Deposit) -> DepositCounts {
        let thresholds = process.petition.iter().flat_map(|petition| &petition.thresholds);
        let rules: Vec<Rule> = thresholds.map(|threshold| threshold.rule.clone()).collect();
        let tally = match self.published(process) {
            Some(counts) => counts.deposits.get(&deposit.id).map(recorded).unwrap_or_default(),
            None => demonstrated(deposit, &rules, site.now),
        };
        tally.counts(&rules, &site.settings.zone)
    }

    fn published(&self, process: &Process) -> Option<&ProcessCounts> {
        self.0.get(&process.id)?.counts.as_ref()
    }

    /// What was answered to a questionnaire, if that is published.
    pub(crate) fn results(&self, process: &Process) -> Option<&results::Published> {
        self.0.get(&process.id)?.results.as_ref()
    }

    /// How many have voted and what the lot is committed to, and up to when votes are counted; from before the opening on,
    /// when nobody has.
    pub(crate) fn turnout(&self, process: &Process) -> Option<(&VotingCounts, Timestamp)> {
        let counts = self.published(process)?;
        Some((counts.voting.as_ref()?, counts.as_of))
    }

    /// The account of a vote, once it is published.
    pub(crate) fn minutes(&self, process: &Process) -> Option<&voting::Published> {
        self.0.get(&process.id)?.minutes.as_ref()
    }
}

fn read_published<T: DeserializeOwned>(path: PathBuf) -> Result<Option<T>, UnreadableCounts> {
    let read = match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(io::Error::from),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    };
    read.map_err(|source| UnreadableCounts { path, source })
}

/// What the register says, to be told again for the thresholds of today.
fn recorded(counts: &DepositCounts) -> Tally {
    let crossed =
        counts.thresholds.iter().filter_map(|threshold| Some((threshold.supports, threshold.crossed?)));
    Tally { supports: counts.supports, crossed: crossed.collect() }
}

/// The fictitious supports given by `now`, counted as the register will.
fn demonstrated(deposit: &Deposit, rules: &[Rule], now: Timestamp) -> Tally {
    let mut tally = Tally::default();
    if let Standing::Admissible { support: Some(support), .. } = &deposit.standing {
        let instants = support.demonstration.iter().flat_map(|demonstration| demonstration.instants());
        for at in instants.filter(|at| *at <= now) {
            let entry = Entry::new(Act::Support, &deposit.id, at, String::new());
            tally.count(entry.act, entry.at, rules);
        }
    }
    tally
}
