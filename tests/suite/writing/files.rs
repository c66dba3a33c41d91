//! Files that are joined, over HTTP and without JavaScript, to the page on which they are published.

use super::site::*;
use domain::{
    deposit::Move,
    form::{Answer, Attachment, kinds::Media},
};
use fastrand::Rng;
use functions::{
    attachment::store::Nowhere,
    door::Door,
    lambda::connect,
    table::{Condition, Key, Table, Write, sqlite::SqliteTable},
};
use generator::{
    Build,
    desk::{Desk, pull},
};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use std::{
    fs,
    io::{Cursor, Write as _},
    sync::Arc,
};
use tests::{
    citizen::{Citizen, Page, Part},
    engines,
    place::Place,
};

fn encoded(image: DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn drawn(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 90])).into()
}

/// A photograph on its side that tells where it was taken.
pub(crate) fn photograph() -> Vec<u8> {
    let mut jpeg = encoded(drawn(640, 400), ImageFormat::Jpeg);
    let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02\
        \x01\x12\0\x03\0\0\0\x01\0\x06\0\0\
        \x01\x3b\0\x02\0\0\0\x0d\0\0\0\x26\
        \0\0\0\0Rue Secrete \0";
    let mut segment = vec![0xff, 0xe1, 0, exif.len() as u8 + 2];
    segment.extend(exif);
    jpeg.splice(2..2, segment);
    jpeg
}

pub(crate) fn pdf(text: &str) -> Vec<u8> {
    format!("%PDF-1.7\n% {text}\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[]/Count 0>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n").into_bytes()
}

/// A text document, with one more file in it.
pub(crate) fn docx(name: &str, content: &[u8]) -> Vec<u8> {
    let types = "<Types><Override ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, content) in [("[Content_Types].xml", types.as_bytes()), (name, content)] {
        archive.start_file(name, options).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn file(input: &str, name: &str, content: impl Into<Vec<u8>>) -> Part {
    Part { name: input.into(), file: Some(name.into()), content: content.into() }
}

/// A page's form with something typed and files chosen, sent by one of its buttons.
async fn send_files(
    citizen: &Citizen,
    page: &Page,
    typed: &[(&str, &str)],
    files: &[Part],
    go: &str,
) -> Page {
    let pairs = with(with(page.filled(), typed), &[("go", go)]);
    let parts: Vec<Part> = files.iter().cloned().chain(pairs.into_iter().map(Into::into)).collect();
    citizen.post_parts(&address(PHOTOS), &parts).await.unwrap()
}

/// The files that are stored, by their names, sorted.
fn stored(place: &Place) -> Vec<String> {
    let folder = place.folder.path().join("attachments");
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Sends the preview and its code.
async fn finish(place: &Place, preview: &Page) -> Page {
    let page = send_to(&open_at(place, noon(10)).await, preview, &PERSON, "send").await;
    let request = page.request().unwrap_or_else(|| panic!("no request: {}", page.refusals()));
    confirm(&open_at(place, noon(60)).await, PHOTOS, &request, &place.code("jeanne@exemple.fr").unwrap())
        .await
}

async fn send_to(citizen: &Citizen, page: &Page, typed: &[(&str, &str)], go: &str) -> Page {
    send(citizen, PHOTOS, page, typed, go).await
}

pub(crate) fn files(answer: &Answer) -> &[Attachment] {
    let Answer::Files(files) = answer else { panic!("{answer:?}") };
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_with_files_goes_from_the_form_to_the_published_page() {
    for engine in engines::all().await {
        let site = site();
        let place = Place::of_site(site.path(), engine);
        let name = place.engine.name;
        let (at_noon, _) = open(&place).await;

        let photos = [file("f-photo", "C:\\Mes images\\Façade.JPG", photograph())];
        let typed = [("f-title", "Une façade"), ("f-caption", "La mairie")];
        let second = send_files(&at_noon, &blank(&place, PHOTOS), &typed, &photos, "next").await;
        assert_eq!(
            (second.status, second.section()),
            (200, vec!["1".to_owned()]),
            "{name}: {}",
            second.refusals()
        );
        assert!(second.text("[data-slot-html=files-photo]").contains("facade.jpg"), "{name}");

        let documents = [
            file("f-plan", "plan.php.docx", docx("word/document.xml", b"<w/>")),
            file("f-proof", "loyer.pdf", pdf("x")),
        ];
        let preview = send_files(&at_noon, &second, &[], &documents, "next").await;
        assert_eq!(preview.status, 200, "{name}: {}", preview.refusals());
        let answers = preview.text("[data-slot-html=answers]");
        for shown in ["facade.jpg", "La mairie", "plan-php.docx", "loyer.pdf"] {
            assert!(answers.contains(shown), "{name}: {shown} in {answers}");
        }
        // Back to the form and forth again: all is still there.
        let edit = send_to(&at_noon, &preview, &[], "edit").await;
        assert_eq!((edit.status, edit.section()), (200, vec!["0".to_owned()]), "{name}");
        let preview = send_to(&at_noon, &edit, &[("at", "9")], "next").await;
        assert_eq!(preview.text("[data-slot-html=answers]"), answers, "{name}");

        let receipt = finish(&place, &preview).await;
        assert_eq!(receipt.status, 200, "{name}: {}", receipt.refusals());
        let kept = deposits(&place, PHOTOS).await;
        let deposit = &kept[0].deposit;
        let photo = &files(&deposit.answers["photo"])[0];
        assert_eq!((photo.media, &*photo.name), (Media::Jpeg, "facade.jpg"), "{name}");
        assert_eq!(stored(&place).len(), 3, "{name}");

        // Published, pulled, built.
        let desk =
            Desk::on(site.path(), place.engine.table.clone(), place.door.secret.clone(), noon(100)).unwrap();
        let desk = desk.with_attachments(place.door.attachments.clone());
        for did in [Move::Take, Move::Admit, Move::Publish] {
            let filed = desk.find(&deposit.reference).await.unwrap();
            desk.make(&filed, did, "Comité").await.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        pull::pull(&desk, site.path()).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            pull::pull(&desk, site.path()).await.unwrap(),
            pull::Pulled::default(),
            "{name}: twice is once"
        );
        let folder = site.path().join("content/ma-commune/photos/depots").join(&deposit.slug);
        let page = fs::read_to_string(folder.join("index.md")).unwrap();
        assert!(
            page.contains("figure(src=\"facade.jpg\"") && page.contains("file = \"plan-php.docx\""),
            "{name}: {page}"
        );
        assert!(!page.contains("loyer") && !folder.join("loyer.pdf").exists(), "{name}: {page}");
        let image = fs::read(folder.join("facade.jpg")).unwrap();
        assert!(!image.windows(4).any(|word| word == b"Exif" || word == b"Secr"), "{name}");
        let image = image::load_from_memory(&image).unwrap();
        assert_eq!((image.width(), image.height()), (400, 640), "{name}: turned as it says");

        let output = site.path().join("public");
        let built = generator::build(&Build { quick: true, ..Build::new(site.path(), &output, noon(100)) });
        built.unwrap_or_else(|error| panic!("{name}: {error}"));
        let html = fs::read_to_string(
            output.join("ma-commune/photos/depots").join(&deposit.slug).join("index.html"),
        )
        .unwrap();
        assert!(
            html.contains("alt=\"Image jointe par la personne") && html.contains("plan-php.docx"),
            "{name}: {html}"
        );
        assert!(!html.contains("loyer"), "{name}");

        // Agents get all of them.
        let filed = desk.find(&deposit.reference).await.unwrap();
        let copies = site.path().join("copies");
        let copied = desk.copy_files(&filed, &copies).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        let copied: Vec<&str> =
            copied.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(copied, ["facade.jpg", "plan-php.docx", "loyer.pdf"], "{name}");
        assert_eq!(fs::read(copies.join("loyer.pdf")).unwrap(), pdf("x"), "{name}");

        // What an editor removes stays removed.
        fs::remove_file(folder.join("facade.jpg")).unwrap();
        assert_eq!(pull::pull(&desk, site.path()).await.unwrap(), pull::Pulled::default(), "{name}");
        assert!(!folder.join("facade.jpg").exists(), "{name}");

        // With the deposit they leave the site.
        let reason = domain::deposit::HideReason::Copyright;
        desk.make(&filed, Move::Hide { reason }, "Comité")
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        pull::pull(&desk, site.path()).await.unwrap();
        assert!(!folder.exists(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i11_a_file_that_is_not_taken_is_named_and_nothing_of_it_is_stored() {
    let place = place(engines::sqlite());
    let (at_noon, _) = open(&place).await;
    let first = blank(&place, PHOTOS);
    let mut polyglot = photograph();
    let comment = [&b"\xff\xfe\x00\x20"[..], b"%PDF-1.7\n1 0 obj <<>> endobj\n "].concat();
    polyglot.splice(2..2, comment);
    let html = b"<!DOCTYPE html><script>alert(1)</script>".to_vec();
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".to_vec();
    let large = vec![0; 2_000_001];
    for (name, content, said) in [
        ("page.jpg", html, "type"),
        ("dessin.png", svg, "type"),
        ("\u{202e}gpj.exe", b"MZ\0\0".to_vec(), "type"),
        ("deux.jpg", polyglot, "deux sortes"),
        ("lourd.jpg", large, "trop lourd"),
        ("coupe.jpg", photograph()[..300].to_vec(), "abîmé"),
        ("plan.pdf", pdf("un plan"), "type"),
    ] {
        let page = send_files(
            &at_noon,
            &first,
            &[("f-title", "Une façade")],
            &[file("f-photo", name, content)],
            "next",
        )
        .await;
        assert_eq!(
            (page.status, page.fields_at_fault()),
            (422, vec!["f-photo".to_owned()]),
            "{name}: {}",
            page.refusals()
        );
        let refusal = page.text("[data-error=f-photo]");
        let known = name.trim_start_matches('\u{202e}');
        assert!(
            refusal.contains(known) && refusal.contains(said) && refusal.contains("Des photos"),
            "{name}: {refusal}"
        );
        assert_eq!(page.attribute("input[name=f-title]", "value").as_deref(), Some("Une façade"), "{name}");
    }
    for (content, said) in [
        (docx("word/media/x.bin", &vec![0; 30_000_000]), "démesuré"),
        (docx("word/vbaProject.bin", b"x"), "programme"),
        (docx("../../x", b"x"), "abîmé"),
        (pdf("/JS (app.alert(1))"), "programme"),
    ] {
        let typed = [("f-title", "Une façade"), ("at", "9")];
        let page = send_files(&at_noon, &first, &typed, &[file("f-plan", "plan", content)], "next").await;
        assert_eq!(page.status, 422);
        let refusal = page.text("[data-error=f-plan]");
        assert!(refusal.contains(said), "{said}: {refusal}");
    }
    assert!(stored(&place).is_empty(), "{:?}", stored(&place));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_files_are_taken_up_to_their_number_and_each_can_be_dropped() {
    let place = place(engines::sqlite());
    let (at_noon, _) = open(&place).await;
    let png = |size| encoded(drawn(size, size), ImageFormat::Png);
    let three = [
        file("f-photo", "un.png", png(10)),
        file("f-photo", "encore-un.png", png(10)),
        file("f-photo", "deux.webp", encoded(drawn(20, 20), ImageFormat::WebP)),
        file("f-photo", "trois.png", png(30)),
        file("f-photo", "faux.png", b"x".to_vec()),
    ];
    let page = send_files(&at_noon, &blank(&place, PHOTOS), &[("f-title", "Trois")], &three, "next").await;
    assert_eq!(page.status, 422);
    let (list, refusal) = (page.text("[data-slot-html=files-photo]"), page.text("[data-error=f-photo]"));
    assert!(
        list.contains("un.png")
            && list.contains("deux.")
            && !list.contains("encore")
            && !list.contains("trois"),
        "{list}"
    );
    assert!(refusal.contains("trois.png") && refusal.contains("faux.png"), "{refusal}");
    assert_eq!(stored(&place).len(), 2);

    let boxes = page.all("[data-slot-html=files-photo] input[type=checkbox]", "value");
    let next = send_files(
        &at_noon,
        &page,
        &[("drop-photo", &boxes[0])],
        &[file("f-photo", "trois.png", png(30))],
        "next",
    )
    .await;
    assert_eq!((next.status, next.section()), (200, vec!["1".to_owned()]), "{}", next.refusals());
    let list = next.text("[data-slot-html=files-photo]");
    assert!(!list.contains("un.png") && list.contains("deux.") && list.contains("trois.png"), "{list}");

    // A file that is named by who did not send it is none.
    let forged =
        next.filled().into_iter().find(|(name, _)| name == "files-photo").unwrap().1.replace("deux", "faux");
    let typed = [("f-title", "Trois"), ("at", "9"), ("files-photo", forged.as_str())];
    let page = send_to(&at_noon, &blank(&place, PHOTOS), &typed, "next").await;
    assert_eq!((page.status, page.fields_at_fault()), (422, vec!["f-photo".to_owned()]));
    assert!(page.text("[data-slot-html=files-photo]").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_author_who_edits_keeps_their_files_and_is_told_of_one_that_is_gone() {
    let place = place(engines::sqlite());
    let (at_noon, _) = open(&place).await;
    let photos = [file("f-photo", "une.jpg", photograph()), file("f-plan", "plan.pdf", pdf("un"))];
    let typed = [("f-title", "Une façade"), ("at", "9")];
    let preview = send_files(&at_noon, &blank(&place, PHOTOS), &typed, &photos, "next").await;
    assert_eq!(preview.status, 200, "{}", preview.refusals());
    finish(&place, &preview).await;

    let later = open_at(&place, noon(200)).await;
    let form = act(&later, &own_path(&place), "edit").await;
    assert!(form.text("[data-slot-html=files-photo]").contains("une.jpg"), "{}", form.html);
    let preview = send_to(&later, &form, &[("f-title", "Deux façades"), ("at", "9")], "next").await;
    assert_eq!(preview.status, 200, "{}", preview.refusals());
    let done = send_to(&open_at(&place, noon(210)).await, &preview, &[], "send").await;
    assert_eq!(done.status, 200, "{}", done.refusals());
    let kept = deposits(&place, PHOTOS).await;
    let deposit = &kept[0].deposit;
    assert_eq!((deposit.revision, files(&deposit.answers["photo"]).len()), (2, 1));

    let form = act(&open_at(&place, noon(300)).await, &own_path(&place), "edit").await;
    let plan = &files(&deposit.answers["plan"])[0];
    fs::remove_file(place.folder.path().join("attachments").join(&plan.id)).unwrap();
    let preview =
        send_to(&open_at(&place, noon(300)).await, &form, &[("f-title", "Rien"), ("at", "9")], "next").await;
    let refused = send_to(&open_at(&place, noon(310)).await, &preview, &[], "send").await;
    assert_eq!((refused.status, refused.fields_at_fault()), (422, vec!["f-plan".to_owned()]));
    assert!(
        refused.refusals().contains("plan.pdf") && refused.text("[data-slot-html=files-plan]").is_empty()
    );
    assert!(refused.text("[data-slot-html=files-photo]").contains("une.jpg"));
    assert_eq!(deposits(&place, PHOTOS).await[0].deposit.revision, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_is_no_store_files_are_refused_politely() {
    let place = place(engines::sqlite());
    let door = Door {
        attachments: Arc::new(Nowhere),
        clock: functions::door::Clock::Stopped(noon(0)),
        ..place.door.clone()
    };
    let citizen = place.open(door).await;
    let photos = [file("f-photo", "une.jpg", photograph())];
    let page =
        send_files(&citizen, &blank(&place, PHOTOS), &[("f-title", "Une façade")], &photos, "next").await;
    assert_eq!((page.status, page.fields_at_fault()), (422, vec!["f-photo".to_owned()]));
    assert!(page.text("[data-error=f-photo]").contains("ne peuvent pas encore"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_bytes_come_they_are_answered_and_only_known_types_are_stored() {
    let place = place(engines::sqlite());
    let (at_noon, _) = open(&place).await;
    let first = blank(&place, PHOTOS);
    let samples = [
        photograph(),
        encoded(drawn(9, 9), ImageFormat::Png),
        encoded(drawn(9, 9), ImageFormat::WebP),
        pdf("x"),
        docx("word/document.xml", b"<w/>"),
        b"GIF89a".to_vec(),
    ];
    let mut rng = Rng::with_seed(11);
    for _ in 0..400 {
        let parts: Vec<Part> = (0..rng.usize(1..4))
            .map(|_| {
                let mut content = samples[rng.usize(..samples.len())].clone();
                for _ in 0..rng.usize(..12) {
                    let place = rng.usize(..content.len());
                    match rng.u8(..4) {
                        0 => content.truncate(place.max(1)),
                        1 => content.extend_from_slice(&samples[rng.usize(..samples.len())]),
                        _ => content[place] = rng.u8(..),
                    }
                }
                let name: String = (0..rng.usize(..20)).map(|_| rng.char('!'..'\u{2fff}')).collect();
                let input = ["f-photo", "f-plan", "f-proof", "f-title", "f-none"][rng.usize(..5)];
                file(input, &name.replace(['"', '\r', '\n'], "_"), content)
            })
            .collect();
        let page = send_files(&at_noon, &first, &[("f-title", "x"), ("at", "9")], &parts, "next").await;
        assert!(page.status < 500, "{}: {}", page.status, page.html);
    }
    let known: [&[u8]; 4] = [b"\xff\xd8\xff", b"\x89PNG", b"%PDF-", b"PK\x03\x04"];
    let names = stored(&place);
    assert!(!names.is_empty());
    for name in names {
        let bytes = fs::read(place.folder.path().join("attachments").join(&name)).unwrap();
        assert!(known.iter().any(|mark| bytes.starts_with(mark)), "{name}");
        assert!(functions::attachment::is_id(&name), "{name}");
    }
}

#[tokio::test]
async fn i7_the_files_that_live_rows_name_are_known_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let embedded = SqliteTable::open(&folder.path().join("table.db")).unwrap();
    let engine = engines::dynoxide().await;
    let dynamo =
        connect(engines::table_name(), &engines::account(), Some(engine.endpoint.as_deref().unwrap()));
    let file = |id: char| {
        let id = id.to_string().repeat(32);
        serde_json::json!({ "plan": { "files": [{ "id": id, "name": "plan.pdf", "media": "pdf", "size": 1 }] } })
    };
    let write = |partition: &str, expires, row: &serde_json::Value| {
        Write::put(Key::new(partition, "x"), Condition::Absent, expires, row).unwrap()
    };
    let deposit = |state: &str, id| serde_json::json!({ "state": state, "answers": file(id) });
    let writes = vec![
        write("deposit#idees#0", Some(noon(100)), &deposit("published", '1')),
        write("deposit#idees#1", Some(noon(-1)), &deposit("published", '2')),
        write("writing#idees#0", Some(noon(100)), &file('3')),
        write("answer#sondage#00", None, &file('4')),
        write("other#idees", None, &file('5')),
        write("deposit#idees#2", Some(noon(100)), &deposit("withdrawn", '6')),
    ];
    embedded.commit(writes.clone(), noon(-10)).await.unwrap();
    dynamo.commit(writes, noon(-10)).await.unwrap();
    for named in [embedded.named_files(noon(0)).await, dynamo.named_files(noon(0)).await] {
        let named = named.unwrap();
        let named: Vec<&str> = named.iter().map(|id| &id[..1]).collect();
        assert_eq!(named, ["1", "3", "4"]);
    }
}
