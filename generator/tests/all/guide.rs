//! The editor's guide says what is so.

use crate::place::{DEPOSIT, PETITION, Place, STEP, instant};
use generator::{Preset, new_process};

/// The kinds of processes that are not petitions.
const PROCESSES: [&str; 10] = [
    "budget",
    "call",
    "ideas",
    "questions",
    "questionnaire",
    "debate",
    "votation",
    "matching",
    "map",
    "consultation",
];

const GUIDE: &str = include_str!("../../../docs/guide.md");

#[test]
fn its_example_of_a_mistake_is_what_is_printed() {
    let place = Place::new().page(
        "garennes/_index.md",
        "kind = \"organisation\"\ntitle = \"Garennes\"\nterritory = \"département\"\n",
        "",
    );
    new_process(place.root(), Preset::Petition, "garennes/ma-petition", instant("2026-11-21T09:00:00Z"))
        .expect("made");
    let path = "content/garennes/ma-petition/_index.md";
    let misspelt = place.read(path).replace("[[thresholds]]", "[[tresholds]]");
    let printed = place.file(path, misspelt).diagnostics();
    assert!(GUIDE.contains(&format!("```\n{printed}\n```")), "{printed}");
}

#[test]
fn it_names_every_key() {
    let wrong = "zzz = 1\n";
    let tables = |tables: &[&str]| tables.iter().map(|table| format!("{table}\n{wrong}")).collect::<String>();
    let place = Place::new();
    let site = place.read("site.toml");
    let place = place
        .file(
            "site.toml",
            format!(
                "{wrong}{}{}",
                site.replace("[legal]\n", &format!("[legal]\n{wrong}")),
                tables(&[
                    "[[menu]]",
                    "[[footer]]",
                    "[[taxonomies]]\nname = \"theme\"",
                    "[appearance]",
                    "[accessibility]"
                ])
            ),
        )
        .page("_index.md", &format!("{wrong}kind = \"home\"\ntitle = \"Accueil\"\n"), "")
        .page("sault/_index.md", &format!("{wrong}kind = \"organisation\"\n"), "")
        .page(
            "sault/petitions/_index.md",
            &format!("{wrong}{PETITION}{}", tables(&["[labels]", "[support]", "[[thresholds]]"])),
            "",
        )
        .page("sault/petitions/textes/_index.md", &format!("{wrong}{STEP}"), "")
        .page(
            "sault/petitions/textes/banc/index.md",
            &format!(
                "{wrong}{DEPOSIT}{wrong}{}",
                tables(&[
                    "[[documents]]",
                    "[answer]",
                    "[[pledges]]",
                    "[[outcomes]]",
                    "[[history]]",
                    "[demonstration]",
                    "[picture]"
                ])
            ),
            "",
        )
        .page(
            "sault/petitions/textes/banc/rapport.md",
            &format!("{wrong}kind = \"report\"\n{}", tables(&["[[documents]]"])),
            "",
        )
        .page("nouvelles/_index.md", &format!("{wrong}kind = \"section\"\n"), "")
        .page("nouvelles/une.md", &format!("{wrong}{}", tables(&["[taxonomies]"])), "")
        .page("nouvelles/rencontre.md", &format!("{wrong}kind = \"event\"\n"), "");
    let kinds =
        PROCESSES.iter().map(|kind| (format!("sault/{kind}/_index.md"), format!("kind = \"{kind}\"\n")));
    let place = kinds.fold(place, |place, (path, kind)| {
        place.page(&path, &format!("{wrong}{kind}{}", tables(&["[[milestones]]", "[[documents]]"])), "")
    });
    let printed = place.diagnostics();
    let lists: Vec<&str> =
        printed.lines().filter_map(|line| line.split("clés possibles ici : ").nth(1)).collect();
    assert_eq!(lists.len(), 29 + 3 * PROCESSES.len(), "{printed}");
    for key in lists.into_iter().flat_map(|list| list.split(", ")) {
        assert!(GUIDE.contains(&format!("`{key}`")) || GUIDE.contains(&format!("[{key}]")), "{key}");
    }
}

#[test]
fn it_names_every_kind_and_every_choice() {
    let place = Place::new()
        .page("a.md", "kind = \"zzz\"\ntitle = \"A\"\n", "")
        .page("b/_index.md", "kind = \"section\"\ntitle = \"B\"\nsort = \"zzz\"\n", "")
        .page("sault/petitions/c.md", "kind = \"step\"\ntitle = \"C\"\nshows = \"zzz\"\n", "")
        .page(
            "sault/budget/_index.md",
            "kind = \"budget\"\ntitle = \"D\"\ndescription = \"D\"\n[[milestones]]\ntitle = \"E\"\nstate = \"zzz\"\n",
            "",
        );
    let printed = place.diagnostics();
    let lists: Vec<&str> =
        printed.lines().filter_map(|line| line.split("valeurs possibles : ").nth(1)).collect();
    assert_eq!(lists.len(), 4, "{printed}");
    let choices: Vec<&str> = lists.into_iter().flat_map(|list| list.split(", ")).collect();
    assert!(PROCESSES.iter().all(|kind| choices.contains(kind)), "{choices:?}");
    for choice in choices {
        assert!(GUIDE.contains(&format!("`\"{choice}\"`")), "{choice}");
    }
}

#[test]
fn it_names_every_key_and_every_choice_of_a_vote() {
    let head = "kind = \"budget\"\ntitle = \"A\"\ndescription = \"A\"\nopens = 2026-01-01\ncloses = 2027-01-01\n[voting]\n";
    let tables = "[[voting.envelopes]]\nzzz = 1\n[[voting.choices]]\nzzz = 1\n";
    for lines in [
        "method = \"zzz\"\n",
        "method = \"approval\"\nzzz = 1\nties = [\"zzz\"]\nunfit = \"zzz\"\nby = \"zzz\"\n",
        "method = \"approval\"\nrule = \"zzz\"\n",
        "method = \"points\"\nzzz = 1\nunfit = \"fund\"\n",
        "method = \"grades\"\nzzz = 1\n",
        "method = \"approval\"\nrule = \"equal-shares\"\nutility = \"zzz\"\ncompletion = \"zzz\"\n",
        "method = \"approval\"\nrule = \"equal-shares\"\ncompletion = \"add1\"\nstop = \"zzz\"\nzzz = 1\n",
    ] {
        let printed =
            Place::new().page("sault/a/_index.md", &format!("{head}{lines}{tables}"), "").diagnostics();
        let listed = |words: &'static str| printed.lines().filter_map(move |line| line.split(words).nth(1));
        let keys: Vec<&str> = listed("clés possibles ici : ").flat_map(|list| list.split(", ")).collect();
        let choices: Vec<&str> = listed("valeurs possibles : ").flat_map(|list| list.split(", ")).collect();
        assert!(!keys.is_empty() || !choices.is_empty(), "{printed}");
        for key in keys {
            assert!(
                GUIDE.contains(&format!("`{key}`")) || GUIDE.contains(&format!("[[voting.{key}]]")),
                "{key}"
            );
        }
        for choice in choices {
            assert!(GUIDE.contains(&format!("`\"{choice}\"`")), "{choice}");
        }
    }
}

#[test]
fn it_names_every_key_and_every_kind_of_a_form() {
    // What is told of a field without its kind names those there are.
    let process = |writing: &str| {
        let head =
            "kind = \"ideas\"\ntitle = \"A\"\ndescription = \"A\"\nopens = 2026-01-01\ncloses = 2027-01-01\n";
        Place::new().page("sault/idees/_index.md", &format!("{head}[writing]\n{writing}"), "").diagnostics()
    };
    let list_after = |printed: &str, words: &str| {
        let lists: Vec<String> =
            printed.lines().filter_map(|line| Some(line.split(words).nth(1)?.to_owned())).collect();
        assert!(!lists.is_empty(), "{printed}");
        lists.join(", ").split(", ").map(str::to_owned).collect::<Vec<_>>()
    };
    let kinds = process("[[writing.fields]]\nid = \"a\"\nkind = \"zzzzzzzz\"\n");
    let kinds = list_after(&kinds, "valeurs possibles : ");
    assert_eq!(kinds.len(), 25);
    for kind in &kinds {
        assert!(GUIDE.contains(&format!("`\"{kind}\"`")), "{kind}");
        let printed = process(&format!("zzz = 1\n[[writing.fields]]\nkind = \"{kind}\"\nzzz = 1\n"));
        for key in list_after(&printed, "clés possibles ici : ") {
            let named = [format!("`{key}`"), format!("[writing.{key}]")];
            assert!(named.iter().any(|name| GUIDE.contains(name)), "{kind}: {key}");
        }
    }
    let keys = [
        "purpose = \"zzz\"\n",
        "identity = \"zzz\"\n",
        "[[writing.fields]]\nkind = \"files\"\ntypes = [\"zzz\"]\n",
        "[[writing.fields]]\nkind = \"email\"\nvisibility = \"zzz\"\n",
        "[[writing.fields]]\nkind = \"commune\"\nterritory = \"zzz\"\n",
    ];
    for key in keys {
        for choice in list_after(&process(key), "valeurs possibles : ") {
            assert!(GUIDE.contains(&format!("`\"{choice}\"`")), "{choice}");
        }
    }
}
