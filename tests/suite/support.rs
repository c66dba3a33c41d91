//! The journey of a support over HTTP, on every engine.

use axum::{Extension, Router};
use domain::{
    register::{Act, Entry, recount},
    support::{Form, Wish},
    window::Window,
};
use functions::{
    client::ClientAddress,
    door::{Clock, Door},
    mail::{Mail, MailError, Mailer, Outbox},
    register::{self, Folder, Writer},
    routes::router,
    rows::{self, Standing, Support},
    table::query_all,
};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use std::{collections::BTreeSet, sync::Arc};
use tests::{
    citizen::{CYCLING, Citizen, Page},
    engines::{self, Engine},
    people::form,
    place::{Place, eventually, go},
};
use tokio::sync::watch;

const PLACE: rows::DepositId<'_> = rows::DepositId { process: CYCLING.process, deposit: CYCLING.id };

async fn places() -> Vec<Place> {
    engines::all().await.into_iter().map(Place::new).collect()
}

/// Supports that count, by the table alone.
async fn counted(engine: &Engine) -> usize {
    let mut count = 0;
    for partition in rows::partitions(PLACE) {
        let rows = query_all(&*engine.table, &partition, Timestamp::now()).await.unwrap();
        count +=
            rows.iter().filter(|row| row.read::<Support>().unwrap().standing == Standing::Counted).count();
    }
    count
}

/// Supports by the log, and by the published file, after the register has caught up.
async fn registered(place: &Place) -> (Vec<Entry>, u64) {
    let now = Timestamp::now();
    place.writer().run(now).await.unwrap();
    let log = register::log(&*place.engine.table, PLACE.process, now).await.unwrap();
    let published =
        std::fs::read(place.folder.path().join("public/data/droit-d-interpellation.json")).unwrap();
    let counts: domain::counts::ProcessCounts = serde_json::from_slice(&published).unwrap();
    assert_eq!(counts.entries, log.len() as u64);
    (log, counts.deposits.get(PLACE.deposit).map_or(0, |deposit| deposit.supports))
}

/// I10: table, register and published counts agree.
async fn assert_counts(place: &Place, expected: usize) {
    let (log, published) = registered(place).await;
    let thresholds = &place.rulebook.processes[PLACE.process].thresholds;
    let recounted = recount(&log, thresholds).get(PLACE.deposit).map_or(0, |tally| tally.supports);
    let counts = (counted(&place.engine).await, recounted, published);
    assert_eq!(
        counts,
        (expected, expected as u64, expected as u64),
        "{}: table, log, file",
        place.engine.name
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_a_thousand_parallel_supports_by_one_person_count_once() {
    for place in places().await {
        let citizen = place.open(place.door.clone()).await;
        let asked = join_all((0..1_000).map(|_| citizen.ask(Wish::Support, CYCLING, &FORM))).await;
        let requests: BTreeSet<String> =
            asked.into_iter().map(|page| page.unwrap().request().unwrap()).collect();
        assert_eq!(requests.len(), 1, "{}: the same form is the same request", place.engine.name);
        assert_eq!(place.outbox.mails().len(), 1, "{}: and sends one mail", place.engine.name);

        let (request, code) = (requests.first().unwrap(), place.code(&FORM.email).unwrap());
        let confirmed =
            join_all((0..1_000).map(|_| citizen.confirm(Wish::Support, CYCLING, request, &code))).await;
        let pages: BTreeSet<(u16, String)> =
            confirmed.into_iter().map(Result::unwrap).map(|page| (page.status, page.text("main"))).collect();
        assert_eq!(pages.len(), 1, "{}: every one gets the first answer: {pages:?}", place.engine.name);
        assert_counts(&place, 1).await;
    }
}

static FORM: std::sync::LazyLock<Form> = std::sync::LazyLock::new(|| form(1));

#[tokio::test(flavor = "multi_thread")]
async fn i3_one_person_under_many_spellings_at_once_counts_once() {
    for place in places().await {
        let citizen = open_at_noon(&place, 0).await;
        let spellings = (0..40).map(|number| Form {
            given_names: if number % 2 == 0 { "Jean-Noël" } else { "JEAN NOEL" }.into(),
            family_name: if number % 3 == 0 { "d’Œuvray" } else { "D'Oeuvray" }.into(),
            email: format!("jean.noel+{number}@exemple.fr"),
            ..form(2)
        });
        let spellings: Vec<Form> = spellings.collect();
        let pages = join_all(spellings.iter().map(|form| async {
            let page = citizen.ask(Wish::Support, CYCLING, form).await.unwrap();
            (page.request().unwrap(), place.code(&form.email))
        }));
        // A mailbox gets so many codes an hour; the others' requests wait in vain.
        let requests: Vec<(String, String)> =
            pages.await.into_iter().filter_map(|(request, code)| Some((request, code?))).collect();
        assert_eq!(requests.len(), 10, "{}", place.engine.name);
        let confirmed = join_all(
            requests.iter().map(|(request, code)| citizen.confirm(Wish::Support, CYCLING, request, code)),
        )
        .await;
        assert!(confirmed.iter().all(|page| page.as_ref().unwrap().status == 200), "{}", place.engine.name);
        assert_counts(&place, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i10_a_thousand_people_at_once_are_a_thousand_in_table_register_and_file() {
    for place in places().await {
        let citizen = place.open(place.door.clone()).await;
        let forms: Vec<Form> = (0..1_000).map(form).collect();
        let pages = join_all(forms.iter().map(|form| citizen.ask(Wish::Support, CYCLING, form))).await;
        let confirmations = forms.iter().zip(pages).map(|(form, page)| {
            let (request, code) = (page.unwrap().request().unwrap(), place.code(&form.email).unwrap());
            let citizen = citizen.clone();
            async move { citizen.confirm(Wish::Support, CYCLING, &request, &code).await.unwrap() }
        });
        for page in join_all(confirmations).await {
            assert_eq!(page.status, 200, "{}: {}", place.engine.name, page.html);
        }
        assert_counts(&place, 1_000).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_support_is_given_counted_repeated_and_withdrawn() {
    for place in places().await {
        let name = place.engine.name;
        let citizen = place.open(place.door.clone()).await;
        let (jeanne, paul) = (form(1), form(2));
        let first = go(&place, &citizen, Wish::Support, CYCLING, &jeanne).await;
        assert_eq!((first.status, first.count()), (200, Some(1)), "{name}");
        assert_counts(&place, 1).await;
        let second = go(&place, &citizen, Wish::Support, CYCLING, &paul).await;
        assert_eq!(second.count(), Some(2), "{name}: the number after theirs");
        assert_counts(&place, 2).await;

        let again = Form { given_names: "CAMILLE B".into(), ..jeanne.clone() };
        let again = go(&place, &citizen, Wish::Support, CYCLING, &again).await;
        assert_eq!(again.count(), Some(2), "{name}");
        assert_eq!(
            again.html, second.html,
            "{name}: I6, the page tells nobody whether it was the first time"
        );
        assert_counts(&place, 2).await;

        let withdrawn = go(&place, &citizen, Wish::Withdrawal, CYCLING, &jeanne).await;
        assert_eq!((withdrawn.status, withdrawn.count()), (200, Some(1)), "{name}");
        assert_counts(&place, 1).await;
        let stranger = go(&place, &citizen, Wish::Withdrawal, CYCLING, &form(3)).await;
        assert_eq!(stranger.html, withdrawn.html, "{name}: I6, nor whether there was anything to withdraw");
        assert_counts(&place, 1).await;

        let later = open_later(&place, SignedDuration::from_mins(11)).await;
        let back = go(&place, &later, Wish::Support, CYCLING, &jeanne).await;
        assert_eq!(back.count(), Some(2), "{name}: who withdrew may support again");
        assert_counts(&place, 2).await;
        let (log, _) = registered(&place).await;
        let acts: Vec<Act> = log.iter().map(|entry| entry.act).collect();
        assert_eq!(acts, [Act::Support, Act::Support, Act::Withdrawal, Act::Support], "{name}");
    }
}

/// A place where it is noon: far from where an hour or a day of limits ends.
async fn open_at_noon(place: &Place, hours_later: i64) -> Citizen {
    place.open(Door { clock: noon(hours_later), ..place.door.clone() }).await
}

fn noon(hours_later: i64) -> Clock {
    let noon: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
    Clock::Stopped(noon + SignedDuration::from_hours(hours_later))
}

/// The same place some time later.
async fn open_later(place: &Place, time: SignedDuration) -> Citizen {
    place.open(Door { clock: Clock::Running(time), ..place.door.clone() }).await
}

#[tokio::test]
async fn nobody_withdraws_the_support_of_another_with_their_own_mailbox() {
    for place in places().await {
        let citizen = place.open(place.door.clone()).await;
        go(&place, &citizen, Wish::Support, CYCLING, &form(1)).await;
        let thief = Form { email: "voleur@exemple.fr".into(), ..form(1) };
        assert_eq!(go(&place, &citizen, Wish::Withdrawal, CYCLING, &thief).await.status, 200);
        assert_counts(&place, 1).await;
    }
}

#[tokio::test]
async fn two_people_share_a_mailbox_and_a_third_is_told_the_rule() {
    for place in places().await {
        let citizen = place.open(place.door.clone()).await;
        let shared = |number| Form { email: "famille@exemple.fr".into(), ..form(number) };
        assert_eq!(go(&place, &citizen, Wish::Support, CYCLING, &shared(1)).await.status, 200);
        let respelt = Form { given_names: "Camille-Marie".into(), ..shared(1) };
        assert_eq!(go(&place, &citizen, Wish::Support, CYCLING, &respelt).await.status, 422);
        assert_eq!(go(&place, &citizen, Wish::Support, CYCLING, &shared(2)).await.status, 200);
        let third = go(&place, &citizen, Wish::Support, CYCLING, &shared(3)).await;
        assert_eq!(third.status, 422);
        assert!(third.text("[data-summary-list]").contains("adresse"), "{}", third.html);
        assert_counts(&place, 2).await;
        // A place that is given back can be taken.
        assert_eq!(go(&place, &citizen, Wish::Withdrawal, CYCLING, &shared(1)).await.status, 200);
        assert_eq!(
            go(&place, &citizen, Wish::Support, CYCLING, &Form { commune: "99001".into(), ..shared(3) })
                .await
                .status,
            200
        );
        assert_counts(&place, 2).await;
    }
}

#[tokio::test]
async fn i6_a_full_mailbox_does_not_tell_whether_someone_else_takes_part() {
    for place in places().await {
        let citizen = place.open(place.door.clone()).await;
        let spy = |number: usize| Form { email: "espion@exemple.fr".into(), ..form(number) };
        go(&place, &citizen, Wish::Support, CYCLING, &form(1)).await;
        for own in [10, 11] {
            assert_eq!(go(&place, &citizen, Wish::Support, CYCLING, &spy(own)).await.status, 200);
        }
        let takes_part = go(&place, &citizen, Wish::Support, CYCLING, &spy(1)).await;
        let does_not = go(&place, &citizen, Wish::Support, CYCLING, &spy(2)).await;
        assert_eq!((takes_part.status, does_not.status), (422, 422), "{}", place.engine.name);
        assert_eq!(takes_part.text("main"), does_not.text("main"), "{}", place.engine.name);
    }
}

#[tokio::test]
async fn i4_a_confirmation_sent_again_after_a_change_of_mind_changes_nothing() {
    for place in places().await {
        let citizen = place.open(place.door.clone()).await;
        let ask = async |wish| {
            let request = citizen.ask(wish, CYCLING, &FORM).await.unwrap().request().unwrap();
            (request, place.code(&FORM.email).unwrap())
        };
        let (given, given_code) = ask(Wish::Support).await;
        let first = citizen.confirm(Wish::Support, CYCLING, &given, &given_code).await.unwrap();
        let (taken, taken_code) = ask(Wish::Withdrawal).await;
        let second = citizen.confirm(Wish::Withdrawal, CYCLING, &taken, &taken_code).await.unwrap();
        assert_counts(&place, 0).await;
        let again = citizen.confirm(Wish::Support, CYCLING, &given, &given_code).await.unwrap();
        assert_eq!(again.html, first.html, "{}", place.engine.name);
        assert_counts(&place, 0).await;
        // Asked anew it is a new request, with a code of its own.
        let back = go(&place, &citizen, Wish::Support, CYCLING, &FORM).await;
        assert_eq!(back.count(), Some(1), "{}", place.engine.name);
        let again = citizen.confirm(Wish::Withdrawal, CYCLING, &taken, &taken_code).await.unwrap();
        assert_eq!(again.html, second.html, "{}", place.engine.name);
        assert_counts(&place, 1).await;
    }
}

/// A mail server that takes its time.
struct Slow(Arc<Outbox>);

#[async_trait::async_trait]
impl Mailer for Slow {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        self.0.send(mail).await
    }
}

#[tokio::test]
async fn a_form_given_up_by_the_browser_and_sent_again_gets_its_mail() {
    let place = Place::new(engines::sqlite());
    let citizen =
        place.open(Door { mailer: Arc::new(Slow(place.outbox.clone())), ..place.door.clone() }).await;
    let given_up = citizen.ask(Wish::Support, CYCLING, &FORM);
    assert!(tokio::time::timeout(std::time::Duration::from_millis(100), given_up).await.is_err());
    let page = citizen.ask(Wish::Support, CYCLING, &FORM).await.unwrap();
    assert!(page.request().is_some());
    eventually("the mail comes", || async { place.code(&FORM.email) }).await;
    assert_eq!(place.outbox.mails().len(), 1);
}

#[tokio::test]
async fn i11_a_refused_form_comes_back_with_what_was_typed_and_what_to_do() {
    let place = Place::new(engines::sqlite());
    let citizen = place.open(place.door.clone()).await;
    let typed = Form {
        given_names: "\"><script>alert(1)</script> &amp;".into(),
        birth_date: "21/11/2020".into(),
        commune: "Toulouse".into(),
        consent: String::new(),
        link: "worker".into(),
        ..form(1)
    };
    let page = citizen.ask(Wish::Support, CYCLING, &typed).await.unwrap();
    assert_eq!(page.status, 422);
    assert_eq!(page.fields_at_fault(), ["given_names", "birth_date", "commune", "consent"]);
    assert!(page.text("title").starts_with("Erreur"), "{}", page.text("title"));
    assert!(page.attribute("[data-summary]", "autofocus").is_some());
    for (field, shown) in [
        ("given_names", "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp;"),
        ("family_name", "Essai"),
        ("email", "personne1@exemple.fr"),
        ("birth_date", "21/11/2020"),
        ("commune", "Toulouse"),
    ] {
        assert_eq!(
            page.attribute(&format!("input[name={field}]"), "value").as_deref(),
            Some(shown),
            "{field}"
        );
    }
    for field in page.fields_at_fault() {
        assert_eq!(
            page.attribute(&format!("input[name={field}]"), "aria-invalid").as_deref(),
            Some("true"),
            "{field}"
        );
        assert_eq!(page.attribute(&format!("[data-error={field}]"), "hidden"), None, "{field}");
        assert!(!page.text(&format!("[data-error={field}]")).is_empty(), "{field}");
    }
    assert!(page.attribute("input[name=link][value=worker]", "checked").is_some());
    assert_eq!(page.attribute("input[name=link][value=resident]", "checked"), None);
    assert_eq!(page.attribute("input[name=email]", "aria-invalid"), None);
    assert!(!page.html.contains("<script>alert"));
    assert!(place.outbox.mails().is_empty());
    insta::assert_snapshot!(page.text("[data-summary-list] a"));
}

#[tokio::test]
async fn a_form_that_cannot_be_read_is_said_to_be_so() {
    let place = Place::new(engines::sqlite());
    let citizen = place.open(place.door.clone()).await;
    let twice = [("email", "a@exemple.fr"), ("email", "b@exemple.fr")];
    let page = citizen.post("/actes/droit-d-interpellation/reseau-cyclable/soutien", &twice).await.unwrap();
    assert_eq!(page.status, 422);
    assert!(!page.text("[data-summary-list]").is_empty());
    assert_eq!(page.fields_at_fault(), [""; 0], "no field is said to be missing that was sent");
    let huge = [("email", "a".repeat(100_000))];
    let page = citizen.post("/actes/droit-d-interpellation/reseau-cyclable/soutien", &huge).await.unwrap();
    assert_eq!(page.status, 413);
    assert!(page.text("[data-summary-list]").contains("trop long"), "{}", page.text("[data-summary-list]"));
}

#[tokio::test]
async fn an_act_on_what_does_not_exist_is_answered_by_the_page_for_that() {
    let place = Place::new(engines::sqlite());
    let citizen = place.open(place.door.clone()).await;
    for path in [
        "/actes/nulle-part/reseau-cyclable/soutien",
        "/actes/droit-d-interpellation/trains-du-dimanche/soutien",
    ] {
        let page = citizen.post(path, &form(1)).await.unwrap();
        assert_eq!(page.status, 404, "{path}");
        assert!(page.html.contains("</html>"), "{path}");
    }
}

#[tokio::test]
async fn i5_reading_an_act_s_address_does_nothing() {
    let place = Place::new(engines::sqlite());
    let citizen = place.open(place.door.clone()).await;
    let page = citizen.ask(Wish::Support, CYCLING, &FORM).await.unwrap();
    let (request, code) = (page.request().unwrap(), place.code(&FORM.email).unwrap());
    for path in ["soutien", "soutien/code", "retrait", "retrait/code"] {
        let path =
            format!("/actes/droit-d-interpellation/reseau-cyclable/{path}?request={request}&code={code}");
        let page = citizen.get(&path).await.unwrap();
        assert_eq!((page.status, page.headers["location"].to_str().unwrap()), (303, form_of(&path)));
    }
    assert_counts(&place, 0).await;
}

fn form_of(path: &str) -> &'static str {
    match path.contains("/retrait") {
        true => "/garennes/droit-d-interpellation/interpellations/reseau-cyclable/retirer/",
        false => "/garennes/droit-d-interpellation/interpellations/reseau-cyclable/soutenir/",
    }
}

#[tokio::test]
async fn i2_the_functions_ask_the_window_at_the_millisecond() {
    let ms = SignedDuration::from_millis(1);
    for place in places().await {
        let window = place.rulebook.processes[CYCLING.process].deposits[CYCLING.id].window;
        let instants = [
            (window.opens() - ms, 422),
            (window.opens(), 200),
            (window.closes() - ms, 200),
            (window.closes(), 422),
        ];
        for (number, (instant, expected)) in instants.into_iter().enumerate() {
            let door = Door { clock: Clock::Stopped(instant), ..place.door.clone() };
            let citizen = place.open(door).await;
            let page = citizen.ask(Wish::Support, CYCLING, &form(number)).await.unwrap();
            assert_eq!(page.status, expected, "{}: {instant}", place.engine.name);
        }
        // What was asked in time is refused when it is confirmed too late, and so is a withdrawal.
        let last = form(2);
        let (request, code) = {
            let door = Door { clock: Clock::Stopped(window.closes() - ms), ..place.door.clone() };
            let page = place.open(door).await.ask(Wish::Support, CYCLING, &last).await.unwrap();
            (page.request().unwrap(), place.code(&last.email).unwrap())
        };
        let late = place.open(Door { clock: Clock::Stopped(window.closes()), ..place.door.clone() }).await;
        let page = late.confirm(Wish::Support, CYCLING, &request, &code).await.unwrap();
        assert_eq!(page.status, 422, "{}", place.engine.name);
        assert_eq!(late.ask(Wish::Withdrawal, CYCLING, &last).await.unwrap().status, 422);
        assert_eq!(counted(&place.engine).await, 0, "{}", place.engine.name);
    }
}

#[tokio::test]
async fn i2_a_form_checked_by_rules_that_have_changed_since_must_be_sent_anew() {
    for place in places().await {
        let citizen = place.open(place.door.clone()).await;
        let request = citizen.ask(Wish::Support, CYCLING, &FORM).await.unwrap().request().unwrap();
        let code = place.code(&FORM.email).unwrap();
        let mut rules = (*place.rulebook).clone();
        rules.processes.get_mut(CYCLING.process).unwrap().eligibility.minimum_age = 90;
        let door = Door { rulebook: watch::channel(Arc::new(rules)).1, ..place.door.clone() };
        let page = place.open(door).await.confirm(Wish::Support, CYCLING, &request, &code).await.unwrap();
        assert_eq!(page.status, 422, "{}", place.engine.name);
        assert_counts(&place, 0).await;
    }
}

#[tokio::test]
async fn five_wrong_codes_end_a_request_and_a_new_one_can_be_made() {
    for place in places().await {
        let citizen = place.open(place.door.clone()).await;
        let page = citizen.ask(Wish::Support, CYCLING, &FORM).await.unwrap();
        let (request, code) = (page.request().unwrap(), place.code(&FORM.email).unwrap());
        let mut said = Vec::new();
        for wrong in (0..).map(|number| format!("{number:06}")).filter(|wrong| *wrong != code).take(5) {
            let page = citizen.confirm(Wish::Support, CYCLING, &request, &wrong).await.unwrap();
            assert_eq!((page.status, page.fields_at_fault()), (422, vec!["code".to_owned()]));
            assert_eq!(page.request().as_ref(), Some(&request), "the page can be sent again");
            said.push(page.text("[data-error=code]"));
        }
        assert!(said[0].contains('4') && said[4] != said[0], "{said:?}");
        let page = citizen.confirm(Wish::Support, CYCLING, &request, &code).await.unwrap();
        assert_eq!(page.status, 422, "{}: the right code comes too late", place.engine.name);
        assert_counts(&place, 0).await;

        let page = go(&place, &citizen, Wish::Support, CYCLING, &FORM).await;
        assert_eq!(page.status, 200, "{}: {}", place.engine.name, page.html);
        assert_counts(&place, 1).await;
    }
}

#[tokio::test]
async fn a_mailbox_s_codes_are_guessed_at_fifty_times_a_day_at_most_however_they_are_sent() {
    for place in places().await {
        let victim = |number: usize| Form { email: "victime@exemple.fr".into(), ..form(number) };
        let mut compared = 0;
        for number in 0..12 {
            // Each hour the mailbox gets ten codes, so that guesses can be made for many requests.
            let later = open_at_noon(&place, i64::try_from(number / 10).unwrap()).await;
            let request =
                later.ask(Wish::Support, CYCLING, &victim(number)).await.unwrap().request().unwrap();
            for guess in ["000001", "000002", "000003", "000004", "000001", "000002"] {
                // The same guess twice at once is one guess.
                let twice =
                    [guess, guess].map(|guess| later.confirm(Wish::Support, CYCLING, &request, guess));
                let said =
                    join_all(twice).await.into_iter().map(|page| page.unwrap().text("[data-error=code]"));
                let said: BTreeSet<String> = said.collect();
                assert_eq!(said.len(), 1, "{}: {said:?}", place.engine.name);
                compared += usize::from(said.iter().any(|said| said.contains("reste")));
            }
        }
        // Four guesses and their repetitions for each of twelve requests, all within fifty.
        assert_eq!(compared, 12 * 6, "{}", place.engine.name);
        let citizen = open_at_noon(&place, 2).await;
        let request = citizen.ask(Wish::Support, CYCLING, &victim(20)).await.unwrap().request().unwrap();
        for guess in ["000001", "000002", "000003", "000003"] {
            let said = citizen
                .confirm(Wish::Support, CYCLING, &request, guess)
                .await
                .unwrap()
                .text("[data-error=code]");
            let within = guess < "000003";
            assert_eq!(said.contains("reste"), within, "{}: {guess}: {said}", place.engine.name);
        }
    }
}

#[tokio::test]
async fn a_code_is_forgiven_its_spaces_and_told_from_what_is_none() {
    let place = Place::new(engines::sqlite());
    let citizen = place.open(place.door.clone()).await;
    let page = citizen.ask(Wish::Support, CYCLING, &FORM).await.unwrap();
    let (request, code) = (page.request().unwrap(), place.code(&FORM.email).unwrap());
    let said = async |code: &str| {
        let page = citizen.confirm(Wish::Support, CYCLING, &request, code).await.unwrap();
        assert_eq!(page.status, 422);
        page.text("[data-error=code]")
    };
    let (missing, malformed) = (said("").await, said("12345").await);
    assert_ne!(missing, malformed);
    assert_eq!(said("12345a").await, malformed);
    let spaced = format!(" {} {}\u{a0}", &code[..3], &code[3..]);
    let page = citizen.confirm(Wish::Support, CYCLING, &request, &spaced).await.unwrap();
    assert_eq!(page.status, 200, "{}", page.html);
}

#[tokio::test]
async fn a_code_is_good_for_ten_minutes() {
    for place in places().await {
        let citizen = place.open(place.door.clone()).await;
        let page = citizen.ask(Wish::Support, CYCLING, &FORM).await.unwrap();
        let (request, code) = (page.request().unwrap(), place.code(&FORM.email).unwrap());
        let late = open_later(&place, SignedDuration::from_mins(10)).await;
        assert_eq!(late.confirm(Wish::Support, CYCLING, &request, &code).await.unwrap().status, 422);
        let in_time = open_later(&place, SignedDuration::from_secs(590)).await;
        assert_eq!(in_time.confirm(Wish::Support, CYCLING, &request, &code).await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn i4_a_form_sent_again_sends_no_second_mail_until_a_minute_has_passed() {
    for place in places().await {
        let citizen = place.open(place.door.clone()).await;
        let first = citizen.ask(Wish::Support, CYCLING, &FORM).await.unwrap();
        let again = citizen.ask(Wish::Support, CYCLING, &FORM).await.unwrap();
        assert_eq!(first.html, again.html);
        assert_eq!(place.outbox.mails().len(), 1);
        let later = open_later(&place, SignedDuration::from_secs(61)).await;
        assert_eq!(later.ask(Wish::Support, CYCLING, &FORM).await.unwrap().html, first.html);
        let mails = place.outbox.mails();
        assert_eq!(mails.len(), 2, "{}", place.engine.name);
        assert_eq!(mails[0], mails[1], "{}: the same code again", place.engine.name);
    }
}

#[tokio::test]
async fn i4_a_confirmation_sent_again_gets_the_first_answer_even_after_the_close() {
    for place in places().await {
        let window = place.rulebook.processes[CYCLING.process].deposits[CYCLING.id].window;
        let last_second = window.closes() - SignedDuration::from_secs(1);
        let citizen = place.open(Door { clock: Clock::Stopped(last_second), ..place.door.clone() }).await;
        let page = citizen.ask(Wish::Support, CYCLING, &FORM).await.unwrap();
        let (request, code) = (page.request().unwrap(), place.code(&FORM.email).unwrap());
        let first = citizen.confirm(Wish::Support, CYCLING, &request, &code).await.unwrap();
        let late = place.open(Door { clock: Clock::Stopped(window.closes()), ..place.door.clone() }).await;
        let again = late.confirm(Wish::Support, CYCLING, &request, &code).await.unwrap();
        assert_eq!((first.status, &first.html), (again.status, &again.html), "{}", place.engine.name);
    }
}

#[tokio::test]
async fn i6_a_mailbox_that_had_its_share_of_codes_gets_no_more_and_nobody_is_told() {
    let place = Place::new(engines::sqlite());
    let citizen = open_at_noon(&place, 0).await;
    let spam = |number: usize| Form { email: "victime@exemple.fr".into(), ..form(number) };
    let mut pages: Vec<Page> = Vec::new();
    for number in 0..12 {
        pages.push(citizen.ask(Wish::Support, CYCLING, &spam(number)).await.unwrap());
    }
    assert_eq!(place.outbox.mails().len(), 10);
    let without_request = |page: &Page| page.html.replace(&page.request().unwrap(), "");
    assert_eq!(without_request(&pages[0]), without_request(&pages[11]));
    let later = open_at_noon(&place, 1).await;
    later.ask(Wish::Support, CYCLING, &spam(20)).await.unwrap();
    assert_eq!(place.outbox.mails().len(), 11, "an hour later it may ask again");
}

#[tokio::test]
async fn a_network_that_asks_too_much_is_told_so_and_keeps_what_it_typed() {
    let mut place = Place::new(engines::sqlite());
    place.door.clock = noon(0);
    let from = |address: &str| -> Router {
        router(place.door.clone()).layer(Extension(ClientAddress(address.parse().unwrap())))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let crowd = Citizen::new(format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(axum::serve(listener, from("203.0.113.7")).into_future());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = Citizen::new(format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(axum::serve(listener, from("203.0.114.7")).into_future());
    let forms: Vec<Form> = (0..1_001).map(form).collect();
    let pages = join_all(forms.iter().map(|form| crowd.ask(Wish::Support, CYCLING, form))).await;
    let refused: Vec<Page> =
        pages.into_iter().map(Result::unwrap).filter(|page| page.status == 429).collect();
    assert_eq!(refused.len(), 1);
    assert!(
        refused[0].attribute("input[name=email]", "value").is_some_and(|email| email.starts_with("personne"))
    );
    assert_eq!(elsewhere.ask(Wish::Support, CYCLING, &form(2_000)).await.unwrap().status, 200);
}

/// A mail server that is down for a while.
struct Down {
    outbox: Arc<Outbox>,
    failures: std::sync::atomic::AtomicU32,
}

#[async_trait::async_trait]
impl Mailer for Down {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        if self.failures.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) > 0 {
            let nowhere = functions::mail::Smtp::new("smtp://127.0.0.1:1").expect("an address");
            return nowhere.send(mail).await;
        }
        self.outbox.send(mail).await
    }
}

#[tokio::test]
async fn when_no_mail_can_be_sent_the_form_comes_back_and_can_be_sent_again() {
    for place in places().await {
        let mailer = Arc::new(Down { outbox: place.outbox.clone(), failures: 1.into() });
        let citizen = place.open(Door { mailer, ..place.door.clone() }).await;
        let page = citizen.ask(Wish::Support, CYCLING, &FORM).await.unwrap();
        assert_eq!(page.status, 503);
        assert_eq!(page.attribute("input[name=email]", "value").as_deref(), Some("personne1@exemple.fr"));
        assert!(!page.text("[data-summary-list]").is_empty());
        assert_eq!(
            go(&place, &citizen, Wish::Support, CYCLING, &FORM).await.status,
            200,
            "{}",
            place.engine.name
        );
    }
}

#[tokio::test]
async fn i7_what_a_support_leaves_behind() {
    let place = Place::new(engines::sqlite());
    let citizen = place.open(place.door.clone()).await;
    go(&place, &citizen, Wish::Support, CYCLING, &FORM).await;
    go(&place, &citizen, Wish::Withdrawal, CYCLING, &form(5)).await;
    let mut rows = Vec::new();
    let mut position = None;
    loop {
        let read = place.engine.table.changes(position.as_ref(), 100).await.unwrap();
        if read.changes.is_empty() {
            break;
        }
        rows.extend(read.changes.into_iter().filter_map(|change| change.new));
        position = Some(read.next);
    }
    let mut everything = String::new();
    for row in &rows {
        assert!(row.expires.is_some(), "{:?} has an erasure date", row.key);
        let lifetime = row.expires.unwrap().duration_since(Timestamp::now()).as_hours();
        let erased = match lifetime {
            ..=24 => "a day",
            _ => "the deposit's erasure date",
        };
        let partition = match rows::deposit_of(&row.key.partition) {
            Some(_) => row.key.partition.rsplit_once('#').unwrap().0.to_owned() + "#[shard]",
            None => row.key.partition.clone(),
        };
        everything += &format!("{partition} / {}  {}  until {erased}\n", row.key.sort, row.body);
    }
    for mail in place.outbox.mails() {
        everything += &format!("\nTo: {}\nSubject: {}\n\n{}\n", mail.to, mail.subject, mail.body);
    }
    for typed in [&FORM.given_names, &FORM.family_name, &FORM.email, &FORM.birth_date] {
        assert!(
            rows.iter()
                .all(|row| !row.body.contains(typed.as_str()) && !row.key.partition.contains(typed.as_str()))
        );
    }
    insta::assert_snapshot!(redact(&everything));
}

#[tokio::test]
async fn i7_when_the_rule_changes_rows_follow_it_and_a_support_still_counts_once() {
    for place in places().await {
        let citizen = place.open(place.door.clone()).await;
        go(&place, &citizen, Wish::Support, CYCLING, &FORM).await;
        assert_counts(&place, 1).await;
        let mut rules = (*place.rulebook).clone();
        let deposit = rules.processes.get_mut(CYCLING.process).unwrap().deposits.get_mut(CYCLING.id).unwrap();
        let old = deposit.erased;
        // A window longer by more than the retention.
        deposit.window = Window::new(deposit.window.opens(), old + SignedDuration::from_hours(48)).unwrap();
        deposit.erased = old + SignedDuration::from_hours(96);
        rules.version = "longer".into();
        let rules = Arc::new(rules);
        let later = Clock::Stopped(old + SignedDuration::from_hours(24));
        let door = Door { rulebook: watch::channel(rules.clone()).1, clock: later, ..place.door.clone() };
        let now = Timestamp::now();
        let to = Folder(place.folder.path().join("public"));
        let (table, rules) = (place.engine.table.clone(), door.rulebook.clone());
        Writer::new(table, rules, door.secret.clone(), Box::new(to)).run(now).await.unwrap();

        let again = go(&place, &place.open(door).await, Wish::Support, CYCLING, &FORM).await;
        assert_eq!((again.status, again.count()), (200, Some(1)), "{}", place.engine.name);
        assert_counts(&place, 1).await;
    }
}

/// Replaces what differs at each run: hashes, instants, codes.
fn redact(text: &str) -> String {
    let mut redacted = String::new();
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && !"-:.".contains(c)) {
        let (body, end) = word.split_at(word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).len());
        redacted += match body {
            body if body.len() >= 32 && body.bytes().all(|byte| byte.is_ascii_hexdigit()) => "[hash]",
            body if body.len() == 6 && body.bytes().all(|byte| byte.is_ascii_digit()) => "[code]",
            body if body.len() >= 5 && body.bytes().all(|byte| byte.is_ascii_digit()) => "[span]",
            body if body.len() >= 20 && body.ends_with('Z') && body.contains('T') => "[instant]",
            body => body,
        };
        redacted += end;
    }
    redacted
}
