//! Random ballot boxes, with all that rules may ask.

use super::declared::{Rules, declared};
use crate::{
    ballot::{Answer, Ballot, Grade, Method, Missing},
    tally::{Project, Rules as Declared},
    voting::{BallotBox, Slot},
};
use proptest::{
    collection::vec, option, prelude::*, sample::select, strategy::ValueTree, test_runner::TestRunner,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const ZONES: [&str; 2] = ["nord", "sud"];
const GRADES: [&str; 4] = ["bien", "assez-bien", "passable", "non"];

/// Boxes of two to six projects, counted by `rules`.
pub(super) fn boxes(rules: Rules) -> impl Strategy<Value = BallotBox> {
    (2_usize..7, method(rules)).prop_flat_map(move |(size, method)| {
        let ballots = vec(ballot(size, &method), 1..12);
        (projects(size), declared(size, rules), ballots).prop_map(move |(projects, rules, ballots)| {
            sealed(method.clone(), projects, Some(rules), ballots)
        })
    })
}

/// Boxes of a question.
pub(super) fn questions() -> impl Strategy<Value = BallotBox> {
    let ballot = select(vec![Ballot::Blank, Ballot::YesNo(Answer::Yes), Ballot::YesNo(Answer::No)]);
    vec(ballot, 0..9).prop_map(|ballots| sealed(Method::YesNo { blank: true }, Vec::new(), None, ballots))
}

fn sealed(
    method: Method,
    projects: Vec<Project>,
    rules: Option<Declared>,
    ballots: Vec<Ballot>,
) -> BallotBox {
    let slots = (0..).zip(ballots).map(|(slot, ballot)| Slot { slot: format!("{slot:03}"), ballot });
    BallotBox {
        process: "budget".to_owned(),
        method,
        projects,
        rules,
        registered: Some(100),
        seed: hex::encode("a public draw"),
        ballots: slots.collect(),
    }
}

fn method(rules: Rules) -> BoxedStrategy<Method> {
    let approval = Method::Approval { least: 1, most: None, blank: true };
    let points = Method::Points { total: 100, per_project: 5, blank: true };
    let ranking = Method::Ranking { least: 1, most: None, blank: true };
    let grade = |id: &str| Grade { id: id.to_owned(), label: id.to_owned() };
    let grades = Method::Grades { grades: GRADES.map(grade).into(), missing: Missing::Worst, blank: true };
    match rules {
        Rules::Greedy => select(vec![approval, points, ranking, grades, Method::One { blank: true }]).boxed(),
        Rules::Shares | Rules::Growing | Rules::Phragmen => {
            prop_oneof![2 => Just(approval), 2 => Just(points), 1 => Just(ranking)].boxed()
        }
        Rules::MajorityJudgment => Just(grades).boxed(),
        Rules::Schulze | Rules::Borda | Rules::Runoff => Just(ranking).boxed(),
    }
}

pub(super) fn id(project: usize) -> String {
    format!("p{project}")
}

fn ids(size: usize) -> impl Strategy<Value = Vec<String>> {
    let orders = Just((0..size).map(id).collect::<Vec<String>>()).prop_shuffle();
    (orders, 0..=size).prop_map(|(mut order, many)| {
        order.truncate(many);
        order
    })
}

fn ballot(size: usize, method: &Method) -> BoxedStrategy<Ballot> {
    let written = match method {
        Method::Points { .. } => vec(1_u32..6, size)
            .prop_flat_map(move |points| {
                ids(size)
                    .prop_map(move |chosen| Ballot::Points(chosen.into_iter().zip(points.clone()).collect()))
            })
            .boxed(),
        Method::Ranking { .. } => ids(size).prop_map(Ballot::Ranking).boxed(),
        Method::Grades { .. } => vec(select(&GRADES[..]), size)
            .prop_map(|given| {
                Ballot::Grades(
                    (0..)
                        .zip(given)
                        .map(|(index, grade)| (id(index), grade.to_owned()))
                        .collect::<BTreeMap<_, _>>(),
                )
            })
            .boxed(),
        Method::One { .. } => (0..size).prop_map(|chosen| Ballot::One(id(chosen))).boxed(),
        _ => ids(size).prop_map(|chosen| Ballot::Approval(chosen.into_iter().collect())).boxed(),
    };
    // A ballot that chooses nothing is blank: none is written otherwise.
    written
        .prop_map(|ballot| match &ballot {
            Ballot::Approval(chosen) if chosen.is_empty() => Ballot::Blank,
            Ballot::Points(points) if points.is_empty() => Ballot::Blank,
            Ballot::Ranking(order) if order.is_empty() => Ballot::Blank,
            _ => ballot,
        })
        .boxed()
}

fn projects(size: usize) -> impl Strategy<Value = Vec<Project>> {
    let zone = option::of(select(&ZONES[..]).prop_map(str::to_owned));
    let theme = option::of(Just("eau".to_owned()));
    let label = option::of(Just("coup-de-coeur".to_owned()));
    let proposer = option::of(select(&["Amis du parc", "Les voisins"][..]).prop_map(str::to_owned));
    // Few costs, so that there are ties; some cost nothing.
    let cost = prop_oneof![6 => (1_u64..5).prop_map(|tens| tens * 10), 3 => 1_u64..40, 1 => Just(0)];
    let one = (cost, zone, theme, label, proposer, prop::bool::weighted(0.08));
    vec(one, size).prop_map(|all| {
        let project = |(index, (cost, zone, theme, label, proposer, withdrawn))| Project {
            id: id(index),
            name: if index == 0 { "Le four à pain".to_owned() } else { String::new() },
            cost,
            zone,
            themes: Option::into_iter(theme).collect(),
            labels: Option::into_iter(label).collect(),
            proposer,
            withdrawn,
        };
        (0..).zip(all).map(project).collect()
    })
}

/// All that is said in a value: names of what it has, and texts with the name of what they are.
fn said(name: &str, value: &Value, words: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| {
            words.insert(name.clone());
            said(name, value, words);
        }),
        Value::Array(list) => list.iter().for_each(|value| said(name, value, words)),
        Value::String(text) => {
            words.insert(format!("{name}={text}"));
        }
        _ => {}
    }
}

#[test]
fn random_boxes_meet_all_that_minutes_can_say() {
    let mut words = BTreeSet::new();
    let mut runner = TestRunner::deterministic();
    let rules = [Rules::Greedy, Rules::Shares, Rules::Growing, Rules::Phragmen, Rules::MajorityJudgment];
    for rules in rules.into_iter().chain([Rules::Schulze, Rules::Borda, Rules::Runoff]) {
        for _ in 0..100 {
            let ballots = boxes(rules).new_tree(&mut runner).expect("a box").current();
            let outcome = serde_json::to_value(ballots.count()).expect("JSON");
            said("", &outcome, &mut words);
        }
    }
    let expected = "undecided reason=elected reason=no-vote reason=below-threshold reason=excluded reason=does-not-fit \
                    reason=unaffordable reason=stopped reason=full reason=out-of-scope reason=withdrawn \
                    step=zone step=rule step=completion step=least step=beyond \
                    overspent stopped=exhaustive stopped=settled comparison grades pairwise borda runoff \
                    by=min-cost by=max-cost by=more-voters by=lot";
    let missing: Vec<&str> = expected.split(' ').filter(|word| !words.contains(*word)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
