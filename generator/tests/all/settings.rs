//! Mistakes in `site.toml`, and what front matter says of lists and events.

use crate::place::{PETITION, Place};
use insta::assert_snapshot;

#[test]
fn a_colour_that_is_not_read_well() {
    let place = Place::new().tables("[appearance]\naccent = \"#ffcc00\"\naccent_dark = \"#000091\"\n");
    assert_snapshot!(place.diagnostics(), @r##"
    erreur: cette couleur se lit mal : contraste de 1,5, 4,5 attendu
      --> site.toml:21:10
       |
    21 | accent = "#ffcc00"
       |          ^^^^^^^^^
       |
       = aide: choisissez une couleur plus foncée

    erreur: cette couleur se lit mal : contraste de 1,2, 4,5 attendu
      --> site.toml:22:15
       |
    22 | accent_dark = "#000091"
       |               ^^^^^^^^^
       |
       = aide: choisissez une couleur plus claire

    2 erreurs dans 1 fichier
    "##);
}

#[test]
fn a_colour_or_a_font_that_is_none() {
    let place = Place::new().tables(
        "[appearance]\naccent = \"vert\"\naccent_dark = \"#12345g\"\nfont = \"a; } body { display: none\"\n",
    );
    assert_snapshot!(place.diagnostics(), @r##"
    erreur: `accent` n’est pas une couleur
      --> site.toml:21:10
       |
    21 | accent = "vert"
       |          ^^^^^^
       |
       = aide: une couleur s’écrit `"#0b5c5a"`

    erreur: `accent_dark` n’est pas une couleur
      --> site.toml:22:15
       |
    22 | accent_dark = "#12345g"
       |               ^^^^^^^^^
       |
       = aide: une couleur s’écrit `"#0b5c5a"`

    erreur: ce n’est pas un nom de police
      --> site.toml:23:8
       |
    23 | font = "a; } body { display: none"
       |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = aide: écrivez par exemple `font = "Marianne, Arial"`

    3 erreurs dans 1 fichier
    "##);
}

#[test]
fn a_logo_that_the_theme_does_not_have() {
    let place = Place::new().tables("[appearance]\nlogo = \"logo.svg\"\n");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: le thème n’a pas de fichier static/logo.svg
      --> site.toml:21:8
       |
    21 | logo = "logo.svg"
       |        ^^^^^^^^^^
       |
       = aide: déposez-le dans themes/parvis/static

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn an_unknown_language_and_one_that_is_the_site_s_already() {
    let place =
        Place::new().settings("language = \"français\"\nlanguages = [\"en\", \"fr\", \"en\", \"EN\", 3]\n");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: langue inconnue : « français »
     --> site.toml:1:12
      |
    1 | language = "français"
      |            ^^^^^^^^^^
      |
      = aide: écrivez ses deux lettres : fr, en, eu, oc, br…

    erreur: cette langue est déjà celle du site
     --> site.toml:2:20
      |
    2 | languages = ["en", "fr", "en", "EN", 3]
      |                    ^^^^
      |
      = aide: retirez-la d’ici

    erreur: cette langue est déjà celle du site
     --> site.toml:2:26
      |
    2 | languages = ["en", "fr", "en", "EN", 3]
      |                          ^^^^
      |
      = aide: retirez-la d’ici

    erreur: langue inconnue : « EN »
     --> site.toml:2:32
      |
    2 | languages = ["en", "fr", "en", "EN", 3]
      |                                ^^^^
      |
      = aide: écrivez ses deux lettres : fr, en, eu, oc, br…

    erreur: `languages` attend un texte
     --> site.toml:2:38
      |
    2 | languages = ["en", "fr", "en", "EN", 3]
      |                                      ^ ceci est un nombre
      |
      = aide: écrivez par exemple `languages = "…"`

    5 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_taxonomy_whose_name_is_no_address_or_that_shows_nothing() {
    let place = Place::new().tables(
        "[[taxonomies]]\nname = \"Thème\"\nlabel = \"Thèmes\"\n[[taxonomies]]\nname = \"theme\"\nlabel = \"Thèmes\"\npaginate = 0\n[[taxonomies]]\nname = \"lieu\"\n",
    );
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: ce nom ne peut pas servir d’adresse
      --> site.toml:21:8
       |
    21 | name = "Thème"
       |        ^^^^^^^
       |
       = aide: écrivez-le en minuscules sans accent, par exemple `theme`

    erreur: une liste montre au moins une page
      --> site.toml:26:12
       |
    26 | paginate = 0
       |            ^

    erreur: il manque la clé `label`
      --> site.toml:27:1
       |
    27 | [[taxonomies]]
       | ^^^^^^^^^^^^^^
       |
       = aide: ajoutez par exemple `label = "…"`

    3 erreurs dans 1 fichier
    "#);
}

#[test]
fn two_taxonomies_of_one_name_and_one_of_a_name_that_is_taken() {
    let theme = "[[taxonomies]]\nname = \"theme\"\nlabel = \"Thèmes\"\n";
    let tables = [theme, theme, &theme.replace("theme", "images")].concat();
    assert_snapshot!(Place::new().tables(&tables).diagnostics(), @r#"
    erreur: ce nom est déjà celui d’une taxonomie
      --> site.toml:24:8
       |
    24 | name = "theme"
       |        ^^^^^^^
       |
       = aide: choisissez-en un autre

    erreur: ce nom ne peut pas servir d’adresse
      --> site.toml:27:8
       |
    27 | name = "images"
       |        ^^^^^^^^
       |
       = aide: écrivez-le en minuscules sans accent, par exemple `theme`

    2 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_taxonomy_that_the_site_does_not_have() {
    let theme = "[[taxonomies]]\nname = \"theme\"\nlabel = \"Thèmes\"\n";
    let page = "title = \"A\"\n[taxonomies]\ntheme = \"Climat\"\nthemes = [\"Climat\"]\nlieu = [\"Sault\"]\n";
    assert_snapshot!(Place::new().tables(theme).page("a.md", page, "").diagnostics(), @r#"
    erreur: `theme` attend une liste
     --> content/a.md:4:9
      |
    4 | theme = "Climat"
      |         ^^^^^^^^ ceci est un texte
      |
      = aide: écrivez par exemple `theme = ["…"]`

    erreur: clé inconnue `themes`
     --> content/a.md:5:1
      |
    5 | themes = ["Climat"]
      | ^^^^^^
      |
      = aide: vouliez-vous dire `theme` ?

    erreur: clé inconnue `lieu`
     --> content/a.md:6:1
      |
    6 | lieu = ["Sault"]
      | ^^^^
      |
      = aide: clés possibles ici : theme

    3 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_term_without_letters() {
    let theme = "[[taxonomies]]\nname = \"theme\"\nlabel = \"Thèmes\"\n";
    let page = "title = \"A\"\n[taxonomies]\ntheme = [\"Climat\", \"« ? »\"]\n";
    assert_snapshot!(Place::new().tables(theme).page("a.md", page, "").diagnostics(), @r#"
    erreur: ce terme n’a ni lettre ni chiffre pour faire une adresse
     --> content/a.md:4:20
      |
    4 | theme = ["Climat", "« ? »"]
      |                    ^^^^^^^
      |
      = aide: écrivez-le autrement

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn what_the_law_asks_and_nobody_has_written_is_a_warning() {
    let place = Place::new();
    let site = place.read("site.toml");
    let (without, _) = site.split_once("[legal]").expect("a table");
    let place = place
        .file("site.toml", format!("{without}[legal]\npublisher = \"Sault\"\nphone = \"04 00 00 00 00\"\n"));
    assert_snapshot!(place.diagnostics(), @r#"
    avertissement: mentions légales incomplètes : il manque address, director, host, host_address, host_phone, data_protection_officer
      --> site.toml:11:1
       |
    11 | [legal]
       | ^^^^^^^
       |
       = aide: ajoutez à `[legal]` par exemple `address = "…"`

    1 avertissement
    "#);
    let place = place.file("site.toml", without);
    assert_snapshot!(place.diagnostics(), @r#"
    avertissement: mentions légales incomplètes : il manque publisher, address, phone, director, host, host_address, host_phone, data_protection_officer
     --> site.toml:1:1
      |
    1 |
      | ^
      |
      = aide: ajoutez à `[legal]` par exemple `publisher = "…"`

    1 avertissement
    "#);
    place.build("2026-11-21T09:00:00Z");
}

#[test]
fn an_audit_that_is_not_whole() {
    let place = Place::new().tables("[accessibility]\naudited = 2026-05-01T09:00:00\nrate = 101\n");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: il manque la clé `auditor`
      --> site.toml:20:1
       |
    20 | [accessibility]
       | ^^^^^^^^^^^^^^^
       |
       = aide: ajoutez par exemple `auditor = "…"`

    erreur: `audited` attend une date
      --> site.toml:21:11
       |
    21 | audited = 2026-05-01T09:00:00
       |           ^^^^^^^^^^^^^^^^^^^ ceci est une date avec une heure
       |
       = aide: écrivez par exemple `audited = 2025-12-31`

    erreur: `rate` va de 0 à 100
      --> site.toml:22:8
       |
    22 | rate = 101
       |        ^^^

    3 erreurs dans 1 fichier
    "#);
    let place = Place::new().tables("[accessibility]\nauditor = \"Un cabinet\"\n");
    assert_snapshot!(place.diagnostics(), @r"
    erreur: il manque la clé `audited`
      --> site.toml:20:1
       |
    20 | [accessibility]
       | ^^^^^^^^^^^^^^^
       |
       = aide: ajoutez par exemple `audited = 2025-12-31`

    erreur: il manque la clé `rate`
      --> site.toml:20:1
       |
    20 | [accessibility]
       | ^^^^^^^^^^^^^^^
       |
       = aide: ajoutez par exemple `rate = 100`

    2 erreurs dans 1 fichier
    ");
}

#[test]
fn a_menu_that_leads_to_no_page() {
    let place = Place::new()
        .tables("[[menu]]\nlabel = \"Notice\"\npage = \"@/notice.txt\"\n[[footer]]\nlabel = \"Ailleurs\"\npage = \"https://exemple.fr\"\n")
        .file("content/notice.txt", "Une notice.");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: une page du site est attendue ici
      --> site.toml:22:8
       |
    22 | page = "@/notice.txt"
       |        ^^^^^^^^^^^^^^
       |
       = aide: écrivez par exemple `page = "@/_index.md"`

    erreur: une page du site est attendue ici
      --> site.toml:25:8
       |
    25 | page = "https://exemple.fr"
       |        ^^^^^^^^^^^^^^^^^^^^
       |
       = aide: écrivez par exemple `page = "@/_index.md"`

    2 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_section_that_sorts_or_pages_as_it_cannot() {
    let section = "kind = \"section\"\ntitle = \"Actualités\"\nsort = \"dates\"\npaginate = 0\n";
    assert_snapshot!(Place::new().page("a/_index.md", section, "").diagnostics(), @r#"
    erreur: valeur inconnue pour `sort` : « dates »
     --> content/a/_index.md:4:8
      |
    4 | sort = "dates"
      |        ^^^^^^^
      |
      = aide: vouliez-vous dire "date" ?

    erreur: une liste montre au moins une page
     --> content/a/_index.md:5:12
      |
    5 | paginate = 0
      |            ^

    2 erreurs dans 1 fichier
    "#);
    let section = "kind = \"section\"\ntitle = \"Actualités\"\npaginate = -2\nweight = \"un\"\n";
    assert_snapshot!(Place::new().page("a.md", section, "").diagnostics(), @r#"
    erreur: cette page doit être celle d’un dossier
     --> content/a.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: nommez-la `_index.md`, dans un dossier à elle

    erreur: `paginate` attend un nombre entier
     --> content/a.md:4:12
      |
    4 | paginate = -2
      |            ^^ ceci est un nombre
      |
      = aide: écrivez par exemple `paginate = 100`

    erreur: `weight` attend un nombre entier
     --> content/a.md:5:10
      |
    5 | weight = "un"
      |          ^^^^ ceci est un texte
      |
      = aide: écrivez par exemple `weight = 10`

    3 erreurs dans 1 fichier
    "#);
}

#[test]
fn an_event_from_a_day_to_an_hour() {
    let place = Place::new()
        .page(
            "a.md",
            "kind = \"event\"\ntitle = \"A\"\nstarts = 2026-05-01\nends = 2026-05-01T18:30:00\n",
            "",
        )
        .page("b.md", "kind = \"event\"\ntitle = \"B\"\nstarts = 2026-05-02\nends = 2026-05-01\n", "");
    assert_snapshot!(place.diagnostics(), @r"
    erreur: `starts` et `ends` ne sont pas deux jours, ni deux moments
     --> content/a.md:5:8
      |
    5 | ends = 2026-05-01T18:30:00
      |        ^^^^^^^^^^^^^^^^^^^
      |
      = aide: donnez l’heure des deux, ou d’aucun : sans heure, l’événement dure des jours entiers

    erreur: l’événement finit avant de commencer
     --> content/b.md:5:8
      |
    5 | ends = 2026-05-01
      |        ^^^^^^^^^^
      |
      = aide: donnez à `ends` un moment plus tardif que `starts`

    2 erreurs dans 2 fichiers
    ");
}

#[test]
fn an_event_without_start_or_that_ends_before_it() {
    let place = Place::new()
        .page("a.md", "kind = \"event\"\ntitle = \"A\"\n", "")
        .page(
            "b.md",
            "kind = \"event\"\ntitle = \"B\"\nstarts = 2026-05-01T18:30\nends = 2026-05-01T18:30\nonline = \"visio.example\"\n",
            "",
        )
        .page("c.md", "kind = \"event\"\ntitle = \"C\"\nstarts = \"demain\"\ncancelled = \"oui\"\n", "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: il manque la clé `starts`
     --> content/a.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: ajoutez par exemple `starts = 2024-06-03T18:30:00`

    erreur: l’événement finit avant de commencer
     --> content/b.md:5:8
      |
    5 | ends = 2026-05-01T18:30
      |        ^^^^^^^^^^^^^^^^
      |
      = aide: donnez à `ends` un moment plus tardif que `starts`

    erreur: `online` est une adresse en https
     --> content/b.md:6:10
      |
    6 | online = "visio.example"
      |          ^^^^^^^^^^^^^^^
      |
      = aide: écrivez par exemple `online = "https://visio.exemple.fr/reunion"`

    erreur: `starts` attend une date
     --> content/c.md:4:10
      |
    4 | starts = "demain"
      |          ^^^^^^^^ ceci est un texte
      |
      = aide: écrivez par exemple `starts = 2024-06-03T18:30:00`

    erreur: `cancelled` attend oui ou non
     --> content/c.md:5:13
      |
    5 | cancelled = "oui"
      |             ^^^^^ ceci est un texte
      |
      = aide: écrivez par exemple `cancelled = true`

    5 erreurs dans 3 fichiers
    "#);
}

#[test]
fn a_milestone_without_state() {
    let budget = "kind = \"budget\"\ntitle = \"Budget\"\ndescription = \"Votez.\"\nopens = 2026-05-02\ncloses = 2026-05-01\n[[milestones]]\ntitle = \"Planter\"\n[[milestones]]\ntitle = \"Arroser\"\nstate = \"done\"\ntext = \"Un.\\n\\nDeux.\"\n";
    assert_snapshot!(Place::new().page("sault/budget/_index.md", budget, "").diagnostics(), @r#"
    erreur: la fenêtre se ferme avant de s’ouvrir
     --> content/sault/budget/_index.md:6:10
      |
    6 | closes = 2026-05-01
      |          ^^^^^^^^^^ elle s’ouvre le 02/05/2026 à 00:00
      |
      = aide: donnez à `closes` une date plus tardive

    erreur: il manque la clé `state`
     --> content/sault/budget/_index.md:7:1
      |
    7 | [[milestones]]
      | ^^^^^^^^^^^^^^
      |
      = aide: ajoutez par exemple `state = "planned"`

    erreur: valeur inconnue pour `state` : « done »
      --> content/sault/budget/_index.md:11:9
       |
    11 | state = "done"
       |         ^^^^^^
       |
       = aide: vouliez-vous dire "dropped" ?

    erreur: un seul paragraphe est attendu ici, sans titre ni liste
      --> content/sault/budget/_index.md:12:8
       |
    12 | text = "Un.\n\nDeux."
       |        ^^^^^^^^^^^^^^
       |
       = aide: gardez un paragraphe, et mettez le reste dans le corps d’une page

    4 erreurs dans 1 fichier
    "#);
}

#[test]
fn thresholds_without_supports() {
    let budget = PETITION.replace("\"petition\"", "\"budget\"");
    let place = Place::new().page("sault/budget/_index.md", &budget, "");
    assert_snapshot!(place.diagnostics(), @r"
    erreur: clé inconnue `thresholds`
     --> content/sault/budget/_index.md:6:3
      |
    6 | [[thresholds]]
      |   ^^^^^^^^^^
      |
      = aide: clés possibles ici : kind, slug, date, description, title, updated, draft, weight, aliases, taxonomies, milestones, documents, labels, opens, closes, writing, voting

    1 erreur dans 1 fichier
    ");
}

#[test]
fn a_deposit_in_a_process_without_supports_is_published_and_no_more() {
    let budget = "kind = \"budget\"\ntitle = \"Budget\"\ndate = 2026-01-01\ndescription = \"Votez.\"\n";
    let place = Place::new().page("sault/budget/_index.md", budget, "").page(
        "sault/budget/banc/index.md",
        crate::place::DEPOSIT,
        "",
    );
    place.build("2026-11-01T00:00:00Z");
    assert!(place.has("public/sault/budget/banc/index.html"));
    assert!(!place.has("public/sault/budget/banc/soutenir/index.html"));
}

#[test]
fn a_report_of_a_threshold_where_there_is_none() {
    let budget = "kind = \"budget\"\ntitle = \"Budget\"\ndescription = \"Votez.\"\n";
    let report = "kind = \"report\"\ntitle = \"Bilan\"\ndate = 2026-05-05\nthreshold = 3\n";
    let place =
        Place::new().page("sault/budget/_index.md", budget, "").page("sault/budget/bilan.md", report, "");
    assert_snapshot!(place.diagnostics(), @r"
    erreur: clé inconnue `threshold`
     --> content/sault/budget/bilan.md:5:1
      |
    5 | threshold = 3
      | ^^^^^^^^^
      |
      = aide: clés possibles ici : kind, slug, date, description, title, updated, draft, weight, aliases, taxonomies, place, participants, documents

    1 erreur dans 1 fichier
    ");
}

#[test]
fn links_of_a_petition_that_nobody_fulfils_and_a_threshold_that_is_two_things() {
    let petition = PETITION
        .replacen("[[thresholds]]", "[support]\nlinks = []\n[[thresholds]]", 1)
        .replacen("supports = 3", "supports = 3\nshare = \"1/10\"\nelectors = 100", 1)
        .replacen("supports = 5", "share = \"dix\"\nelectors = 100", 1)
        .replacen("\"6 months\"", "\"\"", 1);
    assert_snapshot!(Place::new().page("sault/petitions/_index.md", &petition, "").diagnostics(), @r#"
    erreur: `links` est vide : personne ne pourrait soutenir
     --> content/sault/petitions/_index.md:7:9
      |
    7 | links = []
      |         ^^
      |
      = aide: écrivez par exemple `links = ["resident"]`

    erreur: un seuil est un nombre (`supports`) ou une part (`share`), pas les deux
     --> content/sault/petitions/_index.md:9:12
      |
    9 | supports = 3
      |            ^
      |
      = aide: gardez l’un des deux

    erreur: `share` attend une part
      --> content/sault/petitions/_index.md:17:9
       |
    17 | share = "dix"
       |         ^^^^^ ceci est un texte
       |
       = aide: écrivez par exemple `share = "1/10"`

    erreur: `due` n’est pas une durée
      --> content/sault/petitions/_index.md:22:7
       |
    22 | due = ""
       |       ^^
       |
       = aide: une durée est un nombre et une unité : "15 days", "3 weeks", "36 months", "1 year"

    4 erreurs dans 1 fichier
    "#);
}

#[test]
fn an_empty_text_and_an_empty_list_of_communes() {
    let place = Place::new().page("a.md", "title = \" \"\n", "").file("content/sault/communes.csv", "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: `title` est vide
     --> content/a.md:2:9
      |
    2 | title = " "
      |         ^^^

    erreur: la liste des communes est vide
    --> content/sault/communes.csv
     = aide: la première ligne est `code;nom`, puis chaque ligne `99001;Montgarenne`

    2 erreurs dans 2 fichiers
    "#);
    let place = Place::new().file("content/sault/communes.csv", "code;nom\n");
    assert_snapshot!(place.diagnostics(), @r"
    erreur: la liste des communes est vide
     --> content/sault/communes.csv:1:1
      |
    1 | code;nom
      | ^
      |
      = aide: la première ligne est `code;nom`, puis chaque ligne `99001;Montgarenne`

    1 erreur dans 1 fichier
    ");
}

#[test]
fn a_file_that_is_not_text() {
    let place = Place::new().file("content/a.md", [0xff, 0xfe, 0x00]).file("site.toml", [0xff, 0xfe]);
    assert_snapshot!(place.diagnostics(), @r"
    erreur: ce fichier ne se lit pas : stream did not contain valid UTF-8
    --> content/a.md
     = aide: un fichier de contenu est un texte en UTF-8

    erreur: ce fichier ne se lit pas : stream did not contain valid UTF-8
    --> site.toml
     = aide: lancez parvis à la racine d’un site, ou donnez-la avec --root

    2 erreurs dans 2 fichiers
    ");
}

#[test]
fn toml_of_every_broken_sort() {
    let lines = [
        "title = \"A\"\ndate =",
        "title = \"A\"\n[taxonomies",
        "title = \"A\"\naliases = [\"/a/\"",
        "title = \"A\"\naliases = [\"/a/\" \"/b/\"]",
        "title = \"A\\q\"",
        "title = \"\"\"A",
        "title = \"A\" date = 2026-01-01",
        "title = \"A\"\ndate = 2026-01-01T25:00:00",
        "title = \"A\"\ntitle.a = 3",
    ];
    let place = lines.iter().enumerate().fold(Place::new(), |place, (number, line)| {
        place.page(&format!("p{number}.md"), &format!("{line}\n"), "")
    });
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: texte sans guillemets
     --> content/p0.md:3:7
      |
    3 | date =
      |       ^
      |
      = aide: un texte s’écrit entre guillemets : "…"

    erreur: crochet non fermé
     --> content/p1.md:3:12
      |
    3 | [taxonomies
      |            ^
      |
      = aide: écrivez `[nom]` ou `[[nom]]`

    erreur: liste non fermée
     --> content/p2.md:3:17
      |
    3 | aliases = ["/a/"
      |                 ^
      |
      = aide: une liste s’écrit ["un", "deux"]

    erreur: virgule manquante dans la liste
     --> content/p3.md:3:18
      |
    3 | aliases = ["/a/" "/b/"]
      |                  ^

    erreur: barre oblique inverse dans un texte
     --> content/p4.md:2:12
      |
    2 | title = "A\q"
      |            ^
      |
      = aide: écrivez `\\` pour une barre oblique inverse

    erreur: texte dont les triples guillemets ne sont pas fermés
     --> content/p5.md:3:1
      |
    3 | +++
      | ^

    erreur: une seule clé par ligne
     --> content/p6.md:2:13
      |
    2 | title = "A" date = 2026-01-01
      |             ^

    erreur: cette date n’existe pas
     --> content/p7.md:3:8
      |
    3 | date = 2026-01-01T25:00:00
      |        ^^^^^^^^^^^^^^^^^^^
      |
      = aide: une date s’écrit 2024-06-03, et avec l’heure 2024-06-03T09:00:00

    erreur: ceci n’est pas du TOML : cannot extend value of type string with a dotted key
     --> content/p8.md:3:1
      |
    3 | title.a = 3
      | ^^^^^

    9 erreurs dans 9 fichiers
    "#);
}

#[test]
fn a_demonstration_that_ends_before_it_begins() {
    let deposit = format!(
        "{}[demonstration]\nsupports = 4\nfrom = 2026-04-02\nto = 2026-03-03\n",
        crate::place::DEPOSIT
    );
    assert_snapshot!(Place::new().page("sault/petitions/textes/banc/index.md", &deposit, "").diagnostics(), @r"
    erreur: `to` vient avant `from`
      --> content/sault/petitions/textes/banc/index.md:14:6
       |
    14 | to = 2026-03-03
       |      ^^^^^^^^^^
       |
       = aide: échangez les deux dates

    1 erreur dans 1 fichier
    ");
}

#[test]
fn values_of_other_types() {
    let page = "title = 1.5\ndescription = true\nweight = [1]\ndate = 09:00:00\ndraft = { a = 1 }\nupdated = 2026-05-01\n";
    assert_snapshot!(Place::new().page("a.md", page, "").diagnostics(), @r#"
    erreur: `title` attend un texte
     --> content/a.md:2:9
      |
    2 | title = 1.5
      |         ^^^ ceci est un nombre à virgule
      |
      = aide: écrivez par exemple `title = "…"`

    erreur: `description` attend un texte
     --> content/a.md:3:15
      |
    3 | description = true
      |               ^^^^ ceci est un oui ou non (true, false)
      |
      = aide: écrivez par exemple `description = "…"`

    erreur: `weight` attend un nombre entier
     --> content/a.md:4:10
      |
    4 | weight = [1]
      |          ^^^ ceci est une liste
      |
      = aide: écrivez par exemple `weight = 10`

    erreur: `date` attend une date
     --> content/a.md:5:8
      |
    5 | date = 09:00:00
      |        ^^^^^^^^ ceci est une heure
      |
      = aide: écrivez par exemple `date = 2024-06-03`

    erreur: `draft` attend oui ou non
     --> content/a.md:6:9
      |
    6 | draft = { a = 1 }
      |         ^^^^^^^^^ ceci est une table
      |
      = aide: écrivez par exemple `draft = true`

    5 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_pdf_without_pages() {
    let place = Place::new().file("content/vide.pdf", crate::texts::pdf(0));
    assert_snapshot!(place.diagnostics_of("Lisez [ceci](vide.pdf)."), @r"
    erreur: ce PDF ne se lit pas : il n’a pas de page
     --> content/_index.md:5:14
      |
    5 | Lisez [ceci](vide.pdf).
      |              ^^^^^^^^

    1 erreur dans 1 fichier
    ");
}

#[test]
fn an_anchor_like_no_other_is_told_with_those_of_the_page() {
    let body = "## Le vélo\n\n## La gare\n\nVoir [là](#zzz), [ici](@/sault/_index.md#zzz).\n";
    assert_snapshot!(Place::new().diagnostics_of(body), @r"
    erreur: content/_index.md n’a pas de titre `#zzz`
     --> content/_index.md:9:11
      |
    9 | Voir [là](#zzz), [ici](@/sault/_index.md#zzz).
      |           ^^^^
      |
      = aide: ancres de cette page : la-gare, le-velo

    erreur: content/sault/_index.md n’a pas de titre `#zzz`
     --> content/_index.md:9:24
      |
    9 | Voir [là](#zzz), [ici](@/sault/_index.md#zzz).
      |                        ^^^^^^^^^^^^^^^^^^^^^

    2 erreurs dans 1 fichier
    ");
}

#[test]
fn a_chart_with_an_empty_cell() {
    let body =
        "{% chart(kind=\"bars\", title=\"Votes\") %}\n| Projet | Voix |\n|---|---|\n| Banc | |\n{% end %}\n";
    assert_snapshot!(Place::new().diagnostics_of(body), @r#"
    erreur: «  » n’est pas un nombre
     --> content/_index.md:5:4
      |
    5 | {% chart(kind="bars", title="Votes") %}
      |    ^^^^^
      |
      = aide: écrivez par exemple `1 234,5`, `45 %` ou `300 000 €`

    1 erreur dans 1 fichier
    "#);
}

#[cfg(unix)]
#[test]
fn a_link_of_the_disk_that_leads_nowhere() {
    let place = Place::new();
    std::os::unix::fs::symlink("nulle-part", place.root().join("content/perdu.md")).expect("a link");
    let root = place.root().display().to_string();
    assert_snapshot!(place.diagnostics().replace(&root, "…"), @r"
    erreur: ce dossier ne se lit pas : IO error for operation on …/content/perdu.md: No such file or directory (os error 2)
    --> content

    1 erreur dans 1 fichier
    ");
}

#[test]
fn counts_that_cannot_be_read() {
    let place = Place::new().file("public/data/petitions.json", "{\"process\": 3}");
    let root = place.root().display().to_string();
    assert_snapshot!(place.refusal("2026-11-21T09:00:00Z").replace(&root, "…"), @r"
    les décomptes de …/public/data/petitions.json ne se lisent pas : invalid type: integer `3`, expected a string at line 1 column 13
    ");
}
