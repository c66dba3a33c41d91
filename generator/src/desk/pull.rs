//! `parvis pull`: what is published goes into the content, as pages that editors review and commit like any other.
//!
//! Beside each page lies, hidden, the text that was pulled (`.pulled.md`): with it the next pull tells what an editor
//! has changed since from what the author has, and takes up both. Where both changed the same lines, the editor's page
//! stays as it is, and the two are put side by side in `.conflict.md`, until somebody removes that file.

use super::{Desk, DeskError, Filed, files, page};
use crate::content::{
    hidden,
    voting::frozen::{self, Frozen},
    writing::{WRITE, answered},
};
use domain::{
    deposit::{Deposit, State},
    form::{Form, version},
    rulebook::{Purpose, Writing},
};
use functions::{deposits::Stored, questionnaire};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// Where deposits go, in the folder of their process.
const FOLDER: &str = "depots";
const PAGE: &str = "index.md";
/// The text as it was last pulled.
const BASE: &str = ".pulled.md";
/// The editor's text and the author's, where they cannot both be kept.
const CONFLICT: &str = ".conflict.md";

/// What a pull changed, by paths from the root of the site.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Pulled {
    /// Pages that are new or became others.
    pub written: Vec<PathBuf>,
    /// Pages that were removed, for their deposits are no longer published.
    pub removed: Vec<PathBuf>,
    /// Pages in which an editor and the author changed the same lines, now or earlier.
    pub conflicts: Vec<PathBuf>,
}

/// Archives what is due to be, and writes what is published into `content/` of the site at `root`. A second time, it changes
/// nothing.
///
/// # Errors
/// When the table or the disk fails: what was done stays, and the next pull does the rest.
pub async fn pull(desk: &Desk, root: &Path) -> Result<Pulled, DeskError> {
    desk.archive().await?;
    let mut pulled = Pulled::default();
    for (id, writing) in desk.writings() {
        let Some(folder) = desk.content_folder(id) else { continue };
        let deposits = desk.list(Some(id)).await?;
        if writing.purpose == Purpose::Deposit {
            pull_process(desk, root, &folder.join(FOLDER), writing, &deposits, &mut pulled).await?;
            keep_hidden(root, &folder.join(hidden::FILE), &deposits, &mut pulled)?;
        }
        if !deposits.is_empty() || desk.is_answered(id, writing).await? {
            keep_form(root, &folder.join(answered::FILE), &writing.form, &mut pulled)?;
        }
    }
    keep_ballots(desk, root, &mut pulled)?;
    Ok(pulled)
}

/// Keeps what is voted on as it was when the vote opened, against which later changes of it are checked.
fn keep_ballots(desk: &Desk, root: &Path, pulled: &mut Pulled) -> Result<(), DeskError> {
    let content = desk.site.content();
    for (_, process) in content.processes() {
        // Fictitious people hold an editor to nothing.
        let voting = process.voting.as_ref().filter(|voting| voting.demonstration.is_none());
        let Some(voting) = voting.filter(|voting| voting.window.opens() <= desk.now) else { continue };
        let Some(folder) = desk.content_folder(&process.id) else { continue };
        let file = folder.join(frozen::FILE);
        let path = root.join(&file);
        let before = read(&path)?;
        let today = Frozen::of(voting, process);
        // What an editor should not have changed is told by the build, not taken up.
        let stands = before
            .as_ref()
            .is_none_or(|text| frozen::read(text).is_ok_and(|known| today.follows(&known, desk.now)));
        let text = frozen::write(&today).map_err(|error| failed(&path, error.into()))?;
        if stands && before.as_ref() != Some(&text) {
            write(&path, &text)?;
            pulled.written.push(file);
        }
    }
    Ok(())
}

/// Keeps the form as it has been answered, against which later changes of it are checked.
fn keep_form(root: &Path, file: &Path, form: &Form, pulled: &mut Pulled) -> Result<(), DeskError> {
    let path = root.join(file);
    let before = read(&path)?;
    let known = before.as_ref().and_then(|text| answered::read(text).ok());
    let form = known.map_or_else(|| form.clone(), |known| version::answered(&known, form));
    let text = answered::write(&form).map_err(|error| failed(&path, error.into()))?;
    if before.as_ref() != Some(&text) {
        write(&path, &text)?;
        pulled.written.push(file.to_owned());
    }
    Ok(())
}

/// Keeps which deposits are hidden and why, also of those that the table has erased since.
fn keep_hidden(root: &Path, file: &Path, deposits: &[Filed], pulled: &mut Pulled) -> Result<(), DeskError> {
    let path = root.join(file);
    let before = read(&path)?;
    let mut hidden = before.as_ref().and_then(|text| hidden::read_text(text).ok()).unwrap_or_default();
    for Deposit { reference, state, .. } in deposits.iter().map(|filed| &filed.stored.deposit) {
        match state {
            State::Hidden { reason } => drop(hidden.insert(reference.clone(), *reason)),
            _ => drop(hidden.remove(reference)),
        }
    }
    let text = hidden::write(&hidden).map_err(|error| failed(&path, error.into()))?;
    if before.as_ref() != Some(&text) && !(before.is_none() && hidden.is_empty()) {
        write(&path, &text)?;
        pulled.written.push(file.to_owned());
    }
    Ok(())
}

impl Desk {
    /// The folder of a process, below the root of the site.
    fn content_folder(&self, process: &str) -> Option<PathBuf> {
        let content = self.site.content();
        let found = content.processes().find(|(_, known)| known.id == process);
        let path = Path::new("content").join(&found?.1.page.path);
        path.parent().map(Path::to_owned)
    }

    async fn is_answered(&self, process: &str, writing: &Writing) -> Result<bool, DeskError> {
        // Fictitious people hold an editor to nothing.
        Ok(writing.purpose == Purpose::Answer
            && writing.demonstration.is_none()
            && questionnaire::is_answered(&*self.table, process, self.now).await?)
    }

    /// How the site calls who decides on the deposits of a process.
    fn organisation(&self, process: &str) -> String {
        let content = self.site.content();
        let found = content.processes().find(|(_, known)| known.id == process);
        found.map(|(organisation, _)| organisation.page.title.as_str().to_owned()).unwrap_or_default()
    }
}

async fn pull_process(
    desk: &Desk,
    root: &Path,
    folder: &Path,
    writing: &Writing,
    deposits: &[Filed],
    pulled: &mut Pulled,
) -> Result<(), DeskError> {
    let mut kept = Kept::read(&root.join(folder))?;
    let Some(process) = deposits.first().map(|filed| filed.process.as_str()) else { return Ok(()) };
    let decided_by = desk.organisation(process);
    let process_path = writing.path.strip_suffix(WRITE).unwrap_or(&writing.path);
    let addresses: BTreeMap<&str, String> = deposits
        .iter()
        .map(|filed| {
            let deposit = &filed.stored.deposit;
            let name = kept.folder_of(deposit).unwrap_or_else(|| page::folder(deposit));
            (filed.stored.id.as_str(), format!("{process_path}{FOLDER}/{name}/"))
        })
        .collect();
    for Filed { stored, .. } in deposits {
        let deposit = &stored.deposit;
        let place = folder.join(kept.folder_of(deposit).unwrap_or_else(|| page::folder(deposit)));
        match &deposit.state {
            State::Published | State::Archived => {
                let merged = deposits.iter().filter(|other| matches!(&other.stored.deposit.state, State::Merged { into, .. } if *into == stored.id));
                let merged: Vec<&Stored> = merged.map(|other| &other.stored).collect();
                let aliases: Vec<String> =
                    merged.iter().filter_map(|other| addresses.get(other.id.as_str()).cloned()).collect();
                let merged: Vec<&Deposit> = merged.iter().map(|other| &other.deposit).collect();
                let joined = files::of(deposit, &writing.form, false);
                // Not where an editor has removed the page, or has one of their own.
                let is_ours = root.join(&place).join(PAGE).exists() == root.join(&place).join(BASE).exists();
                let joined = match is_ours {
                    true => files::place(desk, root, &place, joined, pulled).await?,
                    false => joined,
                };
                let text = page::write(
                    deposit,
                    &page::Context {
                        form: &writing.form,
                        words: &desk.rulebook.words,
                        zone: &desk.site.settings.zone,
                        decided_by: &decided_by,
                        files: &joined,
                        aliases: &aliases,
                        merged: &merged,
                    },
                );
                place_page(root, &place, &text, pulled)?;
                if let Some(text) = read(&root.join(&place).join(PAGE))? {
                    files::tidy(root, &place, &joined, &text, pulled)?;
                }
            }
            // It was there, and is no longer: the page goes, whatever an editor has made of it.
            State::Hidden { .. } | State::Withdrawn | State::Merged { .. } if kept.remove(deposit) => {
                fs::remove_dir_all(root.join(&place)).map_err(|source| failed(&place, source))?;
                pulled.removed.push(place.join(PAGE));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Writes the page of a deposit, or takes up in it what its author has changed.
fn place_page(root: &Path, place: &Path, theirs: &str, pulled: &mut Pulled) -> Result<(), DeskError> {
    let (page, base) = (root.join(place).join(PAGE), root.join(place).join(BASE));
    let conflict = root.join(place).join(CONFLICT);
    let shown = place.join(PAGE);
    match (read(&page)?, read(&base)?) {
        // An editor has removed the page: so it stays.
        (None, Some(_)) => return Ok(()),
        (Some(ours), Some(base_text)) => {
            if conflict.exists() {
                pulled.conflicts.push(shown.clone());
            }
            if base_text == theirs {
                return Ok(());
            }
            match diffy::merge(&base_text, &ours, theirs) {
                Ok(merged) if merged == ours => {}
                Ok(merged) => {
                    write(&page, &merged)?;
                    pulled.written.push(shown);
                }
                Err(both) => {
                    write(&conflict, &both)?;
                    if pulled.conflicts.last() != Some(&shown) {
                        pulled.conflicts.push(shown);
                    }
                }
            }
        }
        // A page that was not pulled is an editor's own.
        (Some(ours), None) if ours != theirs => {
            write(&conflict, theirs)?;
            pulled.conflicts.push(shown);
        }
        (Some(_), None) => {}
        (None, None) => {
            write(&page, theirs)?;
            pulled.written.push(shown);
        }
    }
    // Last: a pull that was interrupted before does its work again.
    write(&base, theirs)
}

/// The pages that were pulled earlier, by the reference of their deposit: an editor may have renamed the folder.
struct Kept(BTreeMap<String, String>);

impl Kept {
    fn read(folder: &Path) -> Result<Self, DeskError> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self(BTreeMap::new())),
            Err(source) => return Err(failed(folder, source)),
        };
        let mut kept = BTreeMap::new();
        for entry in entries {
            let entry = entry.map_err(|source| failed(folder, source))?;
            let Some(base) = read(&entry.path().join(BASE))? else { continue };
            let reference = base.lines().find_map(|line| line.strip_prefix("reference = \""));
            let reference = reference.and_then(|rest| rest.strip_suffix('"'));
            if let (Some(reference), Ok(name)) = (reference, entry.file_name().into_string()) {
                kept.insert(reference.to_owned(), name);
            }
        }
        Ok(Self(kept))
    }

    fn folder_of(&self, deposit: &Deposit) -> Option<String> {
        self.0.get(&deposit.reference).cloned()
    }

    fn remove(&mut self, deposit: &Deposit) -> bool {
        self.0.remove(&deposit.reference).is_some()
    }
}

fn read(path: &Path) -> Result<Option<String>, DeskError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(source) => Err(failed(path, source)),
    }
}

/// Nothing is there, or the folder it would be in is a file.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Whole or not at all.
fn write(path: &Path, text: &str) -> Result<(), DeskError> {
    let system = |source| failed(path, source);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(system)?;
    }
    let new = path.with_file_name(".writing");
    fs::write(&new, text).map_err(system)?;
    fs::rename(new, path).map_err(system)
}

fn failed(path: &Path, source: io::Error) -> DeskError {
    DeskError::File { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What happens to a page of six lines between two pulls.
    #[derive(Debug, Clone)]
    enum Step {
        /// The author rewrites a line.
        Author(usize),
        /// An editor does.
        Editor(usize),
        /// An editor puts a line after another.
        Insert(usize),
        /// An editor has settled a conflict.
        Settle,
        Pull,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            (0..6usize).prop_map(Step::Author),
            (0..6usize).prop_map(Step::Editor),
            (0..6usize).prop_map(Step::Insert),
            Just(Step::Settle),
            Just(Step::Pull),
            Just(Step::Pull),
        ];
        proptest::collection::vec(step, 1..12)
    }

    fn text(lines: &[String]) -> String {
        lines.iter().map(|line| format!("{line}\n")).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn pulling_loses_nothing_that_an_author_or_an_editor_wrote(steps in steps()) {
            let root = tempfile::tempdir().expect("a folder");
            let place = Path::new("depots/a");
            let file = |name: &str| root.path().join(place).join(name);
            let mut author: Vec<String> = (0..6).map(|n| format!("line {n}")).collect();
            author.push("reference = \"A\"".to_owned());
            let mut editors: Vec<String> = Vec::new();
            for (n, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Author(line) => author[line] = format!("author {n}"),
                    Step::Editor(_) | Step::Insert(_) if !file(PAGE).exists() => {}
                    Step::Editor(line) | Step::Insert(line) => {
                        let page = fs::read_to_string(file(PAGE)).expect("a page");
                        let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
                        let mine = format!("editor {n}");
                        if matches!(step, Step::Insert(_)) {
                            lines.insert(line.min(lines.len()), mine.clone());
                        } else {
                            let line = line.min(lines.len() - 1);
                            editors.retain(|known| *known != lines[line]);
                            lines[line].clone_from(&mine);
                        }
                        editors.push(mine);
                        fs::write(file(PAGE), text(&lines)).expect("written");
                    }
                    Step::Settle => drop(fs::remove_file(file(CONFLICT))),
                    Step::Pull => {
                        let mut pulled = Pulled::default();
                        place_page(root.path(), place, &text(&author), &mut pulled).expect("pulled");
                        let page = fs::read_to_string(file(PAGE)).expect("a page");
                        for mine in &editors {
                            prop_assert!(page.lines().any(|line| line == mine), "{mine} is lost in {page}");
                        }
                        prop_assert_eq!(fs::read_to_string(file(BASE)).expect("a base"), text(&author));
                        if pulled.conflicts.is_empty() && editors.is_empty() {
                            prop_assert_eq!(&page, &text(&author));
                        }
                        // Twice is once.
                        let before = (page, fs::read_to_string(file(CONFLICT)).ok());
                        let mut again = Pulled::default();
                        place_page(root.path(), place, &text(&author), &mut again).expect("pulled");
                        prop_assert!(again.written.is_empty());
                        let after = (fs::read_to_string(file(PAGE)).expect("a page"), fs::read_to_string(file(CONFLICT)).ok());
                        prop_assert_eq!(before, after);
                    }
                }
            }
        }
    }

    #[test]
    fn a_page_that_an_editor_removed_stays_removed() {
        let root = tempfile::tempdir().expect("a folder");
        let place = Path::new("depots/a");
        let pull = |text: &str| {
            let mut pulled = Pulled::default();
            place_page(root.path(), place, text, &mut pulled).expect("pulled");
            pulled
        };
        assert_eq!(pull("one\n").written, [place.join(PAGE)]);
        fs::remove_file(root.path().join(place).join(PAGE)).expect("removed");
        assert_eq!(pull("two\n"), Pulled::default());
        assert!(!root.path().join(place).join(PAGE).exists());
    }

    #[test]
    fn a_page_of_the_same_name_that_was_not_pulled_is_left_alone() {
        let root = tempfile::tempdir().expect("a folder");
        let place = Path::new("depots/a");
        write(&root.path().join(place).join(PAGE), "an editor\u{2019}s own\n").expect("written");
        let mut pulled = Pulled::default();
        place_page(root.path(), place, "theirs\n", &mut pulled).expect("pulled");
        assert_eq!(pulled.conflicts, [place.join(PAGE)]);
        assert_eq!(
            fs::read_to_string(root.path().join(place).join(PAGE)).expect("a page"),
            "an editor\u{2019}s own\n"
        );
        assert_eq!(fs::read_to_string(root.path().join(place).join(CONFLICT)).expect("beside"), "theirs\n");
    }
}
