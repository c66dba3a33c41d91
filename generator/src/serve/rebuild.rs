//! Building anew when content, theme or counts change.

use super::ServeError;
use crate::{Build, Builder, Built};
use domain::rulebook::Rulebook;
use functions::door::Clock;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use serde::Serialize;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{sync::watch, time::sleep};

/// A site that is built again and again.
pub(super) struct Site {
    root: PathBuf,
    public: PathBuf,
    clock: Clock,
    /// Whether drafts and what is dated later are shown.
    drafts: bool,
    builder: Builder,
}

/// What pages that are being edited are told.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct State {
    /// One more each time pages may look otherwise, and each time the rest changes.
    pub(super) version: u64,
    /// Why the site was not built; nothing when it was.
    pub(super) diagnostics: Option<String>,
}

impl State {
    /// Tells that the site was built, perhaps because of an edit; whether that is new to anyone.
    fn succeed(&mut self, is_edit: bool) -> bool {
        let is_new = is_edit || self.diagnostics.is_some();
        self.version += u64::from(is_new);
        self.diagnostics = None;
        is_new
    }

    /// Tells why the site was not built; whether that is new to anyone.
    pub(super) fn fail(&mut self, diagnostics: String) -> bool {
        let is_new = self.diagnostics.as_ref() != Some(&diagnostics);
        self.version += u64::from(is_new);
        self.diagnostics = Some(diagnostics);
        is_new
    }
}

/// The state of the site as an editor changes it.
#[derive(Clone)]
pub(super) struct Live(pub(super) watch::Receiver<State>);

impl Site {
    pub(super) fn new(root: PathBuf, public: PathBuf, clock: Clock, drafts: bool) -> Self {
        Self { root, public, clock, drafts, builder: Builder::default() }
    }

    /// Builds the site as of the clock's moment, but what takes long.
    pub(super) fn build(&mut self) -> Result<Arc<Rulebook>, ServeError> {
        Ok(Arc::new(self.make(true)?.rulebook))
    }

    /// Builds what [`Site::build`] leaves as it is.
    fn finish(&mut self) -> Result<(), ServeError> {
        self.make(false).map(|_| ())
    }

    fn make(&mut self, quick: bool) -> Result<Built, ServeError> {
        let site = Build::new(&self.root, &self.public, self.clock.now());
        let build = Build { drafts: self.drafts, compress: false, quick, ..site };
        Ok(self.builder.build(&build)?)
    }
}

/// Builds a site that could not be built, again at each edit and every minute, until it can be; `state` is told what is
/// wrong meanwhile.
pub(super) async fn first_build(site: &mut Site, state: &watch::Sender<State>) -> Arc<Rulebook> {
    let (edited, mut edits) = watch::channel(());
    let mut follower = Follower::new(&site.root, edited).inspect_err(not_followed).ok();
    loop {
        match tokio::task::block_in_place(|| site.build()) {
            Ok(rulebook) => return rulebook,
            Err(error) => tell(&error, state),
        }
        tokio::select! {
            Ok(()) = edits.changed() => sleep(Duration::from_millis(100)).await,
            () = sleep(Duration::from_secs(60)) => {}
        }
        edits.mark_unchanged();
        if let Some(follower) = &mut follower {
            follower.catch_up();
        }
    }
}

/// Tells why the site was not built, once.
fn tell(error: &ServeError, state: &watch::Sender<State>) {
    let error = error.to_string();
    if state.send_if_modified(|state| state.fail(error.clone())) {
        eprintln!("{error}");
    }
}

/// Rebuilds in the background: at once when an editor saves, soon after counts change, and every minute, for what
/// depends on the time.
pub(super) fn watch(
    mut site: Site,
    mut counts_changed: watch::Receiver<()>,
    rules: watch::Sender<Arc<Rulebook>>,
) -> Live {
    let (state, live) = watch::channel(State::default());
    let (edited, mut edits) = watch::channel(());
    // Without the system's help, edits are seen at the next minute.
    let mut follower = Follower::new(&site.root, edited).inspect_err(not_followed).ok();
    tokio::spawn(async move {
        let mut is_unfinished = true;
        loop {
            let is_edit = tokio::select! {
                Ok(()) = edits.changed() => true,
                Ok(()) = counts_changed.changed() => false,
                // What takes long waits until nobody edits.
                () = sleep(Duration::from_secs(2)), if is_unfinished => {
                    is_unfinished = false;
                    if let Err(error) = tokio::task::block_in_place(|| site.finish()) {
                        eprintln!("{error}");
                    }
                    continue;
                }
                () = sleep(Duration::from_secs(60)) => false,
            };
            is_unfinished |= is_edit;
            // Editors save several files at once; many acts come within a second.
            sleep(Duration::from_millis(if is_edit { 100 } else { 500 })).await;
            edits.mark_unchanged();
            if let Some(follower) = &mut follower {
                follower.catch_up();
            }
            let built = tokio::task::block_in_place(|| site.build());
            match built {
                Ok(rulebook) => {
                    rules.send_if_modified(|current| {
                        let is_new = current.version != rulebook.version;
                        *current = rulebook;
                        is_new
                    });
                    state.send_if_modified(|state| state.succeed(is_edit));
                }
                // The last good site goes on being served.
                Err(error) => tell(&error, &state),
            }
        }
    });
    Live(live)
}

/// What editors write, at the root of the site.
const FOLDERS: [&str; 2] = ["content", "themes"];
const SETTINGS: &str = "site.toml";

/// Hears of what editors write.
struct Follower {
    root: PathBuf,
    watcher: RecommendedWatcher,
    /// Whether one of the folders came, went or was replaced: a watch follows the folder, not its name.
    is_behind: Arc<AtomicBool>,
}

impl Follower {
    /// Tells `edited` of each change below `root`.
    fn new(root: &Path, edited: watch::Sender<()>) -> notify::Result<Self> {
        // As the system names it in what it reports.
        let root = fs::canonicalize(root)?;
        let is_behind = Arc::new(AtomicBool::new(true));
        let (place, behind) = (root.clone(), is_behind.clone());
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let Ok(event) = event else { return };
            if matches!(event.kind, EventKind::Access(_)) {
                return;
            }
            let is_lost = event.need_rescan();
            let is_edit = event.paths.iter().any(|path| is_edited(&place, path));
            if is_lost || event.paths.iter().any(|path| FOLDERS.iter().any(|name| *path == place.join(name)))
            {
                behind.store(true, Ordering::Release);
            }
            if is_lost || is_edit {
                edited.send_replace(());
            }
        })?;
        // Editors replace files, and folders may come later: both are seen from the folder above.
        watcher.watch(&root, RecursiveMode::NonRecursive)?;
        let mut follower = Self { root, watcher, is_behind };
        follower.catch_up();
        Ok(follower)
    }

    /// Follows the folders that are there now.
    fn catch_up(&mut self) {
        if !self.is_behind.swap(false, Ordering::AcqRel) {
            return;
        }
        for path in FOLDERS.map(|name| self.root.join(name)) {
            // It may never have been followed.
            let _ = self.watcher.unwatch(&path);
            if path.is_dir() {
                let _ = self.watcher.watch(&path, RecursiveMode::Recursive).inspect_err(not_followed);
            }
        }
    }
}

fn not_followed(error: &notify::Error) {
    eprintln!("les modifications ne sont pas suivies : {error}");
}

/// Whether what lies at `path` makes the site at `root`.
fn is_edited(root: &Path, path: &Path) -> bool {
    let Ok(below) = path.strip_prefix(root) else { return true };
    let first = below.components().next().map(|part| part.as_os_str());
    first.is_some_and(|first| first == SETTINGS || FOLDERS.iter().any(|name| first == *name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::timeout;

    #[test]
    fn pages_are_told_once_what_is_wrong_and_once_that_it_is_right_again() {
        let mut state = State::default();
        assert!(!state.succeed(false));
        assert!(state.fail("a".to_owned()) && !state.fail("a".to_owned()) && state.fail("b".to_owned()));
        assert_eq!((state.version, state.diagnostics.as_deref()), (2, Some("b")));
        assert!(state.succeed(false) && !state.succeed(false) && state.succeed(true));
        assert_eq!((state.version, state.diagnostics), (4, None));
    }

    #[tokio::test]
    async fn edits_are_heard_of_in_folders_that_come_later_or_are_replaced() {
        let place = tempfile::tempdir().expect("a folder");
        let path = |path: &str| place.path().join(path);
        fs::create_dir_all(path("content/a")).expect("a folder");
        let (edited, mut edits) = watch::channel(());
        let mut follower = Follower::new(place.path(), edited).expect("followed");
        let mut heard = async |follower: &mut Follower| {
            let heard = timeout(Duration::from_secs(5), edits.changed()).await.is_ok();
            // What belongs to the same change.
            while timeout(Duration::from_millis(200), edits.changed()).await.is_ok() {}
            follower.catch_up();
            heard
        };
        fs::write(path("content/a/index.md"), "a").expect("written");
        assert!(heard(&mut follower).await);
        fs::create_dir(path("themes")).expect("a folder");
        assert!(heard(&mut follower).await);
        fs::write(path("themes/style.css"), "a").expect("written");
        assert!(heard(&mut follower).await);
        fs::rename(path("content"), path("before")).expect("renamed");
        fs::create_dir(path("content")).expect("a folder");
        assert!(heard(&mut follower).await);
        fs::write(path("content/b.md"), "b").expect("written");
        assert!(heard(&mut follower).await);
        fs::write(path("site.toml.new"), "b").expect("written");
        fs::rename(path("site.toml.new"), path("site.toml")).expect("renamed");
        assert!(heard(&mut follower).await);
        fs::write(path("rulebook.json"), "not an edit").expect("written");
        assert!(timeout(Duration::from_millis(500), edits.changed()).await.is_err());
    }
}
