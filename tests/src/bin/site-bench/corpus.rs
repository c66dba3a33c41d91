//! The same site for each tool: pages of about 600 French words, always the same for the same number of pages.

use crate::{peers::Tool, text::Text};
use fastrand::Rng;
use jiff::{ToSpan, civil::Date};
use std::{
    collections::BTreeMap,
    fs,
    io::Result,
    path::{Path, PathBuf},
};

/// Sections of the plain site, and organisations of the one made of processes.
pub(crate) const SECTIONS: usize = 20;
/// Entries of one page of a list.
const PER_PAGE: usize = 20;

/// Each with its terms.
const TAXONOMIES: [(&str, &str); 5] = [
    ("theme", THEMES),
    ("territory", TERRITORIES),
    ("status", "Proposé, Étudié, Retenu, Réalisé"),
    ("organisation", ORGANISATIONS),
    ("public", "Enfants, Jeunes, Familles, Aînés, Associations, Entreprises"),
];
pub(crate) const THEMES: &str = "Mobilités, Logement, Écoles, Culture, Sport, Santé, Climat, Eau, Forêts, \
    Agriculture, Solidarités, Numérique";
pub(crate) const TERRITORIES: &str = "Montgarenne, Aigueperle, Albrac, Belvezin, Boissac, Calmejane, \
    Castelnègre, Cazaril, Clairvals, Combelle, Escalès, Fontarède, Garrigou, Lauzerte, Lavalette, Lherm, Malemort, \
    Marsac, Mirandol, Monteils, Narbief, Olmières, Pechbrun, Pradines, Puylagarde, Rieumajou, Roquebelle, Salvagnac, \
    Tarrisse, Valcendre";
const ORGANISATIONS: &str = "Département, Région, Mairie, Agglomération, Office du logement, Parc naturel, \
    Collège, Lycée, Université, Hôpital, Médiathèque, Syndicat des eaux, Régie des transports, Mission locale, \
    Conseil des jeunes";

/// What is said of a page outside its text.
pub(crate) struct Page {
    number: usize,
    pub(crate) title: String,
    description: String,
    date: Date,
    terms: [Vec<&'static str>; 5],
    text: Text,
}

impl Page {
    /// The page of this number; a day of its own, so that every tool has one order of dates, and the same.
    pub(crate) fn new(number: usize) -> Self {
        let mut text = Text(Rng::with_seed(number as u64));
        let day = i32::try_from(number % 16_000).unwrap_or_default();
        let date = jiff::civil::date(1980, 1, 1).checked_add(day.days()).unwrap_or_default();
        let counts = [text.0.usize(1..=2), 1, 1, 1, text.0.usize(1..=2)];
        let mut counts = counts.into_iter();
        let terms = TAXONOMIES.map(|(_, names)| text.choose(names, counts.next().unwrap_or(1)));
        Self { number, title: text.title(), description: text.sentence(14), date, terms, text }
    }

    /// Path below `content/`.
    pub(crate) fn path(&self) -> String {
        path(self.number)
    }

    /// The whole file, in the tool's own format, with links to some of so many `pages`.
    fn file(&self, tool: Tool, pages: usize) -> String {
        let lists = TAXONOMIES.iter().zip(&self.terms).map(|((name, _), terms)| (*name, terms));
        let mut file = tool.front_matter(&self.title, &self.description, self.date, lists);
        self.text.clone().body(&mut file, |random| tool.link(&path(random.usize(0..pages))));
        file
    }
}

fn path(number: usize) -> String {
    format!("{}/page-{number:05}.md", section(number % SECTIONS))
}

fn section(index: usize) -> String {
    format!("section-{:02}", index + 1)
}

/// How many HTML files the site of so many pages has: home, sections, terms with their pages of lists, taxonomies.
pub(crate) fn html_files(pages: usize) -> usize {
    let mut entries: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    for number in 0..pages {
        for (taxonomy, terms) in Page::new(number).terms.iter().enumerate() {
            terms.iter().for_each(|term| *entries.entry((taxonomy, term)).or_default() += 1);
        }
    }
    let sections = (0..SECTIONS).map(|section| (pages + SECTIONS - 1 - section) / SECTIONS);
    let lists = sections.map(|count| count.div_ceil(PER_PAGE).max(1)).sum::<usize>();
    let terms = entries.values().map(|count| count.div_ceil(PER_PAGE)).sum::<usize>();
    pages + 1 + lists + TAXONOMIES.len() + terms
}

/// Writes the plain site for a tool into `site`, with what the tool needs of `peers`.
pub(crate) fn write_plain(tool: Tool, peers: &Path, site: &Path, pages: usize) -> Result<()> {
    copy(&peers.join(tool.name()), site)?;
    fs::copy(peers.join("style.css"), file_at(site, tool.stylesheet())?)?;
    let keys = "title = \"Le Banc d’essai\"\ndescription = \"Tous les dossiers, par rubrique.\"\n";
    let (home, head) = match tool {
        Tool::Parvis => ("_index.md", format!("+++\nkind = \"home\"\n{keys}+++\n\n")),
        Tool::Hugo | Tool::Zola => ("_index.md", format!("+++\n{keys}+++\n\n")),
        Tool::Eleventy => ("index.md", format!("---\nlayout: home.njk\n{}---\n\n", keys.replace(" =", ":"))),
    };
    let entry = |index| {
        format!("- [Rubrique {}]({})\n", index + 1, tool.link(&format!("{}/_index.md", section(index))))
    };
    let content = site.join("content");
    fs::write(file_at(&content, home)?, head + &(0..SECTIONS).map(entry).collect::<String>())?;
    let described = |index: usize| Text(Rng::with_seed(u64::MAX - index as u64)).sentence(20);
    if tool == Tool::Eleventy {
        let entry = |index| {
            let (name, description) = (section(index), described(index));
            format!(
                r#"  {{ "name": "{name}", "title": "Rubrique {}", "description": "{description}" }}"#,
                index + 1
            )
        };
        let entries: Vec<_> = (0..SECTIONS).map(entry).collect();
        fs::write(site.join("_data/sections.json"), format!("[\n{}\n]\n", entries.join(",\n")))?;
    } else {
        for index in 0..SECTIONS {
            let (title, description) = (format!("Rubrique {}", index + 1), described(index));
            let keys = match tool {
                Tool::Parvis => "kind = \"section\"\nsort = \"date\"\npaginate = 20\n",
                Tool::Zola => "sort_by = \"date\"\npaginate_by = 20\n",
                Tool::Hugo | Tool::Eleventy => "",
            };
            let text = format!("+++\ntitle = \"{title}\"\ndescription = \"{description}\"\n{keys}+++\n");
            fs::write(file_at(&content, &format!("{}/_index.md", section(index)))?, text)?;
        }
    }
    for number in 0..pages {
        let page = Page::new(number);
        fs::write(file_at(&content, &page.path())?, page.file(tool, pages))?;
    }
    Ok(())
}

/// The path of a file to come, its folder made.
pub(crate) fn file_at(folder: &Path, path: &str) -> Result<PathBuf> {
    let file = folder.join(path);
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent)?;
    }
    Ok(file)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
