//! The site's own theme: what it changes of the embedded one, and what is said of its mistakes.

use crate::place::Place;
use insta::assert_snapshot;
use std::fs;

const NOW: &str = "2026-11-21T09:00:00Z";

/// A site whose theme has `files` and lies over the embedded one.
fn layered(files: &[(&str, &str)]) -> Place {
    let place = Place::new().settings("theme = \"sault\"\n");
    fs::remove_dir_all(place.root().join("themes/parvis")).expect("removed");
    let place = place.file("themes/sault/LISEZ-MOI.txt", "À nous.");
    files.iter().fold(place, |place, (path, text)| place.file(&format!("themes/sault/{path}"), text))
}

/// What is said when pages are made.
fn mistake(place: &Place) -> String {
    place.refusal(NOW)
}

#[test]
fn a_template_of_the_site_replaces_the_embedded_one() {
    let page = "{% extends \"base.html\" %}{% block main %}À nous : {{ body | safe }}{% endblock %}";
    let place = layered(&[("templates/page.html", page)]).page("a.md", "title = \"A\"\n", "Un *mot*.");
    place.build(NOW);
    let page = place.read("public/a/index.html");
    assert!(page.contains("À nous : <p>Un <em>mot</em>.</p>") && page.contains("Aller au contenu"), "{page}");
}

#[test]
fn what_the_theme_does_not_have_is_the_embedded_one_s() {
    let home = "{{ asset(path=\"favicon.svg\") }} {{ say(key=\"site.skip\") }}";
    let place = layered(&[("templates/home.html", home)]);
    place.build(NOW);
    let home = place.read("public/index.html");
    assert!(home.starts_with("/assets/favicon.") && home.ends_with(".svg Aller au contenu"), "{home}");
    assert!(place.read("public/404.html").contains("Cette page n’existe pas"));
}

#[test]
fn a_template_can_extend_the_embedded_one_of_its_name() {
    let base = "{% extends \"parvis/base.html\" %}{% block title %}Sault : {{ page.title }}{% endblock %}";
    let place = layered(&[("templates/base.html", base)]).page("a.md", "title = \"A\"\n", "");
    place.build(NOW);
    let page = place.read("public/a/index.html");
    assert!(page.contains("<title>Sault : A</title>") && page.contains("Aller au contenu"), "{page}");
}

#[test]
fn a_component_of_the_site_replaces_the_embedded_one_whatever_file_it_is_in() {
    // The embedded one is in `shortcodes/chart.html`.
    let chart = "{% component chart(chart, id: string, title: string, description: string = \"\") %}<p>{{ chart.kind }}</p>{{ body | safe }}{% endcomponent chart %}";
    let body = "{% chart(kind=\"bars\", title=\"Les votes\") %}\n| Projet | Voix |\n|---|---|\n| Banc | 3 |\n{% end %}\n";
    let place = layered(&[("templates/ours.html", chart)]).page("a.md", "title = \"A\"\n", body);
    place.build(NOW);
    assert!(place.read("public/a/index.html").contains("<p>bars</p><table>"));
    let place = layered(&[]).page("a.md", "title = \"A\"\n", body);
    place.build(NOW);
    assert!(place.read("public/a/index.html").contains("<figure class=\"chart\">"));
}

#[test]
fn words_of_the_site_replace_the_embedded_ones_one_by_one() {
    let home = "{{ say(key=\"site.skip\") }}, {{ say(key=\"site.menu\") }}";
    let place = layered(&[("templates/home.html", home), ("words/fr.toml", "[site]\nskip = \"Au texte\"\n")]);
    place.build(NOW);
    assert_eq!(place.read("public/index.html"), "Au texte, Menu principal");
    assert_eq!(place.diagnostics(), "");
}

#[test]
fn a_mistake_in_the_site_s_theme_has_its_place_there_and_one_in_what_it_extends_too() {
    let place = layered(&[("templates/home.html", "{{ page.titel }}")]);
    assert_snapshot!(mistake(&place), @r"
    erreur: le champ `titel` n’existe pas
     --> themes/sault/templates/home.html:1:9
      |
    1 | {{ page.titel }}
      |         ^^^^^
      |
      = aide: vouliez-vous dire `title` ? Il y a ici : date_iso, date_text, description, image, json_ld, kind, noindex, original_url, source_language, terms, title, translations, untranslated, updated_iso, updated_text, url

    1 erreur dans 1 fichier
    ");
    let base = "<main id=\"contenu\">{% block main %}{% endblock %}</main>";
    let found = layered(&[("templates/base.html", base)]).diagnostics();
    let of_home = found.split("\n\n").filter(|one| one.contains("/home.html"));
    assert_snapshot!(of_home.collect::<Vec<_>>().join("\n\n"), @r#"
    erreur: le modèle étendu ici n’a pas de bloc `title`
     --> themes/parvis/templates/home.html:3:10
      |
    3 | {% block title %}{{ page.title }}{% if page.title != site.title %} – {{ site.title }}{% endif %}{% endblock %}
      |          ^^^^^
      |
      = aide: ajoutez-y `{% block title %}{% endblock %}`
    "#);
}

#[test]
fn colours_font_and_logo_are_settings() {
    let appearance = "[appearance]\naccent = \"#0b5c5a\"\nfont = \"Marianne, Arial\"\nlogo = \"logo.svg\"\n";
    let place = Place::new()
        .tables(appearance)
        .file("themes/parvis/static/logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>")
        .template("home", "{{ site.logo }}");
    place.build(NOW);
    let style =
        place.files("public/assets").into_iter().find(|file| file.ends_with(".css")).expect("a style");
    assert_snapshot!(place.read(&style), @r"
    main{margin:auto}:root{--accent:#0b5c5a;--font:Marianne, Arial,system-ui,sans-serif}@media (prefers-color-scheme:dark){:root{--accent:#6c9d9c}}
    ");
    let logo = place.read("public/index.html");
    assert!(place.has(&format!("public{logo}")), "{logo}");
}

#[test]
fn an_edit_of_a_template_remakes_the_pages_made_of_it_and_no_other() {
    let place = Place::new().page("a-propos.md", "title = \"À propos\"\n", "");
    let pages = place.build(NOW).pages;
    let place = place.template("step", "{% extends \"base.html\" %}{% block main %}Autre.{% endblock %}");
    assert_eq!(place.build(NOW).made, 1);
    let place = place.template("page", "{% extends \"base.html\" %}{% block main %}Autre.{% endblock %}");
    assert_eq!(place.build(NOW).made, 1);
    let base = place.read("themes/parvis/templates/base.html");
    let place = place.template("base", &base.replace("<main", "<hr><main"));
    assert!(place.build(NOW).made >= pages);
}

#[test]
fn an_unknown_field_is_told_with_those_there_are() {
    let place = Place::new().template("page", "{{ page.titel }}").page("a.md", "title = \"A\"\n", "");
    assert_snapshot!(mistake(&place), @r"
    erreur: le champ `titel` n’existe pas
     --> themes/parvis/templates/page.html:1:9
      |
    1 | {{ page.titel }}
      |         ^^^^^
      |
      = aide: vouliez-vous dire `title` ? Il y a ici : date_iso, date_text, description, image, json_ld, kind, noindex, original_url, source_language, terms, title, translations, untranslated, updated_iso, updated_text, url

    1 erreur dans 1 fichier
    ");
}

#[test]
fn an_unknown_field_of_a_field() {
    let place = Place::new().template("step", "{% for tab in process.tabs %}{{ tab.adress }}{% endfor %}");
    assert_snapshot!(mistake(&place), @r"
    erreur: le champ `adress` n’existe pas
     --> themes/parvis/templates/step.html:1:37
      |
    1 | {% for tab in process.tabs %}{{ tab.adress }}{% endfor %}
      |                                     ^^^^^^
      |
      = aide: il y a ici : title, url

    1 erreur dans 1 fichier
    ");
}

#[test]
fn an_unknown_variable_is_told_with_those_there_are() {
    let place = Place::new().template("step", "a\n{{ pages }}\n");
    assert_snapshot!(mistake(&place), @r"
    erreur: la variable `pages` n’existe pas
     --> themes/parvis/templates/step.html:2:4
      |
    2 | {{ pages }}
      |    ^^^^^
      |
      = aide: vouliez-vous dire `page` ? Il y a ici : apart, body, breadcrumbs, deposits, page, pager, process, site, step, toc, ways

    1 erreur dans 1 fichier
    ");
}

#[test]
fn a_mistake_in_a_component_or_in_a_template_above_has_its_place_there() {
    let place = Place::new()
        .template("parts", "{% component part(page) %}\n<p>{{ page.titel }}</p>\n{% endcomponent part %}")
        .template("step", "{{ <part page={page} /> }}");
    assert_snapshot!(mistake(&place), @r"
    erreur: le champ `titel` n’existe pas
     --> themes/parvis/templates/parts.html:2:12
      |
    2 | <p>{{ page.titel }}</p>
      |            ^^^^^
      |
      = aide: vouliez-vous dire `title` ? Il y a ici : date_iso, date_text, description, image, json_ld, kind, noindex, original_url, source_language, terms, title, translations, untranslated, updated_iso, updated_text, url

    1 erreur dans 1 fichier
    ");
}

#[test]
fn a_word_or_a_file_that_the_theme_does_not_have() {
    let place = Place::new().template("step", "{{ say(key=\"tab.hom\") }}");
    assert_snapshot!(mistake(&place), @r#"
    erreur: mot inconnu : `tab.hom` (vouliez-vous dire `tab.home` ?)
     --> themes/parvis/templates/step.html:1:4
      |
    1 | {{ say(key="tab.hom") }}
      |    ^^^^^^^^^^^^^^^^^^

    1 erreur dans 1 fichier
    "#);
    let place = Place::new().template("step", "{{ say(key=\"step.opens\") }}");
    assert_snapshot!(mistake(&place), @r#"
    erreur: le mot `step.opens` attend `opens`
     --> themes/parvis/templates/step.html:1:4
      |
    1 | {{ say(key="step.opens") }}
      |    ^^^^^^^^^^^^^^^^^^^^^

    1 erreur dans 1 fichier
    "#);
    let place = Place::new().template("step", "{{ asset(path=\"styles.css\") }}");
    assert_snapshot!(mistake(&place), @r#"
    erreur: il n’y a pas de static/styles.css dans le thème
     --> themes/parvis/templates/step.html:1:4
      |
    1 | {{ asset(path="styles.css") }}
      |    ^^^^^^^^^^^^^^^^^^^^^^^^

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn a_template_a_filter_or_a_component_that_is_not_there() {
    assert_snapshot!(Place::new().template("step", "{% extends \"bases.html\" %}").diagnostics(), @r#"
    erreur: le thème n’a pas de modèle `bases.html`
     --> themes/parvis/templates/step.html:1:13
      |
    1 | {% extends "bases.html" %}
      |             ^^^^^^^^^^
      |
      = aide: vouliez-vous dire `base.html` ?

    1 erreur dans 1 fichier
    "#);
    assert_snapshot!(Place::new().template("step", "{{ page.title | uppper }}").diagnostics(), @r"
    erreur: filtre inconnu : `uppper`
     --> themes/parvis/templates/step.html:1:17
      |
    1 | {{ page.title | uppper }}
      |                 ^^^^^^

    1 erreur dans 1 fichier
    ");
    assert_snapshot!(Place::new().template("step", "{{ <cards card={page} /> }}").diagnostics(), @r"
    erreur: composant inconnu : `cards`
     --> themes/parvis/templates/step.html:1:4
      |
    1 | {{ <cards card={page} /> }}
      |    ^^^^^^^^^^^^^^^^^^^^^
      |
      = aide: vouliez-vous dire `card` ?

    1 erreur dans 1 fichier
    ");
}

#[test]
fn a_template_that_the_theme_lacks() {
    let place = Place::new().without("themes/parvis/templates/step.html");
    assert_snapshot!(mistake(&place), @r"
    erreur: le thème n’a pas de modèle `step.html`
    --> templates/step.html

    1 erreur dans 1 fichier
    ");
}

#[test]
fn mistakes_of_syntax_in_several_templates_come_together() {
    let place = Place::new().template("step", "{{ page.title").template("page", "{% if page %}");
    assert_snapshot!(place.diagnostics(), @r"
    erreur: Unexpected end of input
     --> themes/parvis/templates/page.html:1:12
      |
    1 | {% if page %}
      |            ^^

    erreur: Unexpected end of input
     --> themes/parvis/templates/step.html:1:9
      |
    1 | {{ page.title
      |         ^^^^^

    2 erreurs dans 2 fichiers
    ");
}

#[test]
fn a_style_that_is_wrong() {
    let place = Place::new()
        .file("themes/parvis/static/style.css", "main { margin: auto }\n@import \"autre.css\";\n");
    assert_snapshot!(place.diagnostics(), @r#"
    erreur: @import rules must precede all rules aside from @charset and @layer statements
     --> themes/parvis/static/style.css:2:8
      |
    2 | @import "autre.css";
      |        ^

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn words_that_are_not_toml() {
    let words = include_str!("theme/fr.toml").replace("one = \"{count} soutien\"", "one = {count} soutien");
    assert_snapshot!(Place::new().file("themes/parvis/words/fr.toml", words).diagnostics(), @r"
    avertissement: il manque des mots : count.one
     --> themes/parvis/words/fr.toml:1:1
      |
    1 | [count]
      | ^
      |
      = aide: la clé est affichée à la place du mot

    erreur: invalid literal string, expected `'`
     --> themes/parvis/words/fr.toml:2:13
      |
    2 | one = {count} soutien
      |             ^

    erreur: unexpected key or value, expected newline, `#`
     --> themes/parvis/words/fr.toml:2:15
      |
    2 | one = {count} soutien
      |               ^

    2 erreurs dans 1 fichier, 1 avertissement
    ");
}
