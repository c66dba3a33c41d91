//! Pulling what is published into the content as it comes: the next build shows it.

use crate::desk::{Desk, DeskError, pull};
use domain::rulebook::{Rulebook, Voting};
use functions::{
    deposits,
    door::Door,
    table::{TableError, sqlite::SqliteTable},
};
use jiff::{SignedDuration, Timestamp};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::time::{sleep, timeout};

/// What rules do by themselves is done within so much time.
const SLOWEST: SignedDuration = SignedDuration::from_mins(10);

/// Pulls at once, each time deposits have changed, and as soon as a vote opens: from then on what is voted on is kept.
pub(super) async fn follow(root: PathBuf, table: SqliteTable, door: Door) {
    let mut pulled = None;
    let mut last = Timestamp::UNIX_EPOCH;
    loop {
        let committed = table.committed();
        let rulebook = door.rulebook.borrow().clone();
        let now = door.clock.now();
        let is_late = now.duration_since(last) >= SLOWEST;
        let result: Result<(), DeskError> = async {
            let standing = (versions(&table, &rulebook, now).await?, open_votes(&rulebook, now));
            if is_late || pulled.as_ref() != Some(&standing) {
                pull(&root, &table, &door, now).await?;
                pulled = Some(standing);
                last = now;
            }
            Ok(())
        }
        .await;
        if let Err(error) = result {
            tracing::error!(%error, "published deposits wait");
        }
        // Agents' moves come from other processes, which this one does not hear of.
        let _ = timeout(Duration::from_secs(4), committed).await;
        sleep(Duration::from_secs(1)).await;
    }
}

/// The id and version of every deposit.
async fn versions(
    table: &SqliteTable,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<Vec<(String, u64)>, TableError> {
    let mut versions = Vec::new();
    for (id, process) in &rulebook.processes {
        if process.writing.is_some() {
            let stored = deposits::list(table, id, now).await?;
            versions.extend(stored.into_iter().map(|stored| (stored.id, stored.version)));
        }
    }
    Ok(versions)
}

/// The processes that vote, or have voted.
fn open_votes(rulebook: &Rulebook, now: Timestamp) -> Vec<String> {
    let is_open = |voting: &Voting| voting.window.opens() <= now;
    let open = rulebook.processes.iter().filter(|(_, process)| process.voting.as_ref().is_some_and(is_open));
    open.map(|(id, _)| id.clone()).collect()
}

async fn pull(root: &Path, table: &SqliteTable, door: &Door, now: Timestamp) -> Result<(), DeskError> {
    let desk = Desk::on(root, Arc::new(table.clone()), door.secret.clone(), now)?;
    let desk = desk.with_mailer(door.mailer.clone()).with_attachments(door.attachments.clone());
    for path in pull::pull(&desk, root).await?.conflicts {
        eprintln!("à reprendre : {} (l’auteur et un éditeur ont changé les mêmes lignes)", path.display());
    }
    Ok(())
}
