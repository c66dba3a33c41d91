//! A build that uses what the last one left gives, byte for byte, what one that uses nothing gives: whatever has
//! happened to the content, the theme, the settings, the register and the output between the two.

use crate::place::{DEPOSIT, PETITION, Place, instant, photograph};
use generator::{Build, BuildError, Builder, Built, build};
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

const MOMENTS: [&str; 3] = ["2026-04-15T09:00:00Z", "2026-11-21T09:00:00Z", "2027-04-01T09:00:00Z"];

const WORDS: [&str; 8] = ["banc", "école", "vélo", "eau", "forêt", "gare", "puits", "marché"];

const PLACES: &str = r#"{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "Sault"},
  "geometry": {"type": "Point", "coordinates": [5.4, 44.1]}}]}"#;

/// SplitMix64: the same numbers for the same seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())].clone()
    }

    fn word(&mut self) -> &'static str {
        self.pick(&WORDS)
    }
}

/// A site with a little of everything.
fn site() -> Place {
    const TAXONOMIES: [&str; 4] = ["theme", "organisation", "status", "territory"];
    let tables = TAXONOMIES
        .map(|name| format!("[[taxonomies]]\nname = \"{name}\"\nlabel = \"Par {name}\"\npaginate = 2\n"))
        .concat();
    let budget = "kind = \"budget\"\ntitle = \"Budget\"\ndescription = \"Votez.\"\ndate = 2026-02-01\nopens = 2026-03-01\ncloses = 2026-06-01\n";
    let event = "kind = \"event\"\ntitle = \"Atelier\"\nstarts = 2026-05-01T18:30:00\nplace = \"Mairie\"\n";
    let deposit = format!("{DEPOSIT}[demonstration]\nsupports = 4\nfrom = 2026-03-02\nto = 2026-03-06\n");
    let menu = "[[menu]]\nlabel = \"Actualités\"\npage = \"@/actualites/_index.md\"\n";
    let place = Place::new()
        .settings("languages = [\"en\"]\n")
        .tables(&format!("{tables}{menu}"))
        .file("themes/parvis/words/en.toml", "[language]\nname = \"English\"\n[tab]\nhome = \"Home\"\n")
        .file("content/banc.png", photograph(6, 4))
        .file("content/actualites/notice.txt", "Une notice.")
        .file("content/lieux.geojson", PLACES)
        .page(
            "_index.md",
            "kind = \"home\"\ntitle = \"Accueil\"\naliases = [\"/index/\"]\n",
            "Voyez [les nouvelles](@/actualites/_index.md).\n\n{{ figure(src=\"banc.png\", alt=\"Un banc\") }}\n\n{{ map(file=\"lieux.geojson\", title=\"Où\") }}\n",
        )
        .page(
            "actualites/_index.md",
            "kind = \"section\"\ntitle = \"Actualités\"\nsort = \"date\"\npaginate = 2\n",
            "## Toutes\n\n## Les\n\n## Nouvelles\n",
        )
        .page("lieux/_index.md", "kind = \"section\"\ntitle = \"Lieux\"\n", "")
        .page("lieux/gare.en.md", "title = \"The station\"\n", "Take [a bike](@/actualites/velo.md).")
        .page("sault/petitions/_index.md", PETITION, "Voici [le budget](@/sault/budget/_index.md).")
        .page("sault/petitions/textes/banc/index.md", &deposit, "Un [banc](@/lieux/gare.md#la-gare).")
        .page(
            "sault/petitions/textes/banc/compte-rendu.md",
            "kind = \"report\"\ntitle = \"Compte rendu\"\ndate = 2026-05-05\nthreshold = 3\n",
            "Bien.",
        )
        .page("sault/budget/_index.md", budget, "Le budget.")
        .page("sault/budget/_index.en.md", "title = \"The budget\"\ndescription = \"Vote.\"\n", "Vote.")
        .page("sault/budget/agenda.md", "kind = \"step\"\ntitle = \"Agenda\"\nshows = \"events\"\n", "")
        .page("sault/budget/atelier.md", event, "Venez.");
    let pages = [
        (
            "actualites/banc.md",
            "Un banc",
            "2026-03-01",
            "[La notice](notice.txt) et [le vélo](@/actualites/velo.md).",
        ),
        (
            "actualites/velo.md",
            "Le vélo",
            "2026-04-01",
            "## Où ?\n\n{% callout(title=\"À savoir\") %}\nVers [la gare](@/lieux/gare.md).\n{% end %}\n",
        ),
        ("actualites/ecole.md", "L’école", "2026-12-01", "Voyez [où](@/actualites/velo.md#ou)."),
        ("lieux/gare.md", "La gare", "2026-01-01", "## La gare\n\n![Un banc](@/banc.png)\n"),
        ("lieux/marche.md", "Le marché", "2026-02-01", "| Jour | Étals |\n|---|--:|\n| lundi | 3 |\n"),
    ];
    pages.iter().fold(place, |place, (path, title, date, body)| {
        let keys = format!("title = \"{title}\"\ndate = {date}\n[taxonomies]\ntheme = [\"Mobilités\"]\n");
        place.page(path, &keys, body)
    })
}

struct World {
    place: Place,
    random: Random,
    at: &'static str,
    /// What counts as news: makes each edit another.
    number: usize,
    /// What goes on being served while it is edited.
    builder: Builder,
}

type Edit = fn(&mut World);

const EDITS: [(&str, Edit); 31] = [
    ("a body", |world| world.edit_page(|text, world| format!("{text}\nDe plus, {}.\n", world.news()))),
    ("a heading", |world| world.edit_page(|text, world| format!("{text}\n## Le {}\n", world.random.word()))),
    ("a title", |world| {
        world.edit_page(|text, world| {
            replace_line(text, "title = ", &format!("title = \"Titre {}\"", world.news()))
        })
    }),
    ("a description", |world| {
        world.edit_page(|text, world| add_key(text, "description", &format!("\"{}\"", world.news())))
    }),
    ("a date", |world| {
        world.edit_page(|text, world| {
            let (month, day) = (world.random.below(12) + 1, world.random.below(28) + 1);
            add_key(text, "date", &format!("2026-{month:02}-{day:02}"))
        })
    }),
    ("a draft", |world| {
        world.edit_page(|text, _| {
            if text.contains("draft = ") {
                replace_line(text, "draft = ", "")
            } else {
                add_key(text, "draft", "true")
            }
        })
    }),
    ("a slug", |world| {
        world.edit_page(|text, world| add_key(text, "slug", &format!("\"{}\"", world.news())))
    }),
    ("an alias", |world| {
        world.edit_page(|text, world| add_key(text, "aliases", &format!("[\"/{}/\"]", world.news())))
    }),
    ("a weight", |world| {
        world.edit_page(|text, world| add_key(text, "weight", &world.random.below(9).to_string()))
    }),
    ("a term", |world| {
        world.edit_page(|text, world| {
            let theme = ["Mobilités", "Eau", "Écoles"][world.random.below(3)];
            replace_line(text, "theme = ", &format!("theme = [\"{theme}\"]"))
        })
    }),
    ("a new page", World::add_page),
    ("a page less", World::remove_page),
    ("a page renamed", World::rename_page),
    ("a link", |world| {
        world.edit_page(|text, world| {
            let to = world.any_page();
            format!("{text}\nVoir [là]({to}).\n")
        })
    }),
    ("a broken link", |world| world.edit_page(|text, _| format!("{text}\nVoir [là](@/nulle-part.md).\n"))),
    ("a broken anchor", |world| {
        world.edit_page(|text, world| format!("{text}\nVoir [là]({}#nulle-part).\n", world.any_page()))
    }),
    ("a translation", World::translate),
    ("a template", |world| {
        let name = world.random.pick(&["page", "section", "term", "components", "base", "event", "deposit"]);
        let news = world.news();
        world.edit(&format!("themes/parvis/templates/{name}.html"), |text| {
            text.replace("{% block main %}", &format!("{{% block main %}}{news}"))
                .replace("{% component card(card) %}", &format!("{{% component card(card) %}}{news}"))
                .replace("<main", &format!("<p>{news}</p><main"))
        });
    }),
    ("a word", |world| {
        let news = world.news();
        world.edit("themes/parvis/words/fr.toml", |text| {
            replace_line(text, "home = ", &format!("home = \"{news}\""))
        });
    }),
    ("a section", |world| {
        let path = world.random.pick(&["actualites/_index.md", "lieux/_index.md"]);
        let (news, choice) = (world.news(), world.random.below(5));
        world.edit(&format!("content/{path}"), |text| match choice {
            0 => add_key(text, "slug", &format!("\"{news}\"")),
            1 => add_key(text, "paginate", "1"),
            2 => add_key(text, "sort", "\"title\""),
            3 => add_key(text, "sort", "\"weight\""),
            _ => replace_line(text, "title = ", &format!("title = \"{news}\"")),
        });
    }),
    ("a list of documents", |world| {
        world.edit("content/actualites/banc.md", |text| {
            let documents = "[[documents]]\nfile = \"notice.txt\"\ntitle = \"La notice\"\n";
            if text.contains(documents) {
                text.replace(documents, "")
            } else {
                text.replacen("\n+++\n", &format!("\n{documents}+++\n"), 1)
            }
        });
    }),
    ("a file of the theme", |world| {
        let news = world.news();
        match world.random.below(2) {
            0 => world.write(
                "themes/parvis/static/logo.svg",
                format!("<svg xmlns=\"http://www.w3.org/2000/svg\"><title>{news}</title></svg>"),
            ),
            _ => {
                let shortcode =
                    format!("{{% component weather() %}}<p>{news}</p>{{% endcomponent weather %}}");
                world.write("themes/parvis/templates/shortcodes/weather.html", shortcode);
                world.edit_page(|text, _| format!("{text}\n{{{{ weather() }}}}\n"));
            }
        }
    }),
    ("a file written again", |world| world.edit_page(|text, _| text.to_owned())),
    ("a style", |world| {
        let width = world.random.below(90);
        world.write("themes/parvis/static/style.css", format!("main {{ margin: {width}px }}\n"));
    }),
    ("the settings", |world| {
        let news = world.news();
        match world.random.below(4) {
            0 => {
                world.edit("site.toml", |text| replace_line(text, "title = ", &format!("title = \"{news}\"")))
            }
            1 => world.edit("site.toml", |text| text.replace("paginate = 2\n", "paginate = 3\n")),
            2 => world.edit("site.toml", |text| {
                text.replace("languages = [\"en\"]\n", "languages = [\"en\", \"eu\"]\n")
            }),
            _ => world.edit("site.toml", |text| {
                replace_line(text, "publisher = ", &format!("publisher = \"{news}\""))
            }),
        }
    }),
    ("a document", |world| {
        // Of the same length, so that only its time and its content tell.
        let notice = format!("Notice {:04}", world.random.below(10_000));
        world.write("content/actualites/notice.txt", notice);
    }),
    ("an image or a map", |world| match world.random.below(2) {
        0 => {
            let width = 4 + world.random.below(3) as u32;
            world.write("content/banc.png", photograph(width, 4));
        }
        _ => {
            let place = world.news();
            world.write("content/lieux.geojson", PLACES.replace("Sault", &place));
        }
    }),
    ("a process", |world| {
        let path = world.random.pick(&[
            "sault/_index.md",
            "sault/petitions/_index.md",
            "sault/petitions/textes/banc/index.md",
            "sault/petitions/textes/banc/compte-rendu.md",
            "sault/budget/_index.md",
            "sault/budget/_index.en.md",
            "sault/budget/agenda.md",
            "sault/budget/atelier.md",
        ]);
        let (news, title) = (world.news(), world.random.below(2) == 0);
        world.edit(&format!("content/{path}"), |text| match title {
            true => replace_line(text, "title = ", &format!("title = \"{news}\"")),
            false => format!("{text}\n{news}.\n"),
        });
    }),
    ("the counts", |world| {
        let supports = world.random.below(9);
        world.write(
            "public/data/petitions.json",
            format!("{{\"process\":\"petitions\",\"as_of\":\"2026-03-21T08:05:00Z\",\"entries\":6,\"deposits\":{{\"banc\":{{\"supports\":{supports},\"thresholds\":[]}}}}}}"),
        );
    }),
    ("the moment", |world| world.at = world.random.pick(&MOMENTS)),
    ("the output", World::damage),
];

impl World {
    fn news(&mut self) -> String {
        self.number += 1;
        format!("{}-{}", ["un", "deux", "trois"][self.random.below(3)], self.number)
    }

    fn path(&self, path: &str) -> PathBuf {
        self.place.root().join(path)
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
    }

    fn edit(&self, path: &str, edit: impl FnOnce(&str) -> String) {
        if let Ok(text) = fs::read_to_string(self.path(path)) {
            self.write(path, edit(&text));
        }
    }

    /// The plain pages, and their translations.
    fn pages(&self) -> Vec<String> {
        let all = self.place.files("content").into_iter();
        all.filter(|path| path.ends_with(".md") && !path.ends_with("_index.md") && !path.contains("sault"))
            .collect()
    }

    fn any_page(&mut self) -> String {
        let pages: Vec<String> = self.pages().into_iter().filter(|path| !path.ends_with(".en.md")).collect();
        self.random.pick(&pages).replacen("content/", "@/", 1)
    }

    fn edit_page(&mut self, edit: fn(&str, &mut Self) -> String) {
        let path = self.random.pick(&self.pages());
        let text = self.place.read(&path);
        let text = edit(&text, self);
        self.write(&path, text);
    }

    fn add_page(&mut self) {
        let (name, to) = (self.news(), self.any_page());
        let folder = self.random.pick(&["actualites", "lieux", "actualites/archives", "sault/budget"]);
        let day = self.random.below(28) + 1;
        let page = format!(
            "+++\ntitle = \"{name}\"\ndate = 2026-03-{day:02}\n[taxonomies]\ntheme = [\"Eau\"]\n+++\nVers [là]({to}).\n"
        );
        self.write(&format!("content/{folder}/{name}.md"), page);
    }

    fn remove_page(&mut self) {
        let pages = self.pages();
        if pages.len() > 4 {
            let page = self.random.pick(&pages);
            fs::remove_file(self.path(&page)).expect("removed");
        }
    }

    fn rename_page(&mut self) {
        let pages: Vec<String> = self.pages().into_iter().filter(|path| !path.ends_with(".en.md")).collect();
        let (from, name) = (self.random.pick(&pages), self.news());
        let folder = from.rsplit_once('/').map_or("content", |(folder, _)| folder);
        fs::rename(self.path(&from), self.path(&format!("{folder}/{name}.md"))).expect("renamed");
    }

    fn translate(&mut self) {
        let page = self.any_page().replacen("@/", "content/", 1);
        let translation = page.replace(".md", ".en.md");
        if self.place.has(&translation) {
            fs::remove_file(self.path(&translation)).expect("removed");
        } else {
            let news = self.news();
            self.write(&translation, format!("+++\ntitle = \"In English {news}\"\n+++\n## {news}\n"));
        }
    }

    /// What nobody should do to what a build leaves.
    fn damage(&mut self) {
        let files: Vec<String> =
            [self.place.files("public"), self.place.files("answers"), vec!["rulebook.json".to_owned()]]
                .concat()
                .into_iter()
                .filter(|path| !path.starts_with("public/data/") && !path.ends_with(".manifest"))
                .collect();
        let file = self.random.pick(&files);
        let file = self.path(&file);
        let memory = self.path(".parvis-build/memory");
        match self.random.below(5) {
            0 => fs::remove_file(file).expect("removed"),
            1 => truncate(&file, 2),
            2 => fs::write(file, "autre chose").expect("written"),
            3 => truncate(&memory, 3),
            _ => fs::remove_file(memory).unwrap_or_default(),
        }
    }

    /// Mends what edits have broken in the content.
    fn repair(&self) {
        let files = self.place.files("content").into_iter().filter(|path| path.ends_with(".md"));
        for path in files {
            let text = self.place.read(&path);
            let mut mended = String::new();
            let mut rest = &*text;
            while let Some(start) = rest.find("](@/") {
                let (before, link) = rest.split_at(start + 2);
                let end = link.find(')').unwrap_or(link.len());
                let target = link[..end].split('#').next().unwrap_or_default();
                let is_there = self.place.has(&target.replacen("@/", "content/", 1));
                mended.push_str(before);
                mended.push_str(if is_there { target } else { "@/_index.md" });
                rest = &link[end..];
            }
            mended.push_str(rest);
            let original = path.replace(".en.md", ".md");
            if original != path && !self.place.has(&original) {
                fs::remove_file(self.path(&path)).expect("removed");
            } else if mended != text {
                self.write(&path, mended);
            }
        }
    }

    /// Builds into a folder: what went wrong, or what editors are told.
    fn build(&self, output: &Path) -> Result<(usize, String), String> {
        Self::told(build(&Build::new(self.place.root(), output, instant(self.at))))
    }

    /// Builds anew what has been built before: as a new process, or as the one that did.
    fn build_anew(&mut self, output: &Path) -> Result<(usize, String), String> {
        if self.random.below(2) == 0 {
            self.builder = Builder::default();
        }
        Self::told(self.builder.build(&Build::new(self.place.root(), output, instant(self.at))))
    }

    fn told(built: Result<Built, BuildError>) -> Result<(usize, String), String> {
        built.map(|built| (built.written + built.removed, built.warnings.to_string())).map_err(|error| {
            match error {
                BuildError::Site(found) => found.to_string(),
                other => panic!("{other}"),
            }
        })
    }
}

fn truncate(file: &Path, divisor: u64) {
    let Ok(file) = fs::OpenOptions::new().write(true).open(file) else { return };
    let length = file.metadata().expect("a file").len();
    file.set_len(length / divisor).expect("shorter");
}

/// The text with the first line that begins so replaced.
fn replace_line(text: &str, start: &str, line: &str) -> String {
    let mut is_done = false;
    let lines = text.lines().map(|old| match old.starts_with(start) && !is_done {
        true => {
            is_done = true;
            line
        }
        false => old,
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// The page with a key in its front matter.
fn add_key(text: &str, key: &str, value: &str) -> String {
    let line = format!("{key} = {value}");
    let (start, rest) = text.split_once("+++\n").expect("front matter");
    match rest
        .split("+++")
        .next()
        .is_some_and(|keys| keys.lines().any(|old| old.starts_with(&format!("{key} = "))))
    {
        true => replace_line(text, &format!("{key} = "), &line),
        false => format!("{start}+++\n{line}\n{rest}"),
    }
}

/// The files that a build makes, by path.
fn made(output: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let beside = output.parent().expect("a folder");
    let mut files = BTreeMap::new();
    let mut waiting = vec![output.to_owned(), beside.join("answers"), beside.join("rulebook.json")];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting
                .extend(fs::read_dir(path).expect("a folder").map(|entry| entry.expect("an entry").path()));
        } else if let Ok(bytes) = fs::read(&path) {
            files.insert(path.strip_prefix(beside).expect("beside").to_owned(), bytes);
        }
    }
    files
}

/// Edits a site again and again, and builds it both ways; how many builds went well.
fn walk(seed: u64, steps: usize, place: Place) -> usize {
    let mut world =
        World { place, random: Random(seed), at: MOMENTS[1], number: 0, builder: Builder::default() };
    let warm = world.path("public");
    world.build(&warm).unwrap_or_else(|error| panic!("{error}"));
    let mut sound = 0;
    for step in 0..steps {
        let (name, edit) = EDITS[world.random.below(EDITS.len())];
        edit(&mut world);
        let said = format!("seed {seed}, step {step}: {name}");
        let fresh = TempDir::new().expect("a folder");
        let cold = fresh.path().join("public");
        let counts = world.path("public/data/petitions.json");
        if counts.exists() {
            fs::create_dir_all(cold.join("data")).expect("a folder");
            fs::copy(counts, cold.join("data/petitions.json")).expect("copied");
        }
        let (warmly, coldly) = (world.build_anew(&warm), world.build(&cold));
        match (warmly, coldly) {
            (Ok((_, warmly)), Ok((_, coldly))) => {
                sound += 1;
                assert_eq!(warmly, coldly, "{said}: warnings");
                let (warmly, coldly) = (made(&warm), made(&cold));
                let names = |files: &BTreeMap<PathBuf, _>| files.keys().cloned().collect::<Vec<_>>();
                assert_eq!(names(&warmly), names(&coldly), "{said}: files");
                for (file, bytes) in &coldly {
                    let texts = [&warmly[file], bytes].map(|bytes| String::from_utf8_lossy(bytes));
                    assert!(
                        warmly[file] == *bytes,
                        "{said}: {}\n{}\n----\n{}",
                        file.display(),
                        texts[0],
                        texts[1]
                    );
                }
                assert_eq!(world.build_anew(&warm).map(|(changes, _)| changes), Ok(0), "{said}: again");
            }
            (Err(warmly), Err(coldly)) => {
                assert_eq!(warmly, coldly, "{said}: errors");
                if world.random.below(2) == 0 {
                    world.repair();
                }
            }
            (warmly, coldly) => panic!("{said}: {warmly:?} warm, {coldly:?} cold"),
        }
    }
    sound
}

fn count(name: &str, usual: u64) -> u64 {
    env::var(name).ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}

/// More of them: `SEEDS=100 STEPS=60`.
#[test]
fn a_warm_build_equals_a_cold_one_after_random_edits() {
    let (seeds, steps) = (count("SEEDS", 4), count("STEPS", 15) as usize);
    let first = count("FIRST", 0);
    let sound: usize = (first..first + seeds).map(|seed| walk(seed, steps, site())).sum();
    assert!(sound * 2 > seeds as usize * steps, "{sound} builds went well");
}

#[test]
fn so_it_does_with_search_cards_and_compressed_files() {
    let place = site().searched();
    let settings = place.read("site.toml");
    let place = place.file("site.toml", settings.replace("= false", "= true"));
    walk(count("FIRST", 7), count("STEPS", 8) as usize, place);
}
