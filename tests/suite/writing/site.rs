//! A small site with a form of every purpose, and what to type in them.

use domain::rulebook::Rulebook;
use functions::{
    deposits::{self, Stored},
    door::{Clock, Door},
    questionnaire,
    table::{Item, query_all},
};
use jiff::{SignedDuration, Timestamp};
use std::{fs, path::Path, sync::Arc};
use tempfile::TempDir;
use tests::{
    citizen::{Citizen, Page, Pair},
    engines::{self, Engine},
    place::Place,
};
use tokio::sync::watch;

/// Deposits that an e-mail address proves, two for each: a field of every kind, in three sections.
pub(crate) const IDEAS: &str = "idees";
/// Deposits that nobody proves, two for each browser.
pub(crate) const BOX: &str = "boite";
/// Answers that are only counted, one for each browser.
pub(crate) const POLL: &str = "sondage";
/// Applications.
pub(crate) const CALL: &str = "candidature";

/// Deposits with files: photographs in the first section, documents in the second, of which some are private.
pub(crate) const PHOTOS: &str = "photos";

const PROCESSES: [(&str, &str, &str); 5] = [
    (
        PHOTOS,
        "ideas",
        r#"
[[writing.fields]]
id = "title"
kind = "text"
label = "Titre"
required = true
[[writing.fields]]
id = "photo"
kind = "files"
label = "Des photos"
types = ["jpeg", "png", "webp"]
max_count = 2
max_size = "2 Mo"
required = true
[[writing.fields]]
id = "caption"
kind = "text"
label = "Que voit-on ?"
when = { field = "photo", answered = true }
[[writing.fields]]
kind = "section"
label = "Des documents"
[[writing.fields]]
id = "plan"
kind = "files"
label = "Un plan"
types = ["pdf", "odt", "docx"]
[[writing.fields]]
id = "proof"
kind = "files"
label = "Un justificatif"
types = ["pdf", "jpeg"]
visibility = "private"
purpose = "vérifier où vous habitez"
"#,
    ),
    (
        IDEAS,
        "ideas",
        r#"
per_person = 2
[[writing.fields]]
id = "title"
kind = "text"
label = "Titre"
required = true
max = 120
[[writing.fields]]
id = "theme"
kind = "choice"
label = "Thème"
required = true
options = [{ id = "eau", label = "L’eau" }, { id = "autre", label = "Autre" }]
[[writing.fields]]
id = "other"
kind = "text"
label = "Lequel ?"
required = true
when = { field = "theme", is = "autre" }
[[writing.fields]]
kind = "section"
label = "Le projet"
[[writing.fields]]
id = "story"
kind = "rich-text"
label = "Votre idée"
required = true
min = 10
[[writing.fields]]
id = "cost"
kind = "amount"
label = "Coût"
[[writing.fields]]
id = "people"
kind = "choices"
label = "Avec qui ?"
options = [{ id = "voisins", label = "Les voisins" }, { id = "ecole", label = "L’école" }, { id = "asso", label = "Une association" }]
max = 2
[[writing.fields]]
id = "order"
kind = "ranking"
label = "Vos priorités"
options = [{ id = "velo", label = "Vélo" }, { id = "bus", label = "Bus" }, { id = "pied", label = "À pied" }]
[[writing.fields]]
id = "table"
kind = "matrix"
label = "En détail"
rows = [{ id = "rues", label = "Rues" }, { id = "parcs", label = "Parcs" }]
columns = [{ id = "oui", label = "Oui" }, { id = "non", label = "Non" }]
[[writing.fields]]
id = "phone"
kind = "phone"
label = "Téléphone"
visibility = "private"
purpose = "vous rappeler"
[[writing.fields]]
id = "plan"
kind = "files"
label = "Un plan"
types = ["pdf", "jpeg"]
[[writing.fields]]
kind = "section"
label = "Les grands chantiers"
when = { field = "cost", at_least = 1000 }
[[writing.fields]]
id = "quote"
kind = "yes-no"
label = "Avez-vous un devis ?"
required = true
[[writing.fields]]
id = "day"
kind = "date"
label = "Pour quand ?"
[[writing.fields]]
id = "length"
kind = "number"
label = "Longueur"
decimals = 1
unit = "m"
[[writing.fields]]
id = "where"
kind = "place"
label = "Où ?"
[[writing.fields]]
id = "town"
kind = "commune"
label = "Commune"
territory = "any"
[[writing.fields]]
id = "home"
kind = "address"
label = "Adresse"
visibility = "private"
purpose = "vous écrire"
[[writing.fields]]
id = "notes"
kind = "text"
label = "Notes des agents"
visibility = "hidden"
"#,
    ),
    (
        BOX,
        "ideas",
        r#"
identity = "none"
per_person = 2
[[writing.fields]]
id = "title"
kind = "text"
label = "Titre"
required = true
[[writing.fields]]
id = "text"
kind = "long-text"
label = "Texte"
[[writing.fields]]
id = "story"
kind = "rich-text"
label = "Plus loin"
"#,
    ),
    (
        POLL,
        "questionnaire",
        r#"
[[writing.fields]]
id = "grade"
kind = "grade"
label = "Que vaut l’entretien ?"
required = true
grades = [{ id = "bien", label = "Bien" }, { id = "passable", label = "Passable" }]
[[writing.fields]]
id = "why"
kind = "long-text"
label = "Pourquoi ?"
"#,
    ),
    (
        CALL,
        "matching",
        r#"
[[writing.fields]]
id = "reason"
kind = "long-text"
label = "Vos raisons"
required = true
"#,
    ),
];

/// The site's files.
pub(crate) fn site() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    generator::new_site(folder.path(), Timestamp::now()).unwrap();
    for (id, kind, fields) in PROCESSES {
        write_process(folder.path(), id, kind, fields);
    }
    folder
}

fn write_process(site: &Path, id: &str, kind: &str, fields: &str) {
    let folder = site.join("content/ma-commune").join(id);
    fs::create_dir_all(&folder).unwrap();
    let page = format!(
        "+++\nkind = \"{kind}\"\ntitle = \"Démarche {id}\"\ndescription = \"Dites ce qui manque.\"\n\
         opens = 2020-01-10\ncloses = 2090-01-10\n[writing]\n{fields}+++\n\nBonjour.\n"
    );
    fs::write(folder.join("_index.md"), page).unwrap();
}

/// The site on an engine.
pub(crate) fn place(engine: Engine) -> Place {
    Place::of_site(site().path(), engine)
}

/// The site on every engine.
pub(crate) async fn places() -> Vec<Place> {
    let site = site();
    engines::all().await.into_iter().map(|engine| Place::of_site(site.path(), engine)).collect()
}

pub(crate) const NOON: &str = "2026-11-21T12:00:00Z";

/// The instant so many seconds after noon.
pub(crate) fn noon(seconds: i64) -> Timestamp {
    NOON.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

/// Opens a place where the clock stands at an instant.
pub(crate) async fn open_at(place: &Place, instant: Timestamp) -> Citizen {
    place.open(Door { clock: Clock::Stopped(instant), ..place.door.clone() }).await
}

/// Opens a place so many seconds after noon, under changed rules.
pub(crate) async fn open_under(place: &Place, seconds: i64, change: impl FnOnce(&mut Rulebook)) -> Citizen {
    let mut rules = (*place.rulebook).clone();
    change(&mut rules);
    let rulebook = watch::channel(Arc::new(rules)).1;
    place.open(Door { clock: Clock::Stopped(noon(seconds)), rulebook, ..place.door.clone() }).await
}

/// The place at noon, and five seconds later.
pub(crate) async fn open(place: &Place) -> (Citizen, Citizen) {
    (open_at(place, noon(0)).await, open_at(place, noon(5)).await)
}

pub(crate) fn address(process: &str) -> String {
    format!("/actes/{process}/ecrire")
}

/// A form that can be sent, as it lies in `public/`.
pub(crate) fn blank(place: &Place, process: &str) -> Page {
    let path = place.folder.path().join("public/ma-commune").join(process).join("ecrire/index.html");
    Page { status: 200, headers: Default::default(), html: fs::read_to_string(path).unwrap() }
}

/// The pairs with other values under some names.
pub(crate) fn with(mut pairs: Vec<Pair>, typed: &[(&str, &str)]) -> Vec<Pair> {
    for (name, _) in typed {
        pairs.retain(|(known, _)| known != name);
    }
    pairs.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    pairs
}

/// A page's form with something typed, sent by one of its buttons.
pub(crate) async fn send(
    citizen: &Citizen,
    process: &str,
    page: &Page,
    typed: &[(&str, &str)],
    go: &str,
) -> Page {
    let pairs = with(with(page.filled(), typed), &[("go", go)]);
    let parts: Vec<_> = pairs.into_iter().map(Into::into).collect();
    citizen.post_parts(&address(process), &parts).await.unwrap()
}

/// An idea, in order: what the first section asks, and the second.
pub(crate) fn idea(number: usize) -> Vec<(&'static str, String)> {
    vec![
        ("f-title", format!("Un banc devant l’école {number}")),
        ("f-theme", "eau".into()),
        ("f-story", format!("Pour **s’asseoir** à l’ombre, idée {number}.")),
    ]
}

pub(crate) fn borrowed<'a>(typed: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    typed.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

pub(crate) const PERSON: [(&str, &str); 3] =
    [("email", "jeanne@exemple.fr"), ("public_name", "Jeanne"), ("consent", "yes")];

/// The preview of something typed at noon, all sections at once as with JavaScript.
pub(crate) async fn preview(place: &Place, at_noon: &Citizen, process: &str, typed: &[(&str, &str)]) -> Page {
    let typed = [typed, &[("at", "9")]].concat();
    let page = send(at_noon, process, &blank(place, process), &typed, "next").await;
    assert_eq!(page.status, 200, "{}", page.refusals());
    assert!(page.html.contains("data-confirm"), "{}", page.html);
    page
}

/// Sends an idea; the page that asks for the code.
pub(crate) async fn ask(place: &Place, number: usize, person: &[(&str, &str)]) -> Page {
    let (at_noon, later) = open(place).await;
    let preview = preview(place, &at_noon, IDEAS, &borrowed(&idea(number))).await;
    send(&later, IDEAS, &preview, person, "send").await
}

/// Sends a code.
pub(crate) async fn confirm(citizen: &Citizen, process: &str, request: &str, code: &str) -> Page {
    let form = [("request", request), ("code", code)];
    citizen.post(&format!("{}/code", address(process)), &form).await.unwrap()
}

/// Sends an idea and its code; the receipt.
pub(crate) async fn deposit(place: &Place, number: usize) -> Page {
    let page = ask(place, number, &PERSON).await;
    let request = page.request().unwrap_or_else(|| panic!("no request: {}", page.refusals()));
    let code = place.code("jeanne@exemple.fr").unwrap();
    confirm(&open_at(place, noon(60)).await, IDEAS, &request, &code).await
}

/// The deposits of a process.
pub(crate) async fn deposits(place: &Place, process: &str) -> Vec<Stored> {
    deposits::list(&*place.engine.table, process, noon(0)).await.unwrap()
}

/// The answers to the questionnaire, as they would be long after.
pub(crate) async fn answers(place: &Place) -> Vec<Item> {
    let mut answers = Vec::new();
    for partition in questionnaire::partitions(POLL) {
        answers.extend(query_all(&*place.engine.table, &partition, noon(10_000_000_000)).await.unwrap());
    }
    answers
}

/// Every item that was ever committed, as it was then.
pub(crate) async fn rows(place: &Place) -> Vec<Item> {
    let (mut rows, mut position) = (Vec::new(), None);
    loop {
        let read = place.engine.table.changes(position.as_ref(), 100).await.unwrap();
        if read.changes.is_empty() {
            return rows;
        }
        rows.extend(read.changes.into_iter().filter_map(|change| change.new));
        position = Some(read.next);
    }
}

/// The path of an author's page, from the newest mail that has one.
pub(crate) fn own_path(place: &Place) -> String {
    let mails = place.outbox.mails();
    let words = mails.iter().flat_map(|mail| mail.body.split_whitespace());
    let url =
        words.into_iter().find(|word| word.contains("/depots/")).expect("a mail with the address").to_owned();
    url[url.find("/actes/").unwrap()..].to_owned()
}

/// What the form of an author's page sends.
pub(crate) async fn act(citizen: &Citizen, path: &str, go: &str) -> Page {
    let key = path.split("cle=").nth(1).unwrap();
    citizen.post(path, &[("cle", key), ("go", go)]).await.unwrap()
}
