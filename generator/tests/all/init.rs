//! A new site is sound, says all its settings, and takes the place of none.

use crate::place::{Place, instant};
use generator::{Build, Checks, Site, new_site};
use insta::assert_snapshot;
use std::{fs, path::Path};

const NOW: &str = "2026-11-21T09:00:00Z";

fn made() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    new_site(&folder.path().join("site"), instant(NOW)).unwrap_or_else(|error| panic!("{error}"));
    folder
}

fn refusal(folder: &Path) -> String {
    let error = new_site(folder, instant(NOW)).expect_err("a refusal");
    error.to_string().replace(&folder.display().to_string(), "…")
}

#[test]
fn a_new_site_is_built_without_a_warning() {
    let folder = made();
    let root = folder.path().join("site");
    let site = Site::load(&root, instant(NOW)).unwrap_or_else(|found| panic!("{found}"));
    let found = site.examine(Checks { budget: true, external: false });
    assert!(found.is_empty(), "{found}");
    let output = root.join("public");
    let built = generator::build(&Build { quick: true, ..Build::new(&root, &output, instant(NOW)) });
    let built = built.unwrap_or_else(|error| panic!("{error}"));
    assert!(built.warnings.is_empty(), "{}", built.warnings);
    for page in ["ma-petition/reunion-publique", "ma-petition/reglement", "actualites/le-site-est-ouvert"] {
        assert!(output.join("ma-commune").join(page).join("index.html").is_file(), "{page}");
    }
}

#[test]
fn its_settings_say_every_key() {
    let folder = made();
    let path = folder.path().join("site/site.toml");
    let settings = fs::read_to_string(&path).expect("settings");
    // Each table of which a key is unknown is told with the keys that it may have.
    let uncommented = settings
        .replace("# [accessibility]", "[accessibility]\nzzz = 1")
        .replace("# [[footer]]", "[[footer]]\nzzz = 1");
    let wrong = ["[appearance]", "[[menu]]", "[[taxonomies]]", "[legal]"]
        .into_iter()
        .fold(format!("zzz = 1\n{uncommented}"), |text, table| {
            text.replacen(table, &format!("{table}\nzzz = 1"), 1)
        });
    fs::write(&path, wrong).expect("written");
    let found = Site::load(&folder.path().join("site"), instant(NOW)).err().expect("mistakes").to_string();
    let lists: Vec<&str> =
        found.lines().filter_map(|line| line.split("clés possibles ici : ").nth(1)).collect();
    assert_eq!(lists.len(), 7, "{found}");
    for key in lists.into_iter().flat_map(|list| list.split(", ")) {
        let is_said = |line: &str| {
            let line = line.trim_start_matches(['#', ' ', '[']);
            line.strip_prefix(key).is_some_and(|rest| rest.starts_with([' ', ']']))
        };
        assert!(settings.lines().any(is_said), "{key}");
    }
}

#[test]
fn a_site_that_is_there_is_left_alone() {
    assert_snapshot!(refusal(Place::new().root()), @r"
    … a déjà un site.toml : c’est un site, rien n’est écrasé.
    ");
    let place = Place::new().without("site.toml");
    assert_snapshot!(refusal(place.root()), @r"
    …/content existe déjà : rien n’est écrasé.
    ");
}

#[test]
fn a_folder_that_is_a_repository_keeps_its_own_list_of_what_it_ignores() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(".gitignore"), "*.bak\n").expect("written");
    new_site(folder.path(), instant(NOW)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(fs::read_to_string(folder.path().join(".gitignore")).expect("kept"), "*.bak\n");
}
