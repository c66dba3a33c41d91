//! Every mistake has its message: where, what, and what to do.

use crate::place::{DEPOSIT, PETITION, Place};
use insta::assert_snapshot;

#[test]
fn a_sound_site_has_nothing_to_correct() {
    assert_snapshot!(Place::new().diagnostics(), @"");
}

#[test]
fn an_unknown_key_is_told_with_the_one_that_was_meant() {
    let place = Place::new().page("sault/petitions/_index.md", &PETITION.replace("owner", "ownr"), "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: clé inconnue `ownr`
      --> content/sault/petitions/_index.md:10:1
       |
    10 | ownr = "Le maire"
       | ^^^^
       |
       = aide: vouliez-vous dire `owner` ?

    erreur: clé inconnue `ownr`
      --> content/sault/petitions/_index.md:16:1
       |
    16 | ownr = "Le maire"
       | ^^^^
       |
       = aide: vouliez-vous dire `owner` ?

    2 erreurs dans 1 fichier
    "#);
}

#[test]
fn an_unknown_key_like_no_other_is_told_with_those_there_are() {
    let place = Place::new().page("_index.md", "kind = \"home\"\ntitle = \"Accueil\"\ncouleur = 1\n", "");
    assert_snapshot!(place.diagnostics(), @r"
    erreur: clé inconnue `couleur`
     --> content/_index.md:4:1
      |
    4 | couleur = 1
      | ^^^^^^^
      |
      = aide: clés possibles ici : kind, slug, date, description, title, updated, draft, weight, aliases, taxonomies, documents

    1 erreur dans 1 fichier
    ");
}

#[test]
fn a_value_of_the_wrong_type_is_told_with_an_example() {
    let deposit =
        DEPOSIT.replace("author = \"Les parents\"", "author = 12").replace("2026-03-01", "\"1er mars\"");
    let place = Place::new().page("sault/petitions/textes/banc/index.md", &deposit, "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: `author` attend un texte
     --> content/sault/petitions/textes/banc/index.md:6:10
      |
    6 | author = 12
      |          ^^ ceci est un nombre
      |
      = aide: écrivez par exemple `author = "…"`

    erreur: `date` attend une date
     --> content/sault/petitions/textes/banc/index.md:9:8
      |
    9 | date = "1er mars"
      |        ^^^^^^^^^^ ceci est un texte
      |
      = aide: écrivez par exemple `date = 2024-06-03`

    2 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_table_where_a_text_is_expected_and_the_contrary() {
    let petition = PETITION.replace("title = \"Pétitions\"", "labels = 3") + "[title]\na = 1\n";
    let place = Place::new().page("sault/petitions/_index.md", &petition, "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: `labels` attend une table
     --> content/sault/petitions/_index.md:3:10
      |
    3 | labels = 3
      |          ^ ceci est un nombre
      |
      = aide: écrivez par exemple `[labels]`

    erreur: `title` attend un texte
      --> content/sault/petitions/_index.md:18:1
       |
    18 | [title]
       | ^^^^^^^ ceci est une table
       |
       = aide: écrivez par exemple `title = "…"`

    2 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_date_that_does_not_exist() {
    let place = Place::new().page(
        "sault/petitions/textes/banc/index.md",
        &DEPOSIT.replace("date = 2026-03-02", "date = 2026-02-30"),
        "",
    );
    assert_snapshot!(place.diagnostics(), @r"
    erreur: cette date n’existe pas
     --> content/sault/petitions/textes/banc/index.md:4:8
      |
    4 | date = 2026-02-30
      |        ^^^^^^^^^^
      |
      = aide: une date s’écrit 2024-06-03, et avec l’heure 2024-06-03T09:00:00

    1 erreur dans 1 fichier
    ");
}

#[test]
fn a_date_without_leading_zero() {
    let place = Place::new().page(
        "sault/petitions/textes/banc/index.md",
        &DEPOSIT.replace("date = 2026-03-02", "date = 2026-3-2"),
        "",
    );
    assert_snapshot!(place.diagnostics(), @r"
    erreur: date mal écrite
     --> content/sault/petitions/textes/banc/index.md:4:8
      |
    4 | date = 2026-3-2
      |        ^^^^^^^^
      |
      = aide: une date s’écrit 2024-06-03, et avec l’heure 2024-06-03T09:00:00

    1 erreur dans 1 fichier
    ");
}

#[test]
fn a_window_that_closes_before_it_opens() {
    let petition = PETITION.replacen(
        "[[thresholds]]",
        "[support]\nopens = 2026-05-02\ncloses = 2026-05-02\n[[thresholds]]",
        1,
    );
    let place = Place::new().page("sault/petitions/_index.md", &petition, "");
    assert_snapshot!(place.diagnostics(), @r"
    erreur: la fenêtre se ferme avant de s’ouvrir
     --> content/sault/petitions/_index.md:8:10
      |
    8 | closes = 2026-05-02
      |          ^^^^^^^^^^ elle s’ouvre le 02/05/2026 à 00:00
      |
      = aide: donnez à `closes` une date plus tardive

    1 erreur dans 1 fichier
    ");
}

#[test]
fn a_deposit_published_after_the_end_of_supports() {
    let petition = PETITION.replacen("[[thresholds]]", "[support]\ncloses = 2026-02-01\n[[thresholds]]", 1);
    let place = Place::new().page("sault/petitions/_index.md", &petition, "");
    assert_snapshot!(place.diagnostics(), @r"
    erreur: les soutiens prennent fin avant de commencer
     --> content/sault/petitions/textes/banc/index.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: voyez `closes` dans `[support]` de la démarche, ou donnez `closes` ici

    1 erreur dans 1 fichier
    ");
}

#[test]
fn thresholds_that_do_not_increase() {
    let place =
        Place::new().page("sault/petitions/_index.md", &PETITION.replace("supports = 5", "supports = 3"), "");
    assert_snapshot!(place.diagnostics(), @r"
    erreur: les seuils doivent croître : 3 n’est pas au-dessus de 3
      --> content/sault/petitions/_index.md:13:12
       |
    13 | supports = 3
       |            ^
       |
       = aide: rangez les seuils du plus petit au plus grand

    1 erreur dans 1 fichier
    ");
}

#[test]
fn a_process_without_threshold() {
    let (without, _) = PETITION.split_once("[[thresholds]]").expect("thresholds");
    let place = Place::new().page("sault/petitions/_index.md", without, "");
    assert_snapshot!(place.diagnostics(), @r"
    erreur: il manque au moins un seuil
     --> content/sault/petitions/_index.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: ajoutez une table `[[thresholds]]` avec `supports`, `title`, `pledge`, `owner` et `due`

    1 erreur dans 1 fichier
    ");
}

#[test]
fn a_share_without_electors_and_a_threshold_of_none() {
    let petition =
        PETITION.replace("supports = 3", "share = \"1/10\"").replace("supports = 5", "supports = 0");
    let place = Place::new().page("sault/petitions/_index.md", &petition, "");
    assert_snapshot!(place.diagnostics(), @r"
    erreur: il manque la clé `electors`
     --> content/sault/petitions/_index.md:6:1
      |
    6 | [[thresholds]]
      | ^^^^^^^^^^^^^^
      |
      = aide: ajoutez par exemple `electors = 100`

    erreur: un seuil est d’au moins un soutien
      --> content/sault/petitions/_index.md:13:12
       |
    13 | supports = 0
       |            ^

    2 erreurs dans 1 fichier
    ");
}

#[test]
fn a_broken_internal_link() {
    let body = "Lisez [la démarche](@/sault/petition/_index.md) et [le banc](@/sault/petitions/textes/banc/index.md#la-suit).";
    let place = Place::new().page("_index.md", "kind = \"home\"\ntitle = \"Accueil\"\n", body).page(
        "sault/petitions/textes/banc/index.md",
        DEPOSIT,
        "## La suite\n\nRien.",
    );
    assert_snapshot!(place.diagnostics(), @r"
    erreur: page introuvable : content/sault/petition/_index.md
     --> content/_index.md:5:21
      |
    5 | Lisez [la démarche](@/sault/petition/_index.md) et [le banc](@/sault/petitions/textes/banc/index.md#la-suit).
      |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = aide: vouliez-vous dire `@/sault/petitions/_index.md` ?

    erreur: content/sault/petitions/textes/banc/index.md n’a pas de titre `#la-suit`
     --> content/_index.md:5:62
      |
    5 | Lisez [la démarche](@/sault/petition/_index.md) et [le banc](@/sault/petitions/textes/banc/index.md#la-suit).
      |                                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = aide: vouliez-vous dire `#la-suite` ?

    2 erreurs dans 1 fichier
    ");
}

#[test]
fn a_broken_link_in_the_front_matter() {
    let petition = PETITION.replace("rencontre les auteurs.", "rencontre [les auteurs](@/auteurs.md).");
    let place = Place::new().page("sault/petitions/_index.md", &petition, "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: page introuvable : content/auteurs.md
     --> content/sault/petitions/_index.md:9:46
      |
    9 | pledge = "La commune rencontre [les auteurs](@/auteurs.md)."
      |                                              ^^^^^^^^^^^^

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn a_link_to_the_search_of_a_site_that_has_none() {
    let body = "Vous pouvez [chercher](/recherche/).";
    assert_snapshot!(Place::new().diagnostics_of(body), @r"
    erreur: ce site n’a pas de page de recherche
     --> content/_index.md:5:24
      |
    5 | Vous pouvez [chercher](/recherche/).
      |                        ^^^^^^^^^^^
      |
      = aide: retirez ce lien, ou `search = false` dans site.toml

    1 erreur dans 1 fichier
    ");
    assert_eq!(Place::new().searched().diagnostics_of(body), "");
    // A page of its own at that address is another matter.
    let own = Place::new().page("recherche.md", "title = \"Chercher\"\n", "");
    assert_eq!(own.diagnostics_of(body), "");
}

#[test]
fn links_that_are_not_allowed() {
    let body = "[a](javascript:alert(1)) [b](http://exemple.fr) [c](/sault/) [d](banc/index.md) [e](ftp://exemple.fr)";
    let place = Place::new().page("sault/petitions/textes/_index.md", crate::place::STEP, body);
    assert_snapshot!(place.diagnostics(), @r"
    erreur: lien non permis : javascript:
     --> content/sault/petitions/textes/_index.md:6:5
      |
    6 | [a](javascript:alert(1)) [b](http://exemple.fr) [c](/sault/) [d](banc/index.md) [e](ftp://exemple.fr)
      |     ^^^^^^^^^^^^^^^^^^^
      |
      = aide: liens permis : https, mailto, tel, `@/page.md`, ou un fichier à côté de la page

    erreur: lien non permis : http:
     --> content/sault/petitions/textes/_index.md:6:30
      |
    6 | [a](javascript:alert(1)) [b](http://exemple.fr) [c](/sault/) [d](banc/index.md) [e](ftp://exemple.fr)
      |                              ^^^^^^^^^^^^^^^^^
      |
      = aide: écrivez `https:`

    erreur: lien mal écrit : /sault/
     --> content/sault/petitions/textes/_index.md:6:53
      |
    6 | [a](javascript:alert(1)) [b](http://exemple.fr) [c](/sault/) [d](banc/index.md) [e](ftp://exemple.fr)
      |                                                     ^^^^^^^
      |
      = aide: une page du site s’écrit `@/dossier/page.md` ; un document se range à côté de la page

    erreur: lien relatif vers une page : banc/index.md
     --> content/sault/petitions/textes/_index.md:6:66
      |
    6 | [a](javascript:alert(1)) [b](http://exemple.fr) [c](/sault/) [d](banc/index.md) [e](ftp://exemple.fr)
      |                                                                  ^^^^^^^^^^^^^
      |
      = aide: une page du site s’écrit depuis la racine : `@/sault/petitions/textes/banc/index.md`

    erreur: lien non permis : ftp:
     --> content/sault/petitions/textes/_index.md:6:85
      |
    6 | [a](javascript:alert(1)) [b](http://exemple.fr) [c](/sault/) [d](banc/index.md) [e](ftp://exemple.fr)
      |                                                                                     ^^^^^^^^^^^^^^^^
      |
      = aide: liens permis : https, mailto, tel, `@/page.md`, ou un fichier à côté de la page

    5 erreurs dans 1 fichier
    ");
}

#[test]
fn a_missing_document() {
    let deposit = format!("{DEPOSIT}[[documents]]\nfile = \"plans.pdf\"\ntitle = \"Le plan\"\n");
    let place = Place::new()
        .page(
            "sault/petitions/textes/banc/index.md",
            &deposit,
            "Voyez [le devis](devis.pdf) et ![le banc](banc.jpg).",
        )
        .file("content/sault/petitions/textes/banc/plan.pdf", "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: fichier introuvable : content/sault/petitions/textes/banc/plans.pdf
      --> content/sault/petitions/textes/banc/index.md:12:8
       |
    12 | file = "plans.pdf"
       |        ^^^^^^^^^^^
       |
       = aide: vouliez-vous dire `plan.pdf` ?

    erreur: fichier introuvable : content/sault/petitions/textes/banc/devis.pdf
      --> content/sault/petitions/textes/banc/index.md:15:18
       |
    15 | Voyez [le devis](devis.pdf) et ![le banc](banc.jpg).
       |                  ^^^^^^^^^
       |
       = aide: fichiers de ce dossier : plan.pdf

    erreur: fichier introuvable : content/sault/petitions/textes/banc/banc.jpg
      --> content/sault/petitions/textes/banc/index.md:15:43
       |
    15 | Voyez [le devis](devis.pdf) et ![le banc](banc.jpg).
       |                                           ^^^^^^^^
       |
       = aide: fichiers de ce dossier : plan.pdf

    3 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_pdf_that_cannot_be_read() {
    let deposit = format!("{DEPOSIT}[[documents]]\nfile = \"plan.pdf\"\ntitle = \"Le plan\"\n");
    let place = Place::new()
        .page("sault/petitions/textes/banc/index.md", &deposit, "")
        .file("content/sault/petitions/textes/banc/plan.pdf", "ceci n’est pas un PDF");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: ce PDF ne se lit pas : couldn't parse input
      --> content/sault/petitions/textes/banc/index.md:12:8
       |
    12 | file = "plan.pdf"
       |        ^^^^^^^^^^

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn an_unknown_kind() {
    let place = Place::new().page("a-propos.md", "kind = \"pages\"\ntitle = \"À propos\"\n", "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: valeur inconnue pour `kind` : « pages »
     --> content/a-propos.md:2:8
      |
    2 | kind = "pages"
      |        ^^^^^^^
      |
      = aide: vouliez-vous dire "page" ?

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn a_missing_required_key() {
    let place = Place::new()
        .page("sault/petitions/textes/banc/index.md", &DEPOSIT.replace("by = \"La commission\"\n", ""), "")
        .page("a-propos.md", "date = 2026-01-01\n", "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: il manque la clé `title`
     --> content/a-propos.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: ajoutez par exemple `title = "…"`

    erreur: il manque la clé `by`
     --> content/sault/petitions/textes/banc/index.md:7:1
      |
    7 | [decision]
      | ^^^^^^^^^^
      |
      = aide: ajoutez par exemple `by = "…"`

    2 erreurs dans 2 fichiers
    "#);
}

#[test]
fn an_outcome_for_a_threshold_that_does_not_exist() {
    let deposit =
        format!("{DEPOSIT}[[outcomes]]\nthreshold = 100\ndate = 2026-05-05\ntitle = \"Une rencontre\"\n");
    let place = Place::new().page("sault/petitions/textes/banc/index.md", &deposit, "");
    assert_snapshot!(place.diagnostics(), @r"
    erreur: aucun seuil n’est à 100 soutiens
      --> content/sault/petitions/textes/banc/index.md:12:13
       |
    12 | threshold = 100
       |             ^^^
       |
       = aide: seuils de la démarche : 3, 5

    1 erreur dans 1 fichier
    ");
}

#[test]
fn an_outcome_whose_report_is_missing() {
    let deposit = format!(
        "{DEPOSIT}[[outcomes]]\nthreshold = 3\ndate = 2026-05-05\ntitle = \"Une rencontre\"\nreport = \"mediation.md\"\n"
    );
    let place = Place::new().page("sault/petitions/textes/banc/index.md", &deposit, "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: compte rendu introuvable : content/sault/petitions/textes/banc/mediation.md
      --> content/sault/petitions/textes/banc/index.md:15:10
       |
    15 | report = "mediation.md"
       |          ^^^^^^^^^^^^^^
       |
       = aide: donnez le nom d’un fichier de ce dossier, par exemple `mediation.md`

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn two_processes_of_one_name() {
    let place = Place::new()
        .page("sault/autre/_index.md", &format!("slug = \"petitions\"\n{PETITION}"), "")
        .page("sault/plus/petitions/_index.md", PETITION, "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: l’adresse /sault/petitions/ est déjà celle de content/sault/autre/_index.md
     --> content/sault/petitions/_index.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: choisissez une autre adresse avec `slug = "…"`

    erreur: « petitions » est déjà la démarche de content/sault/petitions/_index.md
     --> content/sault/plus/petitions/_index.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: choisissez un autre nom avec `slug = "…"`

    2 erreurs dans 2 fichiers
    "#);
}

#[test]
fn a_deposit_named_as_the_address_of_a_function() {
    let place = Place::new().page("sault/petitions/textes/depots/index.md", DEPOSIT, "").page(
        "sault/petitions/textes/banc/index.md",
        &format!("slug = \"ecrire\"\n{DEPOSIT}"),
        "",
    );
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: un dépôt ne peut pas s’appeler « ecrire » : c’est l’adresse d’un formulaire
     --> content/sault/petitions/textes/banc/index.md:2:8
      |
    2 | slug = "ecrire"
      |        ^^^^^^^^
      |
      = aide: choisissez un autre nom avec `slug = "…"`

    erreur: un dépôt ne peut pas s’appeler « depots » : c’est l’adresse d’un formulaire
     --> content/sault/petitions/textes/depots/index.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: choisissez un autre nom avec `slug = "…"`

    2 erreurs dans 2 fichiers
    "#);
}

#[test]
fn two_deposits_of_one_name() {
    let place = Place::new().page("sault/petitions/autres/banc/index.md", DEPOSIT, "").page(
        "sault/petitions/textes/siege/index.md",
        &format!("slug = \"banc\"\n{DEPOSIT}"),
        "",
    );
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: « banc » est déjà le dépôt de content/sault/petitions/autres/banc/index.md
     --> content/sault/petitions/textes/banc/index.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: choisissez un autre nom avec `slug = "…"`

    erreur: l’adresse /sault/petitions/textes/banc/ est déjà celle de content/sault/petitions/textes/banc/index.md
     --> content/sault/petitions/textes/siege/index.md:2:8
      |
    2 | slug = "banc"
      |        ^^^^^^
      |
      = aide: choisissez une autre adresse avec `slug = "…"`

    2 erreurs dans 2 fichiers
    "#);
}

#[test]
fn an_inadmissible_deposit_without_reason() {
    let place = Place::new().page(
        "sault/petitions/textes/banc/index.md",
        &DEPOSIT.replace("\"admissible\"", "\"inadmissible\""),
        "",
    );
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: une décision de non-recevabilité doit dire pourquoi
     --> content/sault/petitions/textes/banc/index.md:7:1
      |
    7 | [decision]
      | ^^^^^^^^^^
      |
      = aide: ajoutez `reason = "…"` : la raison, et vers qui se tourner

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn a_pledge_dropped_without_a_word() {
    let deposit =
        format!("{DEPOSIT}[[pledges]]\ntitle = \"Le banc\"\nowner = \"Le maire\"\nstate = \"dropped\"\n");
    let place = Place::new().page("sault/petitions/textes/banc/index.md", &deposit, "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: un engagement abandonné doit dire pourquoi
      --> content/sault/petitions/textes/banc/index.md:11:1
       |
    11 | [[pledges]]
       | ^^^^^^^^^^^
       |
       = aide: ajoutez `text = "…"`

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn what_is_not_toml() {
    let place = Place::new()
        .page("a.md", "title = \"À propos\ndate = 2026-01-01\n", "")
        .page("b.md", "title: À propos\n", "")
        .page("c.md", "title = À propos\ndatte = 2026-01-01\n", "")
        .page("d.md", "title = \"a\"\ntitle = \"b\"\n", "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: texte dont les guillemets ne sont pas fermés
     --> content/a.md:2:18
      |
    2 | title = "À propos
      |                  ^

    erreur: clé mal écrite
     --> content/b.md:2:6
      |
    2 | title: À propos
      |      ^
      |
      = aide: une clé est faite de lettres sans accent, de chiffres, de `-` et de `_`

    erreur: clé sans valeur
     --> content/b.md:2:8
      |
    2 | title: À propos
      |        ^
      |
      = aide: écrivez `clé = valeur`

    erreur: texte sans guillemets
     --> content/c.md:2:9
      |
    2 | title = À propos
      |         ^^^^^^^^
      |
      = aide: un texte s’écrit entre guillemets : "…"

    erreur: clé inconnue `datte`
     --> content/c.md:3:1
      |
    3 | datte = 2026-01-01
      | ^^^^^
      |
      = aide: vouliez-vous dire `date` ?

    erreur: clé écrite deux fois
     --> content/d.md:3:1
      |
    3 | title = "b"
      | ^^^^^
      |
      = aide: gardez-en une seule

    6 erreurs dans 4 fichiers
    "#);
}

#[test]
fn no_front_matter() {
    let place = Place::new()
        .file("content/a.md", "# À propos\n\nBonjour.\n")
        .file("content/b.md", "")
        .file("content/c.md", "+++\ntitle = \"À propos\"\n\nBonjour.\n");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: il n’y a pas d’en-tête
     --> content/a.md:1:1
      |
    1 | # À propos
      | ^^^^^^^^^^
      |
      = aide: commencez le fichier par une ligne `+++`, puis `title = "…"`, puis une ligne `+++`

    erreur: il n’y a pas d’en-tête
    --> content/b.md
     = aide: commencez le fichier par une ligne `+++`, puis `title = "…"`, puis une ligne `+++`

    erreur: l’en-tête n’est pas fermé
     --> content/c.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: ajoutez une ligne `+++` après ses clés

    3 erreurs dans 3 fichiers
    "#);
}

#[test]
fn an_unknown_list_of_communes() {
    let place =
        Place::new().without("content/sault/communes.csv").file("content/sault/commune.csv", "code;nom\n");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: liste de communes introuvable : content/sault/communes.csv
     --> content/sault/_index.md:5:12
      |
    5 | communes = "communes.csv"
      |            ^^^^^^^^^^^^^^
      |
      = aide: vouliez-vous dire `commune.csv` ?

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn a_list_of_communes_with_mistakes() {
    let place =
        Place::new().file("content/sault/communes.csv", "code,nom\n99001;Sault\n99002\n\n99001;Monieux\n");
    assert_snapshot!(place.diagnostics(), @r"
    erreur: la première ligne n’est pas celle des colonnes
     --> content/sault/communes.csv:1:1
      |
    1 | code,nom
      | ^^^^^^^^
      |
      = aide: la première ligne est `code;nom`, puis chaque ligne `99001;Montgarenne`

    erreur: ligne mal écrite
     --> content/sault/communes.csv:3:1
      |
    3 | 99002
      | ^^^^^
      |
      = aide: la première ligne est `code;nom`, puis chaque ligne `99001;Montgarenne`

    erreur: le code 99001 est déjà donné plus haut
     --> content/sault/communes.csv:5:1
      |
    5 | 99001;Monieux
      | ^^^^^^^^^^^^^
      |
      = aide: la première ligne est `code;nom`, puis chaque ligne `99001;Montgarenne`

    3 erreurs dans 1 fichier
    ");
}

#[test]
fn a_territory_without_list() {
    let place = Place::new().page(
        "sault/_index.md",
        "kind = \"organisation\"\ntitle = \"Sault\"\nterritory = \"commune\"\n",
        "",
    );
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: la collectivité n’a pas de liste de communes
     --> content/sault/petitions/_index.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: ajoutez `communes = "communes.csv"` à content/sault/_index.md, ou `communes = "any"` dans `[support]` ici

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn a_bad_time_zone() {
    let place = Place::new();
    let site = place.read("site.toml").replace("Europe/Paris", "Europe/Lyon");
    assert_snapshot!(place.file("site.toml", site).diagnostics(), @r#"
    erreur: fuseau horaire inconnu : « Europe/Lyon »
     --> site.toml:4:13
      |
    4 | time_zone = "Europe/Lyon"
      |             ^^^^^^^^^^^^^
      |
      = aide: écrivez un nom IANA, par exemple `time_zone = "Europe/Paris"`

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn a_bad_address_of_the_site_and_a_menu_that_leads_nowhere() {
    let place = Place::new();
    let site = place.read("site.toml").replace("https://participer.example/", "participer.example");
    let site = site + "[[menu]]\nlabel = \"Tout\"\npage = \"@/tout.md\"\n[[footer]]\nlabel = \"Ailleurs\"\n";
    assert_snapshot!(place.file("site.toml", site).diagnostics(), @r#"
    erreur: `base_url` est l’adresse du site, sans chemin
     --> site.toml:3:12
      |
    3 | base_url = "participer.example"
      |            ^^^^^^^^^^^^^^^^^^^^
      |
      = aide: écrivez par exemple `base_url = "https://participer.exemple.fr"`

    erreur: il manque la clé `page`
      --> site.toml:23:1
       |
    23 | [[footer]]
       | ^^^^^^^^^^
       |
       = aide: ajoutez par exemple `page = "…"`

    2 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_menu_that_leads_nowhere() {
    let place = Place::new();
    let site = place.read("site.toml") + "[[menu]]\nlabel = \"Tout\"\npage = \"@/tout.md\"\n";
    assert_snapshot!(place.file("site.toml", site).diagnostics(), @r#"
    erreur: page introuvable : content/tout.md
      --> site.toml:22:8
       |
    22 | page = "@/tout.md"
       |        ^^^^^^^^^^^

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn a_demonstration_on_a_site_that_is_not_fictitious() {
    let place = Place::new();
    let site = place.read("site.toml").replace("fictitious = true\n", "");
    let deposit = format!("{DEPOSIT}[demonstration]\nsupports = 4\nfrom = 2026-03-02\nto = 2026-04-02\n");
    let place = place.file("site.toml", site).page("sault/petitions/textes/banc/index.md", &deposit, "");
    assert_snapshot!(place.diagnostics(), @r"
    erreur: des soutiens fictifs sur un site qui ne l’est pas
      --> content/sault/petitions/textes/banc/index.md:11:1
       |
    11 | [demonstration]
       | ^^^^^^^^^^^^^^^
       |
       = aide: retirez `[demonstration]`, ou écrivez `fictitious = true` dans site.toml

    1 erreur dans 1 fichier
    ");
}

#[test]
fn a_demonstration_out_of_the_window_and_one_without_decision() {
    let demonstration = "[demonstration]\nsupports = 4\nfrom = 2026-03-01\nto = 2026-04-02\n";
    let (undecided, _) = DEPOSIT.split_once("[decision]").expect("a decision");
    let place = Place::new()
        .page("sault/petitions/textes/banc/index.md", &format!("{DEPOSIT}{demonstration}"), "")
        .page("sault/petitions/textes/puits/index.md", &format!("{undecided}{demonstration}"), "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: à ce moment, les soutiens ne sont pas ouverts
      --> content/sault/petitions/textes/banc/index.md:13:8
       |
    13 | from = 2026-03-01
       |        ^^^^^^^^^^
       |
       = aide: restez entre l’ouverture et la clôture des soutiens

    erreur: des soutiens sur un dépôt qui ne peut pas en recevoir
     --> content/sault/petitions/textes/puits/index.md:7:1
      |
    7 | [demonstration]
      | ^^^^^^^^^^^^^^^
      |
      = aide: retirez `[demonstration]`, ou ajoutez `[decision]` avec `state = "admissible"`

    2 erreurs dans 2 fichiers
    "#);
}

#[test]
fn numbers_durations_and_words_out_of_what_is_possible() {
    let support = "[support]\nduration = \"3 mois\"\nminimum_age = 400\nlinks = [\"resident\", \"habitant\"]\npeople_per_mailbox = 9\n[[thresholds]]";
    let place =
        Place::new().page("sault/petitions/_index.md", &PETITION.replacen("[[thresholds]]", support, 1), "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: `duration` n’est pas une durée
     --> content/sault/petitions/_index.md:7:12
      |
    7 | duration = "3 mois"
      |            ^^^^^^^^
      |
      = aide: une durée est un nombre et une unité : "15 days", "3 weeks", "36 months", "1 year"

    erreur: `minimum_age` va de 0 à 99
     --> content/sault/petitions/_index.md:8:15
      |
    8 | minimum_age = 400
      |               ^^^

    erreur: valeur inconnue pour `links` : « habitant »
     --> content/sault/petitions/_index.md:9:22
      |
    9 | links = ["resident", "habitant"]
      |                      ^^^^^^^^^^
      |
      = aide: valeurs possibles : resident, worker, student

    erreur: `people_per_mailbox` va de 1 à 4
      --> content/sault/petitions/_index.md:10:22
       |
    10 | people_per_mailbox = 9
       |                      ^

    4 erreurs dans 1 fichier
    "#);
}

#[test]
fn raw_html_and_headings_that_do_not_follow() {
    let body = "# Titre\n\nUn <b>mot</b>.\n\n<div>\nbloc\n</div>\n\n#### Trop bas\n";
    let place = Place::new().page("_index.md", "kind = \"home\"\ntitle = \"Accueil\"\n", body);
    assert_snapshot!(place.diagnostics(), @r"
    erreur: titre de niveau 1 dans le corps d’une page
     --> content/_index.md:5:1
      |
    5 | # Titre
      | ^^^^^^^
      |
      = aide: le titre de la page est celui de `title` ; ici, commencez à `##`

    erreur: le HTML n’est pas permis dans les textes
     --> content/_index.md:7:4
      |
    7 | Un <b>mot</b>.
      |    ^^^
      |
      = aide: écrivez en Markdown ; la mise en page appartient au thème

    erreur: le HTML n’est pas permis dans les textes
     --> content/_index.md:9:1
      |
    9 | <div>
      | ^^^^^
      |
      = aide: écrivez en Markdown ; la mise en page appartient au thème

    erreur: titre de niveau 4 après un niveau 1
      --> content/_index.md:13:1
       |
    13 | #### Trop bas
       | ^^^^^^^^^^^^^
       |
       = aide: descendez d’un niveau à la fois : `##`

    4 erreurs dans 1 fichier
    ");
}

#[test]
fn several_paragraphs_where_one_is_expected() {
    let deposit = DEPOSIT.replace("by =", "reason = \"\"\"Un.\n\nDeux.\"\"\"\nby =");
    let place = Place::new().page("sault/petitions/textes/banc/index.md", &deposit, "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: un seul paragraphe est attendu ici, sans titre ni liste
      --> content/sault/petitions/textes/banc/index.md:12:1
       |
    12 | Deux."""
       | ^^^^^
       |
       = aide: gardez un paragraphe, et mettez le reste dans le corps d’une page

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn pages_out_of_place() {
    let place = Place::new()
        .page("etape.md", "kind = \"step\"\ntitle = \"Une étape\"\n", "")
        .page("sault/compte-rendu.md", "kind = \"report\"\ntitle = \"Un\"\ndate = 2026-05-05\n", "")
        .page("petition/_index.md", PETITION, "")
        .page("sault/petitions/textes/seul.md", DEPOSIT, "")
        .page("accueil.md", "kind = \"home\"\ntitle = \"Accueil\"\n", "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: `kind = "home"` est pour content/_index.md, et pour lui seul
     --> content/accueil.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: corrigez `kind`

    erreur: une étape doit être dans le dossier d’une démarche
     --> content/etape.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: déplacez ce fichier

    erreur: une démarche doit être dans le dossier d’une collectivité
     --> content/petition/_index.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: déplacez ce fichier

    erreur: un compte rendu doit être dans le dossier d’un dépôt ou d’une démarche
     --> content/sault/compte-rendu.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: déplacez ce fichier

    erreur: cette page doit être celle d’un dossier
     --> content/sault/petitions/textes/seul.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: nommez-la `_index.md`, dans un dossier à elle

    5 erreurs dans 5 fichiers
    "#);
}

#[test]
fn addresses_that_cannot_be() {
    let place = Place::new()
        .page("Évaluation.md", "title = \"Évaluation\"\n", "")
        .page("autre.md", "title = \"Autre\"\nslug = \"Été 2026\"\n", "")
        .page("data/_index.md", "title = \"Données\"\n", "")
        .page("un.md", "title = \"Un\"\nslug = \"deux\"\n", "")
        .page("deux.md", "title = \"Deux\"\n", "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: une adresse est faite de minuscules sans accent, de chiffres et de `-`
     --> content/autre.md:3:8
      |
    3 | slug = "Été 2026"
      |        ^^^^^^^^^^
      |
      = aide: écrivez par exemple `slug = "ete-2026"`

    erreur: l’adresse /data/ est réservée
     --> content/data/_index.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: choisissez une autre adresse avec `slug = "…"`

    erreur: l’adresse /deux/ est déjà celle de content/deux.md
     --> content/un.md:3:8
      |
    3 | slug = "deux"
      |        ^^^^^^
      |
      = aide: choisissez une autre adresse avec `slug = "…"`

    erreur: « Évaluation » ne peut pas servir d’adresse
     --> content/Évaluation.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: renommez-le « evaluation », ou ajoutez `slug = "evaluation"`

    4 erreurs dans 4 fichiers
    "#);
}

#[test]
fn addresses_that_are_not_for_pages() {
    let section = "kind = \"section\"\ntitle = \"Actualités\"\n";
    let place = Place::new()
        .settings("languages = [\"en\"]\n")
        .page("en/_index.md", "title = \"En\"\n", "")
        .page("search/_index.md", "title = \"Recherche\"\n", "")
        .page("actualites/_index.md", section, "")
        .page("actualites/page/2.md", "title = \"Deux\"\n", "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: l’adresse /actualites/page/2/ est réservée
     --> content/actualites/page/2.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: choisissez une autre adresse avec `slug = "…"`

    erreur: l’adresse /en/ est réservée
     --> content/en/_index.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: choisissez une autre adresse avec `slug = "…"`

    erreur: l’adresse /search/ est réservée
     --> content/search/_index.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: choisissez une autre adresse avec `slug = "…"`

    3 erreurs dans 3 fichiers
    "#);
}

#[test]
fn former_addresses_that_cannot_be() {
    let alias = |title: &str, alias: &str| format!("title = \"{title}\"\naliases = [\"{alias}\"]\n");
    let place = Place::new()
        .page("a.md", &alias("A", "/b/"), "")
        .page("b.md", &alias("B", "/ancienne/"), "")
        .page("c.md", &alias("C", "/ancienne/"), "")
        .page("d.md", &alias("D", "ancienne/adresse"), "")
        .page("e.md", &alias("E", "/../secret/"), "")
        .page("f.md", &alias("F", "/contact/"), "")
        .page("g.md", &alias("G", "/data/x/"), "");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: l’adresse /b/ est celle de content/b.md
     --> content/a.md:3:12
      |
    3 | aliases = ["/b/"]
      |            ^^^^^
      |
      = aide: retirez cette ancienne adresse

    erreur: l’adresse /ancienne/ est celle de content/b.md
     --> content/c.md:3:12
      |
    3 | aliases = ["/ancienne/"]
      |            ^^^^^^^^^^^^
      |
      = aide: retirez cette ancienne adresse

    erreur: une ancienne adresse va de `/` à `/`
     --> content/d.md:3:12
      |
    3 | aliases = ["ancienne/adresse"]
      |            ^^^^^^^^^^^^^^^^^^
      |
      = aide: écrivez par exemple `aliases = ["/ancienne/adresse/"]`

    erreur: une ancienne adresse va de `/` à `/`
     --> content/e.md:3:12
      |
    3 | aliases = ["/../secret/"]
      |            ^^^^^^^^^^^^^
      |
      = aide: écrivez par exemple `aliases = ["/ancienne/adresse/"]`

    erreur: l’adresse /contact/ est réservée
     --> content/f.md:3:12
      |
    3 | aliases = ["/contact/"]
      |            ^^^^^^^^^^^
      |
      = aide: retirez cette ancienne adresse

    erreur: l’adresse /data/x/ est réservée
     --> content/g.md:3:12
      |
    3 | aliases = ["/data/x/"]
      |            ^^^^^^^^^^
      |
      = aide: retirez cette ancienne adresse

    6 erreurs dans 6 fichiers
    "#);
}

#[test]
fn a_report_cannot_take_the_address_of_a_form() {
    let place = Place::new().page(
        "sault/petitions/textes/banc/soutenir.md",
        "kind = \"report\"\ntitle = \"Un\"\ndate = 2026-05-05\n",
        "",
    );
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: l’adresse /sault/petitions/textes/banc/soutenir/ est réservée
     --> content/sault/petitions/textes/banc/soutenir.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: choisissez une autre adresse avec `slug = "…"`

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn a_site_without_home_page_or_settings() {
    let place = Place::new().without("content/_index.md").without("site.toml");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: il manque la page d’accueil
    --> content/_index.md
     = aide: créez ce fichier avec `kind = "home"`

    erreur: ce fichier ne se lit pas : No such file or directory (os error 2)
    --> site.toml
     = aide: lancez parvis à la racine d’un site, ou donnez-la avec --root

    2 erreurs dans 2 fichiers
    "#);
}

#[test]
fn a_home_page_that_is_not_published() {
    let place = Place::new().page("_index.md", "kind = \"home\"\ntitle = \"Accueil\"\ndraft = true\n", "");
    assert_snapshot!(place.diagnostics(), @r"
    erreur: la page d’accueil n’est pas publiée
     --> content/_index.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: retirez `draft`, ou donnez-lui une date passée

    1 erreur dans 1 fichier
    ");
}

#[test]
fn a_link_to_a_page_that_is_not_published_is_a_warning() {
    let place = Place::new().page("brouillon.md", "title = \"Brouillon\"\ndraft = true\n", "").page(
        "_index.md",
        "kind = \"home\"\ntitle = \"Accueil\"\n",
        "Lisez [ceci](@/brouillon.md).",
    );
    assert_snapshot!(place.diagnostics(), @r"
    avertissement: cette page n’est pas publiée
     --> content/_index.md:5:14
      |
    5 | Lisez [ceci](@/brouillon.md).
      |              ^^^^^^^^^^^^^^
      |
      = aide: le texte est gardé, sans lien, tant qu’elle ne l’est pas

    1 avertissement
    ");
    place.build("2026-11-21T09:00:00Z");
    assert!(place.read("public/index.html").contains("<p>Lisez ceci.</p>"));
}

#[test]
fn a_mistake_in_a_template() {
    let place = Place::new()
        .template("page", "{% extends \"base.html\" %}\n{% block main %}{{ page.title | }}{% endblock %}\n");
    assert_snapshot!(place.diagnostics(), @r"
    erreur: Found `}}` but expected identifier.
     --> themes/parvis/templates/page.html:2:33
      |
    2 | {% block main %}{{ page.title | }}{% endblock %}
      |                                 ^^

    1 erreur dans 1 fichier
    ");
}

#[test]
fn a_template_that_asks_for_what_there_is_not() {
    let place =
        Place::new().template("base", "<main>\n{{ page.titel }}\n{% block main %}{% endblock %}</main>");
    let site = place.load("2026-11-21T09:00:00Z").unwrap_or_else(|found| panic!("{found}"));
    let found = site.check().expect_err("a mistake").to_string();
    assert_snapshot!(found, @r"
    erreur: le champ `titel` n’existe pas
     --> themes/parvis/templates/base.html:2:9
      |
    2 | {{ page.titel }}
      |         ^^^^^
      |
      = aide: vouliez-vous dire `title` ? Il y a ici : date_iso, date_text, description, image, json_ld, kind, noindex, original_url, source_language, terms, title, translations, untranslated, updated_iso, updated_text, url

    1 erreur dans 1 fichier
    ");
}

#[test]
fn words_that_lack_and_a_theme_that_does_not_exist() {
    let words = include_str!("theme/fr.toml").replace(".one =", ".un =").replace("\none =", "\nun =");
    let place = Place::new().file("themes/parvis/words/fr.toml", words);
    assert_snapshot!(place.diagnostics(), @r"
    avertissement: il manque des mots : count.one, delay.days.one, delay.months.one, delay.years.one, field.exact_choices.one, field.file_count.one, field.least_characters.one, field.least_choices.one, field.most_characters.one, field.most_choices.one, field.rank.one, field.rank_least.one, missing.one, pages.one, voters.one
     --> themes/parvis/words/fr.toml:1:1
      |
    1 | [count]
      | ^
      |
      = aide: la clé est affichée à la place du mot

    1 avertissement
    ");
    let site = place.read("site.toml").replace("fictitious", "theme = \"place\"\nfictitious");
    assert_snapshot!(place.file("site.toml", site).diagnostics(), @r#"
    erreur: thème introuvable : themes/place
     --> site.toml:7:9
      |
    7 | theme = "place"
      |         ^^^^^^^
      |
      = aide: le thème livré avec Parvis est `parvis`

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn several_mistakes_of_several_files_come_in_one_run_sorted() {
    let place = Place::new()
        .page("sault/petitions/textes/banc/index.md", &DEPOSIT.replace("author", "auteur"), "[a](b.pdf)")
        .page("a-propos.md", "titre = \"À propos\"\n", "")
        .page("sault/petitions/_index.md", &PETITION.replace("supports = 5", "supports = 2"), "<br>");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: clé inconnue `titre`
     --> content/a-propos.md:2:1
      |
    2 | titre = "À propos"
      | ^^^^^
      |
      = aide: vouliez-vous dire `title` ?

    erreur: les seuils doivent croître : 2 n’est pas au-dessus de 3
      --> content/sault/petitions/_index.md:13:12
       |
    13 | supports = 2
       |            ^
       |
       = aide: rangez les seuils du plus petit au plus grand

    erreur: le HTML n’est pas permis dans les textes
      --> content/sault/petitions/_index.md:19:1
       |
    19 | <br>
       | ^^^^
       |
       = aide: écrivez en Markdown ; la mise en page appartient au thème

    erreur: clé inconnue `auteur`
     --> content/sault/petitions/textes/banc/index.md:6:1
      |
    6 | auteur = "Les parents"
      | ^^^^^^
      |
      = aide: vouliez-vous dire `author` ?

    erreur: fichier introuvable : content/sault/petitions/textes/banc/b.pdf
      --> content/sault/petitions/textes/banc/index.md:12:5
       |
    12 | [a](b.pdf)
       |     ^^^^^
       |
       = aide: déposez le fichier dans le dossier content/sault/petitions/textes/banc

    5 erreurs dans 3 fichiers
    "#);
}

#[test]
fn the_same_in_json() {
    let place =
        Place::new().page("_index.md", "kind = \"home\"\ntitle = \"Accueil\"\ndatte = 2026-01-01\n", "");
    let found = place.load("2026-11-21T09:00:00Z").err().expect("a mistake");
    assert_snapshot!(serde_json::to_string_pretty(&found).expect("JSON"), @r#"
    {
      "errors": 1,
      "warnings": 0,
      "diagnostics": [
        {
          "severity": "error",
          "path": "content/_index.md",
          "line": 4,
          "column": 1,
          "end_line": 4,
          "end_column": 6,
          "message": "clé inconnue `datte`",
          "label": null,
          "source": "datte = 2026-01-01",
          "help": "vouliez-vous dire `date` ?"
        }
      ]
    }
    "#);
}
