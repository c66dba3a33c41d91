//! The counts that pages show: those of the register, or those of the demonstration before there is a register.

use crate::{
    content::{
        deposit::{Deposit, Standing},
        petition::Petition,
        process::Process,
    },
    site::Site,
};
use domain::{
    counts::{DepositCounts, ProcessCounts},
    register::{Act, Entry, Tally},
    threshold::Threshold as Rule,
};
use jiff::Timestamp;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// The counts of every process.
pub(crate) struct Counts(BTreeMap<String, Published>);

/// What the register has published of a process, if it has.
type Published = Option<ProcessCounts>;

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
            let path = data.join(format!("{}.json", process.id));
            let published = read_published(&path).map_err(|source| UnreadableCounts { path, source })?;
            Ok((process.id.clone(), published))
        };
        site.content().processes().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Up to when the acts of a process are counted, if the register says so.
    pub(crate) fn as_of(&self, process: &Process) -> Option<Timestamp> {
        self.published(process).map(|counts| counts.as_of)
    }

    /// The counts of a deposit, for each threshold of its petition.
    pub(crate) fn of(
        &self,
        site: &Site,
        process: &Process,
        petition: &Petition,
        deposit: &Deposit,
    ) -> DepositCounts {
        let rules: Vec<Rule> = petition.thresholds.iter().map(|threshold| threshold.rule.clone()).collect();
        let tally = match self.published(process) {
            Some(counts) => counts.deposits.get(&deposit.id).map(recorded).unwrap_or_default(),
            None => demonstrated(deposit, &rules, site.now),
        };
        tally.counts(&rules, &site.settings.zone)
    }

    fn published(&self, process: &Process) -> Option<&ProcessCounts> {
        self.0.get(&process.id)?.as_ref()
    }
}

fn read_published(path: &Path) -> io::Result<Published> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
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
    if let Standing::Admissible { support, .. } = &deposit.standing {
        let instants = support.demonstration.iter().flat_map(|demonstration| demonstration.instants());
        for at in instants.filter(|at| *at <= now) {
            let entry = Entry::new(Act::Support, &deposit.id, at, String::new());
            tally.count(entry.act, entry.at, rules);
        }
    }
    tally
}
