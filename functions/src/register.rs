//! The register's one logical writer: reads the table's changes, appends acts to the log, counts them, publishes
//! the counts.
//!
//! Exactly once: the position reached, the log's new entries and the counts are one commit, which requires that
//! nobody else has moved the register's head. Two writers do no harm; one of them starts over.

use crate::{
    erasure, questionnaire,
    rows::{DepositId, Standing, Support, deposit_of},
    table::{
        Change, CommitError, Condition, Item, Key, MOST_WRITES, Position, Table, TableError, Write, query_all,
    },
    voting::{
        kept, minutes,
        rows::{is_kept, kept_partition, process_of_roll},
    },
};
use async_trait::async_trait;
use domain::{
    counts::{ProcessCounts, VotingCounts},
    register::{Act, BUNDLE, Entry, Tally, to_the_minute},
    rulebook::{Process, Rulebook},
    secret::{Secret, commitment},
};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};
use tokio::sync::watch;

/// How far the register has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    /// Changes of the table up to here are in the log.
    position: Option<Position>,
    /// Process id → entries of its log.
    entries: BTreeMap<String, u64>,
}

/// Changes read at once.
const CHANGES: u32 = 500;
/// So few changes fit into one commit whatever they are: each touches at most one count and one chunk of a log.
const FEW_CHANGES: u32 = 40;

fn head_key() -> Key {
    Key::new("register", "head")
}

fn count_key(id: DepositId<'_>) -> Key {
    Key::new(format!("count#{}", id.process), id.deposit)
}

/// How many people are on the roll of a vote.
fn turnout_key(process: &str) -> Key {
    Key::new(kept_partition(process), "voters")
}

/// Entries of a log lie in chunks, one for each commit, within bundles of [`BUNDLE`]; each bundle is a partition. An
/// entry lies there as the very text that is hashed as the tree's leaf (RFC 6962 §2.1), never to be written another way.
fn chunk_key(process: &str, index: u64) -> Key {
    Key::new(format!("log#{process}#{:08}", index / BUNDLE), format!("{index:012}"))
}

/// Supports of a deposit that the register has counted.
///
/// # Errors
/// As a read of the table.
pub async fn supports(table: &dyn Table, id: DepositId<'_>, now: Timestamp) -> Result<u64, TableError> {
    let stored = table.get(&count_key(id), now).await?;
    Ok(stored.map(|item| item.read::<Tally>()).transpose()?.map_or(0, |tally| tally.supports))
}

/// People on the roll of a vote that the register has counted. Outlives the roll.
///
/// # Errors
/// As a read of the table.
pub async fn voters(table: &dyn Table, process: &str, now: Timestamp) -> Result<u64, TableError> {
    let stored = table.get(&turnout_key(process), now).await?;
    Ok(stored.map(|item| item.read()).transpose()?.unwrap_or(0))
}

/// Takes the acts committed since the last call into the log, until there are none left.
///
/// Gives the processes whose counts have changed, and the position reached.
///
/// # Errors
/// As the table.
pub async fn catch_up(
    table: &dyn Table,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<(BTreeSet<String>, Option<Position>), TableError> {
    let mut touched = BTreeSet::new();
    let mut limit = CHANGES;
    loop {
        match step(table, rulebook, limit, now).await {
            Ok(Step::Taken(processes)) => touched.extend(processes),
            Ok(Step::TooManyWrites) => limit = FEW_CHANGES,
            Ok(Step::Last(position)) => return Ok((touched, position)),
            // Another writer has moved the register, or the answer to our own commit was lost: in either case the
            // published counts may be behind.
            Err(CommitError::Refused) => touched.extend(rulebook.processes.keys().cloned()),
            Err(CommitError::Table(error)) => return Err(error),
        }
    }
}

enum Step {
    /// Changes were taken, with acts of these processes; there may be more.
    Taken(BTreeSet<String>),
    /// The changes read touch more than one commit can hold: read fewer.
    TooManyWrites,
    /// There is nothing more to take.
    Last(Option<Position>),
}

async fn step(
    table: &dyn Table,
    rulebook: &Rulebook,
    limit: u32,
    now: Timestamp,
) -> Result<Step, CommitError> {
    let stored = table.get(&head_key(), now).await?;
    let mut head = stored.as_ref().map(Item::read::<Head>).transpose()?.unwrap_or_default();
    let read = table.changes(head.position.as_ref(), limit).await?;
    // To note having read only what the register itself wrote would be one more such change, for ever.
    if read.changes.len() < FEW_CHANGES as usize && read.changes.iter().all(is_own) {
        return Ok(Step::Last(head.position));
    }
    let mut logs = BTreeMap::<String, Vec<Entry>>::new();
    for change in &read.changes {
        if let Some((process, entry)) = act(change)? {
            logs.entry(process).or_default().push(entry);
        }
    }
    let mut writes = Vec::new();
    let mut processes: BTreeSet<String> = logs.keys().cloned().collect();
    for (process, came) in turnouts(&read.changes) {
        let stored = table.get(&turnout_key(process), now).await?;
        let condition = stored.as_ref().map_or(Condition::Absent, |item| Condition::Version(item.version));
        let voters = stored.map(|item| item.read::<u64>()).transpose()?.unwrap_or(0) + came;
        writes.push(Write::put(turnout_key(process), condition, None, &voters)?);
        processes.insert(process.to_owned());
    }
    for (process, entries) in &logs {
        let thresholds =
            rulebook.processes.get(process).map(|process| process.thresholds.as_slice()).unwrap_or_default();
        let mut tallies = BTreeMap::<&str, (Condition, Tally)>::new();
        for entry in entries {
            if !tallies.contains_key(entry.deposit.as_str()) {
                let stored =
                    table.get(&count_key(DepositId { process, deposit: &entry.deposit }), now).await?;
                let condition =
                    stored.as_ref().map_or(Condition::Absent, |item| Condition::Version(item.version));
                let tally = stored.map(|item| item.read()).transpose()?.unwrap_or_default();
                tallies.insert(&entry.deposit, (condition, tally));
            }
            if let Some((_, tally)) = tallies.get_mut(entry.deposit.as_str()) {
                tally.count(entry.act, entry.at, thresholds);
            }
        }
        for (deposit, (condition, tally)) in &tallies {
            writes.push(Write::put(count_key(DepositId { process, deposit }), *condition, None, tally)?);
        }
        let size = head.entries.entry(process.clone()).or_default();
        let mut rest = entries.as_slice();
        while !rest.is_empty() {
            let room = usize::try_from(BUNDLE - *size % BUNDLE).unwrap_or(rest.len());
            let (chunk, after) = rest.split_at(room.min(rest.len()));
            let leaves = chunk.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>();
            let leaves = leaves.map_err(|error| TableError::Broken(error.to_string()))?;
            writes.push(Write::put(chunk_key(process, *size), Condition::Absent, None, &leaves)?);
            *size += chunk.len() as u64;
            rest = after;
        }
    }
    head.position = Some(read.next);
    let condition = stored.map_or(Condition::Absent, |item| Condition::Version(item.version));
    writes.push(Write::put(head_key(), condition, None, &head)?);
    if writes.len() > MOST_WRITES {
        return Ok(Step::TooManyWrites);
    }
    table.commit(writes, now).await?;
    Ok(Step::Taken(processes))
}

/// How many people came onto each roll. Nobody ever leaves one but by erasure, and a new erasure date is no arrival.
fn turnouts(changes: &[Change]) -> BTreeMap<&str, u64> {
    let mut turnouts = BTreeMap::new();
    for change in changes.iter().filter(|change| change.old.is_none()) {
        let process = change.new.as_ref().and_then(|new| process_of_roll(&new.key.partition));
        if let Some(process) = process {
            *turnouts.entry(process).or_default() += 1;
        }
    }
    turnouts
}

/// Whether the register itself made a change.
fn is_own(change: &Change) -> bool {
    change.new.as_ref().or(change.old.as_ref()).is_some_and(|item| {
        let partition = &item.key.partition;
        let own = ["count#", "log#"];
        partition == "register"
            || is_kept(partition)
            || own.iter().any(|prefix| partition.starts_with(prefix))
    })
}

/// The act that a change of a support's row is. Its erasure is none. A row that cannot be read stops the register
/// rather than being left out of the count.
fn act(change: &Change) -> Result<Option<(String, Entry)>, TableError> {
    let Some(new) = &change.new else { return Ok(None) };
    let Some(id) = deposit_of(&new.key.partition) else { return Ok(None) };
    let support: Support = new.read()?;
    // A row that had expired was absent, though it may still have been stored.
    let old = change.old.as_ref().filter(|old| old.is_live(support.at));
    let old = old.map(|old| old.read::<Support>()).transpose()?;
    let counted = |support: &Support| support.standing == Standing::Counted;
    let act = match (old.as_ref().is_some_and(counted), counted(&support)) {
        (false, true) => Act::Support,
        (true, false) => Act::Withdrawal,
        _ => return Ok(None),
    };
    let entry = Entry::new(act, id.deposit, support.at, commitment(&support.receipt));
    Ok(Some((id.process.to_owned(), entry)))
}

/// The public counts of a process. Those of a vote are there before it opens, for its lot is committed to then.
///
/// # Errors
/// As the table.
async fn counts(
    table: &dyn Table,
    id: &str,
    process: &Process,
    secret: &Secret,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<ProcessCounts, TableError> {
    let head =
        table.get(&head_key(), now).await?.map(|item| item.read::<Head>()).transpose()?.unwrap_or_default();
    let mut deposits = BTreeMap::new();
    for item in query_all(table, &format!("count#{id}"), now).await? {
        let tally: Tally = item.read()?;
        deposits.insert(item.key.sort, tally.counts(&process.thresholds, zone));
    }
    let voting = match &process.voting {
        Some(_) => Some(VotingCounts {
            voters: voters(table, id, now).await?,
            lot: kept::lot_commitment(table, secret, id, now).await?,
        }),
        None => None,
    };
    Ok(ProcessCounts {
        process: id.to_owned(),
        as_of: to_the_minute(now),
        entries: head.entries.get(id).copied().unwrap_or_default(),
        deposits,
        voting,
    })
}

/// The log of a process, from its first entry.
///
/// # Errors
/// As the table.
pub async fn log(table: &dyn Table, process: &str, now: Timestamp) -> Result<Vec<Entry>, TableError> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let bundle = chunk_key(process, entries.len() as u64).partition;
        let before = entries.len();
        for chunk in query_all(table, &bundle, now).await? {
            for leaf in chunk.read::<Vec<String>>()? {
                entries.push(serde_json::from_str(&leaf).map_err(|error| chunk.unreadable(error))?);
            }
        }
        if entries.len() == before || !(entries.len() as u64).is_multiple_of(BUNDLE) {
            return Ok(entries);
        }
    }
}

/// Where published files go.
#[async_trait]
pub trait Publish: Send + Sync + 'static {
    /// Puts a file at `path` of the site, e.g. `data/process.json`; a reader sees the old or the new one, whole.
    async fn put(&self, path: &str, content: Vec<u8>) -> Result<(), TableError>;

    /// Whether there is a file at `path`.
    async fn has(&self, path: &str) -> Result<bool, TableError>;
}

/// The folder of the site.
#[derive(Debug, Clone)]
pub struct Folder(pub PathBuf);

#[async_trait]
impl Publish for Folder {
    async fn put(&self, path: &str, content: Vec<u8>) -> Result<(), TableError> {
        let write = || async {
            let path = self.0.join(path);
            if let Some(folder) = path.parent() {
                tokio::fs::create_dir_all(folder).await?;
            }
            let temporary = path.with_extension("new");
            tokio::fs::write(&temporary, content).await?;
            tokio::fs::rename(temporary, path).await
        };
        write().await.map_err(|error| TableError::Busy(format!("{path} could not be published: {error}")))
    }

    async fn has(&self, path: &str) -> Result<bool, TableError> {
        let there = tokio::fs::try_exists(self.0.join(path)).await;
        there.map_err(|error| TableError::Busy(format!("{path} could not be looked for: {error}")))
    }
}

/// The writer: takes acts into the log and publishes what has changed.
pub struct Writer {
    table: Arc<dyn Table>,
    rulebook: watch::Receiver<Arc<Rulebook>>,
    secret: Secret,
    to: Box<dyn Publish>,
    /// Processes whose published counts may be behind.
    behind: BTreeSet<String>,
    /// Fields whose answers are erased: process, field.
    forgotten: BTreeSet<(String, String)>,
    /// Processes whose results are published.
    resulted: BTreeSet<String>,
    /// Votes that are counted and published.
    counted: BTreeSet<String>,
    /// Whether erasure dates follow the rulebook.
    is_dated: bool,
    /// Version of the rulebook at the last run.
    version: Option<String>,
}

impl Writer {
    /// A writer for a table and a place of publication; `secret` is the authority's, from which lots are drawn.
    pub fn new(
        table: Arc<dyn Table>,
        rulebook: watch::Receiver<Arc<Rulebook>>,
        secret: Secret,
        to: Box<dyn Publish>,
    ) -> Self {
        Self {
            table,
            rulebook,
            secret,
            to,
            behind: BTreeSet::new(),
            forgotten: BTreeSet::new(),
            resulted: BTreeSet::new(),
            counted: BTreeSet::new(),
            is_dated: false,
            version: None,
        }
    }

    /// Takes what has happened since the last run and publishes `data/<process>.json` where counts have changed, the results
    /// of questionnaires that have closed, and the minutes of votes.
    ///
    /// Gives whether anything was published, and the position in the table's changes up to which all is counted.
    ///
    /// # Errors
    /// As the table and the place of publication; the next run does what this one could not.
    pub async fn run(&mut self, now: Timestamp) -> Result<(bool, Option<Position>), TableError> {
        let rulebook = self.rulebook.borrow_and_update().clone();
        // At first, for whoever wrote before may have stopped between counting and publishing; and under new rules.
        if self.version.as_ref() != Some(&rulebook.version) {
            self.is_dated = false;
            self.behind.extend(rulebook.processes.keys().cloned());
            self.resulted.clear();
            self.counted.clear();
            self.forgotten.clear();
            self.version = Some(rulebook.version.clone());
        }
        let (touched, position) = catch_up(&*self.table, &rulebook, now).await?;
        self.behind.extend(touched);
        let zone = TimeZone::get(&rulebook.time_zone).unwrap_or(TimeZone::UTC);
        let mut has_published = false;
        while let Some(id) = self.behind.first().cloned() {
            if let Some(process) = rulebook.processes.get(&id) {
                let counts = counts(&*self.table, &id, process, &self.secret, &zone, now).await?;
                put_json(&*self.to, &format!("data/{id}.json"), &counts).await?;
                has_published = true;
            }
            self.behind.remove(&id);
        }
        has_published |= self.publish_results(&rulebook, now).await?;
        let votes = self.publish_votes(&rulebook, now).await;
        if !self.is_dated {
            erasure::follow(&*self.table, &rulebook, now).await?;
            self.is_dated = true;
        }
        for (process, field) in erasure::due_fields(&rulebook, now) {
            if !self.forgotten.contains(&(process.clone(), field.clone())) {
                erasure::forget_field(&*self.table, &process, &field, now).await?;
                self.forgotten.insert((process, field));
            }
        }
        Ok((has_published | votes?, position))
    }

    /// Publishes `data/<process>.answers.json` of each questionnaire that has closed; whether there was one.
    async fn publish_results(&mut self, rulebook: &Rulebook, now: Timestamp) -> Result<bool, TableError> {
        let mut has_published = false;
        for (id, process) in &rulebook.processes {
            let Some(writing) = &process.writing else { continue };
            if self.resulted.contains(id) || !questionnaire::is_published(writing, now) {
                continue;
            }
            let results = questionnaire::results(&*self.table, id, writing, now).await?;
            let results = results.published(&writing.form);
            put_json(&*self.to, &format!("data/{id}.answers.json"), &results).await?;
            self.resulted.insert(id.clone());
            has_published = true;
        }
        Ok(has_published)
    }

    /// Publishes each vote that has closed; whether there was one. What hinders one hinders no other.
    async fn publish_votes(&mut self, rulebook: &Rulebook, now: Timestamp) -> Result<bool, TableError> {
        let (mut has_published, mut failed) = (false, None);
        for (id, process) in &rulebook.processes {
            let Some(voting) = &process.voting else { continue };
            if self.counted.contains(id) || !minutes::is_due(voting, now) {
                continue;
            }
            let (table, to) = (&*self.table, &*self.to);
            match minutes::publish(table, to, rulebook, &self.secret, id, voting, now).await {
                Ok(is_new) => {
                    has_published |= is_new;
                    self.counted.insert(id.clone());
                }
                Err(error) => {
                    tracing::error!(process = id, %error, "a vote could not be counted");
                    failed = Some(error);
                }
            }
        }
        failed.map_or(Ok(has_published), Err)
    }
}

/// Publishes a file that is JSON.
pub(crate) async fn put_json(
    to: &dyn Publish,
    path: &str,
    content: &impl Serialize,
) -> Result<(), TableError> {
    let json = serde_json::to_vec(content).map_err(|error| TableError::Broken(error.to_string()))?;
    to.put(path, json).await
}
