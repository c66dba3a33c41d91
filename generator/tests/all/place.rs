//! Small sites in temporary folders.

use flate2::{Compression, write::ZlibEncoder};
use generator::{Build, BuildError, Built, Site};
use jiff::Timestamp;
use std::{
    fs,
    io::Write,
    iter,
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
compress = false
search = false
social_cards = false
[legal]
publisher = "Commune de Sault"
address = "Place de la mairie, 99001 Sault"
phone = "04 00 00 00 00"
director = "Le maire"
host = "Un hébergeur"
host_address = "1 rue de l’Hébergeur, 99000 Ville"
host_phone = "01 00 00 00 00"
data_protection_officer = "dpo@example.fr"
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

    /// Templates that show little, and the words that the generator says: in a folder with the name of the embedded
    /// theme, which they stand in for.
    fn theme(self) -> Self {
        const ALIKE: [(&str, &[&str]); 5] = [
            ("page", &["not-found", "organisation", "search", "unavailable"]),
            ("legal", &["accessibility", "contact", "legal-notice", "privacy", "site-map"]),
            (
                "form",
                &[
                    "support",
                    "support-code",
                    "supported",
                    "withdraw",
                    "withdraw-code",
                    "withdrawn",
                    "report-form",
                    "reported",
                ],
            ),
            (
                "writing",
                &["write", "write-preview", "write-code", "written", "own-deposit", "draft", "draft-kept"],
            ),
            (
                "vote",
                &["ballot", "ballot-review", "ballot-code", "ballot-cast", "already-voted", "ballot-replace"],
            ),
        ];
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/theme");
        let text = |name: &str| fs::read_to_string(folder.join(name)).expect("a file of the theme");
        let names =
            fs::read_dir(&folder).expect("the theme").map(|entry| entry.expect("an entry").file_name());
        let names = names.map(|name| name.to_string_lossy().into_owned());
        let templates: Vec<String> =
            names.filter_map(|name| Some(name.strip_suffix(".html")?.to_owned())).collect();
        let place = self
            .file("themes/parvis/words/fr.toml", text("fr.toml"))
            .file("themes/parvis/static/style.css", "main { margin: auto }\n");
        let place =
            templates.iter().fold(place, |place, name| place.template(name, &text(&format!("{name}.html"))));
        let alike = ALIKE.iter().flat_map(|(name, others)| others.iter().map(move |other| (name, other)));
        alike.fold(place, |place, (name, other)| place.template(other, &text(&format!("{name}.html"))))
    }

    /// With another template.
    pub(crate) fn template(self, name: &str, text: &str) -> Self {
        self.file(&format!("themes/parvis/templates/{name}.html"), text)
    }

    /// With pages that can be searched.
    pub(crate) fn searched(self) -> Self {
        let (site, base) = (self.read("site.toml"), self.read("themes/parvis/templates/base.html"));
        self.file("site.toml", site.replace("search = false", "search = true"))
            .template("base", &base.replace("<html", "<html data-pagefind-body"))
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

    /// With `lines` before those of `site.toml`.
    pub(crate) fn settings(self, lines: &str) -> Self {
        let site = self.read("site.toml");
        self.file("site.toml", format!("{lines}{site}"))
    }

    /// With tables after those of `site.toml`.
    pub(crate) fn tables(self, tables: &str) -> Self {
        let site = self.read("site.toml");
        self.file("site.toml", format!("{site}{tables}"))
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
        self.try_build(at).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The same, perhaps in vain.
    pub(crate) fn try_build(&self, at: &str) -> Result<Built, BuildError> {
        generator::build(&Build::new(self.root(), &self.root().join("public"), instant(at)))
    }

    /// Why the site cannot be built.
    pub(crate) fn refusal(&self, at: &str) -> String {
        self.try_build(at).expect_err("a refusal").to_string()
    }

    /// A file of the site.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The main part of the page at `url`. No-break spaces are shown as `~`, narrow ones as `^`.
    pub(crate) fn main(&self, url: &str) -> String {
        let page = self.read(&format!("public{url}index.html"));
        let main = page.split("<main id=\"contenu\">").nth(1).and_then(|rest| rest.split("</main>").next());
        main.expect("a main part").replace('\u{a0}', "~").replace('\u{202f}', "^")
    }

    /// The main part of the home page, whose body is `body`.
    pub(crate) fn home(self, body: &str) -> String {
        let place = self.page("_index.md", HOME, body);
        place.build("2026-11-21T09:00:00Z");
        place.main("/")
    }

    /// What is printed when the body of the home page is `body`.
    pub(crate) fn diagnostics_of(self, body: &str) -> String {
        self.page("_index.md", HOME, body).diagnostics()
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

/// A photograph of so many pixels, as a PNG.
pub(crate) fn photograph(width: u32, height: u32) -> Vec<u8> {
    let chunk = |name: &[u8], data: &[u8]| {
        let named = [name, data].concat();
        let mut sum = flate2::Crc::new();
        sum.update(&named);
        [&u32::try_from(data.len()).expect("short").to_be_bytes(), &*named, &sum.sum().to_be_bytes()].concat()
    };
    // Eight bits each of red, green and blue; no interlacing.
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let row =
        |y: u32| iter::once(0).chain((0..width).flat_map(move |x| [(x % 256) as u8, (y % 256) as u8, 90]));
    let pixels: Vec<u8> = (0..height).flat_map(row).collect();
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&pixels).expect("packed");
    let packed = packed.finish().expect("packed");
    let signature = b"\x89PNG\r\n\x1a\n".to_vec();
    [signature, chunk(b"IHDR", &header), chunk(b"IDAT", &packed), chunk(b"IEND", &[])].concat()
}

pub(crate) fn instant(at: &str) -> Timestamp {
    at.parse().expect("an instant")
}
