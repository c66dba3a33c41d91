//! Pages in lists: sections, taxonomies, neighbours; and the addresses that pages once had.

use crate::place::{DEPOSIT, PETITION, Place, instant};
use generator::{Build, build};
use insta::assert_snapshot;

const NOW: &str = "2026-11-21T09:00:00Z";
const THEME: &str = "[[taxonomies]]\nname = \"theme\"\nlabel = \"Thèmes\"\n";

/// A section of five pages, whose front matter goes on with `keys`.
fn actualites(keys: &str) -> Place {
    Place::new()
        .page(
            "actualites/_index.md",
            &format!("kind = \"section\"\ntitle = \"Actualités\"\n{keys}"),
            "Les nouvelles.",
        )
        .page("actualites/un.md", "title = \"À venir\"\nweight = 3\ndate = 2026-02-01\n", "Une.")
        .page("actualites/deux.md", "title = \"bilan\"\nweight = 1\ndate = 2026-04-01\n", "Deux.")
        .page("actualites/trois.md", "title = \"Ensuite\"\nweight = 1\ndate = 2026-03-01\n", "Trois.")
        .page("actualites/quatre.md", "title = \"Été\"\nweight = -1\n", "Quatre.")
        .page(
            "actualites/cinq.md",
            "kind = \"event\"\ntitle = \"Atelier\"\nweight = 9\nstarts = 2026-03-15T18:30\ndate = 2026-01-01\nplace = \"Mairie\"\n",
            "Cinq.",
        )
}

#[test]
fn a_section_lists_the_pages_directly_under_it_by_weight_then_title() {
    let place = actualites("")
        .page("actualites/archives/_index.md", "kind = \"section\"\ntitle = \"Archives\"\nweight = 20\n", "")
        .page("actualites/archives/ancienne.md", "title = \"Ancienne\"\n", "");
    place.build(NOW);
    assert_snapshot!(place.main("/actualites/"), @r"
    <p>Les nouvelles.</p>

    Été, /actualites/quatre/, page, -
    bilan, /actualites/deux/, page, 1er avril 2026
    Ensuite, /actualites/trois/, page, 1er mars 2026
    À venir, /actualites/un/, page, 1er février 2026
    Atelier, /actualites/cinq/, event, 1er janvier 2026, 15 mars 2026 à 18~h~30, Mairie
    Archives, /actualites/archives/, section, -
    Page 1 sur 1, -, -
    ");
    assert_snapshot!(place.main("/actualites/archives/"), @r"
    Ancienne, /actualites/archives/ancienne/, page, -
    Page 1 sur 1, -, -
    ");
}

#[test]
fn by_date_the_latest_come_first_and_an_event_counts_as_of_its_start() {
    let place = actualites("sort = \"date\"\n");
    place.build(NOW);
    assert_snapshot!(place.main("/actualites/"), @r"
    <p>Les nouvelles.</p>

    bilan, /actualites/deux/, page, 1er avril 2026
    Atelier, /actualites/cinq/, event, 1er janvier 2026, 15 mars 2026 à 18~h~30, Mairie
    Ensuite, /actualites/trois/, page, 1er mars 2026
    À venir, /actualites/un/, page, 1er février 2026
    Été, /actualites/quatre/, page, -
    Page 1 sur 1, -, -
    ");
}

#[test]
fn by_title_case_and_accents_do_not_count() {
    let place = actualites("sort = \"title\"\n");
    place.build(NOW);
    assert_snapshot!(place.main("/actualites/"), @r"
    <p>Les nouvelles.</p>

    À venir, /actualites/un/, page, 1er février 2026
    Atelier, /actualites/cinq/, event, 1er janvier 2026, 15 mars 2026 à 18~h~30, Mairie
    bilan, /actualites/deux/, page, 1er avril 2026
    Ensuite, /actualites/trois/, page, 1er mars 2026
    Été, /actualites/quatre/, page, -
    Page 1 sur 1, -, -
    ");
}

#[test]
fn a_long_section_takes_several_pages_and_its_text_is_on_the_first() {
    let place = actualites("paginate = 2\n");
    place.build(NOW);
    assert_snapshot!(place.main("/actualites/"), @r"
    <p>Les nouvelles.</p>

    Été, /actualites/quatre/, page, -
    bilan, /actualites/deux/, page, 1er avril 2026
    Page 1 sur 3, -, /actualites/page/2/
    ");
    assert_snapshot!(place.main("/actualites/page/2/"), @r"
    Ensuite, /actualites/trois/, page, 1er mars 2026
    À venir, /actualites/un/, page, 1er février 2026
    Page 2 sur 3, /actualites/, /actualites/page/3/
    ");
    assert_snapshot!(place.main("/actualites/page/3/"), @r"
    Atelier, /actualites/cinq/, event, 1er janvier 2026, 15 mars 2026 à 18~h~30, Mairie
    Page 3 sur 3, /actualites/page/2/, -
    ");
    assert!(!place.has("public/actualites/page/1") && !place.has("public/actualites/page/4"));
}

#[test]
fn an_empty_section_is_one_page() {
    let place = Place::new().page("vide/_index.md", "kind = \"section\"\ntitle = \"Vide\"\n", "");
    place.build(NOW);
    assert_snapshot!(place.main("/vide/"), @r"
    Page 1 sur 1, -, -
    ");
    assert!(!place.has("public/vide/page"));
}

#[test]
fn a_list_that_gets_shorter_loses_its_last_pages() {
    let place = actualites("paginate = 2\n");
    place.build(NOW);
    let place = place.without("content/actualites/un.md");
    assert_eq!(place.build(NOW).removed, 2);
    assert!(place.has("public/actualites/page/2/index.html") && !place.has("public/actualites/page/3"));
}

#[test]
fn a_page_leads_to_those_before_and_after_it_in_the_order_of_its_section() {
    let place = actualites("paginate = 2\n");
    place.build(NOW);
    assert_snapshot!(place.main("/actualites/quatre/"), @r"
    <p>Quatre.</p>

    next: bilan, /actualites/deux/
    ");
    assert_snapshot!(place.main("/actualites/deux/"), @r"
    <p>Deux.</p>

    previous: Été, /actualites/quatre/
    next: Ensuite, /actualites/trois/
    ");
    assert_snapshot!(place.main("/actualites/un/"), @r"
    <p>Une.</p>

    previous: Ensuite, /actualites/trois/
    next: Atelier, /actualites/cinq/
    ");
}

#[test]
fn three_headings_make_a_table_of_contents_and_two_do_not() {
    let body = "## L’eau\n\n### La *source*\n\n#### Un détail\n\n## L’air\n";
    let place = Place::new().page("long.md", "title = \"Long\"\n", body).page(
        "court.md",
        "title = \"Court\"\n",
        "## L’eau\n\n## L’air\n",
    );
    place.build(NOW);
    assert_snapshot!(place.main("/long/"), @r#"
    <h2 id="l-eau">L’eau</h2>
    <h3 id="la-source">La <em>source</em></h3>
    <h4 id="un-detail">Un détail</h4>
    <h2 id="l-air">L’air</h2>

    toc: 2 l-eau L’eau
    toc: 3 la-source La source
    toc: 2 l-air L’air
    "#);
    assert_snapshot!(place.main("/court/"), @r#"
    <h2 id="l-eau">L’eau</h2>
    <h2 id="l-air">L’air</h2>
    "#);
}

#[test]
fn a_page_presents_documents() {
    let page = "title = \"Plan\"\n[[documents]]\nfile = \"note.txt\"\ntitle = \"Une note\"\n[[documents]]\nfile = \"note.txt\"\ntitle = \"Plus tard\"\ndate = 2027-01-01\n";
    let place = Place::new().page("plan/_index.md", page, "").file("content/plan/note.txt", "Une note.");
    place.build(NOW);
    assert_snapshot!(place.main("/plan/"), @r"
    document: Une note, TXT, 9~octets,
    ");
    assert_snapshot!(place.files("public/plan").join("\n"), @r"
    public/plan/index.html
    public/plan/note.b81c06a6.txt
    ");
}

#[test]
fn a_taxonomy_lists_its_terms_and_a_term_its_pages_the_latest_first() {
    let term = |date: &str, theme: &str| {
        format!("title = \"Du {date}\"\ndate = {date}\n[taxonomies]\ntheme = [{theme}]\n")
    };
    let place = Place::new()
        .tables(&format!("{THEME}paginate = 2\n"))
        .page("a.md", &term("2026-01-01", "\"Mobilités\", \"Écoles\""), "")
        .page("b.md", &term("2026-03-01", "\"mobilités\""), "")
        .page("c.md", &term("2026-02-01", "\"Mobilités\", \"Mobilités\""), "");
    place.build(NOW);
    assert_snapshot!(place.main("/theme/"), @r"
    Thèmes /theme/
    Écoles, /theme/ecoles/, 1 page
    Mobilités, /theme/mobilites/, 3 pages
    ");
    assert_snapshot!(place.main("/theme/mobilites/"), @r"
    Thèmes /theme/: Mobilités
    Du 2026-03-01, /b/, page, 1er mars 2026
    Du 2026-02-01, /c/, page, 1er février 2026
    Page 1 sur 2, -, /theme/mobilites/page/2/
    ");
    assert_snapshot!(place.main("/theme/mobilites/page/2/"), @r"
    Thèmes /theme/: Mobilités
    Du 2026-01-01, /a/, page, 1er janvier 2026
    Page 2 sur 2, /theme/mobilites/, -
    ");
    assert_snapshot!(place.main("/a/"), @r"
    term: theme, Mobilités, /theme/mobilites/
    term: theme, Écoles, /theme/ecoles/
    ");
}

#[test]
fn processes_and_deposits_are_classified_by_themselves() {
    let names = ["organisation", "territory", "status", "theme"];
    let tables: String =
        names.map(|name| format!("[[taxonomies]]\nname = \"{name}\"\nlabel = \"Par {name}\"\n")).concat();
    let deposit = format!("theme = \"Espace public\"\n{DEPOSIT}");
    let place = Place::new().tables(&tables).page("sault/petitions/textes/banc/index.md", &deposit, "").page(
        "sault/petitions/_index.md",
        &format!("{PETITION}[taxonomies]\ntheme = [\"Climat\"]\n"),
        "",
    );
    place.build(NOW);
    let lists = names.map(|name| place.main(&format!("/{name}/")).trim().to_owned()).join("\n");
    assert_snapshot!(lists, @r"
    Par organisation /organisation/
    Commune de Sault, /organisation/commune-de-sault/, 2 pages
    Par territory /territory/
    Commune, /territory/commune/, 1 page
    Par status /status/
    En cours, /status/en-cours/, 1 page
    Par theme /theme/
    Climat, /theme/climat/, 1 page
    Espace public, /theme/espace-public/, 1 page
    ");
    assert_snapshot!(place.main("/organisation/commune-de-sault/"), @r"
    Par organisation /organisation/: Commune de Sault
    Un banc, /sault/petitions/textes/banc/, deposit, 2 mars 2026
    Pétitions, /sault/petitions/, petition, 1er janvier 2026
    Page 1 sur 1, -, -
    ");
}

#[test]
fn a_taxonomy_without_terms_has_no_page() {
    let place = Place::new().tables(THEME);
    place.build(NOW);
    assert!(!place.has("public/theme"));
}

#[test]
fn a_page_of_the_content_takes_the_place_of_a_taxonomy_whose_terms_stay() {
    let place = Place::new()
        .tables(THEME)
        .page("theme/_index.md", "title = \"Nos thèmes\"\n", "Choisis.")
        .page("a.md", "title = \"A\"\n[taxonomies]\ntheme = [\"Climat\"]\n", "");
    place.build(NOW);
    assert_snapshot!(place.main("/theme/"), @r"
    <p>Choisis.</p>
    ");
    assert_snapshot!(place.main("/theme/climat/"), @r"
    Thèmes /theme/: Climat
    A, /a/, page, -
    Page 1 sur 1, -, -
    ");
}

#[test]
fn a_former_address_leads_to_where_the_page_is_now() {
    let page = "title = \"Où & quand ?\"\nslug = \"ou-et-quand\"\naliases = [\"/ancienne/adresse/\", \"/2024/Ou.html/\"]\n";
    let place = Place::new().page("lieux.md", page, "");
    place.build(NOW);
    assert_snapshot!(place.read("public/ancienne/adresse/index.html"), @r#"
    <meta http-equiv="refresh" content="0; url=/ou-et-quand/"><a href="/ou-et-quand/">Le Parvis</a>
    "#);
    assert!(place.has("public/2024/Ou.html/index.html"));
}

#[test]
fn drafts_and_what_is_dated_later_are_shown_to_those_who_ask() {
    let place = Place::new()
        .page("brouillon.md", "title = \"Brouillon\"\ndraft = true\n", "")
        .page("bientot.md", "title = \"Bientôt\"\ndate = 2027-01-01\n", "")
        .page("_index.md", "kind = \"home\"\ntitle = \"Accueil\"\n", "[a](@/brouillon.md)");
    let output = place.root().join("public");
    let with_drafts = Build { drafts: true, ..Build::new(place.root(), &output, instant(NOW)) };
    build(&with_drafts).unwrap_or_else(|error| panic!("{error}"));
    assert!(place.has("public/brouillon/index.html") && place.has("public/bientot/index.html"));
    assert_snapshot!(place.main("/"), @r#"
    <p><a href="/brouillon/">a</a></p>

    news: Bientôt, /bientot/, page, 1er janvier 2027
    "#);
    place.build(NOW);
    assert!(!place.has("public/brouillon") && !place.has("public/bientot"));
    assert_snapshot!(place.main("/"), @r"
    <p>a</p>
    ");
}

#[test]
fn the_pages_that_the_law_asks_are_made_from_the_settings() {
    let place = Place::new();
    place.build(NOW);
    assert_snapshot!(place.main("/mentions-legales/"), @r"
    published by Commune de Sault, hosted by Un hébergeur
    ");
    assert_snapshot!(place.main("/accessibilite/"), @r"
    published by Commune de Sault, hosted by Un hébergeur
    accessibility: non conforme, -, -, -
    ");
    assert_snapshot!(place.main("/plan-du-site/"), @r"
    group: Commune de Sault /sault/
    - Pétitions /sault/petitions/
    - Les textes /sault/petitions/textes/
    - Un banc /sault/petitions/textes/banc/
    ");
    let audited = "[accessibility]\naudited = 2026-05-01\nauditor = \"Un cabinet\"\nrate = 82\n";
    let place = place.tables(audited);
    place.build(NOW);
    assert_snapshot!(place.main("/accessibilite/"), @r"
    published by Commune de Sault, hosted by Un hébergeur
    accessibility: partiellement conforme, 1er mai 2026, Un cabinet, 82~%
    ");
    let place = place.page("mentions-legales.md", "title = \"Les nôtres\"\n", "Écrites ici.");
    place.build(NOW);
    assert_snapshot!(place.main("/mentions-legales/"), @r"
    <p>Écrites ici.</p>
    ");
}
