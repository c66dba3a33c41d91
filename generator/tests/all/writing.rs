//! What citizens can write: the form that an editor declares, what is told of its mistakes, what the functions get of it,
//! and its pages.

use crate::place::Place;
use insta::assert_snapshot;
use std::fs;

const NOW: &str = "2026-11-21T09:00:00Z";

/// A process where ideas are written, without its fields.
const IDEAS: &str = r#"
kind = "ideas"
title = "Boîte à idées"
description = "Dites ce qui manque."
opens = 2026-01-10
closes = 2027-01-10
[writing]
"#;

/// The field without which nothing can be deposited.
const TITLE: &str = r#"
[[writing.fields]]
id = "title"
kind = "text"
label = "Titre"
required = true
"#;

/// A field of every kind, with all that it can say.
const EVERY_KIND: &str = r#"
[[writing.fields]]
kind = "section"
label = "Votre idée"
help = "En **quelques** mots."
[[writing.fields]]
id = "title"
kind = "text"
label = "Titre"
help = "Une phrase, comme un titre de journal."
required = true
max = 120
message = "Sans titre, personne ne trouvera votre idée."
[[writing.fields]]
id = "story"
kind = "long-text"
label = "Votre idée"
required = true
min = 20
max = 1500
[[writing.fields]]
id = "more"
kind = "rich-text"
label = "Pour aller plus loin"
[[writing.fields]]
kind = "note"
text = "Lisez [le règlement](https://exemple.fr/reglement) d'abord."
[[writing.fields]]
kind = "picture"
src = "banc.svg"
alt = "Un banc sous un arbre"
[[writing.fields]]
id = "theme"
kind = "choice"
label = "Thème"
required = true
options = [{ id = "eau", label = "L'eau" }, { id = "air", label = "L'air" }]
[[writing.fields]]
id = "places"
kind = "choices"
label = "Où ?"
options = [{ id = "ecole", label = "École" }, { id = "place", label = "Place" }, { id = "parc", label = "Parc" }]
min = 1
max = 2
when = { field = "theme", is = "eau" }
[[writing.fields]]
kind = "section"
label = "Les détails"
when = { any = [{ field = "theme", is = "air" }, { not = { field = "places", answered = true } }] }
[[writing.fields]]
id = "people"
kind = "number"
label = "Combien de personnes ?"
min = 1
max = 1000
unit = "personnes"
[[writing.fields]]
id = "length"
kind = "number"
label = "Longueur"
decimals = 1
min = 0.5
[[writing.fields]]
id = "cost"
kind = "amount"
label = "Coût"
max = 14000
[[writing.fields]]
id = "big"
kind = "yes-no"
label = "Est-ce un grand chantier ?"
when = { all = [{ field = "cost", at_least = 10000 }, { field = "people", at_most = 50 }] }
[[writing.fields]]
id = "day"
kind = "date"
label = "Quand ?"
min = 2026-01-01
max = 2027-12-31
[[writing.fields]]
id = "order"
kind = "ranking"
label = "Vos priorités"
options = [{ id = "velo", label = "Vélo" }, { id = "bus", label = "Bus" }]
[[writing.fields]]
id = "grade"
kind = "grade"
label = "Que vaut l'entretien ?"
grades = [{ id = "bien", label = "Bien" }, { id = "passable", label = "Passable" }]
[[writing.fields]]
id = "table"
kind = "matrix"
label = "Et en détail ?"
rows = [{ id = "rues", label = "Rues" }, { id = "parcs", label = "Parcs" }]
columns = [{ id = "oui", label = "Oui" }, { id = "non", label = "Non" }]
[[writing.fields]]
id = "plan"
kind = "files"
label = "Un plan"
types = ["pdf", "jpeg"]
max_size = "2 Mo"
max_count = 3
[[writing.fields]]
id = "where"
kind = "place"
label = "Où est-ce ?"
[[writing.fields]]
id = "town"
kind = "commune"
label = "Commune"
[[writing.fields]]
id = "siret"
kind = "siret"
label = "SIRET de l'association"
[[writing.fields]]
id = "rna"
kind = "rna"
label = "Numéro RNA"
[[writing.fields]]
kind = "section"
label = "Vous"
[[writing.fields]]
id = "born"
kind = "birth-date"
label = "Date de naissance"
purpose = "vérifier que vous avez l'âge"
retention = "1 month"
min_age = 18
max_age = 25
on = 2026-06-15
[[writing.fields]]
id = "phone"
kind = "phone"
label = "Téléphone"
purpose = "vous rappeler"
[[writing.fields]]
id = "email"
kind = "email"
label = "Adresse de l'association"
purpose = "lui écrire"
visibility = "public"
[[writing.fields]]
id = "home"
kind = "address"
label = "Adresse"
purpose = "vous envoyer le carnet"
[[writing.fields]]
id = "rules"
kind = "consent"
label = "J'ai lu le règlement."
required = true
[[writing.fields]]
id = "score"
kind = "number"
label = "Note des agents"
visibility = "hidden"
"#;

fn ideas(fields: &str) -> Place {
    Place::new().page("sault/idees/_index.md", &format!("{IDEAS}{fields}"), "Voici.")
}

/// What is told of a form whose fields follow the title.
fn told(fields: &str) -> String {
    ideas(&format!("{TITLE}{fields}")).diagnostics()
}

fn every_kind() -> Place {
    ideas(EVERY_KIND).file(
        "content/sault/idees/banc.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"30\"/>",
    )
}

/// With the embedded theme in place of the tests' own.
fn dressed(place: Place) -> Place {
    fs::remove_dir_all(place.root().join("themes/parvis")).expect("removed");
    place
}

/// The page at `url`, as [`Place::main`] shows it.
fn page(place: &Place, url: &str) -> String {
    place.read(&format!("public{url}index.html")).replace('\u{a0}', "~").replace('\u{202f}', "^")
}

/// The attributes that the functions and the script know a form by.
fn has(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "{part}\n{page}");
    }
}

#[test]
fn the_functions_get_every_field_with_its_bounds() {
    let place = every_kind();
    place.build(NOW);
    let rulebook: serde_json::Value = serde_json::from_str(&place.read("rulebook.json")).expect("JSON");
    let process = &rulebook["processes"]["idees"];
    let fields = process["writing"]["form"]["fields"].as_array().expect("fields");
    let lines: Vec<String> = fields.iter().map(|field| field.to_string()).collect();
    assert_snapshot!(lines.join("\n"), @r#"
    {"id":"section_1","kind":"section","label":"Votre idée"}
    {"id":"title","kind":"text","label":"Titre","max":120,"message":"Sans titre, personne ne trouvera votre idée.","required":true}
    {"id":"story","kind":"long-text","label":"Votre idée","max":1500,"min":20,"required":true}
    {"id":"more","kind":"rich-text","label":"Pour aller plus loin","max":2000,"min":0}
    {"html":"<p>Lisez <a href=\"https://exemple.fr/reglement\">le règlement</a> d’abord.</p>\n","id":"note_1","kind":"note","label":""}
    {"alt":"Un banc sous un arbre","height":30,"id":"picture_1","kind":"picture","label":"","url":"/sault/idees/banc.5cf29a2b.svg","width":40}
    {"id":"theme","kind":"choice","label":"Thème","options":[{"id":"eau","label":"L’eau"},{"id":"air","label":"L’air"}],"required":true}
    {"id":"places","kind":"choices","label":"Où ?","max":2,"min":1,"options":[{"id":"ecole","label":"École"},{"id":"place","label":"Place"},{"id":"parc","label":"Parc"}],"when":{"is":{"field":"theme","value":"eau"}}}
    {"id":"section_2","kind":"section","label":"Les détails","when":{"any":[{"is":{"field":"theme","value":"air"}},{"not":{"answered":{"field":"places"}}}]}}
    {"decimals":0,"id":"people","kind":"number","label":"Combien de personnes ?","max":1000,"min":1,"unit":"personnes"}
    {"decimals":1,"id":"length","kind":"number","label":"Longueur","min":5}
    {"id":"cost","kind":"amount","label":"Coût","max":1400000,"min":0}
    {"id":"big","kind":"yes-no","label":"Est-ce un grand chantier ?","when":{"all":[{"at-least":{"field":"cost","value":10000}},{"at-most":{"field":"people","value":50}}]}}
    {"id":"day","kind":"date","label":"Quand ?","max":"2027-12-31","min":"2026-01-01"}
    {"id":"order","kind":"ranking","label":"Vos priorités","max":2,"min":1,"options":[{"id":"velo","label":"Vélo"},{"id":"bus","label":"Bus"}]}
    {"grades":[{"id":"bien","label":"Bien"},{"id":"passable","label":"Passable"}],"id":"grade","kind":"grade","label":"Que vaut l’entretien ?"}
    {"columns":[{"id":"oui","label":"Oui"},{"id":"non","label":"Non"}],"id":"table","kind":"matrix","label":"Et en détail ?","rows":[{"id":"rues","label":"Rues"},{"id":"parcs","label":"Parcs"}]}
    {"id":"plan","kind":"files","label":"Un plan","max_count":3,"max_size":2000000,"types":["jpeg","pdf"]}
    {"id":"where","kind":"place","label":"Où est-ce ?"}
    {"id":"town","kind":"commune","label":"Commune","territory":{"communes":{"99001":"Sault","99002":"Monieux"}}}
    {"id":"siret","kind":"siret","label":"SIRET de l’association"}
    {"id":"rna","kind":"rna","label":"Numéro RNA"}
    {"id":"section_3","kind":"section","label":"Vous"}
    {"id":"born","kind":"birth-date","label":"Date de naissance","max_age":25,"min_age":18,"on":"2026-06-15","personal":{"purpose":"vérifier que vous avez l’âge","retention":"1 months"},"visibility":"private"}
    {"id":"phone","kind":"phone","label":"Téléphone","personal":{"purpose":"vous rappeler","retention":"6 months"},"visibility":"private"}
    {"id":"email","kind":"email","label":"Adresse de l’association","personal":{"purpose":"lui écrire","retention":"6 months"}}
    {"id":"home","kind":"address","label":"Adresse","personal":{"purpose":"vous envoyer le carnet","retention":"6 months"},"visibility":"private"}
    {"id":"rules","kind":"consent","label":"J’ai lu le règlement.","required":true}
    {"decimals":0,"id":"score","kind":"number","label":"Note des agents","visibility":"hidden"}
    "#);
    let rest = process.as_object().expect("a process").iter().map(|(key, value)| match key.as_str() {
        "writing" => {
            let writing = value.as_object().expect("writing").iter();
            let writing = writing.filter(|(key, _)| *key != "form");
            writing.map(|(key, value)| format!("writing.{key}: {value}")).collect::<Vec<_>>().join("\n")
        }
        _ => format!("{key}: {value}"),
    });
    assert_snapshot!(rest.collect::<Vec<_>>().join("\n"), @r#"
    contact: "participation@example.fr"
    deposits: {}
    eligibility: {"links":["resident","worker","student"],"minimum_age":0,"territory":"any"}
    people_per_mailbox: 1
    thresholds: []
    title: "Boîte à idées"
    writing.closes_text: "9 janvier 2027"
    writing.erased: "2027-07-09T22:00:00Z"
    writing.identity: "email"
    writing.opens_text: "10 janvier 2026"
    writing.path: "/sault/idees/ecrire/"
    writing.per_person: 3
    writing.purpose: "deposit"
    writing.window: {"closes":"2027-01-09T23:00:00Z","opens":"2026-01-09T23:00:00Z"}
    "#);
}

#[test]
fn what_a_kind_asks_is_said_beside_it() {
    let place = every_kind();
    place.build(NOW);
    let page = place.main("/sault/idees/ecrire/");
    let lines = page.lines().filter(|line| line.contains(" f-"));
    let lines = lines.map(|line| line.split(" {&quot;").next().unwrap_or_default().trim());
    let lines = lines.filter(|line| !line.ends_with(':'));
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
    long-text f-story: Au moins 20 caractères. 1^500 caractères au plus.
    rich-text f-more: 2^000 caractères au plus. Pour mettre en forme~: une ligne vide entre deux paragraphes, un tiret au début de chaque ligne d’une liste, deux astérisques autour d’un passage important.
    choices f-places: De 1 à 2 réponses.
    number f-people: De 1 à 1^000~personnes.
    number f-length: 0,5 ou plus.
    amount f-cost: 14^000~€ ou moins. En euros. Par exemple~: 1 500
    date f-day: Du 1er janvier 2026 au 31 décembre 2027. Jour, mois, année. Par exemple~: 04/03/1987
    ranking f-order: Donnez à chacune sa place, de 1 (celle que vous préférez) à 2. Classez-en au moins 1.
    files f-plan: 3 fichiers au plus. JPEG, PDF, 2~Mo au plus chacun.
    place f-where: Une adresse, un nom de lieu ou des coordonnées. Par exemple~: 12 rue de l’Église
    commune f-town: En toutes lettres, ou choisie dans la liste.
    siret f-siret: Quatorze chiffres. Par exemple~: 732 829 320 00074
    rna f-rna: La lettre W et neuf chiffres. Par exemple~: W751000000
    birth-date f-born: De 18 à 25 ans. L’âge est compté au 15 juin 2026. Jour, mois, année. Par exemple~: 04/03/1987
    phone f-phone: Par exemple~: 06 12 34 56 78
    ");
}

#[test]
fn the_form_is_one_that_the_functions_fill_in() {
    let place = dressed(every_kind());
    place.build(NOW);
    let page = page(&place, "/sault/idees/ecrire/");
    has(
        &page,
        &[
            "<form class=\"form\" method=\"post\" action=\"/actes/idees/ecrire\" enctype=\"multipart/form-data\" accept-charset=\"utf-8\" novalidate data-form",
            "<input type=\"hidden\" name=\"at\" value=\"0\"><input type=\"hidden\" name=\"since\" value=\"\">",
            "<input type=\"hidden\" name=\"deposit\" value=\"\"><input type=\"hidden\" name=\"cle\" value=\"\">",
            "<input name=\"website\" tabindex=\"-1\" autocomplete=\"off\">",
            "<section data-section=\"0\" aria-labelledby=\"etape-1\">",
            "<section data-section=\"1\" aria-labelledby=\"etape-2\" hidden>",
            "<section data-section=\"2\" aria-labelledby=\"etape-3\" hidden>",
            "<button class=\"button\" name=\"go\" value=\"next\">Continuer</button> <button class=\"button quiet\" name=\"go\" value=\"back\" hidden data-back>",
        ],
    );
    // A field has its mark, its error, and what it is described by.
    has(
        &page,
        &[
            "<div class=\"field\" data-field=\"title\" data-kind=\"text\">",
            "<p class=\"error\" id=\"f-title-error\" data-error=\"f-title\" hidden></p>",
            "<input id=\"f-title\" name=\"f-title\" type=\"text\" inputmode=\"text\" autocomplete=\"off\" aria-describedby=\"f-title-hint f-title-error\" maxlength=\"120\" required>",
            "data-field=\"places\" data-kind=\"choices\" data-when=\"{&quot;is&quot;:{&quot;field&quot;:&quot;theme&quot;,&quot;value&quot;:&quot;eau&quot;}}\"",
            "<div data-field=\"section_2\" data-kind=\"section\" data-when=",
        ],
    );
    // Each kind has the inputs that are read of it.
    has(
        &page,
        &[
            "<textarea id=\"f-story\" name=\"f-story\" rows=\"9\" maxlength=\"1500\"",
            "<fieldset id=\"f-theme\" tabindex=\"-1\"",
            "<input type=\"radio\" id=\"f-theme-eau\" name=\"f-theme\" value=\"eau\">",
            "<input type=\"checkbox\" id=\"f-places-parc\" name=\"f-places\" value=\"parc\">",
            "<input type=\"radio\" id=\"f-big-yes\" name=\"f-big\" value=\"yes\">",
            "<select id=\"f-order-velo\" name=\"f-order-velo\">",
            "<input type=\"radio\" id=\"f-table-rues-oui\" name=\"f-table-rues\" value=\"oui\"",
            "<input id=\"f-home-street\" name=\"f-home-street\"",
            "<input id=\"f-home-postcode\" name=\"f-home-postcode\"",
            "<input id=\"f-home-town\" name=\"f-home-town\"",
            "<input type=\"file\" id=\"f-plan\" name=\"f-plan\" accept=\".jpg,.jpeg,image/jpeg,.pdf,application/pdf\" multiple",
            "<input id=\"f-cost\" name=\"f-cost\" type=\"text\" inputmode=\"decimal\"",
            "<input id=\"f-phone\" name=\"f-phone\" type=\"tel\"",
            "<input id=\"f-town\" name=\"f-town\" type=\"text\" inputmode=\"text\" autocomplete=\"address-level2\" aria-describedby=\"f-town-hint f-town-error\" list=\"communes\">",
            "<option value=\"Monieux\">",
            "<input type=\"checkbox\" id=\"f-rules\" name=\"f-rules\" value=\"yes\"",
            "<img src=\"/sault/idees/banc.",
            "<p>Lisez <a href=\"https://exemple.fr/reglement\">le règlement</a> d’abord.</p>",
        ],
    );
    // What is for agents is not drawn, and a browser must not keep what tells of a person.
    assert!(!page.contains("Note des agents"));
    has(&page, &["data-field=\"born\" data-kind=\"birth-date\" data-personal"]);
    has(
        &page,
        &[
            "<li><strong>Date de naissance</strong>~: vérifier que vous avez l’âge. Effacé le 10 février 2027.</li>",
        ],
    );
    assert_eq!(page.matches("data-personal").count(), 4);
}

#[test]
fn the_functions_have_their_pages() {
    let place = dressed(ideas(TITLE));
    place.build(NOW);
    let answers = place.files("answers/sault/idees");
    let names = answers.iter().filter_map(|path| path.strip_prefix("answers/sault/idees/"));
    let names: Vec<_> = names.filter(|name| name.ends_with(".html")).collect();
    let pages = ["deposit", "draft-kept", "draft", "preview", "write-code", "write", "written"];
    assert_eq!(names, pages.map(|name| format!("{name}.html")));
    assert_eq!(
        place.read("answers/sault/idees/write.html"),
        place.read("public/sault/idees/ecrire/index.html")
    );
    let read = |name: &str| place.read(&format!("answers/sault/idees/{name}.html"));
    has(
        &read("preview"),
        &[
            "data-slot-html=\"answers\"",
            "data-slot-html=\"similar\"",
            "<div data-carry></div>",
            "data-identity",
            "name=\"email\"",
            "name=\"public_name\"",
            "name=\"consent\"",
            "value=\"send\"",
            "value=\"edit\"",
        ],
    );
    has(&read("write-code"), &["action=\"/actes/idees/ecrire/code\"", "name=\"request\"", "name=\"code\""]);
    has(
        &read("written"),
        &["data-sent=\"/actes/idees/ecrire\"", "data-slot=\"reference\"", "data-link=\"own\""],
    );
    has(
        &read("deposit"),
        &[
            "data-slot=\"title\"",
            "data-slot=\"state\"",
            "data-slot-html=\"history\"",
            "data-may=\"withdraw\" hidden",
            "data-may=\"edit\" hidden",
            "name=\"cle\"",
        ],
    );
}

#[test]
fn a_questionnaire_asks_nobody_who_they_are() {
    let form = "[[writing.fields]]\nid = \"a\"\nkind = \"yes-no\"\nlabel = \"Oui ?\"\n";
    let process = format!("{IDEAS}{form}").replace("\"ideas\"", "\"questionnaire\"");
    let place = dressed(Place::new().page("sault/idees/_index.md", &process, ""));
    place.build(NOW);
    let preview = place.read("answers/sault/idees/preview.html");
    assert!(!preview.contains("name=\"email\"") && !preview.contains("name=\"consent\""), "{preview}");
    has(&page(&place, "/sault/idees/ecrire/"), &["nous ne savons pas qui répond", "(un cookie)"]);
    assert!(!place.read("answers/sault/idees/written.html").contains("data-link"));
    let rulebook: serde_json::Value = serde_json::from_str(&place.read("rulebook.json")).expect("JSON");
    let writing = &rulebook["processes"]["idees"]["writing"];
    assert_eq!((writing["purpose"].as_str(), writing["identity"].as_str()), (Some("answer"), Some("none")));
    assert_eq!(writing["per_person"], 1);
}

#[test]
fn i1_the_form_is_open_from_the_first_instant_to_before_the_last() {
    let place = dressed(ideas(&format!("button = \"Proposer une idée\"{TITLE}")));
    let seen = |at: &str| {
        place.build(at);
        let (process, form) = (page(&place, "/sault/idees/"), page(&place, "/sault/idees/ecrire/"));
        let button = "<a class=\"button\" href=\"/sault/idees/ecrire/\">Proposer une idée</a>";
        let answer = place.read("answers/sault/idees/write.html").contains("<form");
        (process.contains(button), form.contains("<form"), answer)
    };
    assert_eq!(seen("2026-01-09T22:59:59.999Z"), (false, true, true));
    assert_eq!(seen("2026-01-09T23:00:00Z"), (true, true, true));
    assert_eq!(seen("2027-01-09T22:59:59.999Z"), (true, true, true));
    // What is to be revised may be so after the close.
    assert_eq!(seen("2027-01-09T23:00:00Z"), (false, false, true));
    has(&page(&place, "/sault/idees/ecrire/"), &["a été clos le 9 janvier 2027", "<li>Titre</li>"]);
}

#[test]
fn a_tab_leads_to_the_form() {
    let step = "kind = \"step\"\ntitle = \"Écrire\"\nshows = \"writing\"\n";
    let place = dressed(ideas(TITLE).page("sault/idees/participer.md", step, ""));
    place.build(NOW);
    has(
        &page(&place, "/sault/idees/participer/"),
        &["<a class=\"button\" href=\"/sault/idees/ecrire/\">Déposer un texte</a>"],
    );
}

#[test]
fn the_form_is_in_the_main_language_and_every_edition_leads_to_it() {
    let place = ideas(TITLE).settings("languages = [\"en\"]\n");
    let place = dressed(place);
    place.build(NOW);
    assert!(!place.has("public/en/sault/idees/ecrire/index.html"));
    has(&page(&place, "/en/sault/idees/"), &["href=\"/sault/idees/ecrire/\""]);
}

#[test]
fn i7_the_page_on_personal_data_says_what_forms_ask() {
    let place = dressed(every_kind());
    place.build(NOW);
    let page = page(&place, "/donnees-personnelles/");
    has(
        &page,
        &[
            "<a href=\"/sault/idees/\">Boîte à idées</a>",
            "Date de naissance",
            "vérifier que vous avez l’âge",
            "Effacé le 10 février 2027, soit 1~mois après la clôture.",
            "Adresse électronique de qui écrit",
        ],
    );
}

// What is told of mistakes.
#[test]
fn an_unknown_kind_is_told_alone() {
    let fields = r#"[[writing.fields]]
id = "a"
kind = "texte"
label = "A"
max = 3
[[writing.fields]]
id = "b"
label = "B"
"#;
    assert_snapshot!(told(fields), @r#"
    erreur: valeur inconnue pour `kind` : « texte »
      --> content/sault/idees/_index.md:16:8
       |
    16 | kind = "texte"
       |        ^^^^^^^
       |
       = aide: vouliez-vous dire "text" ?

    erreur: il manque la clé `kind`
      --> content/sault/idees/_index.md:19:1
       |
    19 | [[writing.fields]]
       | ^^^^^^^^^^^^^^^^^^
       |
       = aide: ajoutez par exemple `kind = "text"`

    2 erreurs dans 1 fichier
    "#);
}

#[test]
fn an_identifier_is_good_for_ever_and_for_one_field() {
    let fields = r#"[[writing.fields]]
id = "title"
kind = "siret"
label = "A"
[[writing.fields]]
id = "Numéro d'école"
kind = "siret"
label = "B"
"#;
    assert_snapshot!(told(fields), @r#"
    erreur: `title` est déjà l’identifiant d’un autre champ
      --> content/sault/idees/_index.md:15:6
       |
    15 | id = "title"
       |      ^^^^^^^
       |
       = aide: donnez à chaque champ le sien

    erreur: un identifiant est fait de minuscules sans accent, de chiffres et de `_`, et commence par une lettre
      --> content/sault/idees/_index.md:19:6
       |
    19 | id = "Numéro d'école"
       |      ^^^^^^^^^^^^^^^^
       |
       = aide: écrivez par exemple `id = "numero_d_ecole"`

    2 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_key_of_another_kind_is_unknown() {
    let fields = r#"[[writing.fields]]
id = "a"
kind = "siret"
label = "A"
max = 3
[[writing.fields]]
id = "b"
kind = "choice"
label = "B"
option = [{ id = "x", label = "X" }, { id = "y", label = "Y" }]
"#;
    assert_snapshot!(told(fields), @r#"
    erreur: clé inconnue `max`
      --> content/sault/idees/_index.md:18:1
       |
    18 | max = 3
       | ^^^
       |
       = aide: clés possibles ici : kind, id, label, help, required, visibility, message, purpose, retention

    erreur: clé inconnue `option`
      --> content/sault/idees/_index.md:23:1
       |
    23 | option = [{ id = "x", label = "X" }, { id = "y", label = "Y" }]
       | ^^^^^^
       |
       = aide: vouliez-vous dire `options` ?

    2 erreurs dans 1 fichier
    "#);
}

#[test]
fn bounds_are_in_order_and_within_reason() {
    let fields = r#"[[writing.fields]]
id = "a"
kind = "long-text"
label = "A"
min = 50
max = 20
[[writing.fields]]
id = "b"
kind = "number"
label = "B"
min = 2.5
[[writing.fields]]
id = "c"
kind = "amount"
label = "C"
min = 20
max = 10.50
[[writing.fields]]
id = "d"
kind = "date"
label = "D"
min = 2027-01-01
max = 2026-01-01
[[writing.fields]]
id = "e"
kind = "text"
label = "E"
max = 5000
[[writing.fields]]
id = "f"
kind = "rich-text"
label = "F"
min = 3000
[[writing.fields]]
id = "g"
kind = "birth-date"
label = "G"
purpose = "vérifier l'âge"
min_age = 30
max_age = 25
"#;
    assert_snapshot!(told(fields), @r"
    erreur: `min` dépasse `max`
      --> content/sault/idees/_index.md:18:7
       |
    18 | min = 50
       |       ^^
       |
       = aide: corrigez l’un des deux

    erreur: `min` a trop de décimales : 0 au plus ici
      --> content/sault/idees/_index.md:24:7
       |
    24 | min = 2.5
       |       ^^^

    erreur: `min` dépasse `max`
      --> content/sault/idees/_index.md:29:7
       |
    29 | min = 20
       |       ^^
       |
       = aide: corrigez l’un des deux

    erreur: `min` dépasse `max`
      --> content/sault/idees/_index.md:35:7
       |
    35 | min = 2027-01-01
       |       ^^^^^^^^^^
       |
       = aide: corrigez l’un des deux

    erreur: `max` va de 1 à 500
      --> content/sault/idees/_index.md:41:7
       |
    41 | max = 5000
       |       ^^^^

    erreur: `min` dépasse `max`, qui vaut 2000
      --> content/sault/idees/_index.md:46:7
       |
    46 | min = 3000
       |       ^^^^
       |
       = aide: ajoutez `max`

    erreur: `min_age` dépasse `max_age`
      --> content/sault/idees/_index.md:52:11
       |
    52 | min_age = 30
       |           ^^
       |
       = aide: corrigez l’un des deux

    7 erreurs dans 1 fichier
    ");
}

#[test]
fn options_are_there_and_enough_of_them() {
    let fields = r#"[[writing.fields]]
id = "a"
kind = "choice"
label = "A"
[[writing.fields]]
id = "b"
kind = "choices"
label = "B"
min = 3
options = [{ id = "x", label = "X" }, { id = "y", label = "Y" }]
[[writing.fields]]
id = "c"
kind = "ranking"
label = "C"
options = [{ id = "x", label = "X" }]
[[writing.fields]]
id = "d"
kind = "choice"
label = "D"
options = ["Eau", "Air"]
[[writing.fields]]
id = "e"
kind = "grade"
label = "E"
grades = [{ id = "x", label = "X" }, { id = "x", label = "Y" }]
[[writing.fields]]
id = "f"
kind = "matrix"
label = "F"
columns = [{ id = "x", label = "X" }, { id = "y", label = "Y" }]
"#;
    assert_snapshot!(told(fields), @r#"
    erreur: il manque la clé `options`
      --> content/sault/idees/_index.md:14:1
       |
    14 | [[writing.fields]]
       | ^^^^^^^^^^^^^^^^^^
       |
       = aide: écrivez par exemple `options = [{ id = "eau", label = "L’eau" }, { id = "air", label = "L’air" }]`

    erreur: `min` dépasse le nombre d’options : 2
      --> content/sault/idees/_index.md:22:7
       |
    22 | min = 3
       |       ^
       |
       = aide: ajoutez des options, ou baissez ce nombre

    erreur: `options` : il en faut au moins 2
      --> content/sault/idees/_index.md:24:1
       |
    24 | [[writing.fields]]
       | ^^^^^^^^^^^^^^^^^^
       |
       = aide: écrivez par exemple `options = [{ id = "eau", label = "L’eau" }, { id = "air", label = "L’air" }]`

    erreur: `options` : il en faut au moins 2
      --> content/sault/idees/_index.md:29:1
       |
    29 | [[writing.fields]]
       | ^^^^^^^^^^^^^^^^^^
       |
       = aide: écrivez par exemple `options = [{ id = "eau", label = "L’eau" }, { id = "air", label = "L’air" }]`

    erreur: `options` attend une table
      --> content/sault/idees/_index.md:33:12
       |
    33 | options = ["Eau", "Air"]
       |            ^^^^^ ceci est un texte
       |
       = aide: écrivez par exemple `options = [{ … }, { … }]`

    erreur: `options` attend une table
      --> content/sault/idees/_index.md:33:19
       |
    33 | options = ["Eau", "Air"]
       |                   ^^^^^ ceci est un texte
       |
       = aide: écrivez par exemple `options = [{ … }, { … }]`

    erreur: `x` est déjà l’identifiant d’une autre réponse
      --> content/sault/idees/_index.md:38:45
       |
    38 | grades = [{ id = "x", label = "X" }, { id = "x", label = "Y" }]
       |                                             ^^^
       |
       = aide: donnez à chacune le sien

    erreur: il manque la clé `rows`
      --> content/sault/idees/_index.md:39:1
       |
    39 | [[writing.fields]]
       | ^^^^^^^^^^^^^^^^^^
       |
       = aide: écrivez par exemple `rows = [{ id = "eau", label = "L’eau" }, { id = "air", label = "L’air" }]`

    8 erreurs dans 1 fichier
    "#);
}

#[test]
fn i7_personal_data_has_a_purpose_and_is_not_kept_longer_than_the_rest() {
    let fields = r#"[[writing.fields]]
id = "a"
kind = "email"
label = "A"
[[writing.fields]]
id = "b"
kind = "siret"
label = "B"
retention = "1 month"
[[writing.fields]]
id = "c"
kind = "phone"
label = "C"
purpose = "vous rappeler"
retention = "1 year"
"#;
    assert_snapshot!(told(fields), @r#"
    erreur: une donnée personnelle se demande pour une raison : il manque `purpose`
      --> content/sault/idees/_index.md:14:1
       |
    14 | [[writing.fields]]
       | ^^^^^^^^^^^^^^^^^^
       |
       = aide: dites à quoi elle sert, par exemple `purpose = "vous répondre"`

    erreur: `retention` ne vaut que pour une donnée personnelle
      --> content/sault/idees/_index.md:22:13
       |
    22 | retention = "1 month"
       |             ^^^^^^^^^
       |
       = aide: ajoutez `purpose`, qui dit à quoi elle sert, ou retirez cette clé

    erreur: plus long que la `retention` de `[writing]`
      --> content/sault/idees/_index.md:28:13
       |
    28 | retention = "1 year"
       |             ^^^^^^^^
       |
       = aide: allongez celle de `[writing]`, ou retirez celle-ci

    3 erreurs dans 1 fichier
    "#);
}

#[test]
fn files_have_types_and_a_size() {
    let fields = r#"[[writing.fields]]
id = "a"
kind = "files"
label = "A"
types = []
max_size = "5 MB"
[[writing.fields]]
id = "b"
kind = "files"
label = "B"
types = ["gif"]
max_count = 50
"#;
    assert_snapshot!(told(fields), @r#"
    erreur: `types` est vide : aucun fichier ne serait accepté
      --> content/sault/idees/_index.md:18:9
       |
    18 | types = []
       |         ^^
       |
       = aide: écrivez par exemple `types = ["pdf", "jpeg", "png"]`

    erreur: `max_size` n’est pas un poids de fichier
      --> content/sault/idees/_index.md:19:12
       |
    19 | max_size = "5 MB"
       |            ^^^^^^
       |
       = aide: un poids est un nombre et une unité : "5 Mo", "800 ko"

    erreur: valeur inconnue pour `types` : « gif »
      --> content/sault/idees/_index.md:24:10
       |
    24 | types = ["gif"]
       |          ^^^^^
       |
       = aide: valeurs possibles : jpeg, png, webp, pdf, odt, ods, docx, xlsx

    erreur: `max_count` va de 1 à 20
      --> content/sault/idees/_index.md:25:13
       |
    25 | max_count = 50
       |             ^^

    4 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_condition_names_a_field_that_was_asked_before() {
    let fields = r#"[[writing.fields]]
id = "note"
kind = "number"
label = "Note"
visibility = "hidden"
[[writing.fields]]
kind = "section"
id = "part"
label = "Partie"
[[writing.fields]]
id = "a"
kind = "siret"
label = "A"
when = { field = "b", answered = true }
[[writing.fields]]
id = "b"
kind = "siret"
label = "B"
when = { field = "titel", answered = true }
[[writing.fields]]
id = "c"
kind = "siret"
label = "C"
when = { not = { field = "part", answered = true } }
[[writing.fields]]
id = "d"
kind = "siret"
label = "D"
when = { all = [{ field = "note", at_least = 3 }, { field = "zzz", answered = true }] }
"#;
    assert_snapshot!(told(fields), @r#"
    erreur: `b` ne vient pas avant ce champ
      --> content/sault/idees/_index.md:27:18
       |
    27 | when = { field = "b", answered = true }
       |                  ^^^
       |
       = aide: une condition porte sur ce qui a été demandé plus haut : changez l’ordre des champs

    erreur: aucun champ ne s’appelle `titel`
      --> content/sault/idees/_index.md:32:18
       |
    32 | when = { field = "titel", answered = true }
       |                  ^^^^^^^
       |
       = aide: vouliez-vous dire "title" ?

    erreur: `part` n’attend pas de réponse
      --> content/sault/idees/_index.md:37:26
       |
    37 | when = { not = { field = "part", answered = true } }
       |                          ^^^^^^
       |
       = aide: nommez un champ auquel on répond

    erreur: `note` n’est pas demandé : il est réservé aux agents
      --> content/sault/idees/_index.md:42:27
       |
    42 | when = { all = [{ field = "note", at_least = 3 }, { field = "zzz", answered = true }] }
       |                           ^^^^^^
       |
       = aide: nommez un autre champ

    erreur: aucun champ ne s’appelle `zzz`
      --> content/sault/idees/_index.md:42:61
       |
    42 | when = { all = [{ field = "note", at_least = 3 }, { field = "zzz", answered = true }] }
       |                                                             ^^^^^
       |
       = aide: champs qui viennent avant : title, a, b, c

    5 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_condition_is_one_that_the_field_can_meet() {
    let fields = r#"[[writing.fields]]
id = "theme"
kind = "choice"
label = "Thème"
options = [{ id = "eau", label = "Eau" }, { id = "air", label = "Air" }]
[[writing.fields]]
id = "a"
kind = "siret"
label = "A"
when = { field = "theme", is = "eaux" }
[[writing.fields]]
id = "b"
kind = "siret"
label = "B"
when = { field = "title", is = "x" }
[[writing.fields]]
id = "c"
kind = "siret"
label = "C"
when = { field = "title", at_least = 2 }
[[writing.fields]]
id = "d"
kind = "siret"
label = "D"
when = { field = "theme" }
"#;
    assert_snapshot!(told(fields), @r#"
    erreur: « eaux » n’est pas une réponse à `theme`
      --> content/sault/idees/_index.md:23:32
       |
    23 | when = { field = "theme", is = "eaux" }
       |                                ^^^^^^
       |
       = aide: vouliez-vous dire "eau" ?

    erreur: `title` n’a pas de réponses proposées
      --> content/sault/idees/_index.md:28:18
       |
    28 | when = { field = "title", is = "x" }
       |                  ^^^^^^^
       |
       = aide: écrivez `answered = true`, ou `at_least` et `at_most` pour un nombre

    erreur: `title` n’est ni un nombre ni un montant
      --> content/sault/idees/_index.md:33:18
       |
    33 | when = { field = "title", at_least = 2 }
       |                  ^^^^^^^
       |
       = aide: `at_least` et `at_most` comparent des nombres

    erreur: une condition dit une chose et une seule d’un champ
      --> content/sault/idees/_index.md:38:8
       |
    38 | when = { field = "theme" }
       |        ^^^^^^^^^^^^^^^^^^^
       |
       = aide: écrivez par exemple `when = { field = "theme", is = "eau" }` ; pour en réunir plusieurs, `{ all = [{ … }, { … }] }` ou `{ any = […] }`

    4 erreurs dans 1 fichier
    "#);
}

#[test]
fn what_is_only_shown_has_something_to_show() {
    let fields = r#"[[writing.fields]]
kind = "note"
[[writing.fields]]
kind = "picture"
src = "banc.png"
alt = "Un banc"
[[writing.fields]]
kind = "section"
"#;
    assert_snapshot!(told(fields), @r#"
    erreur: il manque la clé `text`
      --> content/sault/idees/_index.md:14:1
       |
    14 | [[writing.fields]]
       | ^^^^^^^^^^^^^^^^^^
       |
       = aide: ajoutez par exemple `text = "…"`

    erreur: fichier introuvable : content/sault/idees/banc.png
      --> content/sault/idees/_index.md:18:7
       |
    18 | src = "banc.png"
       |       ^^^^^^^^^^
       |
       = aide: déposez le fichier dans le dossier content/sault/idees

    erreur: il manque la clé `label`
      --> content/sault/idees/_index.md:20:1
       |
    20 | [[writing.fields]]
       | ^^^^^^^^^^^^^^^^^^
       |
       = aide: ajoutez par exemple `label = "…"`

    3 erreurs dans 1 fichier
    "#);
}

#[test]
fn a_form_asks_something() {
    assert_snapshot!(ideas("").diagnostics(), @r"
    erreur: le formulaire n’a pas de champs
     --> content/sault/idees/_index.md:7:1
      |
    7 | [writing]
      | ^^^^^^^^^
      |
      = aide: ajoutez une table `[[writing.fields]]` avec `id`, `kind` et `label`

    1 erreur dans 1 fichier
    ");
    assert_snapshot!(ideas("[[writing.fields]]\nkind = \"note\"\ntext = \"Bonjour.\"\n").diagnostics(), @r#"
    erreur: le formulaire ne demande rien
     --> content/sault/idees/_index.md:7:1
      |
    7 | [writing]
      | ^^^^^^^^^
      |
      = aide: ajoutez un champ auquel on répond, par exemple `kind = "long-text"`

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn a_deposit_has_a_title_always() {
    assert_snapshot!(ideas("[[writing.fields]]\nid = \"a\"\nkind = \"long-text\"\nlabel = \"A\"\n").diagnostics(), @r#"
    erreur: un dépôt publié a besoin d’un titre
     --> content/sault/idees/_index.md:7:1
      |
    7 | [writing]
      | ^^^^^^^^^
      |
      = aide: ajoutez un champ `kind = "text"` que tout le monde lit : le premier sert de titre

    1 erreur dans 1 fichier
    "#);
    assert_snapshot!(ideas(&TITLE.replace("required = true\n", "")).diagnostics(), @r"
    erreur: `title` sert de titre au dépôt : il en faut un toujours
     --> content/sault/idees/_index.md:7:1
      |
    7 | [writing]
      | ^^^^^^^^^
      |
      = aide: ajoutez-y `required = true`, et retirez `when`, de sa section aussi

    1 erreur dans 1 fichier
    ");
}

#[test]
fn i7_what_is_only_counted_holds_no_personal_data() {
    assert_snapshot!(ideas("purpose = \"answer\"\n[[writing.fields]]\nid = \"a\"\nkind = \"siret\"\nlabel = \"A\"\npurpose = \"vous répondre\"\n").diagnostics(), @r#"
    erreur: `a` est une donnée personnelle, et ce qui est seulement compté n’est jamais effacé
     --> content/sault/idees/_index.md:7:1
      |
    7 | [writing]
      | ^^^^^^^^^
      |
      = aide: retirez ce champ, ou écrivez `purpose = "application"` dans `[writing]`

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn i7_a_form_closes_so_that_data_is_erased() {
    assert_snapshot!(Place::new().page("sault/idees/_index.md", &format!("{IDEAS}{TITLE}").replace("closes = 2027-01-10\n", ""), "").diagnostics(), @r"
    erreur: il manque la clé `closes`
     --> content/sault/idees/_index.md:6:1
      |
    6 | [writing]
      | ^^^^^^^^^
      |
      = aide: ajoutez par exemple `closes = 2024-06-03`

    1 erreur dans 1 fichier
    ");
}

#[test]
fn a_tab_leads_to_a_form_that_there_is() {
    assert_snapshot!(Place::new().page("sault/petitions/ecrire-ici.md", "kind = \"step\"\ntitle = \"Écrire\"\nshows = \"writing\"\n", "").diagnostics(), @r#"
    erreur: la démarche n’a pas de formulaire
     --> content/sault/petitions/ecrire-ici.md:4:9
      |
    4 | shows = "writing"
      |         ^^^^^^^^^
      |
      = aide: ajoutez-lui une table `[writing]`, ou retirez cette clé

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn the_address_of_the_form_is_taken() {
    assert_snapshot!(ideas(TITLE).page("sault/idees/ecrire.md", "kind = \"step\"\ntitle = \"Écrire\"\n", "").diagnostics(), @r#"
    erreur: l’adresse /sault/idees/ecrire/ est réservée
     --> content/sault/idees/ecrire.md:1:1
      |
    1 | +++
      | ^^^
      |
      = aide: choisissez une autre adresse avec `slug = "…"`

    1 erreur dans 1 fichier
    "#);
}

#[test]
fn communes_of_the_territory_need_a_list() {
    assert_snapshot!(ideas(&format!("{TITLE}[[writing.fields]]\nid = \"a\"\nkind = \"commune\"\nlabel = \"A\"\n")).page("sault/_index.md", "kind = \"organisation\"\ntitle = \"Sault\"\nterritory = \"commune\"\n", "").without("content/sault/petitions/_index.md").without("content/sault/petitions/textes/_index.md").without("content/sault/petitions/textes/banc/index.md").diagnostics(), @r#"
    erreur: la collectivité n’a pas de liste de communes
      --> content/sault/idees/_index.md:14:1
       |
    14 | [[writing.fields]]
       | ^^^^^^^^^^^^^^^^^^
       |
       = aide: ajoutez `communes = "communes.csv"` à content/sault/_index.md, ou `territory = "any"` ici

    1 erreur dans 1 fichier
    "#);
}
