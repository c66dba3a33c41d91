//! Files on AWS: in a bucket, to which browsers send the large ones by themselves.

use crate::{
    lambda::{acts_with, common},
    site::{browser, check_html, run},
    writing::{files, site::*},
};
use functions::{attachment::store::Store, door::Door};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, sync::Arc};
use tempfile::TempDir;
use tests::{
    bucket::Bucket,
    citizen::{Page, code_in},
    engines,
    lambda::Lambda,
    mail_server::MailServer,
    place::{Place, Served, pages, program},
};

#[tokio::test]
async fn a_file_in_a_bucket_waits_under_one_prefix_and_is_kept_under_another() {
    let bucket = Bucket::start().await;
    let store = bucket.store();
    let (one, other) = ("0".repeat(32), "1".repeat(32));
    assert_eq!(store.get(&one).await.unwrap(), None);
    assert!(!store.keep(&one).await.unwrap(), "nothing is there to be kept");
    for _ in 0..2 {
        store.put(&one, b"content".to_vec()).await.unwrap();
    }
    assert_eq!(store.get(&one).await.unwrap().as_deref(), Some(&b"content"[..]));
    assert_eq!(bucket.status(&format!("attachments/kept/{one}")).await, 404);
    assert!(store.keep(&one).await.unwrap());
    assert_eq!(bucket.status(&format!("attachments/kept/{one}")).await, 200);
    // What waits goes with time; what is kept stays, and can be kept again.
    bucket.delete(&format!("attachments/waiting/{one}")).await;
    assert!(store.keep(&one).await.unwrap());
    assert_eq!(store.get(&one).await.unwrap().as_deref(), Some(&b"content"[..]));
    assert!(!store.keep(&other).await.unwrap());
    assert!(store.put("../x", Vec::new()).await.is_err());
}

#[tokio::test]
async fn an_invitation_is_for_one_file_of_one_size_and_what_came_is_read_within_bounds() {
    let bucket = Bucket::start().await;
    let store = bucket.store();
    let id = "a".repeat(32);
    let url = store.invite(&id, 5).await.unwrap().expect("an address");
    // S3 refuses what is signed otherwise; what stands in for it checks no signature.
    assert!(url.contains("X-Amz-SignedHeaders=content-length%3Bhost"), "{url}");
    assert!(url.contains("X-Amz-Expires=900") && !url.contains("hecksum"), "{url}");
    assert!(url.starts_with(store.origin().unwrap()), "{url}");
    assert_eq!(store.received(&id, 5).await.unwrap(), None);
    put(&url, b"hello".to_vec()).await;
    assert_eq!(store.received(&id, 5).await.unwrap().as_deref(), Some(&b"hello"[..]));
    assert_eq!(store.received(&id, 4).await.unwrap(), None);
    // It is nobody's file yet.
    assert_eq!(store.get(&id).await.unwrap(), None);
    assert!(!store.keep(&id).await.unwrap());
    assert!(store.invite("../x", 5).await.is_err());
}

#[tokio::test]
async fn i7_what_nothing_names_is_swept_from_a_bucket_after_two_days() {
    let bucket = Bucket::start().await;
    let store = bucket.store();
    let ids = ["0", "1", "2"].map(|digit| digit.repeat(32));
    for id in &ids[..2] {
        store.put(id, b"content".to_vec()).await.unwrap();
        assert!(store.keep(id).await.unwrap());
    }
    store.put(&ids[2], b"content".to_vec()).await.unwrap();
    let named = BTreeSet::from([ids[0].clone()]);
    let sweep = async |hours| {
        let now = Timestamp::now() + SignedDuration::from_hours(hours);
        store.sweep(&named, now).await.unwrap()
    };
    assert_eq!(sweep(47).await, 0);
    assert_eq!(sweep(49).await, 1);
    let places = [("kept", 0, 200), ("kept", 1, 404), ("waiting", 2, 200)];
    for (prefix, file, status) in places {
        assert_eq!(bucket.status(&format!("attachments/{prefix}/{}", ids[file])).await, status, "{file}");
    }
    assert_eq!(sweep(49).await, 0);
}

async fn put(url: &str, bytes: Vec<u8>) {
    let sent = reqwest::Client::new().put(url).body(bytes).send().await.unwrap();
    assert!(sent.status().is_success(), "{sent:?}");
}

/// Announces a file to the function.
async fn announce(function: &Lambda, input: &str, name: &str, size: usize) -> (u16, Value) {
    let form = format!("input={input}&name={name}&size={size}");
    let page = function.post(&format!("/actes/{PHOTOS}/fichiers"), &form).await;
    (page.status, serde_json::from_str(&page.html).unwrap_or(Value::Null))
}

/// Announces a file and sends it where the answer says; what the form carries of it.
async fn send_ahead(function: &Lambda, input: &str, name: &str, bytes: Vec<u8>) -> (String, String) {
    let (status, invitation) = announce(function, input, name, bytes.len()).await;
    assert_eq!(status, 200, "{invitation}");
    let text = |key: &str| invitation[key].as_str().unwrap().to_owned();
    put(&text("url"), bytes).await;
    (text("input"), text("token"))
}

async fn post(function: &Lambda, path: &str, pairs: &[(String, String)]) -> Page {
    let body = reqwest::Url::parse_with_params("http://x/", pairs).unwrap();
    function.post(path, body.query().unwrap_or_default()).await
}

/// A page's form with something typed, sent by one of its buttons.
async fn send_through(function: &Lambda, page: &Page, typed: &[(&str, &str)], go: &str) -> Page {
    let pairs = with(with(page.filled(), typed), &[("go", go)]);
    let pairs: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    post(function, &address(PHOTOS), &pairs).await
}

#[tokio::test(flavor = "multi_thread")]
async fn i7_large_files_go_through_the_bucket_to_a_deposit_and_leave_it_when_it_is_withdrawn() {
    let site = site();
    let place = Place::of_site(site.path(), engines::dynoxide().await);
    let (mails, bucket) = (MailServer::start().await, Bucket::start().await);
    let stored = |command: &mut std::process::Command| {
        command.env("PARVIS_ATTACHMENTS", "site").env("S3_ENDPOINT", &bucket.endpoint);
    };
    let function = acts_with(&place, &place.engine, &mails, |command| {
        stored(command);
        command
    })
    .await;
    let sweep = Lambda::start(&program("sweep"), |command| {
        common(command, &place, &place.engine);
        stored(command);
    })
    .await;
    let sweep_after = async |hours| {
        let now = Timestamp::now() + SignedDuration::from_hours(hours);
        sweep.invoke(json!({ "time": now.to_string() })).await.expect("swept");
    };

    // What cannot be taken is said before it is sent.
    let (status, refused) = announce(&function, "f-plan", "plan.pdf", 5_000_001).await;
    assert_eq!(status, 422);
    let said = refused["message"].as_str().unwrap();
    assert!(said.contains("plan.pdf") && said.contains("Un plan") && said.contains("5"), "{said}");
    assert_eq!(announce(&function, "f-title", "plan.pdf", 5).await.0, 400);
    assert_eq!(announce(&function, "f-plan", "plan.pdf", 0).await.0, 200);

    // A program that is called a document, and a place where nothing was sent, are told when the form comes.
    let disguised = send_ahead(&function, "f-plan", "devis.pdf", b"MZ\x90\0".repeat(1_200_000)).await;
    let (_, empty) = announce(&function, "f-proof", "loyer.pdf", 4_500_000).await;
    let photo = send_ahead(&function, "f-photo", "Façade.JPG", files::photograph()).await;
    let typed = [
        ("f-title", "Une façade"),
        ("at", "9"),
        (&*photo.0, &*photo.1),
        (&disguised.0, &disguised.1),
        ("sent-proof", empty["token"].as_str().unwrap()),
        // Of another field, hence of none.
        ("sent-plan", &photo.1),
    ];
    let page = send_through(&function, &blank(&place, PHOTOS), &typed[..4], "next").await;
    assert_eq!((page.status, page.fields_at_fault()), (422, vec!["f-plan".to_owned()]), "{}", page.html);
    assert!(page.text("[data-error=f-plan]").contains("devis.pdf"));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains(&format!("connect-src 'self' {};", bucket.endpoint)), "{policy}");
    let typed = [&typed[..3], &typed[4..]].concat();
    let page = send_through(&function, &blank(&place, PHOTOS), &typed, "next").await;
    assert_eq!((page.status, page.fields_at_fault()), (422, vec!["f-proof".to_owned()]), "{}", page.html);

    // What is taken travels on, and can be sent twice.
    let document = files::pdf(&"x".repeat(4_800_000));
    let plan = send_ahead(&function, "f-plan", "plan.pdf", document.clone()).await;
    let typed = [("f-title", "Une façade"), ("at", "9"), (&*photo.0, &*photo.1), (&*plan.0, &*plan.1)];
    let mut preview = send_through(&function, &blank(&place, PHOTOS), &typed, "next").await;
    for _ in 0..2 {
        assert_eq!(preview.status, 200, "{}", preview.refusals());
        let answers = preview.text("[data-slot-html=answers]");
        assert!(answers.contains("facade.jpg") && answers.contains("plan.pdf"), "{answers}");
        preview = send_through(&function, &blank(&place, PHOTOS), &typed, "next").await;
    }
    // A form that comes back within two seconds was read by nobody.
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    let page = send_through(&function, &preview, &PERSON, "send").await;
    let request = page.request().unwrap_or_else(|| panic!("no request: {}", page.refusals()));
    let code = code_in(&mails.mail_to("jeanne@exemple.fr")).unwrap();
    mails.forget();
    let pairs = [("request".to_owned(), request), ("code".to_owned(), code)];
    let receipt = post(&function, &format!("{}/code", address(PHOTOS)), &pairs).await;
    assert_eq!(receipt.status, 200, "{}", receipt.refusals());

    let deposit = &deposits(&place, PHOTOS).await[0];
    let plan = files::files(&deposit.deposit.answers["plan"])[0].id.clone();
    assert_eq!(bucket.store().get(&plan).await.unwrap(), Some(document));
    let kept = format!("attachments/kept/{plan}");
    assert_eq!(bucket.status(&kept).await, 200);
    sweep_after(49).await;
    assert_eq!(bucket.status(&kept).await, 200, "a deposit names it");

    // Withdrawn, nobody needs it any more.
    let key = functions::deposits::own_key(&place.door.secret, PHOTOS, &deposit.id);
    let pairs = [("cle".to_owned(), key), ("go".to_owned(), "withdraw".to_owned())];
    let page = post(&function, &format!("/actes/{PHOTOS}/depots/{}", deposit.id), &pairs).await;
    assert_eq!(page.status, 200, "{}", page.refusals());
    sweep_after(47).await;
    assert_eq!(bucket.status(&kept).await, 200);
    sweep_after(49).await;
    assert_eq!(bucket.status(&kept).await, 404);
}

#[tokio::test]
async fn where_files_come_with_their_form_an_announcement_is_answered_with_nothing() {
    let place = place(engines::sqlite());
    let citizen = open_at(&place, noon(0)).await;
    let announced = [("input", "f-plan"), ("name", "plan.pdf"), ("size", "5000000")];
    let path = format!("/actes/{PHOTOS}/fichiers");
    assert_eq!(citizen.post(&path, &announced).await.unwrap().status, 204);
    assert_eq!(citizen.post(&path, &[announced[0], announced[1]]).await.unwrap().status, 400);
    assert_eq!(citizen.post("/actes/nulle-part/fichiers", &announced).await.unwrap().status, 404);
}

/// What somebody has at hand: photographs, documents, and a program that is called a photograph.
fn at_hand() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("photo.jpg", files::photograph()),
        ("facade.exe.jpg", [&b"MZ\x90\0"[..], &[0; 4_096]].concat()),
        ("plan.pdf", files::pdf(&"x".repeat(4_500_000))),
        ("petit.pdf", files::pdf("un plan")),
        ("lourd.pdf", files::pdf(&"x".repeat(5_100_000))),
        ("loyer.pdf", files::pdf("un loyer")),
    ] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_join_files_are_well_in_a_browser_and_what_they_join_is_served_safely() {
    let site = site();
    let list = site.path().join("content/ma-commune/photos/depots");
    fs::create_dir(&list).unwrap();
    let step = "+++\nkind = \"step\"\ntitle = \"Les photos\"\nshows = \"deposits\"\n+++\n";
    fs::write(list.join("_index.md"), step).unwrap();
    let (files, data, answers) = (at_hand(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let served = Served::start_site(site.path(), data.path(), &[]).await;
    let mut journey = browser("attach.mjs");
    journey.arg(&served.base).args([files.path(), site.path(), data.path(), &program("parvis")]);
    run(journey.arg("--save").arg(answers.path()));
    assert!(!pages(answers.path()).is_empty());
    check_html(&[answers.path().to_owned()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_sends_large_files_to_the_bucket_by_itself() {
    let (bucket, files) = (Bucket::start().await, at_hand());
    let place = place(engines::sqlite());
    let door = Door { attachments: Arc::new(bucket.store()), ..place.door.clone() };
    let base = place.open_site(door).await;
    run(browser("attach.mjs").arg(base).arg(files.path()).arg(&bucket.endpoint));
}
