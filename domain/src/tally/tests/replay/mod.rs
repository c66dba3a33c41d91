//! Published minutes, held to the published ballots by a count that shares no code with the tally: written from the papers
//! and the definitions, ballot by ballot, in plain fractions. Every statement of every round is worked out again.

mod alterations;
mod boxes;
mod count;
mod declared;
mod desk;
mod greedy;
mod orders;
mod papers;
mod phragmen;
mod purses;
mod question;
mod shares;
mod tiers;
mod ties;

use crate::voting::BallotBox;
use boxes::{boxes, questions};
use declared::Rules;
use jiff::Timestamp;
use papers::Papers;
use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use ties::Open;

/// What the ballots say, worked out once.
struct Checker {
    /// `data/<process>.ballots.json`.
    file: Value,
    papers: Papers,
    minutes: Result<Value, Open>,
}

impl Checker {
    fn new(file: Value) -> Self {
        let papers = Papers::read(&file);
        let minutes = count::minutes(&papers);
        Self { file, papers, minutes }
    }

    /// What is untrue of `said` (`data/<process>.minutes.json`), if anything is.
    fn check(&self, said: &Value) -> Result<(), String> {
        let Self { file, papers, minutes } = self;
        let outcome = match minutes {
            _ if papers.rules.is_null() => json!({ "question": question::answered(file) }),
            Ok(minutes) => json!({ "minutes": minutes }),
            Err(open) => undecided(&open.0, &said["outcome"])?,
        };
        let expected = json!({
            "process": file["process"],
            // The box does not tell.
            "closed": said["closed"],
            "voters": papers.ballots.len(),
            "ballots": papers.ballots.len(),
            "lot": hex::encode(Sha256::digest(&papers.seed)),
            "seed": file["seed"],
            "outcome": outcome,
        });
        same("", &expected, said)
    }
}

/// The outcome, where there can be no result: it says so, and between whom.
fn undecided(tied: &[String], outcome: &Value) -> Result<Value, String> {
    let said =
        outcome["undecided"].as_str().ok_or_else(|| format!("{tied:?} are level, and there is a result"))?;
    let tie = said.split(':').next().unwrap_or_default();
    let quoted = tie.split('«').skip(1).filter_map(|rest| rest.split_once('»'));
    let named: BTreeSet<&str> = quoted.map(|(name, _)| name.trim()).collect();
    let level: BTreeSet<&str> = tied.iter().map(String::as_str).collect();
    if named == level {
        Ok(json!({ "undecided": said }))
    } else {
        Err(format!("{tied:?} are level, and the minutes say: {said}"))
    }
}

/// The first difference between what is expected and what is said. What is missing is null.
fn same(path: &str, expected: &Value, said: &Value) -> Result<(), String> {
    match (expected, said) {
        (Value::Object(one), Value::Object(other)) => {
            let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            keys.into_iter().try_for_each(|key| same(&format!("{path}.{key}"), &expected[key], &said[key]))
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let mut both = (0..).zip(one.iter().zip(other));
            both.try_for_each(|(index, (one, other))| same(&format!("{path}[{index}]"), one, other))
        }
        // Published in floating point, for people: decisions are made on fractions.
        (Value::Number(one), Value::Number(other)) if one.is_f64() && other.is_f64() => {
            let (one, other) = (one.as_f64().unwrap_or(f64::NAN), other.as_f64().unwrap_or(f64::NAN));
            let close = (one - other).abs() <= 1e-9 * one.abs().max(1.0);
            if close { Ok(()) } else { Err(format!("{path} is {one}, not {other}")) }
        }
        _ if expected == said => Ok(()),
        _ => Err(format!("{path} is {expected}, not {said}")),
    }
}

/// The two files, as they are published.
fn files(ballots: &BallotBox) -> (Value, Value) {
    let lot = hex::encode(Sha256::digest(hex::decode(&ballots.seed).expect("hexadecimal")));
    let minutes = ballots.publish(ballots.ballots.len() as u64, Timestamp::UNIX_EPOCH, lot);
    let published = |text: Result<String, serde_json::Error>| {
        serde_json::from_str(&text.expect("JSON")).expect("the same JSON")
    };
    (published(serde_json::to_string(ballots)), published(serde_json::to_string(&minutes)))
}

/// The minutes hold; and if any one thing that they say is altered, they no longer do.
fn hold(ballots: &BallotBox, alterations: &[(Index, Index)]) -> Result<(), TestCaseError> {
    let (file, minutes) = files(ballots);
    let checker = Checker::new(file);
    if let Err(untrue) = checker.check(&minutes) {
        return Err(TestCaseError::fail(format!("{untrue}\n{}\n{minutes}", checker.file)));
    }
    for (place, kind) in alterations {
        let Some(altered) = alterations::altered(&minutes, place, kind) else { continue };
        prop_assert!(checker.check(&altered).is_err(), "not noticed:\n{}\n{}", minutes, altered);
    }
    Ok(())
}

fn alterations() -> impl Strategy<Value = Vec<(Index, Index)>> {
    prop::collection::vec(any::<(Index, Index)>(), 8)
}

proptest! {
    #[test]
    fn greedy_minutes_hold_and_altered_ones_do_not(ballots in boxes(Rules::Greedy), alterations in alterations()) {
        hold(&ballots, &alterations)?;
    }

    #[test]
    fn minutes_of_equal_shares_hold_and_altered_ones_do_not(ballots in boxes(Rules::Shares), alterations in alterations()) {
        hold(&ballots, &alterations)?;
    }

    #[test]
    fn minutes_of_growing_shares_hold_and_altered_ones_do_not(ballots in boxes(Rules::Growing), alterations in alterations()) {
        hold(&ballots, &alterations)?;
    }

    #[test]
    fn minutes_of_phragmen_s_rule_hold_and_altered_ones_do_not(ballots in boxes(Rules::Phragmen), alterations in alterations()) {
        hold(&ballots, &alterations)?;
    }

    #[test]
    fn minutes_of_majority_judgment_hold_and_altered_ones_do_not(ballots in boxes(Rules::MajorityJudgment), alterations in alterations()) {
        hold(&ballots, &alterations)?;
    }

    #[test]
    fn minutes_of_schulze_s_method_hold_and_altered_ones_do_not(ballots in boxes(Rules::Schulze), alterations in alterations()) {
        hold(&ballots, &alterations)?;
    }

    #[test]
    fn minutes_of_borda_s_count_hold_and_altered_ones_do_not(ballots in boxes(Rules::Borda), alterations in alterations()) {
        hold(&ballots, &alterations)?;
    }

    #[test]
    fn minutes_of_a_runoff_hold_and_altered_ones_do_not(ballots in boxes(Rules::Runoff), alterations in alterations()) {
        hold(&ballots, &alterations)?;
    }

    #[test]
    fn minutes_of_a_question_hold_and_altered_ones_do_not(ballots in questions(), alterations in alterations()) {
        hold(&ballots, &alterations)?;
    }
}
