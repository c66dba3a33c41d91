//! Every kind of field from what an editor declares to where an answer arrives: what is wrong is said at its field and
//! kept, what is right is taken, read again, stored, exported and published.

pub(crate) mod form;

use crate::writing::site::{confirm, noon, open_at};
use domain::{deposit::Move, secret::Secret};
use form::{FILES, FORM, Field, Typed, declared};
use functions::attachment::store::Folder;
use generator::desk::{Desk, pull};
use std::{collections::BTreeMap, fs, sync::Arc};
use tempfile::TempDir;
use tests::{
    citizen::{Citizen, Page, Pair, Part},
    engines,
    place::{Place, small_site},
};

const PROCESS: &str = "idees";

/// A small site with the form.
pub(crate) fn site() -> TempDir {
    let town = "+++\nkind = \"organisation\"\ntitle = \"Ville de Valgarenne\"\nterritory = \"departement\"\n\
                communes = \"communes.csv\"\n+++\n";
    let ideas = format!(
        "+++\nkind = \"ideas\"\ntitle = \"Boîte à idées\"\ndescription = \"Dites ce qui manque.\"\n\
         opens = 2020-01-10\ncloses = 2090-01-10\n[writing]\n{}+++\n\nBonjour.\n",
        declared()
    );
    small_site(&[
        ("_index.md", town),
        ("communes.csv", "code;nom\n99001;Valgarenne\n99002;Saint-Rémy\n"),
        ("idees/_index.md", &ideas),
        ("idees/banc.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"30\"/>"),
    ])
}

/// What is never asked: the conditions of the one do not hold, and the other is for agents.
const UNASKED: [&str; 2] = ["neither", "notes"];

/// The fields of each section that are asked.
fn sections() -> Vec<Vec<&'static Field>> {
    let mut sections: Vec<Vec<&Field>> = Vec::new();
    for field in FORM {
        if field.is_section() {
            sections.push(Vec::new());
        } else if let Some(section) = sections.last_mut()
            && !field.id.is_empty()
            && !UNASKED.contains(&field.id)
        {
            section.push(field);
        }
    }
    sections
}

/// A file that was joined on an earlier page.
fn has_file(page: &Page, field: &Field) -> bool {
    FILES.iter().any(|(name, _)| page.text(&format!("[data-slot-html=files-{}]", field.id)).contains(name))
}

/// The page's form with other things typed in some of its fields, sent to be gone on with.
async fn send(citizen: &Citizen, page: &Page, typed: &[(&Field, Typed)]) -> Page {
    let mut pairs: Vec<Pair> = page.filled();
    let mut files = Vec::new();
    for (field, values) in typed {
        let (own, parts) = (field.name(""), format!("{}-", field.name("")));
        pairs.retain(|(name, _)| *name != own && !name.starts_with(&parts));
        for (part, value) in *values {
            match FILES.iter().find(|(name, _)| name == value) {
                Some((name, content)) if !has_file(page, field) => files.push(Part {
                    name: field.name(part),
                    file: Some((*name).to_owned()),
                    content: content.as_bytes().to_vec(),
                }),
                Some(_) => {}
                None => pairs.push((field.name(part), (*value).to_owned())),
            }
        }
    }
    pairs.push(("go".to_owned(), "next".to_owned()));
    let parts: Vec<Part> = pairs.into_iter().map(Into::into).chain(files).collect();
    citizen.post_parts(&crate::writing::site::address(PROCESS), &parts).await.unwrap()
}

/// What is read, whatever lies between the words.
fn squeezed(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Fills a section in, first with every mistake there is; gives the page that follows.
async fn fill(citizen: &Citizen, mut page: Page, number: usize, name: &str) -> Page {
    let fields = &sections()[number];
    let rounds = fields.iter().map(|field| field.wrong.len()).max().unwrap_or_default();
    for round in 0..rounds {
        let typed: Vec<_> = fields
            .iter()
            .map(|field| (*field, field.wrong.get(round).map_or(field.right, |wrong| wrong.typed)))
            .collect();
        page = send(citizen, &page, &typed).await;
        assert_eq!((page.status, page.section()), (422, vec![number.to_string()]), "{name}: round {round}");
        let wrong: Vec<_> =
            fields.iter().filter_map(|field| Some((field, field.wrong.get(round)?))).collect();
        let expected: Vec<String> = wrong.iter().map(|(field, wrong)| field.name(wrong.part)).collect();
        assert_eq!(page.fields_at_fault(), expected, "{name}: {}", page.refusals());
        for (field, wrong) in wrong {
            let said = page.text(&format!("[data-error={}]", field.name("")));
            assert!(squeezed(&said).contains(&squeezed(wrong.says)), "{name}: {}: {said}", field.id);
        }
        let filled = page.filled();
        for (field, values) in &typed {
            for (part, value) in values.iter().filter(|(_, value)| FILES.iter().all(|file| file.0 != *value))
            {
                let pair = (field.name(part), (*value).to_owned());
                assert!(filled.contains(&pair), "{name}: {pair:?} is lost: {filled:?}");
            }
        }
    }
    let right: Vec<_> = fields.iter().map(|field| (*field, field.right)).collect();
    send(citizen, &page, &right).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_field_is_refused_or_taken_read_again_stored_and_published() {
    let site = site();
    for engine in engines::all().await {
        let name = engine.name;
        let place = Place::of_site(site.path(), engine);
        let at_noon = open_at(&place, noon(0)).await;
        let path = place.folder.path().join("public/ville/idees/ecrire/index.html");
        let mut page =
            Page { status: 200, headers: Default::default(), html: fs::read_to_string(path).unwrap() };
        for number in 0..sections().len() {
            assert_eq!(page.section(), [number.to_string()], "{name}");
            page = fill(&at_noon, page, number, name).await;
            assert_eq!(page.status, 200, "{name}: {}", page.refusals());
        }
        let read = squeezed(&page.text("[data-slot-html=answers]"));
        for field in FORM.iter().filter(|field| !field.shown.is_empty()) {
            assert!(read.contains(&squeezed(field.shown)), "{name}: {}: {} in {read}", field.id, field.shown);
        }
        // What is not asked is not kept, whoever sends it.
        let mut pairs = page.filled();
        pairs.extend(UNASKED.map(|id| (format!("f-{id}"), "Glissé là".to_owned())));
        let person =
            [("email", "jeanne@exemple.fr"), ("public_name", "Jeanne"), ("consent", "yes"), ("go", "send")];
        pairs.retain(|(name, _)| person.iter().all(|(other, _)| name != other));
        pairs.extend(person.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let parts: Vec<Part> = pairs.into_iter().map(Into::into).collect();
        let later = open_at(&place, noon(10)).await;
        let page = later.post_parts(&crate::writing::site::address(PROCESS), &parts).await.unwrap();
        let request = page.request().unwrap_or_else(|| panic!("{name}: {}", page.refusals()));
        let code = place.code("jeanne@exemple.fr").unwrap();
        let receipt = confirm(&later, PROCESS, &request, &code).await;
        assert_eq!(receipt.status, 200, "{name}: {}", receipt.refusals());

        let attachments = Arc::new(Folder::new(place.folder.path().join("attachments")));
        let desk = Desk::on(site.path(), place.engine.table.clone(), Secret::new([7; 32]), noon(20));
        let desk = desk.unwrap_or_else(|error| panic!("{error}")).with_attachments(attachments);
        assert_eq!(assert_exported(&desk).await, 1, "{name}");
        assert_published(&desk, &receipt.text("[data-slot=reference]")).await;
    }
}

/// Every line of the export holds what was typed rightly; gives how many there are.
pub(crate) async fn assert_exported(desk: &Desk) -> usize {
    let export = desk.export(PROCESS, true).await.unwrap();
    let mut table = csv::Reader::from_reader(export.as_bytes());
    let lines: Vec<BTreeMap<String, String>> = table.deserialize().map(Result::unwrap).collect();
    for line in &lines {
        for field in FORM.iter().filter(|field| !field.id.is_empty()) {
            let cell = line[field.id].replace(['\u{a0}', '\u{202f}'], " ");
            assert_eq!(cell, field.exported, "{}", field.id);
        }
    }
    lines.len()
}

/// The published page tells what everybody reads, and no personal data (I7).
async fn assert_published(desk: &Desk, reference: &str) {
    for did in [Move::Take, Move::Admit, Move::Publish] {
        let filed = desk.find(reference).await.unwrap();
        desk.make(&filed, did, "Ada").await.unwrap();
    }
    let content = tempfile::tempdir().unwrap();
    let pulled = pull::pull(desk, content.path()).await.unwrap();
    let page = pulled.written.iter().find(|path| path.ends_with("index.md")).unwrap();
    let page =
        fs::read_to_string(content.path().join(page)).unwrap().replace(['\\', '\u{a0}', '\u{202f}'], "");
    let page = squeezed(&page);
    for field in FORM.iter().filter(|field| !field.exported.is_empty() && field.id != "rules") {
        let words = squeezed(field.exported.trim_start_matches('\''));
        let is_personal = ["born", "home", "post", "phone", "abroad"].contains(&field.id);
        assert_eq!(page.contains(&words), !is_personal, "{}: {words} in {page}", field.id);
    }
}
