//! The journey of a secret ballot over HTTP, on every engine.

mod back;
mod frozen;
mod killed;
mod methods;
mod minutes;
mod races;
mod secrecy;

use axum::{Extension, Router};
use domain::{
    ballot::{Answer, Ballot, Grade, Method, Missing},
    rulebook::{VotedOn, Voting},
    support::Form,
    tracking::Tracking,
    voting::Slot,
    window::Window,
};
use functions::{
    client::ClientAddress,
    door::{Clock, Door},
    routes::router,
    table::query_all,
    voting::{minutes::ballots, rows},
};
use jiff::{SignedDuration, Timestamp};
use tests::{
    citizen::{Citizen, Page, Pair},
    engines,
    people::form,
    place::Place,
    polling::{
        BALLOT, PROCESS, ask, confirm, noon, polling, replace, rulebook, tracking, up_to_code, vote, voting,
        with,
    },
};
use tokio::sync::watch;

async fn places() -> Vec<Place> {
    engines::all().await.into_iter().map(|engine| polling(engine, voting())).collect()
}

/// What is in the box.
async fn in_box(place: &Place) -> Vec<Slot> {
    ballots(&*place.engine.table, PROCESS, noon()).await.unwrap()
}

/// How many are on the roll.
async fn on_roll(place: &Place) -> usize {
    let mut voters = 0;
    for partition in rows::roll_partitions(PROCESS) {
        voters += query_all(&*place.engine.table, &partition, noon()).await.unwrap().len();
    }
    voters
}

async fn assert_voted(place: &Place, expected: usize) {
    let found = (on_roll(place).await, in_box(place).await.len());
    assert_eq!(found, (expected, expected), "{}: roll, box", place.engine.name);
}

/// The ballot that lies under a tracking code.
async fn found(place: &Place, code: &str) -> Option<Ballot> {
    let slot = Tracking::read(code).unwrap().slot();
    in_box(place).await.into_iter().find(|found| found.slot == slot).map(|found| found.ballot)
}

fn ticked(ids: &[&str]) -> Ballot {
    Ballot::Approval(ids.iter().map(|&id| id.to_owned()).collect())
}

async fn open_at(place: &Place, now: Timestamp) -> Citizen {
    place.open(Door { clock: Clock::Stopped(now), ..place.door.clone() }).await
}

fn is_refused(page: &Page, key: &str) -> bool {
    page.refusals().split("refusal.").any(|known| known.trim() == key)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ballot_is_filled_in_read_again_cast_and_found_by_its_code() {
    for place in places().await {
        let name = place.engine.name;
        let citizen = place.open(place.door.clone()).await;
        let empty = citizen.post(BALLOT, &[("step", "begin")]).await.unwrap();
        assert_eq!(empty.status, 200, "{name}");
        let order = empty.all("[data-item]", "data-item");
        let review = citizen
            .post(BALLOT, &with(&empty, &[("choice", "four"), ("choice", "banc"), ("step", "review")]))
            .await
            .unwrap();
        assert_eq!(review.status, 200, "{name}: {}", review.html);
        let mut said = review.all("[data-item]", "data-item");
        assert_eq!(
            (review.text("[data-slot=spent]"), review.text("[data-slot=left]")),
            ("2".into(), "0".into())
        );
        assert_eq!(
            said,
            order.iter().filter(|id| said.contains(id)).cloned().collect::<Vec<_>>(),
            "as they were shown"
        );
        said.sort();
        assert_eq!(said, ["banc", "four"], "{name}");

        let edited = with(&review, &[("step", "edit"), ("email", "jeanne@exemple.fr")]);
        let edited = citizen.post(BALLOT, &edited).await.unwrap();
        assert_eq!(edited.all("[data-item]", "data-item"), order, "{name}: the order stays this voter's");
        let mut checked = edited.all("input[checked]", "value");
        checked.sort();
        assert_eq!(checked, ["banc", "four"], "{name}: as it was filled in");
        let again = citizen.post(BALLOT, &with(&edited, &[("step", "review")])).await.unwrap();
        let email = again.attribute("input[name=email]", "value");
        assert_eq!(email.as_deref(), Some("jeanne@exemple.fr"), "{name}: nothing typed is lost");
        assert_voted(&place, 0).await;

        let receipt = vote(&place, &citizen, 1, &["four", "banc"]).await;
        assert_eq!(receipt.status, 200, "{name}: {}", receipt.html);
        assert_voted(&place, 1).await;
        assert_eq!(found(&place, &tracking(&receipt)).await, Some(ticked(&["banc", "four"])), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_a_ballot_sent_again_is_the_same_and_answered_the_same_even_after_the_close() {
    for place in places().await {
        let name = place.engine.name;
        let last = voting().window.closes() - SignedDuration::from_millis(1);
        let citizen = open_at(&place, last).await;
        let pairs = up_to_code(&place, &citizen, &form(1), &["mare"]).await;
        let first = confirm(&citizen, &pairs).await;
        assert_eq!(first.status, 200, "{name}: {}", first.html);
        assert_eq!(confirm(&citizen, &pairs).await.html, first.html, "{name}");
        let closed = open_at(&place, voting().window.closes()).await;
        assert_eq!(confirm(&closed, &pairs).await.html, first.html, "{name}");
        assert_voted(&place, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_who_has_voted_is_told_so_after_the_code_and_their_first_ballot_stays() {
    for place in places().await {
        let name = place.engine.name;
        let citizen = place.open(place.door.clone()).await;
        let first = vote(&place, &citizen, 1, &["mare"]).await;
        let spelt = Form { given_names: "CAMILLE B".into(), email: "autre@exemple.fr".into(), ..form(1) };
        let pairs = up_to_code(&place, &citizen, &spelt, &["four"]).await;
        let second = confirm(&citizen, &pairs).await;
        assert_eq!(second.status, 409, "{name}");
        assert!(second.html.contains("data-already-voted"), "{name}: {}", second.html);
        assert_voted(&place, 1).await;
        assert_eq!(found(&place, &tracking(&first)).await, Some(ticked(&["mare"])), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i6_before_the_code_of_the_mail_nobody_learns_whether_someone_has_voted() {
    for place in places().await {
        let name = place.engine.name;
        let citizen = place.open(place.door.clone()).await;
        vote(&place, &citizen, 1, &["mare"]).await;
        let stranger = |number| Form { email: "curieux@exemple.fr".into(), ..form(number) };
        let mut pages = Vec::new();
        for form in [stranger(1), stranger(2)] {
            let page = ask(&citizen, BALLOT, &form, &["mare"]).await.unwrap();
            let names: Vec<String> = page.filled().into_iter().map(|(name, _)| name).collect();
            let wrong = with(&page, &[("code", "12345")]);
            pages.push((page.status, page.text("html"), names, confirm(&citizen, &wrong).await.refusals()));
        }
        assert_eq!(pages[0], pages[1], "{name}");
        let mails = place.outbox.mails();
        assert_eq!(mails.iter().filter(|mail| mail.to == "curieux@exemple.fr").count(), 2, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_serves_as_many_voters_as_the_rules_allow() {
    for place in places().await {
        let citizen = place.open(place.door.clone()).await;
        let shared = |number| Form { email: "famille@exemple.fr".into(), ..form(number) };
        for (number, status) in [(1, 200), (2, 200), (3, 422)] {
            let pairs = up_to_code(&place, &citizen, &shared(number), &["mare"]).await;
            let page = confirm(&citizen, &pairs).await;
            assert_eq!(page.status, status, "{}: {}", place.engine.name, page.html);
            assert_eq!(is_refused(&page, "vote_mailbox"), status == 422);
        }
        assert_voted(&place, 2).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ballot_is_replaced_with_its_code_and_the_roll_is_not_touched() {
    for place in places().await {
        let name = place.engine.name;
        let citizen = place.open(place.door.clone()).await;
        let code = tracking(&vote(&place, &citizen, 1, &["mare"]).await);
        let found_again =
            citizen.post(&format!("{BALLOT}/remplacer"), &[("tracking", code.to_lowercase())]).await.unwrap();
        assert_eq!(found_again.status, 200, "{name}");
        assert_eq!(found_again.all("input[checked]", "value"), [""; 0], "{name}: the old one is not shown");
        let replaced = replace(&citizen, &code, &["four"]).await;
        assert_eq!(replaced.status, 200, "{name}: {}", replaced.html);
        assert_eq!(replaced.text("[data-replaced]"), code, "{name}");
        assert_voted(&place, 1).await;
        assert_eq!(found(&place, &code).await, Some(ticked(&["four"])), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_a_replacement_sent_again_overrules_no_later_one() {
    for place in places().await {
        let name = place.engine.name;
        let citizen = place.open(place.door.clone()).await;
        let code = tracking(&vote(&place, &citizen, 1, &["mare"]).await);
        let found_again = citizen.post(&format!("{BALLOT}/remplacer"), &[("tracking", &code)]).await.unwrap();
        let review = with(&found_again, &[("choice", "banc"), ("step", "review")]);
        let review = citizen.post(BALLOT, &review).await.unwrap().filled();
        let address = format!("{BALLOT}/identite");
        let put = || citizen.post(&address, &review);
        let first = put().await.unwrap();
        assert_eq!(first.html, put().await.unwrap().html, "{name}");
        let closed = open_at(&place, voting().window.closes()).await;
        let late = closed.post(&format!("{BALLOT}/identite"), &review).await.unwrap();
        assert_eq!(late.html, first.html, "{name}: what was answered is answered again");

        assert_eq!(replace(&citizen, &code, &["four"]).await.status, 200, "{name}");
        let again = put().await.unwrap();
        assert_eq!((again.status, is_refused(&again, "tracking.changed")), (409, true), "{name}");
        assert_eq!(found(&place, &code).await, Some(ticked(&["four"])), "{name}");
    }
}

#[tokio::test]
async fn i2_the_vote_opens_and_closes_at_the_millisecond_for_casting_and_replacing() {
    for place in places().await {
        let name = place.engine.name;
        let (opens, closes) = (voting().window.opens(), voting().window.closes());
        let millisecond = SignedDuration::from_millis(1);
        let (before, first) = (open_at(&place, opens - millisecond).await, open_at(&place, opens).await);
        let (last, after) = (open_at(&place, closes - millisecond).await, open_at(&place, closes).await);
        for (citizen, rule) in [(&before, "vote_before"), (&after, "vote_closed")] {
            for path in ["", "/identite", "/remplacer"] {
                let page = citizen.post(&format!("{BALLOT}{path}"), &[("choice", "mare")]).await.unwrap();
                assert_eq!(
                    (page.status, is_refused(&page, rule)),
                    (422, true),
                    "{name}{path}: {}",
                    page.html
                );
                assert!(page.all("[data-may=vote]:not([hidden])", "data-may").is_empty(), "{name}{path}");
            }
        }
        let code = tracking(&vote(&place, &first, 1, &["mare"]).await);
        let pairs = up_to_code(&place, &last, &form(2), &["mare"]).await;
        let page = confirm(&after, &pairs).await;
        assert_eq!((page.status, is_refused(&page, "vote_closed")), (422, true), "{name}: {}", page.html);
        assert_voted(&place, 1).await;

        let found_again = last.post(&format!("{BALLOT}/remplacer"), &[("tracking", &code)]).await.unwrap();
        let review = with(&found_again, &[("choice", "four"), ("step", "review")]);
        let review = last.post(BALLOT, &review).await.unwrap().filled();
        let late = after.post(&format!("{BALLOT}/identite"), &review).await.unwrap();
        assert_eq!((late.status, is_refused(&late, "vote_closed")), (422, true), "{name}");
        assert_eq!(found(&place, &code).await, Some(ticked(&["mare"])), "{name}");
        let in_time = last.post(&format!("{BALLOT}/identite"), &review).await.unwrap();
        assert_eq!(in_time.status, 200, "{name}");
        assert_eq!(confirm(&last, &pairs).await.status, 200, "{name}");
        assert_voted(&place, 2).await;
    }
}

#[tokio::test]
async fn i11_every_ballot_that_is_none_comes_back_with_what_was_typed_and_why() {
    let place = polling(engines::sqlite(), voting());
    let citizen = place.open(place.door.clone()).await;
    let empty = citizen.post(BALLOT, &[("step", "begin")]).await.unwrap();
    let order = empty.all("[data-item]", "data-item");
    for (sent, rules) in [
        (vec![], vec!["ballot.empty"]),
        (vec![("choice", "banc"), ("choice", "four"), ("choice", "haie")], vec!["ballot.too-many"]),
        (vec![("choice", "banc"), ("blank", "yes")], vec!["ballot.blank-and-choice"]),
        (vec![("choice", "lune")], vec!["ballot.unknown"]),
        (vec![("choice.banc", "3")], vec!["ballot.other-method"]),
    ] {
        for path in ["", "/identite"] {
            let mut typed = sent.clone();
            typed.push(("step", "review"));
            let page = citizen.post(&format!("{BALLOT}{path}"), &with(&empty, &typed)).await.unwrap();
            assert_eq!(page.status, 422, "{sent:?}");
            assert!(rules.iter().all(|rule| is_refused(&page, rule)), "{sent:?}: {}", page.refusals());
            let kept = page.all("input[name=choice][checked]", "value");
            let known = sent.iter().filter(|(name, value)| *name == "choice" && *value != "lune");
            assert_eq!(kept.len(), known.count(), "{sent:?}");
            assert_eq!(page.all("[data-item]", "data-item"), order, "{sent:?}");
        }
    }
}

#[tokio::test]
async fn where_options_are_voted_on_refusals_have_their_noun() {
    for (voted_on, said) in [
        (VotedOn::Deposits, "refusal.ballot.unknown"),
        (VotedOn::Options, "« lune » n’est pas une proposition."),
    ] {
        let place = polling(engines::sqlite(), Voting { voted_on, ..voting() });
        let citizen = place.open(place.door.clone()).await;
        let empty = citizen.post(BALLOT, &[("step", "begin")]).await.unwrap();
        let typed = with(&empty, &[("choice", "lune"), ("step", "review")]);
        let page = citizen.post(BALLOT, &typed).await.unwrap();
        assert!(page.refusals().contains(said), "{}", page.refusals());
    }
}

#[tokio::test]
async fn i11_an_identity_with_mistakes_comes_back_beside_the_ballot() {
    let place = polling(engines::sqlite(), voting());
    let citizen = place.open(place.door.clone()).await;
    let sent: Vec<(&str, &str)> =
        vec![("choice", "mare"), ("email", "jeanne"), ("birth_date", "01/01/2020"), ("commune", "Lune")];
    let page = citizen.post(&format!("{BALLOT}/identite"), &sent).await.unwrap();
    assert_eq!(page.status, 422);
    assert_eq!(
        page.fields_at_fault(),
        ["given_names", "family_name", "email", "birth_date", "commune", "link", "consent"]
    );
    assert_eq!(page.attribute("input[name=email]", "value").as_deref(), Some("jeanne"));
    assert_eq!(page.all("[data-item]", "data-item"), ["mare"]);
    assert!(page.filled().contains(&("choice".to_owned(), "mare".to_owned())), "the ballot travels on");
    assert!(place.outbox.mails().is_empty());
}

#[tokio::test]
async fn a_tracking_code_that_is_none_is_refused_at_its_field() {
    let place = polling(engines::sqlite(), voting());
    let citizen = place.open(place.door.clone()).await;
    let unknown = "7".repeat(26);
    for (typed, rule) in
        [("", "tracking.missing"), ("7K3M", "tracking.malformed"), (&unknown, "tracking.unknown")]
    {
        let page = citizen.post(&format!("{BALLOT}/remplacer"), &[("tracking", typed)]).await.unwrap();
        assert_eq!((page.status, page.fields_at_fault()), (422, vec!["tracking".to_owned()]), "{typed}");
        assert!(is_refused(&page, rule), "{typed}");
        assert_eq!(page.attribute("input[name=tracking]", "value").as_deref(), Some(typed));
    }
}

#[tokio::test]
async fn what_is_no_form_is_refused_and_a_page_s_address_leads_to_the_vote() {
    let place = polling(engines::sqlite(), voting());
    let citizen = place.open(place.door.clone()).await;
    for path in ["", "/identite", "/code", "/remplacer"] {
        let address = format!("{BALLOT}{path}");
        let large = citizen.post(&address, &[("choice", "x".repeat(70_000))]).await.unwrap();
        assert_eq!((large.status, is_refused(&large, "unreadable")), (413, true), "{path}");
        let led = citizen.get(&address).await.unwrap();
        assert_eq!((led.status, led.headers["location"].to_str().unwrap()), (303, "/budget/voter/"));
        let nowhere = citizen.post(&address.replace(PROCESS, "nulle-part"), &[("a", "b")]).await.unwrap();
        assert!([404, 503].contains(&nowhere.status), "this site has not even the page that says so");
    }
    let page = confirm(&citizen, &[("code".to_owned(), "123456".to_owned())]).await;
    assert_eq!(page.status, 422, "a code without its ballot");
    assert_voted(&place, 0).await;
}

#[tokio::test]
async fn a_wrong_code_leaves_the_ballot_on_the_page_and_five_are_too_many() {
    let place = polling(engines::sqlite(), voting());
    let citizen = place.open(place.door.clone()).await;
    let pairs = up_to_code(&place, &citizen, &form(1), &["mare"]).await;
    let right = pairs.iter().find(|(name, _)| name == "code").unwrap().1.clone();
    let typed = |code: &str| -> Vec<Pair> {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), if name == "code" { code } else { value }.to_owned()))
            .collect()
    };
    let wrong = (0..5).map(|n| format!("{:06}", (right.parse::<u32>().unwrap() + 1 + n) % 1_000_000));
    for (n, code) in wrong.enumerate() {
        let page = confirm(&citizen, &typed(&code)).await;
        assert_eq!(page.status, 422);
        assert!(is_refused(
            &page,
            ["code.wrong", "code.wrong_last", "code.exhausted"][n.saturating_sub(2).min(2)]
        ));
        assert!(page.filled().contains(&("choice".to_owned(), "mare".to_owned())));
    }
    assert!(is_refused(&confirm(&citizen, &pairs).await, "code.exhausted"));
    assert_voted(&place, 0).await;
}

/// A citizen on a network of their own.
async fn open_from(place: &Place, address: &str) -> Citizen {
    let address = ClientAddress(address.parse().unwrap());
    let app: Router = router(place.door.clone()).layer(Extension(address));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    Citizen::new(base)
}

#[tokio::test]
async fn tracking_codes_are_typed_so_often_from_a_network_and_no_oftener() {
    let place = polling(engines::sqlite(), voting());
    let (busy, other) = (open_from(&place, "203.0.113.7").await, open_from(&place, "198.51.100.1").await);
    let unknown = "7".repeat(26);
    let typed = [("tracking", unknown.as_str())];
    for _ in 0..domain::limits::REPLACEMENTS_PER_NETWORK.most {
        let page = busy.post(&format!("{BALLOT}/remplacer"), &typed).await.unwrap();
        assert_eq!(page.status, 422);
    }
    assert_eq!(busy.post(&format!("{BALLOT}/remplacer"), &typed).await.unwrap().status, 429);
    assert_eq!(other.post(&format!("{BALLOT}/remplacer"), &typed).await.unwrap().status, 422);
}

#[tokio::test]
async fn every_method_is_voted_by_from_the_page_to_the_box() {
    let grade = |id: &str| Grade { id: id.into(), label: id.to_uppercase() };
    let points = Method::Points { total: 10, per_project: 5, blank: false };
    let ranking = Method::Ranking { least: 1, most: Some(3), blank: false };
    let grades = Method::Grades {
        grades: vec![grade("bien"), grade("passable")],
        missing: Missing::Worst,
        blank: false,
    };
    let set = |pairs: &[(&str, &str)]| -> std::collections::BTreeMap<String, String> {
        pairs.iter().map(|&(id, text)| (id.to_owned(), text.to_owned())).collect()
    };
    for (method, sent, expected, said, spent) in [
        (
            points,
            vec![("choice.banc", "5"), ("choice.mare", "2")],
            Ballot::Points([("banc".into(), 5), ("mare".into(), 2)].into()),
            vec![("banc", "5"), ("mare", "2")],
            Some(("7", "3")),
        ),
        (
            ranking,
            vec![("choice.mare", "1"), ("choice.banc", "2")],
            Ballot::Ranking(vec!["mare".into(), "banc".into()]),
            vec![("mare", "1"), ("banc", "2")],
            Some(("2", "1")),
        ),
        (
            grades,
            vec![("choice.mare", "bien")],
            Ballot::Grades(set(&[
                ("banc", "passable"),
                ("four", "passable"),
                ("haie", "passable"),
                ("mare", "bien"),
            ])),
            vec![("banc", "PASSABLE"), ("mare", "BIEN")],
            None,
        ),
        (
            Method::Knapsack { blank: true },
            vec![("choice", "banc"), ("choice", "haie")],
            ticked(&["banc", "haie"]),
            vec![],
            Some(("350 €", "50 €")),
        ),
        (Method::One { blank: false }, vec![("choice", "haie")], Ballot::One("haie".into()), vec![], None),
        (Method::YesNo { blank: true }, vec![("choice", "no")], Ballot::YesNo(Answer::No), vec![], None),
        (Method::YesNo { blank: true }, vec![("blank", "yes")], Ballot::Blank, vec![], None),
    ] {
        let rules = Voting { method, ..voting() };
        let place = polling(engines::sqlite(), rules);
        let citizen = place.open(place.door.clone()).await;
        let mut typed = sent.clone();
        typed.push(("step", "review"));
        let review = citizen.post(BALLOT, &typed).await.unwrap();
        assert_eq!(review.status, 200, "{sent:?}: {}", review.html);
        for (id, text) in said {
            assert_eq!(review.text(&format!("[data-slot='given.{id}']")), text, "{sent:?}");
        }
        if let Some((spent, left)) = spent {
            assert_eq!(review.text("[data-slot=spent]"), spent, "{sent:?}");
            assert_eq!(review.text("[data-slot=left]"), left, "{sent:?}");
        }
        let is_blank = review.all("[data-may=blank]:not([hidden])", "data-may").len() == 1;
        assert_eq!(is_blank, expected == Ballot::Blank, "{sent:?}");
        let code =
            citizen.post(&format!("{BALLOT}/identite"), &with(&review, &form(1).fields())).await.unwrap();
        let pairs = with(&code, &[("code", &place.code(&form(1).email).unwrap())]);
        let receipt = confirm(&citizen, &pairs).await;
        assert_eq!(found(&place, &tracking(&receipt)).await, Some(expected), "{sent:?}");
    }
}

#[tokio::test]
async fn i2_a_ballot_that_the_rules_no_longer_take_is_not_cast() {
    let place = polling(engines::sqlite(), voting());
    let citizen = place.open(place.door.clone()).await;
    let pairs = up_to_code(&place, &citizen, &form(1), &["mare", "four"]).await;
    let mut stricter = voting();
    stricter.method = Method::Approval { least: 1, most: Some(1), blank: true };
    let door = Door { rulebook: watch::channel(rulebook(stricter)).1, ..place.door.clone() };
    let page = confirm(&place.open(door).await, &pairs).await;
    assert_eq!((page.status, is_refused(&page, "ballot.too-many")), (422, true), "{}", page.html);
    assert_voted(&place, 0).await;
}

#[tokio::test]
async fn i5_reading_an_address_of_the_vote_does_nothing() {
    let place = polling(engines::sqlite(), voting());
    let citizen = place.open(place.door.clone()).await;
    for path in ["", "/identite", "/code", "/remplacer"] {
        citizen.get(&format!("{BALLOT}{path}?choice=mare&tracking=x")).await.unwrap();
    }
    let read = place.engine.table.changes(None, 10).await.unwrap();
    assert!(read.changes.is_empty() && in_box(&place).await.is_empty());
}

/// The same vote, which closes at another moment.
fn closing(closes: Timestamp) -> Voting {
    Voting { window: Window::new(noon(), closes).unwrap(), ..voting() }
}

#[tokio::test]
async fn a_form_that_another_site_sends_does_nothing_and_leads_to_the_page_of_the_vote() {
    let place = polling(engines::sqlite(), voting());
    let citizen = place.open(place.door.clone()).await;
    let pairs = up_to_code(&place, &citizen, &form(1), &["mare"]).await;
    for path in ["", "/identite", "/code", "/remplacer"] {
        let path = format!("{BALLOT}{path}");
        let page = citizen.post_from_elsewhere(&path, &pairs).await.unwrap();
        assert_eq!((page.status, page.headers["location"].to_str().unwrap()), (303, path.as_str()));
    }
    assert_voted(&place, 0).await;
    assert_eq!(place.outbox.mails().len(), 1);
    assert_eq!(confirm(&citizen, &pairs).await.status, 200);
}

#[tokio::test]
async fn nobody_chooses_the_tracking_code_under_which_another_votes() {
    let place = polling(engines::sqlite(), voting());
    let citizen = place.open(place.door.clone()).await;
    let chosen = Tracking::new([9; 16]).to_string();
    let mut sent: Vec<(&str, String)> = vec![("choice", "mare".into()), ("tracking", chosen.clone())];
    let person = form(1);
    sent.extend(person.fields().map(|(name, value)| (name, value.to_owned())));
    let page = citizen.post(&format!("{BALLOT}/identite"), &sent).await.unwrap();
    assert_eq!(page.status, 200, "{}", page.html);
    let drawn = page.all("[name=tracking]", "value");
    assert!(drawn.len() == 1 && drawn[0] != chosen, "{drawn:?}");
}
