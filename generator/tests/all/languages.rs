//! The same site in several languages.

use crate::place::Place;
use insta::assert_snapshot;
use std::{collections::BTreeSet, fs, path::Path};

const NOW: &str = "2026-11-21T09:00:00Z";

const WORDS: &str = r#"
[language]
name = "English"
[tab]
home = "Home"
[month]
3 = "March"
[date.day]
other = "{day} {month} {year}"
[number]
group = ","
"#;

/// In French and, in part, in English.
fn bilingual() -> Place {
    Place::new()
        .settings("languages = [\"en\"]\n")
        .file("themes/parvis/words/en.toml", WORDS)
        .page("actualites/_index.md", "kind = \"section\"\ntitle = \"Actualités\"\n", "Les nouvelles ?")
        .page(
            "actualites/velo.md",
            "title = \"Le vélo\"\ndate = 2026-03-02\n",
            "Voyez [l'air](@/actualites/air.md) !",
        )
        .page(
            "actualites/velo.en.md",
            "title = \"Cycling\"\ndescription = \"Bikes\"\n",
            "Who's [there](@/actualites/air.md) ?",
        )
        .page("actualites/air.md", "title = \"L'air\"\n", "Respirez [mieux](@/actualites/velo.md).")
}

#[test]
fn a_translation_stands_under_its_language() {
    let place = bilingual();
    place.build(NOW);
    assert_snapshot!(place.read("public/en/actualites/velo/index.html"), @r#"
    <!doctype html>
    <html lang="en">
    <title>Cycling – Le Parvis</title>
    <link rel="stylesheet" href="/assets/style.6c4f5345.css">
    <link rel="alternate" hreflang="fr" href="/actualites/velo/">
    <nav></nav>
    <nav><a href="/en/">Home</a><a href="/en/actualites/">Actualités</a></nav>
    <h1>Cycling</h1>
    <main id="contenu"><p>Who's <a href="/en/actualites/air/">there</a> ?</p>

    next: L’air, /en/actualites/air/
    </main>
    </html>
    "#);
}

#[test]
fn a_page_without_translation_is_there_and_says_so() {
    let place = bilingual();
    place.build(NOW);
    assert_snapshot!(place.read("public/en/actualites/air/index.html"), @r#"
    <!doctype html>
    <html lang="en">
    <title>L’air – Le Parvis</title>
    <link rel="stylesheet" href="/assets/style.6c4f5345.css">
    <link rel="alternate" hreflang="fr" href="/actualites/air/">
    <nav></nav>
    <nav><a href="/en/">Home</a><a href="/en/actualites/">Actualités</a></nav>
    <h1>L’air</h1>
    <main id="contenu"><p>Respirez <a href="/en/actualites/velo/">mieux</a>.</p>

    previous: Cycling, /en/actualites/velo/
    untranslated: fr
    </main>
    </html>
    "#);
}

#[test]
fn a_list_has_titles_and_dates_in_its_language() {
    let place = bilingual();
    place.build(NOW);
    assert_snapshot!(place.main("/en/actualites/"), @r"
    <p>Les nouvelles^?</p>

    Cycling, /en/actualites/velo/, page, 2 March 2026
    L’air, /en/actualites/air/, page, -
    Page 1 sur 1, -, -
    ");
    assert_snapshot!(place.main("/actualites/"), @r"
    <p>Les nouvelles^?</p>

    L’air, /actualites/air/, page, -
    Le vélo, /actualites/velo/, page, 2 mars 2026
    Page 1 sur 1, -, -
    ");
}

#[test]
fn a_page_leads_to_its_other_languages() {
    let place = bilingual();
    place.build(NOW);
    let page = place.read("public/actualites/velo/index.html");
    let alternates = page.lines().filter(|line| line.contains("hreflang")).collect::<Vec<_>>().join("\n");
    assert_snapshot!(alternates, @r#"
    <link rel="alternate" hreflang="en" href="/en/actualites/velo/">
    "#);
}

#[test]
fn processes_and_deposits_are_translated_and_their_forms_are_not() {
    let place = bilingual()
        .page("sault/petitions/_index.en.md", "title = \"Petitions\"\ndescription = \"Ask.\"\n", "Here.")
        .page("sault/petitions/textes/banc/index.en.md", "title = \"A bench\"\n", "We ask for a bench.");
    place.build(NOW);
    assert_snapshot!(place.main("/en/sault/petitions/"), @r#"
    <a href="/en/sault/petitions/" aria-current="page">Présentation</a><a href="/en/sault/petitions/textes/">Les textes</a>
    <p>Here.</p>

    open: true
    duration: 1~an, retention: 6~mois
    3: La rencontre, La commune rencontre les auteurs. 3~mois
    5: Le débat, Le conseil municipal en débat. 6~mois

    banc: Jusqu’au 1er March 2027, 0 soutien

    /en/sault/petitions/feed.xml -
    "#);
    assert_snapshot!(place.main("/en/sault/petitions/textes/banc/"), @r"
    <p>We ask for a bench.</p>

    state: open, Jusqu’au 1er March 2027
    supports: 0 soutien, 0 %, encore 3 soutiens
    as of: -
    window: 2 March 2026 → 1er March 2027, erased 2 septembre 2027
    support: /sault/petitions/textes/banc/soutenir/
    decision: admissible 1er March 2026 
    threshold 3: ahead
    threshold 5: ahead
    ");
    assert_snapshot!(place.files("public/en").join("\n"), @r"
    public/en/actualites/air/index.html
    public/en/actualites/index.html
    public/en/actualites/velo/index.html
    public/en/index.html
    public/en/sault/index.html
    public/en/sault/petitions/feed.xml
    public/en/sault/petitions/index.html
    public/en/sault/petitions/textes/banc/index.html
    public/en/sault/petitions/textes/index.html
    ");
}

#[test]
fn a_translation_that_is_a_draft_is_not_shown() {
    let place = bilingual().page("actualites/velo.en.md", "title = \"Cycling\"\ndraft = true\n", "Soon.");
    place.build(NOW);
    let main = place.main("/en/actualites/velo/");
    assert!(main.contains("Voyez") && main.contains("untranslated: fr"), "{main}");
}

#[test]
fn feeds_of_processes_and_files_of_events_are_in_each_language() {
    let event = "kind = \"event\"\ntitle = \"Rencontre\"\nstarts = 2026-12-01T18:30:00\n";
    let place = bilingual().page("sault/petitions/rencontre.md", event, "").page(
        "sault/petitions/rencontre.en.md",
        "title = \"Meeting\"\n",
        "",
    );
    place.build(NOW);
    let said = |file: &str| place.read(file).replace("\r\n ", "");
    assert!(said("public/en/sault/petitions/rencontre/evenement.ics").contains("SUMMARY:Meeting\r\n"));
    assert!(said("public/en/sault/petitions/agenda.ics").contains("/en/sault/petitions/rencontre/"));
    assert!(said("public/sault/petitions/agenda.ics").contains("SUMMARY:Rencontre\r\n"));
    assert!(said("public/en/sault/petitions/feed.xml").contains("xml:lang=\"en\""));
}

#[test]
fn a_mistake_in_a_translation_is_told_once() {
    let place = bilingual()
        .page("actualites/velo.en.md", "titel = \"Cycling\"\n", "")
        .page(
            "actualites/air.en.md",
            "title = \"Air\"\n",
            "[a](@/nowhere.md) <b>b</b> [c](@/actualites/velo.md#here)",
        )
        .page("actualites/_index.md", "kind = \"section\"\ntitle = \"Actualités\"\n", "[a](@/nulle-part.md)");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: page introuvable : content/nulle-part.md
     --> content/actualites/_index.md:5:5
      |
    5 | [a](@/nulle-part.md)
      |     ^^^^^^^^^^^^^^^

    erreur: page introuvable : content/nowhere.md
     --> content/actualites/air.en.md:4:5
      |
    4 | [a](@/nowhere.md) <b>b</b> [c](@/actualites/velo.md#here)
      |     ^^^^^^^^^^^^

    erreur: le HTML n’est pas permis dans les textes
     --> content/actualites/air.en.md:4:19
      |
    4 | [a](@/nowhere.md) <b>b</b> [c](@/actualites/velo.md#here)
      |                   ^^^
      |
      = aide: écrivez en Markdown ; la mise en page appartient au thème

    erreur: content/actualites/velo.md n’a pas de titre `#here`
     --> content/actualites/air.en.md:4:32
      |
    4 | [a](@/nowhere.md) <b>b</b> [c](@/actualites/velo.md#here)
      |                                ^^^^^^^^^^^^^^^^^^^^^^^^^

    erreur: clé inconnue `titel`
     --> content/actualites/velo.en.md:2:1
      |
    2 | titel = "Cycling"
      | ^^^^^
      |
      = aide: vouliez-vous dire `title` ?

    5 erreurs dans 3 fichiers
    "#);
}

#[test]
fn a_translation_decides_nothing_that_its_original_decides() {
    let place = bilingual().page(
        "actualites/velo.en.md",
        "title = \"Cycling\"\nslug = \"cycling\"\naliases = [\"/bikes/\"]\nstarts = 2026-01-01\ndescripton = \"Bikes\"\n[taxonomies]\ntheme = [\"Transport\"]\n",
        "",
    );
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: `slug` ne se lit pas dans une traduction
     --> content/actualites/velo.en.md:3:1
      |
    3 | slug = "cycling"
      | ^^^^
      |
      = aide: retirez cette clé : velo.md, que cette page traduit, en décide

    erreur: `aliases` ne se lit pas dans une traduction
     --> content/actualites/velo.en.md:4:1
      |
    4 | aliases = ["/bikes/"]
      | ^^^^^^^
      |
      = aide: retirez cette clé : velo.md, que cette page traduit, en décide

    erreur: `starts` ne se lit pas dans une traduction
     --> content/actualites/velo.en.md:5:1
      |
    5 | starts = 2026-01-01
      | ^^^^^^
      |
      = aide: retirez cette clé : velo.md, que cette page traduit, en décide

    erreur: clé inconnue `descripton`
     --> content/actualites/velo.en.md:6:1
      |
    6 | descripton = "Bikes"
      | ^^^^^^^^^^
      |
      = aide: vouliez-vous dire `description` ?

    erreur: `taxonomies` ne se lit pas dans une traduction
     --> content/actualites/velo.en.md:7:2
      |
    7 | [taxonomies]
      |  ^^^^^^^^^^
      |
      = aide: retirez cette clé : velo.md, que cette page traduit, en décide

    5 erreurs dans 1 fichier
    "#);
}

#[test]
fn search_engines_are_led_to_the_original_of_what_nobody_has_translated() {
    let pages = (0..3).map(|number| format!("actualites/{number}.md"));
    let place = pages.fold(bilingual(), |place, path| place.page(&path, "title = \"Une\"\n", ""));
    let section = "kind = \"section\"\ntitle = \"Actualités\"\npaginate = 3\n";
    let place = place.page("actualites/_index.md", section, "");
    // The theme that comes with the command.
    fs::remove_dir_all(place.root().join("themes")).expect("removed");
    place.build(NOW);
    let head = |url: &str| {
        let page = place.read(&format!("public{url}index.html"));
        let lines = page
            .lines()
            .filter(|line| line.contains("canonical") || line.contains("rel=\"alternate\" hreflang"));
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(head("/en/actualites/velo/"), @r#"
    <link rel="canonical" href="https://participer.example/en/actualites/velo/">
    <link rel="alternate" hreflang="en" href="https://participer.example/en/actualites/velo/">
    <link rel="alternate" hreflang="fr" href="https://participer.example/actualites/velo/">
    "#);
    assert_snapshot!(head("/actualites/air/"), @r#"
    <link rel="canonical" href="https://participer.example/actualites/air/">
    "#);
    assert_snapshot!(head("/en/actualites/air/"), @r#"
    <link rel="canonical" href="https://participer.example/actualites/air/">
    "#);
    assert_snapshot!(head("/en/actualites/page/2/"), @r#"
    <link rel="canonical" href="https://participer.example/actualites/page/2/">
    "#);
    assert!(!place.read("public/sitemap.xml").contains("/en/actualites/air/"));
}

#[test]
fn a_table_that_nobody_has_translated_is_named_in_its_own_language() {
    let table = "| a | b |\n|---|---|\n| 1 | 2 |\n";
    let place = bilingual()
        .file("themes/parvis/words/en.toml", format!("{WORDS}[table]\nlabel = \"Table\"\n"))
        .page("actualites/air.md", "title = \"L'air\"\n", table)
        .page("actualites/velo.en.md", "title = \"Cycling\"\n", table);
    place.build(NOW);
    assert!(
        place.main("/en/actualites/air/").contains("role=\"group\" aria-label=\"Tableau\" tabindex=\"0\"")
    );
    assert!(
        place.main("/en/actualites/velo/").contains("role=\"group\" aria-label=\"Table\" tabindex=\"0\"")
    );
}

#[test]
fn a_translation_of_nothing() {
    let place = bilingual().page("actualites/train.en.md", "title = \"Trains\"\n", "");
    assert_snapshot!(place.diagnostics(), @r"
    erreur: cette page traduit content/actualites/train.md, qui n’existe pas
    --> content/actualites/train.en.md
     = aide: renommez-la comme la page qu’elle traduit

    1 erreur dans 1 fichier
    ");
}

#[test]
fn a_page_in_a_language_that_the_site_does_not_have() {
    let place = bilingual().page("actualites/velo.de.md", "title = \"Fahrrad\"\n", "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: « velo.de » ne peut pas servir d’adresse
     --> content/actualites/velo.de.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: renommez-le « velo-de », ou ajoutez `slug = "velo-de"`

    1 erreur dans 1 fichier
    "#);
}

/// The keys of the words of the theme in a language.
fn keys_of(language: &str) -> BTreeSet<String> {
    fn flatten(prefix: &str, table: &toml::Table, keys: &mut BTreeSet<String>) {
        for (key, value) in table {
            let key = format!("{prefix}{key}");
            match value.as_table() {
                Some(table) => flatten(&format!("{key}."), table, keys),
                None => {
                    keys.insert(key);
                }
            }
        }
    }
    let words = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../themes/parvis/words/{language}.toml"));
    let text = fs::read_to_string(words).expect("words");
    let mut keys = BTreeSet::new();
    flatten("", &text.parse().expect("TOML"), &mut keys);
    keys
}

/// What the functions and the forms say, in the main language only, and what few pages of a site in several languages say.
const IN_FRENCH: [&str; 34] = [
    "already",
    "answer",
    "ballot",
    "ballot_code",
    "basket",
    "cast",
    "deposit",
    "draft",
    "envelope",
    "field",
    "files",
    "find",
    "how",
    "mail",
    "minutes",
    "option",
    "own_deposit",
    "privacy",
    "reason",
    "refusal",
    "replace",
    "report_text",
    "results",
    "review",
    "rule",
    "shares",
    "tie",
    "vote",
    "voters",
    "write",
    "write_code",
    "write_preview",
    "writing",
    "written",
];

#[test]
fn english_has_all_words_and_the_other_languages_all_but_those_of_what_is_written() {
    let french = keys_of("fr");
    let lacks = |language: &str| -> Vec<String> { french.difference(&keys_of(language)).cloned().collect() };
    assert_eq!(lacks("en"), Vec::<String>::new());
    for language in ["eu", "oc", "br"] {
        let mut lacks = lacks(language);
        lacks.retain(|key| !IN_FRENCH.contains(&key.split('.').next().unwrap_or_default()));
        assert_eq!(lacks, Vec::<String>::new(), "{language}");
    }
}
