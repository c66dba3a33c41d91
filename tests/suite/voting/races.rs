//! What happens at once: roll, box and minutes agree, always.

use super::{assert_voted, closing, found, in_box, on_roll, ticked};
use crate::faults::{Course, Fault, Troubled, behind_faults};
use domain::{
    support::Form,
    voting::{BallotBox, Outcome, Published},
};
use functions::{
    door::{Clock, Door},
    register::{Folder, Writer},
    table::{Write, is_quiet},
};
use futures_util::future::{join, join_all, join3};
use jiff::{SignedDuration, Timestamp};
use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tests::{
    citizen::{Citizen, Pair},
    engines,
    people::form,
    place::Place,
    polling::{BALLOT, PROCESS, confirm, polling, replace, rulebook, tracking, up_to_code, voting},
};
use tokio::sync::watch;

const VOTERS: usize = 500;

/// The same, under another tracking code.
fn under(pairs: &[Pair], tracking: &str) -> Vec<Pair> {
    let other = |(name, value): &Pair| match name.as_str() {
        "tracking" => (name.clone(), tracking.to_owned()),
        _ => (name.clone(), value.clone()),
    };
    pairs.iter().map(other).collect()
}

/// What one voter was answered.
struct Answered {
    /// Tracking codes on receipts.
    cast: Vec<String>,
    /// Whether a replacement was acknowledged.
    is_replaced: bool,
}

/// Sends the same ballot twice and another one, all at once; then replaces whichever was cast, twice at once.
async fn rush(citizen: Citizen, pairs: Vec<Pair>, number: usize) -> Answered {
    let other = under(&pairs, &format!("{number:026}"));
    let (one, again, another) =
        join3(confirm(&citizen, &pairs), confirm(&citizen, &pairs), confirm(&citizen, &other)).await;
    let pages = [one, again, another];
    let mut cast: Vec<String> = pages.iter().filter(|page| page.status == 200).map(tracking).collect();
    cast.sort();
    cast.dedup();
    let is_replaced = match cast.first() {
        Some(code) => {
            let (one, other) =
                join(replace(&citizen, code, &["four"]), replace(&citizen, code, &["four"])).await;
            [one, other].iter().any(|page| page.status == 200)
        }
        None => false,
    };
    Answered { cast, is_replaced }
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_five_hundred_voters_cast_twice_and_replace_while_the_vote_closes_and_roll_box_and_count_agree() {
    for engine in engines::all().await {
        // As of now: the vote is to close while they vote.
        let place = polling(engine, closing(Timestamp::now() + SignedDuration::from_hours(1)));
        let running = Door { clock: Clock::default(), ..place.door.clone() };
        let citizen = place.open(running.clone()).await;
        let forms: Vec<_> = (0..VOTERS).map(form).collect();
        let waiting = join_all(forms.iter().map(|form| up_to_code(&place, &citizen, form, &["mare"]))).await;

        let closes = Timestamp::now() + SignedDuration::from_millis(1_500);
        let rules = watch::channel(rulebook(closing(closes))).1;
        let closing_door = place.open(Door { rulebook: rules.clone(), ..running }).await;
        let voters = waiting
            .into_iter()
            .enumerate()
            .map(|(number, pairs)| tokio::spawn(rush(closing_door.clone(), pairs, number)));
        let answered: Vec<Answered> = join_all(voters).await.into_iter().map(Result::unwrap).collect();

        let name = place.engine.name;
        let (roll, slots) = (on_roll(&place).await, in_box(&place).await);
        let acknowledged = answered.iter().filter(|voter| !voter.cast.is_empty()).count();
        assert!(acknowledged > 0, "{name}: some came in time");
        assert!(answered.iter().all(|voter| voter.cast.len() <= 1), "{name}: one code each");
        assert_eq!((roll, slots.len()), (acknowledged, acknowledged), "{name}: roll, box, acknowledged");
        for voter in answered.iter().filter(|voter| voter.is_replaced) {
            let ballot = found(&place, &voter.cast[0]).await;
            assert_eq!(ballot, Some(ticked(&["four"])), "{name}: what was acknowledged is in the box");
        }

        let table: Arc<_> = place.engine.table.clone();
        let to = Folder(place.folder.path().join("public"));
        let mut writer = Writer::new(table, rules, place.door.secret.clone(), Box::new(to));
        writer.run(closes + SignedDuration::from_secs(60)).await.unwrap();
        let published: Published = read(&place, "minutes");
        assert_eq!((published.voters, published.ballots), (roll as u64, roll as u64), "{name}");
        assert!(matches!(published.outcome, Outcome::Minutes(_)), "{name}: {:?}", published.outcome);
        let counts: domain::counts::ProcessCounts =
            serde_json::from_slice(&fs::read(place.folder.path().join("public/data/budget.json")).unwrap())
                .unwrap();
        assert_eq!(counts.voting.unwrap().voters, roll as u64, "{name}: the register counts the same");
        let ballots: BallotBox = read(&place, "ballots");
        assert_eq!(ballots.ballots, slots, "{name}");
    }
}

pub(super) fn read<T: serde::de::DeserializeOwned>(place: &Place, what: &str) -> T {
    let path = place.folder.path().join(format!("public/data/{PROCESS}.{what}.json"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_one_person_in_a_hundred_windows_at_once_votes_once() {
    for place in super::places().await {
        let citizen = place.open(place.door.clone()).await;
        let pairs = up_to_code(&place, &citizen, &form(1), &["mare"]).await;
        let tries = (0..100).map(|number| {
            let pairs = under(&pairs, &format!("{number:026}"));
            let citizen = citizen.clone();
            async move { confirm(&citizen, &pairs).await.status }
        });
        let statuses = join_all(tries).await;
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{}", place.engine.name);
        assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
        assert_voted(&place, 1).await;
    }
}

#[tokio::test]
async fn i4_a_ballot_whose_answer_was_lost_is_cast_once_and_answered() {
    let mut engine = engines::dynoxide().await;
    let (table, faults) = behind_faults(&engine).await;
    engine.table = table;
    let place = polling(engine, voting());
    let citizen = place.open(place.door.clone()).await;
    let pairs = up_to_code(&place, &citizen, &form(1), &["mare"]).await;
    // The first transaction notes that the code is tried, the second casts; between them the mailbox's slot is taken.
    let lost = ("TransactWriteItems", Fault::AnswerLost);
    faults.lock().unwrap().extend([lost, ("PutItem", Fault::AnswerLost), lost]);
    let receipt = confirm(&citizen, &pairs).await;
    assert_eq!(receipt.status, 200, "{}", receipt.html);
    assert!(faults.lock().unwrap().is_empty(), "it happened");
    assert_voted(&place, 1).await;
    faults.lock().unwrap().push_back(("PutItem", Fault::AnswerLost));
    let code = tracking(&receipt);
    assert_eq!(replace(&citizen, &code, &["four"]).await.status, 200);
    assert!(faults.lock().unwrap().is_empty(), "it happened");
    assert_eq!(found(&place, &code).await, Some(ticked(&["four"])));
}

#[tokio::test]
async fn a_voter_whose_ballot_could_not_be_kept_casts_it_later_and_takes_no_one_s_place_in_the_mailbox() {
    for mut engine in engines::all().await {
        let name = engine.name;
        let is_out = Arc::new(AtomicBool::new(true));
        let now = is_out.clone();
        let course = move |writes: &[Write]| {
            let casts = writes.iter().any(|write| is_quiet(&write.key().partition));
            match casts && now.load(Ordering::SeqCst) {
                true => Course::OutOfReach,
                false => Course::Done,
            }
        };
        engine.table = Arc::new(Troubled { table: engine.table, course });
        let place = polling(engine, voting());
        let citizen = place.open(place.door.clone()).await;
        let shared = |number| Form { email: "famille@exemple.fr".into(), ..form(number) };
        let first = up_to_code(&place, &citizen, &shared(1), &["mare"]).await;
        assert_eq!(confirm(&citizen, &first).await.status, 503, "{name}");
        assert_eq!(confirm(&citizen, &first).await.status, 503, "{name}");
        assert_voted(&place, 0).await;
        is_out.store(false, Ordering::SeqCst);
        let second = up_to_code(&place, &citizen, &shared(2), &["mare"]).await;
        for pairs in [&second, &first] {
            assert_eq!(confirm(&citizen, pairs).await.status, 200, "{name}");
        }
        assert_voted(&place, 2).await;
    }
}

#[tokio::test]
async fn a_table_out_of_reach_gives_the_ballot_back() {
    let mut engine = engines::dynoxide().await;
    engine.table = Arc::new(functions::lambda::connect(
        engines::table_name(),
        &engines::account(),
        Some("http://127.0.0.1:1"),
    ));
    let place = polling(engine, voting());
    let citizen = place.open(place.door.clone()).await;
    let mut sent: Vec<(&str, String)> = vec![("choice", "mare".into())];
    let person = form(1);
    sent.extend(person.fields().map(|(name, value)| (name, value.to_owned())));
    let page = citizen.post(&format!("{BALLOT}/identite"), &sent).await.unwrap();
    assert_eq!(page.status, 503);
    assert!(page.filled().contains(&("choice".to_owned(), "mare".to_owned())));
    sent.extend([("tracking", "7".repeat(26)), ("request", "0".repeat(32)), ("code", "123456".into())]);
    let page = citizen.post(&format!("{BALLOT}/code"), &sent).await.unwrap();
    assert_eq!(page.status, 503);
    assert!(page.filled().contains(&("choice".to_owned(), "mare".to_owned())));
}

#[tokio::test]
async fn a_code_that_holds_another_ballot_casts_none() {
    for place in super::places().await {
        let citizen = place.open(place.door.clone()).await;
        let first = tracking(&tests::polling::vote(&place, &citizen, 1, &["mare"]).await);
        let pairs = up_to_code(&place, &citizen, &form(2), &["four"]).await;
        let page = confirm(&citizen, &under(&pairs, &first)).await;
        assert_eq!(page.status, 422, "{}", place.engine.name);
        assert_voted(&place, 1).await;
        assert_eq!(found(&place, &first).await, Some(ticked(&["mare"])));
        assert_eq!(confirm(&citizen, &pairs).await.status, 200, "their own still does");
    }
}
