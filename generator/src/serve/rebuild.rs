//! Building anew when content, theme or counts change.

use super::ServeError;
use domain::rulebook::Rulebook;
use functions::door::Clock;
use notify::{EventKind, RecursiveMode, Watcher};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{sync::watch, time::sleep};

/// A site that is built again and again.
pub(super) struct Site {
    root: PathBuf,
    public: PathBuf,
    clock: Clock,
}

/// The version of the site as an editor changes it: one more at each build for which pages should be reloaded.
#[derive(Clone)]
pub(super) struct Live(pub(super) watch::Receiver<u64>);

impl Site {
    pub(super) fn new(root: PathBuf, public: PathBuf, clock: Clock) -> Self {
        Self { root, public, clock }
    }

    /// Builds the site as of the clock's moment.
    pub(super) fn build(&self) -> Result<Arc<Rulebook>, ServeError> {
        Ok(Arc::new(crate::build(&self.root, &self.public, self.clock.now())?.rulebook))
    }
}

/// Rebuilds in the background: at once when an editor saves, soon after counts change, and every minute, for what
/// depends on the time.
pub(super) fn watch(
    site: Site,
    mut counts_changed: watch::Receiver<()>,
    rules: watch::Sender<Arc<Rulebook>>,
) -> Live {
    let (version, live) = watch::channel(0);
    let (edited, mut edits) = watch::channel(());
    let watcher = watch_files(&site.root, edited);
    tokio::spawn(async move {
        // Without the system's help, edits are seen at the next minute.
        let _watcher =
            watcher.inspect_err(|error| eprintln!("les modifications ne sont pas suivies : {error}"));
        loop {
            let is_edit = tokio::select! {
                Ok(()) = edits.changed() => true,
                Ok(()) = counts_changed.changed() => false,
                () = sleep(Duration::from_secs(60)) => false,
            };
            // Editors save several files at once; many acts come within a second.
            sleep(Duration::from_millis(if is_edit { 100 } else { 500 })).await;
            edits.mark_unchanged();
            let built = tokio::task::block_in_place(|| site.build());
            match built {
                Ok(rulebook) => {
                    rules.send_if_modified(|current| {
                        let is_new = current.version != rulebook.version;
                        *current = rulebook;
                        is_new
                    });
                    if is_edit {
                        version.send_modify(|version| *version += 1);
                    }
                }
                // The last good site goes on being served.
                Err(error) => eprintln!("{error}"),
            }
        }
    });
    Live(live)
}

fn watch_files(root: &Path, edited: watch::Sender<()>) -> notify::Result<notify::RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        let is_change = !matches!(event.kind, EventKind::Access(_));
        if is_change {
            edited.send_replace(());
        }
    })?;
    for (name, mode) in [
        ("content", RecursiveMode::Recursive),
        ("themes", RecursiveMode::Recursive),
        ("site.toml", RecursiveMode::NonRecursive),
    ] {
        let path = root.join(name);
        if path.exists() {
            watcher.watch(&path, mode)?;
        }
    }
    Ok(watcher)
}
