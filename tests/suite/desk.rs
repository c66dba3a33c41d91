//! Deposits at the desk, on every engine: examined, published, pulled into the content, shown by the next build.

use domain::{
    deposit::{Author, CarryOver, Deposit, HideReason, Move, State},
    form::{Answer, version::version},
    rulebook::{Rulebook, Writing},
    secret::Secret,
};
use functions::{
    deposits::{self, Stored},
    mail::Outbox,
    register::{Folder, Writer},
    table::{Condition, Write},
};
use generator::desk::{Desk, DeskError, pull};
use jiff::{SignedDuration, Timestamp};
use std::{fs, path::Path, sync::Arc};
use tempfile::TempDir;
use tests::{
    engines::{self, Engine},
    place::{build_at, read, small_site},
};
use tokio::sync::watch;

const IDEAS: &str = r#"+++
kind = "ideas"
title = "Boîte à idées"
description = "Une idée pour la ville."
opens = 2026-01-01
closes = 2030-01-01

[writing]
per_person = 3

[writing.archive]
below = 10
after = "2 months"

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
options = [{ id = "eau", label = "Eau" }, { id = "rues", label = "Rues et places" }]

[[writing.fields]]
id = "text"
kind = "long-text"
label = "Votre idée"
max = 5000

[[writing.fields]]
id = "rules"
kind = "consent"
label = "J’ai lu la règle"

[[writing.fields]]
id = "phone"
kind = "phone"
label = "Téléphone"
visibility = "private"
purpose = "vous rappeler"

[support]
closes = 2030-01-01
communes = "any"
+++

Proposez, soutenez.
"#;

/// A small site with a box of ideas.
fn site() -> TempDir {
    small_site(&[("idees/_index.md", IDEAS)])
}

const NOW: &str = "2026-11-22T09:00:00Z";

fn now() -> Timestamp {
    NOW.parse().expect("an instant")
}

fn desk(site: &TempDir, engine: &Engine) -> Desk {
    desk_at(site, engine, now())
}

fn desk_at(site: &TempDir, engine: &Engine, now: Timestamp) -> Desk {
    let desk = Desk::on(site.path(), engine.table.clone(), Secret::new([7; 32]), now);
    desk.unwrap_or_else(|error| panic!("{error}"))
}

fn writing(rulebook: &Rulebook) -> &Writing {
    rulebook.processes["idees"].writing.as_ref().expect("an activity")
}

/// Puts a deposit as the journey leaves it.
async fn submit(engine: &Engine, desk: &Desk, number: u8, title: &str, text: &str) -> Stored {
    let writing = writing(desk.rulebook());
    let answer = |text: &str| Answer::Text(text.to_owned());
    let deposit = Deposit {
        reference: format!("ABCD-EF{number:02}"),
        slug: format!("{} abcd-ef{number:02}", title.to_lowercase()).replace(' ', "-"),
        state: State::Submitted,
        revision: 1,
        form: version(&writing.form),
        answers: [
            ("title".to_owned(), answer(title)),
            ("theme".to_owned(), Answer::Choice("eau".to_owned())),
            ("text".to_owned(), answer(text)),
            ("rules".to_owned(), Answer::YesNo(true)),
            ("phone".to_owned(), answer("+33612345678")),
        ]
        .into(),
        author: Some(Author {
            email: "jeanne@exemple.fr".into(),
            public_name: "Jeanne M.".into(),
            mailbox: Secret::new([7; 32]).key(&["test"]).pseudonym(&["jeanne"]),
        }),
        at: now() - SignedDuration::from_hours(48),
        history: Vec::new(),
    };
    let id = format!("{number:020x}");
    let write =
        Write::put(deposits::key("idees", &id), Condition::Absent, Some(writing.erased), &deposit).unwrap();
    engine.table.commit(vec![write], now()).await.unwrap();
    deposits::get(&*engine.table, "idees", &id, now()).await.unwrap().expect("a deposit")
}

async fn make(desk: &Desk, reference: &str, did: Move) -> Result<generator::desk::Done, DeskError> {
    let filed = desk.find(reference).await?;
    desk.make(&filed, did, "Comité").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_is_examined_published_pulled_and_shown() {
    for engine in engines::all().await {
        let site = site();
        let desk = desk(&site, &engine);
        submit(
            &engine,
            &desk,
            1,
            "Un banc",
            "Devant l’école.\n\n<script>alert(1)</script> [lien](https://x.example)",
        )
        .await;
        let listed = desk.list(None).await.unwrap();
        assert_eq!(listed.iter().map(|filed| desk.title(filed)).collect::<Vec<_>>(), ["Un banc"]);

        make(&desk, "abcd ef01", Move::Take).await.unwrap();
        let refused = make(&desk, "ABCD-EF01", Move::Refuse { reason: "  ".into() }).await;
        assert!(matches!(refused, Err(DeskError::NotAllowed(_))), "a reason is asked");
        let done = make(&desk, "ABCD-EF01", Move::Admit).await.unwrap();
        let mail = done.unsent.expect("a mail to the author");
        assert_eq!(mail.to, "jeanne@exemple.fr");
        assert!(
            mail.body.contains("ABCD-EF01") && mail.body.contains("/actes/idees/depots/"),
            "{}",
            mail.body
        );
        let form = Path::new("content/ville/idees/.form.json");
        assert_eq!(pull::pull(&desk, site.path()).await.unwrap().written, [form], "not published yet");
        make(&desk, "ABCD-EF01", Move::Publish).await.unwrap();

        let pulled = pull::pull(&desk, site.path()).await.unwrap();
        let page = Path::new("content/ville/idees/depots/un-banc-abcd-ef01/index.md");
        assert_eq!(pulled.written, [page]);
        assert_eq!(pull::pull(&desk, site.path()).await.unwrap(), pull::Pulled::default(), "twice is once");
        insta::assert_snapshot!("a_pulled_deposit", read(site.path(), page.to_str().unwrap()));

        // The next build shows it, with nothing of its author but the name they chose.
        build_at(site.path(), now()).unwrap_or_else(|error| panic!("{error}"));
        let html = read(site.path(), "public/ville/idees/depots/un-banc-abcd-ef01/index.html");
        assert!(html.contains("Jeanne M.") && html.contains("/soutenir/"), "{html}");
        for hidden in ["jeanne@", "612345678", "<script>alert", "href=\"https://x.example"] {
            assert!(!html.contains(hidden), "{hidden} in {html}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_or_merged_leaves_the_content() {
    for engine in engines::all().await {
        let site = site();
        let desk = desk(&site, &engine);
        for (number, title) in [(1, "Un banc"), (2, "Des bancs")] {
            submit(&engine, &desk, number, title, "Devant l’école.").await;
            for did in [Move::Take, Move::Admit, Move::Publish] {
                make(&desk, &format!("ABCDEF{number:02}"), did).await.unwrap();
            }
        }
        pull::pull(&desk, site.path()).await.unwrap();
        let first = "content/ville/idees/depots/un-banc-abcd-ef01";
        fs::write(site.path().join(first).join("index.md"), "corrected").unwrap();

        let itself = desk.find("ABCDEF01").await.unwrap().stored.id;
        for nowhere in [itself, format!("{:020x}", 3)] {
            let merge = Move::Merge { into: nowhere, supports: CarryOver::Stay };
            assert!(matches!(make(&desk, "ABCDEF01", merge).await, Err(DeskError::NotAllowed(_))));
        }
        let into = desk.find("ABCDEF02").await.unwrap().stored.id;
        make(&desk, "ABCDEF01", Move::Merge { into, supports: CarryOver::Stay }).await.unwrap();
        let pulled = pull::pull(&desk, site.path()).await.unwrap();
        assert_eq!(pulled.removed, [Path::new(first).join("index.md")]);
        assert!(!site.path().join(first).exists());
        let other = read(site.path(), "content/ville/idees/depots/des-bancs-abcd-ef02/index.md");
        assert!(other.contains("aliases = [\"/ville/idees/depots/un-banc-abcd-ef01/\"]"), "{other}");
        assert!(
            other.contains("a été réuni à ce texte. Ses soutiens restent"),
            "the carry-over rule is shown: {other}"
        );

        make(&desk, "ABCDEF02", Move::Hide { reason: HideReason::Erasure }).await.unwrap();
        let pulled = pull::pull(&desk, site.path()).await.unwrap();
        assert_eq!(pulled.removed.len(), 1);
        assert!(!site.path().join("content/ville/idees/depots/des-bancs-abcd-ef02").exists());
        let hidden = "content/ville/idees/.hidden.json";
        assert_eq!(
            (pulled.written, read(site.path(), hidden)),
            (vec![hidden.into()], "{\n  \"ABCD-EF02\": \"erasure\"\n}\n".to_owned())
        );
        assert_eq!(pull::pull(&desk, site.path()).await.unwrap(), pull::Pulled::default());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_was_answered_can_no_longer_change_what_answers_mean() {
    let engine = engines::sqlite();
    let site = site();
    let desk = desk(&site, &engine);
    submit(&engine, &desk, 1, "Un banc", "Devant l’école.").await;
    pull::pull(&desk, site.path()).await.unwrap();
    let change = |from: &str, to: &str| {
        let changed = IDEAS.replace(from, to);
        assert_ne!(changed, IDEAS);
        fs::write(site.path().join("content/ville/idees/_index.md"), changed).unwrap();
        build_at(site.path(), now())
    };
    change("label = \"Eau\"", "label = \"L’eau\"").unwrap_or_else(|error| panic!("{error}"));
    change("{ id = \"eau\", label = \"Eau\" }, ", "").expect_err("a choice that was made is gone");
    let error = change("kind = \"long-text\"", "kind = \"number\"").expect_err("text is no number");
    insta::assert_snapshot!("a_form_that_was_answered", error.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_tells_who_wrote_only_when_it_is_asked_to() {
    for engine in engines::all().await {
        let site = site();
        let desk = desk(&site, &engine);
        submit(&engine, &desk, 1, "=1+1", "Devant l’école, « là ».").await;
        insta::assert_snapshot!("an_export", desk.export("idees", false).await.unwrap());
        insta::assert_snapshot!("an_export_with_contacts", desk.export("idees", true).await.unwrap());
        assert!(matches!(desk.export("ailleurs", false).await, Err(DeskError::NoWriting(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i7_a_field_that_is_kept_for_less_time_than_the_rest_is_erased_first() {
    for engine in engines::all().await {
        let site = site();
        let shorter = IDEAS
            .replace("purpose = \"vous rappeler\"", "purpose = \"vous rappeler\"\nretention = \"1 month\"");
        fs::write(site.path().join("content/ville/idees/_index.md"), shorter).unwrap();
        let desk = desk(&site, &engine);
        submit(&engine, &desk, 1, "Un banc", "Devant l’école.").await;
        let rulebook = watch::channel(Arc::new(desk.rulebook().clone())).1;
        let to = Folder(site.path().join("public"));
        let mut writer = Writer::new(engine.table.clone(), rulebook, Secret::new([7; 32]), Box::new(to));
        // The activity closes on 1 January 2030, at midnight in Paris.
        for (at, is_kept) in [("2030-01-31T22:59:59Z", true), ("2030-01-31T23:00:00Z", false)] {
            let now: Timestamp = at.parse().unwrap();
            writer.run(now).await.unwrap();
            let id = format!("{:020x}", 1);
            let stored = deposits::get(&*engine.table, "idees", &id, now).await.unwrap().unwrap();
            assert_eq!(stored.deposit.answers.contains_key("phone"), is_kept, "{} at {at}", engine.name);
            assert!(stored.deposit.answers.contains_key("title"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_agents_at_once_one_decides() {
    for engine in engines::all().await {
        let site = site();
        let desk = desk(&site, &engine);
        let stored = submit(&engine, &desk, 1, "Un banc", "Devant l’école.").await;
        let filed = generator::desk::Filed { process: "idees".into(), stored };
        let (admitted, refused) = tokio::join!(
            desk.make(&filed, Move::Admit, "Ada"),
            desk.make(&filed, Move::Refuse { reason: "Hors sujet.".into() }, "Bob"),
        );
        assert_eq!(
            [admitted.is_ok(), refused.is_ok()].iter().filter(|ok| **ok).count(),
            1,
            "{}",
            engine.name
        );
        assert_eq!(desk.find("ABCDEF01").await.unwrap().stored.deposit.history.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_few_support_is_archived_by_the_rule_and_its_author_told() {
    for engine in engines::all().await {
        let site = site();
        let first = desk(&site, &engine);
        submit(&engine, &first, 1, "Un banc", "Devant l’école.").await;
        for did in [Move::Take, Move::Admit, Move::Publish] {
            make(&first, "ABCDEF01", did).await.unwrap();
        }
        pull::pull(&first, site.path()).await.unwrap();
        for (at, state) in [
            ("2027-01-22T08:59:59Z", "published"),
            ("2027-01-22T09:00:00Z", "archived"),
            ("2027-03-01T00:00:00Z", "archived"),
        ] {
            let outbox = Arc::new(Outbox::default());
            let later = desk_at(&site, &engine, at.parse().unwrap()).with_mailer(outbox.clone());
            pull::pull(&later, site.path()).await.unwrap();
            let found = later.find("ABCDEF01").await.unwrap();
            assert_eq!(found.stored.deposit.state.name(), state, "{} at {at}", engine.name);
            let told = at == "2027-01-22T09:00:00Z";
            assert_eq!(outbox.mails().len(), usize::from(told), "{at}");
        }
    }
}
