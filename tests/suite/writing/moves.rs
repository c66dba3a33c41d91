//! Authors, agents and rules move deposits at random, on every engine: whatever they try, and in whatever order, what is
//! kept afterwards is a state that its history leads to.

use super::site::*;
use domain::{
    deposit::{Actor, CarryOver, Deposit, HideReason, Move, State, after},
    rulebook::Writing,
};
use fastrand::Rng;
use functions::deposits::{archive, own_key};
use generator::desk::{Desk, DeskError, Filed};
use jiff::{SignedDuration, Timestamp};
use std::{collections::BTreeMap, fs, path::Path};
use tests::{citizen::Page, engines, place::Place};

/// Times that something is tried on each engine.
const STEPS: usize = 60;

/// People who write, each as often as the rule admits.
const PEOPLE: [&str; 3] = ["jeanne@exemple.fr", "paul@exemple.fr", "awa@exemple.fr"];

/// What is tried.
#[derive(Debug)]
enum Act {
    /// A person sends a text.
    Write(&'static str),
    /// An author opens the form, changes the title and sends it.
    Edit(Filed),
    /// A form that was opened earlier is sent.
    Resend(usize),
    Withdraw(Filed),
    /// An agent makes a move, of the deposit as they have read it.
    Move(Filed, Move),
    /// What gathered too few supports is archived.
    Archive,
}

/// A place that closes in a month, where two days with few supports are enough to be archived.
fn place(root: &Path, engine: engines::Engine) -> Place {
    let page = root.join("content/ma-commune").join(IDEAS).join("_index.md");
    let text = fs::read_to_string(&page).unwrap();
    let text = text.replace("closes = 2090-01-10", "closes = 2026-12-21");
    let archive = "per_person = 2\n[writing.archive]\nbelow = 10\nafter = \"2 days\"\n";
    let text = text.replace("per_person = 2\n", archive);
    let support = "[support]\ncloses = 2030-01-01\ncommunes = \"any\"\n+++\n\nBonjour.";
    fs::write(&page, text.replace("+++\n\nBonjour.", support)).unwrap();
    Place::of_site(root, engine)
}

fn writing(place: &Place) -> &Writing {
    place.rulebook.processes[IDEAS].writing.as_ref().unwrap()
}

/// What is kept, by id.
async fn kept(place: &Place) -> BTreeMap<String, Deposit> {
    let stored = deposits(place, IDEAS).await;
    stored.into_iter().map(|stored| (stored.id, stored.deposit)).collect()
}

fn own_page(place: &Place, filed: &Filed) -> String {
    let id = &filed.stored.id;
    format!("/actes/{IDEAS}/depots/{id}?cle={}", own_key(&place.door.secret, IDEAS, id))
}

fn any_move(rng: &mut Rng, now: Timestamp, ids: &[String]) -> Move {
    let reason = rng.choice(["Précisez le lieu.", "Hors de nos compétences.", " "]).unwrap();
    let text = || reason.to_owned();
    let into = rng.choice(ids).cloned().unwrap_or_default();
    let moves = [
        Move::Take,
        Move::AskRevision { until: now + SignedDuration::from_hours(36), request: text() },
        Move::AskRevision { until: now - SignedDuration::from_hours(1), request: text() },
        Move::Admit,
        Move::Admit,
        Move::Admit,
        Move::Refuse { reason: text() },
        Move::Publish,
        Move::Publish,
        Move::Publish,
        Move::Merge { into, supports: CarryOver::Stay },
        Move::Hide { reason: HideReason::Spam },
        Move::Hide { reason: HideReason::Erasure },
        Move::Restore,
        Move::Submit,
        Move::Edit,
        Move::Withdraw,
        Move::Archive,
    ];
    moves[rng.usize(..moves.len())].clone()
}

/// Something to try, on what was read now or a while ago.
fn any_act(rng: &mut Rng, now: Timestamp, read: &[Filed], forms: usize) -> Act {
    let filed = rng.choice(read).cloned();
    match (rng.u8(..20), filed) {
        (0..3, _) | (_, None) => Act::Write(rng.choice(PEOPLE).unwrap()),
        (3..5, Some(filed)) => Act::Edit(filed),
        (5, _) if forms > 0 => Act::Resend(rng.usize(..forms)),
        (6, Some(filed)) => Act::Withdraw(filed),
        (7..9, _) => Act::Archive,
        (_, Some(filed)) => {
            let ids: Vec<String> = read.iter().map(|filed| filed.stored.id.clone()).collect();
            Act::Move(filed, any_move(rng, now, &ids))
        }
    }
}

/// Sends a form with a title of its own; whether it was taken.
async fn revise(place: &Place, form: &Page, title: &str, now: Timestamp) -> bool {
    let typed = [("at", "9"), ("f-title", title)];
    let read = send(&open_at(place, now).await, IDEAS, form, &typed, "next").await;
    let later = open_at(place, now + SignedDuration::from_secs(5)).await;
    read.status == 200 && send(&later, IDEAS, &read, &[], "send").await.status == 200
}

/// Tries it; whether it is said to be done. A form that an author opened is kept.
async fn try_out(
    place: &Place,
    desk: &Desk,
    act: &Act,
    forms: &[Page],
    now: Timestamp,
) -> (bool, Option<Page>) {
    let done = match act {
        Act::Write(email) => {
            let idea = idea(1);
            let typed = [borrowed(&idea).as_slice(), &[("at", "9")]].concat();
            let read = send(&open_at(place, now).await, IDEAS, &blank(place, IDEAS), &typed, "next").await;
            let later = open_at(place, now + SignedDuration::from_secs(5)).await;
            let person = [("email", *email), ("public_name", "Quelqu’un"), ("consent", "yes")];
            let page = send(&later, IDEAS, &read, &person, "send").await;
            match (page.request(), place.code(email)) {
                (Some(request), Some(code)) => confirm(&later, IDEAS, &request, &code).await.status == 200,
                _ => false,
            }
        }
        Act::Edit(filed) => {
            let form = act_on(place, filed, "edit", now).await;
            let is_open = form.status == 200;
            let done = is_open && revise(place, &form, &format!("Un banc, {now}"), now).await;
            return (done, is_open.then_some(form));
        }
        Act::Resend(form) => revise(place, &forms[*form], &format!("Encore un banc, {now}"), now).await,
        Act::Withdraw(filed) => act_on(place, filed, "withdraw", now).await.status == 200,
        Act::Move(filed, did) => match desk.make(filed, did.clone(), "Ada").await {
            Ok(_) => true,
            Err(DeskError::NotAllowed(_) | DeskError::Changed) => false,
            Err(error) => panic!("{act:?}: {error}"),
        },
        Act::Archive => {
            let archived = archive(&*place.engine.table, &place.rulebook, now).await.unwrap();
            !archived.is_empty()
        }
    };
    (done, None)
}

async fn act_on(place: &Place, filed: &Filed, go: &str, now: Timestamp) -> Page {
    act(&open_at(place, now).await, &own_page(place, filed), go).await
}

/// Replays a history by the rules: it leads to the state that is kept, and nobody did what was not theirs or too late.
fn assert_legal(deposit: &Deposit, writing: &Writing, what: &str) {
    let mut state = State::Draft;
    let mut last = deposit.at;
    for moved in &deposit.history {
        assert!(moved.at >= last, "{what}: backwards: {deposit:?}");
        last = moved.at;
        let next = after(&state, &moved.did, &moved.by, moved.at, writing.window.is_open(moved.at));
        state = next.unwrap_or_else(|error| panic!("{what}: {moved:?} of {state:?}: {error}"));
    }
    assert_eq!(state, deposit.state, "{what}");
    let texts = deposit.history.iter().filter(|moved| matches!(moved.did, Move::Submit | Move::Edit)).count();
    assert_eq!(u32::try_from(texts), Ok(deposit.revision), "{what}: {:?}", deposit.history);
    let is_rule = |by: &Actor| *by == Actor::Rule;
    assert!(deposit.history.iter().all(|moved| is_rule(&moved.by) == (moved.did == Move::Archive)), "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_sequence_of_acts_leaves_a_state_that_its_history_does_not_lead_to() {
    let mut reached = BTreeMap::<&str, usize>::new();
    for (engine, seed) in engines::all().await.into_iter().zip(1..) {
        let site = site();
        let place = place(site.path(), engine);
        sequence(&place, site.path(), seed, &mut reached).await;
    }
    // Or the acts were not varied enough to tell anything.
    assert!(reached.len() >= 8 && reached.contains_key("published"), "{reached:?}");
}

async fn sequence(place: &Place, root: &Path, seed: u64, reached: &mut BTreeMap<&'static str, usize>) {
    let mut rng = Rng::with_seed(seed);
    let (mut now, mut forms, mut earlier) = (noon(0), Vec::new(), Vec::new());
    for step in 0..STEPS {
        now += SignedDuration::from_secs(rng.i64(60..86_400));
        let desk = Desk::on(root, place.engine.table.clone(), place.door.secret.clone(), now);
        let desk = desk.unwrap_or_else(|error| panic!("{error}"));
        let before = kept(place).await;
        let mut read = desk.list(Some(IDEAS)).await.unwrap();
        if rng.u8(..8) > 0 {
            earlier.clone_from(&read);
        } else {
            // Agents who have read it a while ago.
            read.clone_from(&earlier);
        }
        let first = any_act(&mut rng, now, &read, forms.len());
        // Sometimes two at once.
        let second = rng.bool().then(|| any_act(&mut rng, now, &read, forms.len()));
        let what = format!("{}, sequence {seed}, step {step}: {first:?}, {second:?}", place.engine.name);
        let other = async {
            match &second {
                Some(act) => try_out(place, &desk, act, &forms, now).await,
                None => (false, None),
            }
        };
        let ((done, opened), (other_done, other_opened)) =
            tokio::join!(try_out(place, &desk, &first, &forms, now), other);
        forms.extend(opened.into_iter().chain(other_opened));

        let kept = kept(place).await;
        for (id, deposit) in &kept {
            assert_legal(deposit, writing(place), &what);
            *reached.entry(deposit.state.name()).or_default() += 1;
            let past = before.get(id).map_or(&[][..], |before| &before.history);
            assert!(deposit.history.starts_with(past), "{what}: the past has changed");
            if let State::Merged { into, .. } = &deposit.state {
                assert!(into != id && kept.contains_key(into), "{what}: merged into nothing");
            }
        }
        assert!(before.keys().all(|id| kept.contains_key(id)), "{what}: a deposit is lost");
        if !done && !other_done {
            assert_eq!(kept, before, "{what}: what was refused has changed something");
        }
    }
}
