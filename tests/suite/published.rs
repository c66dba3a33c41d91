//! What readers do with published texts, over HTTP and without JavaScript: they find those that are close to what they
//! write, and tell of those that should not be there.

use axum::Extension;
use domain::{
    deposit::HideReason,
    report::{Form, Report},
    similar::{Known, Published, closest, telling},
};
use functions::{
    client::ClientAddress,
    door::{Clock, Door},
    reports,
    routes::router,
};
use generator::desk::{Desk, pull};
use jiff::{SignedDuration, Timestamp};
use std::{fs, path::Path, process::Command};
use tempfile::TempDir;
use tests::{
    citizen::{Citizen, Page},
    engines::{self, Engine},
    place::{Place, small_site},
};

const IDEAS: &str = r#"+++
kind = "ideas"
title = "Boîte à idées"
description = "Une idée pour la ville."
opens = 2020-01-01
closes = 2090-01-01
[writing]
[[writing.fields]]
id = "title"
kind = "text"
label = "Titre"
required = true
[[writing.fields]]
id = "text"
kind = "long-text"
label = "Votre idée"
[support]
closes = 2090-01-01
communes = "any"
+++
"#;

/// A call for projects that is over: nothing can be written or supported.
const CALL: &str = "+++\nkind = \"call\"\ntitle = \"Appel\"\ndescription = \"Clos.\"\n+++\n";

fn deposit(title: &str) -> String {
    format!(
        "+++\nkind = \"deposit\"\ntitle = \"{title}\"\ndescription = \"Devant l’école.\"\nauthor = \"A\"\ndate = 2024-01-02\n\
         [decision]\nstate = \"admissible\"\ndate = 2024-01-01\nby = \"B\"\n+++\n\nVoici.\n"
    )
}

fn site() -> TempDir {
    small_site(&[
        ("idees/_index.md", IDEAS),
        ("idees/depots/banc/index.md", &deposit("Un banc à l’ombre")),
        ("idees/depots/velo/index.md", &deposit("Une piste cyclable <i>rue</i> Pasteur")),
        ("appel/_index.md", CALL),
        ("appel/depots/four/index.md", &deposit("Un four à pain")),
    ])
}

async fn places() -> Vec<Place> {
    let site = site();
    engines::all().await.into_iter().map(|engine| Place::of_site(site.path(), engine)).collect()
}

fn place(engine: Engine) -> Place {
    Place::of_site(site().path(), engine)
}

const BENCH: &str = "/actes/idees/banc/signaler";

fn form(reason: &str, text: &str) -> Form {
    Form { reason: reason.into(), text: text.into(), website: String::new() }
}

async fn told(place: &Place, process: &str, deposit: &str, now: Timestamp) -> Vec<Report> {
    reports::list(&*place.engine.table, process, deposit, now).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_tells_of_a_text_and_an_agent_reads_it_until_a_year_has_passed() {
    for place in places().await {
        let name = place.engine.name;
        let citizen = place.open(place.door.clone()).await;
        let before = Timestamp::now();
        let page = citizen.post(BENCH, &form("private-life", " Le nom d’un enfant.\r\nIci. ")).await.unwrap();
        assert_eq!(page.status, 200, "{name}: {}", page.refusals());
        assert!(page.text("h1").contains("reçu"), "{name}");
        let kept = told(&place, "idees", "banc", Timestamp::now()).await;
        assert_eq!(kept.len(), 1, "{name}");
        assert_eq!(
            (kept[0].reason, &*kept[0].text),
            (HideReason::PrivateLife, "Le nom d’un enfant.\nIci."),
            "{name}"
        );

        // The same form again is the same report; another is another, and the page is the same for all.
        let again =
            citizen.post(BENCH, &form("private-life", " Le nom d’un enfant.\r\nIci. ")).await.unwrap();
        assert_eq!((again.status, &again.html), (200, &page.html), "{name}");
        assert_eq!(told(&place, "idees", "banc", Timestamp::now()).await.len(), 1, "{name}");
        let other = citizen.post(BENCH, &form("spam", "")).await.unwrap();
        assert_eq!(other.html, page.html, "{name}");
        assert_eq!(told(&place, "idees", "banc", Timestamp::now()).await.len(), 2, "{name}");
        assert_eq!(told(&place, "idees", "velo", Timestamp::now()).await.len(), 0, "{name}");

        // Where nothing can be written or supported, too.
        let closed = citizen.post("/actes/appel/four/signaler", &form("off-topic", "")).await.unwrap();
        assert_eq!(closed.status, 200, "{name}: {}", closed.refusals());
        let site = site();
        let desk =
            Desk::on(site.path(), place.engine.table.clone(), place.door.secret.clone(), Timestamp::now());
        let desk = desk.unwrap_or_else(|error| panic!("{error}"));
        let all = desk.reports(None).await.unwrap();
        assert_eq!(all.len(), 3, "{name}");
        assert!(all[0].url.ends_with("/ville/idees/depots/banc/"), "{name}: {}", all[0].url);
        assert_eq!(desk.reports(Some("appel")).await.unwrap().len(), 1, "{name}");

        let year = SignedDuration::from_hours(365 * 24);
        assert_eq!(
            told(&place, "idees", "banc", before + year - SignedDuration::from_secs(1)).await.len(),
            2
        );
        let after = Timestamp::now() + year + SignedDuration::from_secs(1);
        assert_eq!(told(&place, "idees", "banc", after).await.len(), 0, "{name}");
    }
}

#[tokio::test]
async fn i11_a_report_without_reason_comes_back_as_it_was_typed() {
    let place = place(engines::sqlite());
    let citizen = place.open(place.door.clone()).await;
    let page = citizen.post(BENCH, &form("erasure", "Voici </textarea> pourquoi")).await.unwrap();
    assert_eq!((page.status, page.fields_at_fault()), (422, vec!["reason".to_owned()]));
    assert!(page.filled().contains(&("text".into(), "Voici </textarea> pourquoi".into())), "{}", page.html);
    let page = citizen.post(BENCH, &form("spam", &"é".repeat(1_001))).await.unwrap();
    assert_eq!((page.status, page.fields_at_fault()), (422, vec!["text".to_owned()]));
    assert!(page.refusals().replace('\u{202f}', " ").contains("1 000"), "{}", page.refusals());
    assert!(page.filled().contains(&("reason".into(), "spam".into())), "{}", page.html);
    let page = citizen.post(BENCH, &form("spam", &"é".repeat(20_000))).await.unwrap();
    assert_eq!(page.status, 413);
    assert_eq!(told(&place, "idees", "banc", Timestamp::now()).await.len(), 0);
}

#[tokio::test]
async fn what_no_person_filled_in_is_not_kept_and_looks_as_if_it_were() {
    let place = place(engines::sqlite());
    let citizen = place.open(place.door.clone()).await;
    let honest = citizen.post(BENCH, &form("spam", "a")).await.unwrap();
    let trapped = Form { website: "http://x.example".into(), ..form("spam", "b") };
    assert_eq!(citizen.post(BENCH, &trapped).await.unwrap().html, honest.html);
    assert_eq!(told(&place, "idees", "banc", Timestamp::now()).await.len(), 1);
}

#[tokio::test]
async fn i5_reading_the_address_of_a_report_leads_to_its_form_and_what_is_not_published_has_none() {
    let place = place(engines::sqlite());
    let citizen = place.open(place.door.clone()).await;
    let page = citizen.get(BENCH).await.unwrap();
    assert_eq!(
        (page.status, page.headers["location"].to_str().unwrap()),
        (303, "/ville/idees/depots/banc/signaler/")
    );
    assert!(place.folder.path().join("public/ville/idees/depots/banc/signaler/index.html").exists());
    for path in ["/actes/idees/autre/signaler", "/actes/autre/banc/signaler"] {
        assert_eq!(citizen.post(path, &form("spam", "")).await.unwrap().status, 404);
        assert_eq!(citizen.get(path).await.unwrap().status, 404);
    }
}

#[tokio::test]
async fn a_network_tells_twenty_times_an_hour_and_others_go_on() {
    let place = place(engines::sqlite());
    let from = |address: [u8; 4]| {
        let clock = Clock::Stopped("2026-11-21T12:30:00Z".parse().unwrap());
        let door = Door { clock, ..place.door.clone() };
        router(door).layer(Extension(ClientAddress(address.into())))
    };
    let open = async |address| {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let router = from(address);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Citizen::new(format!("http://{at}"))
    };
    let (one, other) = (open([203, 0, 113, 7]).await, open([198, 51, 100, 7]).await);
    for number in 0..20 {
        assert_eq!(one.post(BENCH, &form("spam", &number.to_string())).await.unwrap().status, 200);
    }
    let page = one.post(BENCH, &form("spam", "encore")).await.unwrap();
    assert_eq!(page.status, 429);
    assert!(page.filled().contains(&("text".into(), "encore".into())), "{}", page.html);
    // What was told already is no other one, and another network is another reader.
    assert_eq!(one.post(BENCH, &form("spam", "3")).await.unwrap().status, 200);
    assert_eq!(other.post(BENCH, &form("spam", "3")).await.unwrap().status, 200);
    let now = "2026-11-21T12:30:00Z".parse().unwrap();
    assert_eq!(told(&place, "idees", "banc", now).await.len(), 21);
}

#[tokio::test]
async fn the_preview_leads_to_published_texts_that_are_close() {
    let place = place(engines::sqlite());
    let citizen = place.open(place.door.clone()).await;
    let preview = async |title: &'static str| -> Page {
        let typed = [("at", "0"), ("f-title", title), ("f-text", "Pour s’asseoir."), ("go", "next")];
        let page = citizen.post("/actes/idees/ecrire", &typed).await.unwrap();
        assert_eq!(page.status, 200, "{}", page.refusals());
        page
    };
    let page = preview("Des pistes : une piste cyclable rue Pasteur").await;
    let links = page.all("[data-slot-html=similar] a", "href");
    assert_eq!(links, ["/ville/idees/depots/velo/"]);
    let shown = page.text("[data-slot-html=similar]");
    assert!(shown.contains("&lt;i&gt;rue") && shown.contains("soutenir"), "{shown}");
    let page = preview("Un composteur").await;
    assert_eq!(page.text("[data-slot-html=similar]"), "");
}

#[test]
fn the_script_of_the_form_finds_the_same_texts_as_the_rules() {
    const WORDS: [&str; 14] = [
        "banc",
        "Bancs",
        "l’école",
        "ÉCOLE",
        "ombre",
        "cœur",
        "COEUR",
        "rue",
        "Pasteur",
        "12",
        "piste",
        "de",
        "œuvre",
        "straße",
    ];
    let mut rng = fastrand::Rng::with_seed(7);
    let mut text = |longest: usize| {
        let words: Vec<&str> = (0..rng.usize(..longest)).map(|_| WORDS[rng.usize(..WORDS.len())]).collect();
        words.join(" ")
    };
    let texts = (0..60).map(|number| {
        let title = text(8);
        Published { words: telling(&title), url: format!("/{number:02}/"), title }
    });
    let known = Known::of(texts.collect());
    let typed: Vec<String> = (0..300).map(|_| text(9)).collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("case.json");
    fs::write(&file, serde_json::to_vec(&(&known, &typed)).unwrap()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/similar.mjs");
    let output = Command::new("node").arg(script).arg(&file).output().expect("tests/run.sh installs Node.js");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let by_the_page = String::from_utf8(output.stdout).unwrap();
    assert_eq!(by_the_page.lines().count(), typed.len());
    let mut found = 0;
    for (text, by_the_page) in typed.iter().zip(by_the_page.lines()) {
        let urls: Vec<&str> =
            closest(&telling(text), &known.texts, 5).into_iter().map(|text| &*text.url).collect();
        found += urls.len();
        assert_eq!(by_the_page, urls.join(" "), "{text}");
    }
    assert!(found > 300, "{found}");
}

#[tokio::test]
async fn what_is_hidden_is_counted_by_reason_on_the_page_of_its_process() {
    let site = site();
    let engine = engines::sqlite();
    let desk =
        Desk::on(site.path(), engine.table.clone(), domain::secret::Secret::new([7; 32]), Timestamp::now());
    let desk = desk.unwrap_or_else(|error| panic!("{error}"));
    // Some that the table has erased since.
    let file = site.path().join("content/ville/idees/.hidden.json");
    fs::write(&file, "{\n  \"ABCD-EF01\": \"spam\",\n  \"ABCD-EF02\": \"spam\"\n}\n").unwrap();
    assert_eq!(pull::pull(&desk, site.path()).await.unwrap(), pull::Pulled::default());
    let place = Place::of_site(site.path(), engine);
    let page = fs::read_to_string(place.folder.path().join("public/ville/idees/index.html")).unwrap();
    assert!(page.contains("2 dépôts ont été retirés"), "{page}");
    assert!(page.contains("Publicité, ou même texte envoyé plusieurs fois\u{a0}: 2"), "{page}");
}
