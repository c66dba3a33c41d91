//! Small sites in temporary folders.

use generator::{Built, Site};
use jiff::Timestamp;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// A site to be written, read and built. It begins sound and small; tests change what they are about.
pub(crate) struct Place {
    folder: TempDir,
}

const SITE: &str = r#"
title = "Le Parvis"
base_url = "https://participer.example/"
time_zone = "Europe/Paris"
contact = "participation@example.fr"
sender = "Parvis <ne-pas-repondre@participer.example>"
fictitious = true
"#;

const HOME: &str = r#"
kind = "home"
title = "Accueil"
"#;

const ORGANISATION: &str = r#"
kind = "organisation"
title = "Commune de Sault"
territory = "commune"
communes = "communes.csv"
"#;

/// A process without surprise: thresholds at 3 and 5 supports.
pub(crate) const PETITION: &str = r#"
kind = "petition"
title = "Pétitions"
date = 2026-01-01
description = "Demandez, soutenez."
[[thresholds]]
supports = 3
title = "La rencontre"
pledge = "La commune rencontre les auteurs."
owner = "Le maire"
due = "3 months"
[[thresholds]]
supports = 5
title = "Le débat"
pledge = "Le conseil municipal en débat."
owner = "Le maire"
due = "6 months"
"#;

/// A deposit published on 2 March 2026 that can be supported.
pub(crate) const DEPOSIT: &str = r#"
kind = "deposit"
title = "Un banc"
date = 2026-03-02
description = "Un banc devant l'école."
author = "Les parents"
[decision]
state = "admissible"
date = 2026-03-01
by = "La commission"
"#;

/// A step which lists deposits.
pub(crate) const STEP: &str = r#"
kind = "step"
title = "Les textes"
shows = "deposits"
"#;

impl Place {
    /// A home page, an organisation, a process, the tab of its deposits and one deposit.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
            .file("site.toml", SITE)
            .file("content/sault/communes.csv", "code;nom\n99001;Sault\n99002;Monieux\n")
            .theme()
            .page("_index.md", HOME, "Bonjour.")
            .page("sault/_index.md", ORGANISATION, "")
            .page("sault/petitions/_index.md", PETITION, "Voici.")
            .page("sault/petitions/textes/_index.md", STEP, "")
            .page("sault/petitions/textes/banc/index.md", DEPOSIT, "Nous demandons un banc.")
    }

    /// Templates that show little, and the words that the generator says.
    fn theme(self) -> Self {
        const EMPTY: [&str; 6] =
            ["support", "support-code", "supported", "withdraw", "withdraw-code", "withdrawn"];
        let place = EMPTY.into_iter().fold(self, |place, name| {
            place.file(&format!("themes/parvis/templates/{name}.html"), include_str!("theme/form.html"))
        });
        place
            .file("themes/parvis/words/fr.toml", include_str!("theme/fr.toml"))
            .file("themes/parvis/static/style.css", "main { margin: auto }\n")
            .template("base", include_str!("theme/base.html"))
            .template("home", include_str!("theme/page.html"))
            .template("page", include_str!("theme/page.html"))
            .template("organisation", include_str!("theme/page.html"))
            .template("process", include_str!("theme/process.html"))
            .template("step", include_str!("theme/step.html"))
            .template("deposit", include_str!("theme/deposit.html"))
            .template("report", include_str!("theme/report.html"))
            .template("not-found", include_str!("theme/page.html"))
            .template("unavailable", include_str!("theme/page.html"))
    }

    /// With another template.
    pub(crate) fn template(self, name: &str, text: &str) -> Self {
        self.file(&format!("themes/parvis/templates/{name}.html"), text)
    }

    /// With a file at `path`, from the root of the site.
    pub(crate) fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("written");
        self
    }

    /// With a page at `path`, below `content/`.
    pub(crate) fn page(self, path: &str, front_matter: &str, body: &str) -> Self {
        let front_matter = front_matter.trim_start_matches('\n');
        self.file(&format!("content/{path}"), format!("+++\n{front_matter}+++\n{body}\n"))
    }

    /// Without a file.
    pub(crate) fn without(self, path: &str) -> Self {
        fs::remove_file(self.root().join(path)).expect("removed");
        self
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn load(&self, at: &str) -> Result<Site, generator::Diagnostics> {
        Site::load(self.root(), instant(at))
    }

    /// What is printed about the site.
    pub(crate) fn diagnostics(&self) -> String {
        match self.load("2026-11-21T09:00:00Z") {
            Ok(site) => site.warnings().to_string(),
            Err(found) => found.to_string(),
        }
    }

    /// Builds the site as of a moment into its folder `public`.
    pub(crate) fn build(&self, at: &str) -> Built {
        let site = self.load(at).unwrap_or_else(|found| panic!("{found}"));
        site.build(&self.root().join("public")).unwrap_or_else(|error| panic!("{error}"))
    }

    /// A file of the site.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.root().join(path).exists()
    }

    /// Every file of a folder, sorted.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.root().join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path())
            {
                if entry.is_dir() { folders.push(entry) } else { found.push(self.shown(entry)) }
            }
        }
        found.sort();
        found
    }

    fn shown(&self, path: PathBuf) -> String {
        path.strip_prefix(self.root()).expect("in the site").to_string_lossy().into_owned()
    }
}

pub(crate) fn instant(at: &str) -> Timestamp {
    at.parse().expect("an instant")
}
