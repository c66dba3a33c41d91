//! New content, valid from the start.

mod site;

pub use site::new_site;

use crate::{
    content::{self, Kind, tree},
    diagnostics::Reporter,
    front_matter,
    settings::Settings,
    slug::{is_slug, slugify},
};
use jiff::{Timestamp, tz::TimeZone};
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// What kind of process to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// A petition.
    Petition,
}

impl Preset {
    /// The files of a process, by path below its folder. In braces, what is filled in.
    fn files(self) -> [(&'static str, &'static str); 3] {
        match self {
            Self::Petition => [
                ("_index.md", include_str!("scaffold/petition/_index.md")),
                ("reglement.md", include_str!("scaffold/petition/reglement.md")),
                ("interpellations/_index.md", include_str!("scaffold/petition/interpellations/_index.md")),
            ],
        }
    }
}

/// Why new content cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ScaffoldError {
    /// The name cannot be an address.
    #[error("« {0} » ne peut pas servir d’adresse. Essayez « {suggestion} ».", suggestion = slugify(.0))]
    Name(String),
    /// The folder above is not an organisation's.
    #[error("content/{folder} n’est pas le dossier d’une collectivité. Collectivités de ce site : {known}.")]
    NoOrganisation {
        /// The folder.
        folder: String,
        /// Those there are.
        known: String,
    },
    /// No organisation is named, and there is not exactly one.
    #[error("dites où ranger la démarche : collectivite/{name}. Collectivités de ce site : {known}.")]
    WhichOrganisation {
        /// Name of the process.
        name: String,
        /// Those there are.
        known: String,
    },
    /// A process has this name already.
    #[error("il y a déjà une démarche « {name} », dans content/{path}.")]
    Taken {
        /// The name.
        name: String,
        /// Its file.
        path: String,
    },
    /// There is a site already.
    #[error("{} a déjà un site.toml : c’est un site, rien n’est écrasé.", .0.display())]
    Site(PathBuf),
    /// Something is there already.
    #[error("{} existe déjà : rien n’est écrasé.", .0.display())]
    Exists(PathBuf),
    /// The disk refuses.
    #[error("{} : {source}", path.display())]
    File {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Makes a process at `path`, below `content/`: `organisation/name`, or `name` where there is one organisation.
/// The files made.
///
/// # Errors
/// When the place is not right, or is taken: nothing is overwritten.
pub fn new_process(
    root: &Path,
    preset: Preset,
    path: &str,
    now: Timestamp,
) -> Result<Vec<PathBuf>, ScaffoldError> {
    let outline = Outline::of(root);
    let (organisation, name) = match path.trim_matches('/').rsplit_once('/') {
        Some((folder, name)) => (outline.organisation(folder)?, name),
        None => (outline.only_organisation(path)?, path),
    };
    if !is_slug(name) {
        return Err(ScaffoldError::Name(name.to_owned()));
    }
    if let Some((_, taken)) = outline.processes.iter().find(|(id, _)| id == name) {
        return Err(ScaffoldError::Taken { name: name.to_owned(), path: taken.clone() });
    }
    let folder = format!("{}/{name}", organisation.folder);
    let place = root.join("content").join(&folder);
    if place.exists() {
        return Err(ScaffoldError::Exists(place));
    }
    let fill = |text: &str| {
        text.replace("{title}", &title(name))
            .replace("{date}", &now.to_zoned(outline.zone.clone()).date().to_string())
            .replace("{communes}", if organisation.has_communes { "territory" } else { "any" })
            .replace("{folder}", &folder)
    };
    let write = |(file, text): (&str, &str)| {
        let path = place.join(file);
        write_new(&path, &fill(text)).map_err(|source| ScaffoldError::File { path: path.clone(), source })?;
        Ok(path)
    };
    preset.files().into_iter().map(write).collect()
}

/// `ma-petition` → « Ma petition »
fn title(name: &str) -> String {
    let words = name.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
    File::create_new(path)?.write_all(text.as_bytes())
}

/// What new content must agree with. What is wrong in the site is passed over: `check` will tell.
struct Outline {
    zone: TimeZone,
    organisations: Vec<Organisation>,
    /// Identifier and path.
    processes: Vec<(String, String)>,
}

struct Organisation {
    /// Below `content/`.
    folder: String,
    has_communes: bool,
}

impl Outline {
    fn of(root: &Path) -> Self {
        let unheard = Reporter::default();
        let zone = Settings::read(root, &unheard).map_or(TimeZone::UTC, |settings| settings.zone);
        let folder = root.join("content");
        let paths = tree::walk(&folder, &unheard).pages.into_iter().map(|(path, _)| path);
        let sources = content::read_sources(&folder, paths, &unheard);
        let (mut organisations, mut processes) = (Vec::new(), Vec::new());
        for (path, source) in &sources {
            let file = front_matter::File { source, reporter: &unheard, zone: &zone };
            let Some(opened) = tree::open(path, file, &[], None) else { continue };
            let folder = tree::folder(path).to_owned();
            match opened.head.kind {
                Kind::Organisation => {
                    organisations.push(Organisation { folder, has_communes: opened.table.has("communes") });
                }
                Kind::Process(_) => processes.push((opened.name().to_owned(), path.clone())),
                _ => {}
            }
        }
        Self { zone, organisations, processes }
    }

    fn organisation(&self, folder: &str) -> Result<&Organisation, ScaffoldError> {
        let found = self.organisations.iter().find(|organisation| organisation.folder == folder);
        found.ok_or_else(|| ScaffoldError::NoOrganisation { folder: folder.to_owned(), known: self.known() })
    }

    /// Where there is no doubt.
    fn only_organisation(&self, name: &str) -> Result<&Organisation, ScaffoldError> {
        match &*self.organisations {
            [only] => Ok(only),
            _ => Err(ScaffoldError::WhichOrganisation { name: name.to_owned(), known: self.known() }),
        }
    }

    fn known(&self) -> String {
        match self.organisations.is_empty() {
            true => "aucune".to_owned(),
            false => self.organisations.iter().map(|known| &*known.folder).collect::<Vec<_>>().join(", "),
        }
    }
}
