//! The files of deposits: those that everybody may see go beside the page, all of them to agents who ask.

use super::{Desk, DeskError, Filed, pull::Pulled};
use crate::documents::PULLED;
use domain::{
    deposit::Deposit,
    form::{Answer, Attachment, Form, Kind, Visibility},
};
use functions::attachment::{is_image, store::StoreError};
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

/// A file of a deposit, under a name that no other of its files has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Label of its field.
    pub label: String,
    /// Its name in a folder.
    pub name: String,
    /// What is kept of it in the table.
    pub attachment: Attachment,
}

impl Joined {
    pub(super) fn is_image(&self) -> bool {
        is_image(self.attachment.media)
    }

    fn line(&self) -> String {
        format!("{} {}", self.attachment.id, self.name)
    }
}

/// The files of a deposit, in the order of its form; of those that everybody may see, or of all.
pub(super) fn of(deposit: &Deposit, form: &Form, all: bool) -> Vec<Joined> {
    let fields = form.fields.iter().filter(|field| matches!(field.kind, Kind::Files { .. }));
    let fields =
        fields.filter(|field| all || field.visibility == Visibility::Public && field.personal.is_none());
    let mut joined: Vec<Joined> = Vec::new();
    for field in fields {
        let Some(Answer::Files(files)) = deposit.answers.get(&field.id) else { continue };
        for file in files {
            let name = free_name(&file.name, &joined);
            joined.push(Joined { label: field.label.clone(), name, attachment: file.clone() });
        }
    }
    joined
}

/// `plan.pdf`, else `plan-2.pdf`.
fn free_name(name: &str, taken: &[Joined]) -> String {
    let is_free = |name: &str| taken.iter().all(|known| known.name != name);
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let others = (2_u32..).map(|number| format!("{stem}-{number}.{ending}"));
    std::iter::once(name.to_owned()).chain(others).find(|name| is_free(name)).unwrap_or_default()
}

/// Writes the files of a page beside it, before it. Gives those that the page may show.
pub(super) async fn place(
    desk: &Desk,
    root: &Path,
    folder: &Path,
    joined: Vec<Joined>,
    pulled: &mut Pulled,
) -> Result<Vec<Joined>, DeskError> {
    let known = known(&root.join(folder))?;
    let mut shown = Vec::new();
    for file in joined {
        // What an editor made of it since, or that they removed it, stays.
        if known.contains(&file.line()) {
            shown.push(file);
            continue;
        }
        // What the store has lost is not announced.
        let Some(bytes) = desk.attachments.get(&file.attachment.id).await? else { continue };
        let path = folder.join(&file.name);
        if !root.join(&path).exists() {
            write(&root.join(&path), &bytes)?;
            pulled.written.push(path);
        }
        shown.push(file);
    }
    let lines: BTreeSet<String> = known.iter().cloned().chain(shown.iter().map(Joined::line)).collect();
    note(&root.join(folder), &known, &lines)?;
    Ok(shown)
}

/// Removes the files that their author has withdrawn, once the page `text` names them no more.
pub(super) fn tidy(
    root: &Path,
    folder: &Path,
    shown: &[Joined],
    text: &str,
    pulled: &mut Pulled,
) -> Result<(), DeskError> {
    let known = known(&root.join(folder))?;
    let mut left = known.clone();
    for line in &known {
        let name = line.split_once(' ').map_or("", |(_, name)| name);
        let is_shown = shown.iter().any(|file| file.line() == *line);
        if is_shown || text.contains(&format!("\"{name}\"")) {
            continue;
        }
        left.remove(line);
        if is_plain(name) && shown.iter().all(|file| file.name != name) {
            let path = folder.join(name);
            match fs::remove_file(root.join(&path)) {
                Ok(()) => pulled.removed.push(path),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(failed(&path, source)),
            }
        }
    }
    note(&root.join(folder), &known, &left)
}

/// A name that leads nowhere else, whoever wrote it into the list.
fn is_plain(name: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !name.starts_with('.') && !name.is_empty() && name != "index.md" && name.bytes().all(is_sign)
}

fn known(folder: &Path) -> Result<BTreeSet<String>, DeskError> {
    let path = folder.join(PULLED);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text.lines().map(str::to_owned).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(source) => Err(failed(&path, source)),
    }
}

fn note(folder: &Path, before: &BTreeSet<String>, now: &BTreeSet<String>) -> Result<(), DeskError> {
    if before == now {
        return Ok(());
    }
    let path = folder.join(PULLED);
    if now.is_empty() {
        return fs::remove_file(&path).map_err(|source| failed(&path, source));
    }
    let text: String = now.iter().map(|line| format!("{line}\n")).collect();
    write(&path, text.as_bytes())
}

/// Whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), DeskError> {
    let system = |source| failed(path, source);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(system)?;
    }
    let new = path.with_file_name(".writing");
    fs::write(&new, bytes).map_err(system)?;
    fs::rename(new, path).map_err(system)
}

fn failed(path: &Path, source: io::Error) -> DeskError {
    DeskError::File { path: path.to_owned(), source }
}

impl Desk {
    /// All files of a deposit, private ones too, each with where it is stored.
    pub fn files(&self, filed: &Filed) -> Vec<(Joined, String)> {
        let form = self.form(filed);
        let files = form.map(|form| of(&filed.stored.deposit, form, true)).unwrap_or_default();
        let place = |file: Joined| {
            let place = self.attachments.place(&file.attachment.id);
            (file, place)
        };
        files.into_iter().map(place).collect()
    }

    /// Copies all files of a deposit, private ones too, into a folder; and gives where they are.
    ///
    /// # Errors
    /// When the store or the disk fails, or a file is there already.
    pub async fn copy_files(&self, filed: &Filed, to: &Path) -> Result<Vec<PathBuf>, DeskError> {
        let mut copies = Vec::new();
        for (file, place) in self.files(filed) {
            let path = to.join(&file.name);
            if path.exists() {
                return Err(failed(&path, io::ErrorKind::AlreadyExists.into()));
            }
            let bytes = self.attachments.get(&file.attachment.id).await?;
            let gone = || StoreError::Failed(format!("{place} : ce fichier n’est plus là"));
            write(&path, &bytes.ok_or_else(gone)?)?;
            copies.push(path);
        }
        Ok(copies)
    }
}
