//! What `parvis check` says of a site that can be built.

use crate::place::{DEPOSIT, Place};
use generator::Checks;
use insta::assert_snapshot;
use std::process::Command;

const NOW: &str = "2026-11-21T09:00:00Z";
const BASE: &str = include_str!("theme/base.html");

fn examined(place: &Place, checks: Checks) -> String {
    place.load(NOW).unwrap_or_else(|found| panic!("{found}")).examine(checks).to_string()
}

fn checked(place: &Place) -> String {
    examined(place, Checks::default())
}

/// Text that hardly compresses.
fn noise(bytes: usize) -> String {
    let mut state = 1_u64;
    let mut word = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        format!("{:08x} ", state >> 32)
    };
    std::iter::from_fn(|| Some(word())).take(bytes / 4).collect()
}

#[test]
fn a_sound_site_has_nothing_to_correct() {
    assert_snapshot!(checked(&Place::new()), @"");
}

#[test]
fn files_of_which_no_page_makes_use() {
    let place = Place::new()
        .file("content/sault/vieux-plan.pdf", "%PDF")
        .file("content/sault/.brouillon.txt", "")
        .file("content/brouillon/note.txt", "pour un brouillon")
        .page(
            "brouillon/_index.md",
            "kind = \"section\"\ntitle = \"Plus tard\"\ndraft = true\n",
            "[x](note.txt)",
        );
    assert_snapshot!(checked(&place), @r"
    avertissement: aucune page ne se sert de ce fichier : il n’est pas publié
    --> content/sault/vieux-plan.pdf
     = aide: ajoutez un lien, par exemple `[titre](vieux-plan.pdf)`, ou retirez-le

    1 avertissement
    ");
}

#[test]
fn a_file_that_only_a_translation_shows_is_used() {
    let place = Place::new();
    let site = place.read("site.toml").replace("[legal]", "languages = [\"en\"]\n[legal]");
    let place = place
        .file("site.toml", site)
        .file("themes/parvis/words/en.toml", "")
        .file("content/plan.txt", "a plan")
        .page("_index.en.md", "title = \"Home\"\n", "[the plan](plan.txt)");
    assert_snapshot!(checked(&place), @"");
    place.build(NOW);
    assert!(
        place.files("public").iter().any(|file| file.starts_with("public/plan.") && file.ends_with(".txt"))
    );
}

#[test]
fn links_that_templates_write_lead_somewhere() {
    let base = BASE.replacen(
        "<nav>",
        "<a href=\"/nulle-part/\">a</a> <a href=\"/sault/petitons/\">b</a> <a href=\"#contneu\">c</a>\
         <a href=\"{{ page.url }}#ailleurs\">d</a> <a href=\"{{ site.base_url }}/perdu.xml\">e</a>\
         <img src=\"/assets/perdu.svg\" alt=\"\">\n\
         <a href=\"/sault/#contenu\">f</a> <a href=\"/feed.xml\">g</a> <a href=\"https://ailleurs.example/\">h</a>\
         <a href=\"mailto:a@example.fr\">i</a> <a href=\"/actes/petitions/banc/soutien\">j</a> <a href=\"#\">k</a><nav>",
        1,
    );
    assert_snapshot!(checked(&Place::new().template("base", &base)), @r##"
    erreur: ce lien ne mène nulle part
     --> themes/parvis/templates/base.html:9:10
      |
    9 | <a href="/nulle-part/">a</a> <a href="/sault/petitons/">b</a> <a href="#contneu">c</a><a href="{{ page.url }}#ailleurs">d</a> <a href...
      |          ^^^^^^^^^^^^
      |
      = aide: retirez-le (page /)

    erreur: ce lien ne mène nulle part
     --> themes/parvis/templates/base.html:9:39
      |
    9 | <a href="/nulle-part/">a</a> <a href="/sault/petitons/">b</a> <a href="#contneu">c</a><a href="{{ page.url }}#ailleurs">d</a> <a href...
      |                                       ^^^^^^^^^^^^^^^^
      |
      = aide: vouliez-vous dire `/sault/petitions/` ? (page /)

    erreur: rien n’a l’identifiant `contneu` là où mène ce lien
     --> themes/parvis/templates/base.html:9:72
      |
    9 | <a href="/nulle-part/">a</a> <a href="/sault/petitons/">b</a> <a href="#contneu">c</a><a href="{{ page.url }}#ailleurs">d</a> <a href...
      |                                                                        ^^^^^^^^
      |
      = aide: vouliez-vous dire `#contenu` ? (page /)

    erreur: rien n’a l’identifiant `ailleurs` là où mène ce lien
     --> themes/parvis/templates/base.html:9:110
      |
    9 | <a href="/nulle-part/">a</a> <a href="/sault/petitons/">b</a> <a href="#contneu">c</a><a href="{{ page.url }}#ailleurs">d</a> <a href...
      |                                                                                                              ^^^^^^^^^
      |
      = aide: retirez-le (page /)

    erreur: ce lien ne mène nulle part
     --> themes/parvis/templates/base.html:9:155
      |
    9 | ..."{{ page.url }}#ailleurs">d</a> <a href="{{ site.base_url }}/perdu.xml">e</a><img src="/assets/perdu.svg" alt="">
      |                                                                ^^^^^^^^^^
      |
      = aide: vouliez-vous dire `/feed.xml` ? (page /)

    erreur: ce lien ne mène nulle part
     --> themes/parvis/templates/base.html:9:182
      |
    9 | ... <a href="{{ site.base_url }}/perdu.xml">e</a><img src="/assets/perdu.svg" alt="">
      |                                                            ^^^^^^^^^^^^^^^^^
      |
      = aide: retirez-le (page /)

    6 erreurs dans 1 fichier
    "##);
}

#[test]
fn links_that_a_template_computes_are_told_by_one_of_each_kind() {
    let page = "{% extends \"base.html\" %}\n{% block main %}<a href=\"{{ page.url }}annexe/\">a</a> \
        <a href=\"{{ page.url }}feed.xml\">b</a> <a href=\"/sault/#{{ page.title }}\">c</a>{% endblock %}";
    let place = Place::new()
        .template("page", page)
        .page("a.md", "title = \"aa\"\n", "")
        .page("b.md", "title = \"bb\"\n", "")
        .page("c.md", "title = \"cc\"\n", "");
    assert_snapshot!(checked(&place), @r"
    erreur: ce lien ne mène nulle part : /a/annexe/, et 2 de même
    --> themes/parvis/templates/page.html
     = aide: vouliez-vous dire `/a/` ? (page /a/)

    erreur: ce lien ne mène nulle part : /a/feed.xml, et 2 de même
    --> themes/parvis/templates/page.html
     = aide: vouliez-vous dire `/feed.xml` ? (page /a/)

    erreur: rien n’a l’identifiant `aa` là où mène ce lien : /sault/#aa, et 2 de même
    --> themes/parvis/templates/page.html
     = aide: retirez-le (page /a/)

    3 erreurs dans 1 fichier
    ");
}

#[test]
fn a_link_of_the_content_to_a_page_that_the_site_does_not_have() {
    let place =
        Place::new().page("page.md", "title = \"Une page\"\n", "Voyez [là](https://participer.example/la/).");
    assert_snapshot!(checked(&place), @r"
    erreur: ce lien ne mène nulle part
     --> content/page.md:4:12
      |
    4 | Voyez [là](https://participer.example/la/).
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = aide: vouliez-vous dire `/page/` ? (page /page/)

    1 erreur dans 1 fichier
    ");
}

#[test]
fn what_would_lose_readers_is_an_error_of_the_template() {
    let base = BASE
        .replace("<h1>{{ page.title }}</h1>", "{% block heading %}<h1>{{ page.title }}</h1>{% endblock %}");
    let home = "{% extends \"base.html\" %}\n{% block main %}\n<p id=\"contenu\"><img src=\"{{ asset(path=\"style.css\") }}\">\n\
        <h4>Trop bas</h4>\n<h1>Encore</h1>\n{% endblock %}";
    let page = "{% extends \"base.html\" %}\n{% block heading %}{% endblock %}";
    let place = Place::new().template("base", &base).template("home", home).template("contact", page);
    assert_snapshot!(checked(&place), @r#"
    erreur: la page n’a pas de titre `<h1>`
    --> themes/parvis/templates/contact.html
     = aide: donnez-lui le sien, un seul (page /contact/)

    erreur: cette image n’a pas de texte de remplacement : /assets/style.6c4f5345.css
    --> themes/parvis/templates/home.html
     = aide: ajoutez `alt="…"`, ou `alt=""` si elle n’est qu’un décor (page /)

    erreur: l’identifiant `contenu` sert à plusieurs éléments de la page
     --> themes/parvis/templates/home.html:3:4
      |
    3 | <p id="contenu"><img src="{{ asset(path="style.css") }}">
      |    ^^^^^^^^^^^^
      |
      = aide: un identifiant ne sert qu’une fois (page /)

    erreur: un titre `<h4>` suit un titre `<h1>`
     --> themes/parvis/templates/home.html:4:1
      |
    4 | <h4>Trop bas</h4>
      | ^^^
      |
      = aide: un titre descend d’un niveau à la fois (page /)

    erreur: la page a 2 titres `<h1>`
     --> themes/parvis/templates/home.html:5:1
      |
    5 | <h1>Encore</h1>
      | ^^^
      |
      = aide: gardez celui qui dit ce qu’est la page (page /)

    5 erreurs dans 2 fichiers
    "#);
}

#[test]
fn pages_that_weigh_too_much() {
    let place = Place::new()
        .page("sault/petitions/textes/banc/index.md", DEPOSIT, &noise(14_000))
        .template("home", "{% extends \"base.html\" %}{% block main %}<script type=\"module\" src=\"{{ asset(path=\"lourd.js\") }}\"></script>{% endblock %}")
        .file("themes/parvis/static/lourd.js", format!("const lourd = \"{}\";\n", noise(10_000)));
    assert_snapshot!(checked(&place), @r"
    avertissement: cette page charge 12,4 ko de JavaScript, 10 ko au plus
    --> content/_index.md
     = aide: allégez les scripts du thème (page /)

    avertissement: cette page pèse 17,9 ko avec ses feuilles de style, 14 ko au plus
    --> content/sault/petitions/textes/banc/index.md
     = aide: répartissez-la sur plusieurs pages, ou allégez la feuille de style (page /sault/petitions/textes/banc/)

    2 avertissements
    ");
    let strict = examined(&place, Checks { budget: true, ..Checks::default() });
    assert!(strict.ends_with("2 erreurs dans 2 fichiers"), "{strict}");
}

#[test]
fn links_to_other_sites_are_followed_when_that_is_asked() {
    // Nothing listens there.
    let place = Place::new().page(
        "_index.md",
        "kind = \"home\"\ntitle = \"Accueil\"\n",
        "Voir [ailleurs](https://127.0.0.1:1/a?b=1&c=2).",
    );
    assert_snapshot!(checked(&place), @"");
    assert_snapshot!(examined(&place, Checks { external: true, ..Checks::default() }), @r"
    avertissement: ce lien ne mène plus nulle part : https://127.0.0.1:1/a?b=1&c=2 (la connexion est refusée)
     --> content/_index.md:5:17
      |
    5 | Voir [ailleurs](https://127.0.0.1:1/a?b=1&c=2).
      |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = aide: corrigez l’adresse, ou retirez le lien (page /)

    1 avertissement
    ");
}

#[test]
fn the_command_says_it_all_and_ends_as_it_went() {
    let place = Place::new().file("content/vieux-plan.txt", "").page(
        "sault/petitions/textes/banc/index.md",
        DEPOSIT,
        &noise(14_000),
    );
    let check = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parvis"));
        let arguments = [&["check", "--at", "2026-11-21", "--format", "json"], arguments].concat();
        let output =
            command.arg("--root").arg(place.root()).args(arguments).output().expect("the command runs");
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        (
            output.status.code(),
            found["errors"].clone(),
            found["warnings"].clone(),
            found["diagnostics"][1]["path"].clone(),
        )
    };
    let path = "content/vieux-plan.txt";
    assert_eq!(check(&[]), (Some(0), 0.into(), 2.into(), path.into()));
    assert_eq!(check(&["--budget"]), (Some(1), 1.into(), 1.into(), path.into()));
}
