//! What is published of a vote.

use super::{closing, in_box, races::read};
use crate::lambda::common;
use domain::{
    counts::ProcessCounts,
    rulebook::{Rulebook, Voting},
    secret::Secret,
    tally::{Election, pabulib},
    voting::{BallotBox, Outcome, Published, commitment},
    window::Window,
};
use functions::{
    demonstration,
    door::Clock,
    register::{Folder, Writer},
    table::{Condition, Write},
    voting::rows,
};
use jiff::{SignedDuration, Timestamp};
use std::{fs, sync::Arc};
use tests::{
    bucket::Bucket,
    engines,
    lambda::Lambda,
    place::{Place, program},
    polling::{PROCESS, noon, polling, rulebook, vote, voting},
};
use tokio::sync::watch;

/// A minute after the close.
fn counted() -> Timestamp {
    voting().window.closes() + SignedDuration::from_secs(60)
}

fn counts(place: &Place) -> ProcessCounts {
    serde_json::from_slice(&fs::read(place.folder.path().join("public/data/budget.json")).unwrap()).unwrap()
}

fn is_published(place: &Place) -> bool {
    ["minutes.json", "ballots.json", "pb"]
        .iter()
        .any(|what| place.folder.path().join(format!("public/data/{PROCESS}.{what}")).exists())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lot_is_committed_to_before_the_opening_and_the_box_opened_a_minute_after_the_close() {
    for place in super::places().await {
        let name = place.engine.name;
        let mut writer = place.writer();
        writer.run(noon() - SignedDuration::from_millis(1)).await.unwrap();
        let opened = counts(&place).voting.unwrap();
        assert_eq!(opened.voters, 0, "{name}");

        let citizen = place.open(place.door.clone()).await;
        for (number, ticks) in [["mare", "banc"], ["banc", "four"], ["mare", "haie"]].iter().enumerate() {
            vote(&place, &citizen, number, ticks).await;
        }
        writer.run(noon() + SignedDuration::from_hours(13)).await.unwrap();
        assert_eq!(counts(&place).voting.unwrap().voters, 3, "{name}");
        writer.run(counted() - SignedDuration::from_millis(1)).await.unwrap();
        assert!(!is_published(&place), "{name}: not before everything that was being cast is there");

        writer.run(counted()).await.unwrap();
        let published: Published = read(&place, "minutes");
        assert_eq!((published.voters, published.ballots), (3, 3), "{name}");
        let seed = hex(&published.seed);
        assert_eq!(commitment(&seed), opened.lot, "{name}: the seed is the one that was committed to");
        assert_eq!(published.lot, opened.lot, "{name}");
        let Outcome::Minutes(minutes) = &published.outcome else { panic!("{name}: {published:?}") };
        assert_eq!(minutes.winners, ["banc", "mare"], "{name}");

        let ballots: BallotBox = read(&place, "ballots");
        assert_eq!(ballots.ballots, in_box(&place).await, "{name}");
        assert!(ballots.ballots.is_sorted_by_key(|found| &found.slot), "{name}");
        assert_eq!(
            ballots.publish(3, published.closed, opened.lot),
            published,
            "{name}: anyone counts the same"
        );
        let text = fs::read_to_string(place.folder.path().join(format!("public/data/{PROCESS}.pb"))).unwrap();
        let file = pabulib::read(text.as_bytes(), false).unwrap();
        let election: Election = file.election(None, &pabulib::DEFAULT_TIES).unwrap();
        assert_eq!(domain::tally::tally(&election).unwrap().winners, minutes.winners, "{name}");
    }
}

/// What is published of the vote, byte for byte.
fn published(place: &Place) -> [Vec<u8>; 3] {
    ["ballots.json", "minutes.json", "pb"]
        .map(|what| fs::read(place.folder.path().join(format!("public/data/{PROCESS}.{what}"))).unwrap())
}

/// A writer that starts with these rules and this secret.
fn writer(place: &Place, rules: Rulebook, secret: Secret) -> Writer {
    let to = Folder(place.folder.path().join("public"));
    let rules = watch::channel(Arc::new(rules)).1;
    Writer::new(place.engine.table.clone(), rules, secret, Box::new(to))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_is_counted_once_whatever_an_editor_changes_and_whatever_becomes_of_roll_files_and_secret() {
    for place in super::places().await {
        let name = place.engine.name;
        let citizen = place.open(place.door.clone()).await;
        for (number, ticks) in [["mare", "banc"], ["banc", "four"], ["mare", "haie"]].iter().enumerate() {
            vote(&place, &citizen, number, ticks).await;
        }
        place.writer().run(counted()).await.unwrap();
        let first = published(&place);

        // The project that won is given up, the envelope is another one, the roll is to be kept longer than it was.
        let mut changed =
            Voting { erased: voting().erased + SignedDuration::from_hours(24 * 365), ..voting() };
        changed.projects.iter_mut().find(|project| project.id == "banc").unwrap().withdrawn = true;
        changed.rules.as_mut().unwrap().envelopes[0].amount = Some(10_000);
        let rules = Rulebook { version: "2".into(), ..(*rulebook(changed)).clone() };
        let secret = Secret::new([8; 32]);
        let later = voting().erased;
        writer(&place, rules.clone(), secret.clone()).run(later).await.unwrap();
        assert_eq!(published(&place), first, "{name}: nothing is published anew");
        fs::remove_dir_all(place.folder.path().join("public/data")).unwrap();
        writer(&place, rules.clone(), secret.clone()).run(later).await.unwrap();
        assert_eq!(published(&place), first, "{name}: what is lost is published again");

        let late = rows::box_key(PROCESS, domain::tracking::Tracking::new([9; 16]));
        let write = Write::put(late, Condition::Absent, None, &super::ticked(&["four"])).unwrap();
        place.engine.table.commit(vec![write], later).await.unwrap();
        fs::remove_dir_all(place.folder.path().join("public/data")).unwrap();
        writer(&place, rules, secret).run(later).await.unwrap_err();
        assert!(!is_published(&place), "{name}: another box than that which was counted");
        assert_eq!(counts(&place).voting.unwrap().voters, 3, "{name}: the counts are there");
    }
}

#[tokio::test]
async fn the_register_s_lambda_counts_a_vote_once_and_publishes_again_what_the_bucket_has_lost() {
    let (now, hour) = (Timestamp::now(), SignedDuration::from_hours(1));
    let voting = Voting { window: Window::new(now - 3 * hour, now - hour).unwrap(), ..voting() };
    let mut place = polling(engines::dynoxide().await, voting);
    place.door.clock = Clock::Stopped(now - 2 * hour);
    let citizen = place.open(place.door.clone()).await;
    vote(&place, &citizen, 1, &["mare"]).await;
    let rules = serde_json::to_vec(&*place.rulebook).unwrap();
    fs::write(place.folder.path().join("rulebook.json"), rules).unwrap();
    let bucket = Bucket::start().await;
    let run = async || {
        let register = Lambda::start(&program("register"), |command| {
            common(command, &place, &place.engine);
            command.env("PARVIS_BUCKET", "site").env("S3_ENDPOINT", &bucket.endpoint);
        })
        .await;
        register.invoke(serde_json::json!({})).await.unwrap();
    };
    let (minutes, ballots) = ("data/budget.minutes.json", "data/budget.ballots.json");
    run().await;
    let first = bucket.read(minutes).await;
    assert_eq!((&first["voters"], &first["ballots"]), (&1.into(), &1.into()), "{first}");
    bucket.delete(ballots).await;
    run().await;
    assert_eq!(bucket.status(ballots).await, 404, "what has minutes is not counted again");
    bucket.delete(minutes).await;
    run().await;
    assert_eq!(bucket.status(ballots).await, 200);
    assert_eq!(bucket.read(minutes).await, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_secret_does_not_change_what_the_lot_was_committed_to() {
    let place = polling(engines::sqlite(), voting());
    place.writer().run(noon()).await.unwrap();
    let committed = counts(&place).voting.unwrap().lot;
    let rules = (*rulebook(voting())).clone();
    writer(&place, rules, Secret::new([8; 32])).run(counted()).await.unwrap();
    let published: Published = read(&place, "minutes");
    assert_eq!((&published.lot, &counts(&place).voting.unwrap().lot), (&committed, &committed));
    assert_ne!(commitment(&hex(&published.seed)), committed, "and anyone sees that the seed is another one");
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_that_does_not_agree_with_the_roll_is_not_counted_and_the_minutes_say_so() {
    let place = polling(engines::sqlite(), voting());
    let citizen = place.open(place.door.clone()).await;
    vote(&place, &citizen, 1, &["mare"]).await;
    let stuffed = rows::box_key(PROCESS, domain::tracking::Tracking::new([9; 16]));
    let write = Write::put(stuffed, Condition::Absent, None, &super::ticked(&["four"])).unwrap();
    place.engine.table.commit(vec![write], noon()).await.unwrap();
    place.writer().run(counted()).await.unwrap();
    let published: Published = read(&place, "minutes");
    assert_eq!((published.voters, published.ballots), (1, 2));
    assert!(matches!(published.outcome, Outcome::Undecided(_)), "{published:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn i7_the_roll_is_erased_and_what_was_published_can_be_published_again() {
    for place in super::places().await {
        let name = place.engine.name;
        let citizen = place.open(place.door.clone()).await;
        for number in 0..3 {
            vote(&place, &citizen, number, &["mare"]).await;
        }
        place.writer().run(counted()).await.unwrap();
        let first: Published = read(&place, "minutes");
        let erased = voting().erased;
        for partition in rows::roll_partitions(PROCESS) {
            let rows = functions::table::query_all(&*place.engine.table, &partition, erased).await.unwrap();
            assert_eq!(rows, [], "{name}");
        }
        assert_eq!(in_box(&place).await.len(), 3, "{name}: ballots are nobody's, and stay");
        place.writer().run(erased).await.unwrap();
        assert_eq!(read::<Published>(&place, "minutes"), first, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i7_the_roll_follows_an_erasure_date_that_an_editor_changes() {
    for place in super::places().await {
        let name = place.engine.name;
        let citizen = place.open(place.door.clone()).await;
        vote(&place, &citizen, 1, &["mare"]).await;
        place.writer().run(noon()).await.unwrap();
        let sooner = voting().erased - SignedDuration::from_hours(24 * 30);
        let mut rules = (*rulebook(Voting { erased: sooner, ..voting() })).clone();
        rules.version = "2".into();
        writer(&place, rules, place.door.secret.clone()).run(noon()).await.unwrap();
        for (at, voters) in [(sooner - SignedDuration::from_secs(1), 1), (sooner, 0)] {
            let found = functions::voting::minutes::voters(&*place.engine.table, PROCESS, at).await.unwrap();
            assert_eq!(found, voters, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fictitious_people_vote_by_every_rule_and_a_vote_that_is_over_has_minutes_with_unequal_scores() {
    for erased in [voting().erased, counted()] {
        for engine in engines::all().await {
            let name = engine.name;
            let place = polling(engine, Voting { demonstration: Some(130), erased, ..voting() });
            let plant = || async {
                let (rules, secret) = (&place.rulebook, &place.door.secret);
                demonstration::plant(&*place.engine.table, rules, secret, counted()).await.unwrap();
            };
            plant().await;
            plant().await;
            place.writer().run(counted()).await.unwrap();
            let published: Published = read(&place, "minutes");
            assert_eq!((published.voters, published.ballots), (130, 130), "{name}");
            let Outcome::Minutes(minutes) = &published.outcome else { panic!("{name}: {published:?}") };
            let mut scores: Vec<i64> = minutes.projects.iter().map(|fate| fate.score).collect();
            scores.sort_unstable();
            assert!(scores[0] * 2 < scores[3], "{name}: some are liked far better: {scores:?}");
        }
    }
    let place = polling(engines::sqlite(), Voting { demonstration: Some(10), ..closing(counted()) });
    let early = noon() - SignedDuration::from_secs(1);
    demonstration::plant(&*place.engine.table, &place.rulebook, &place.door.secret, early).await.unwrap();
    assert!(in_box(&place).await.is_empty(), "nobody votes before the opening");
}
