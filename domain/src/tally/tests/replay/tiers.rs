//! Level projects, taken one after the other: whether it matters who comes first is found by trying.
//!
//! It is enough to let each come first once. One that can be elected now is, when it comes first: if whoever comes first the
//! same are elected, all that can be are, together. One that does not fit, where the rule then stops, keeps out whoever comes
//! after it: if it is alike whoever comes first, nobody else could be elected, or it never came to that.

use super::{
    desk::Desk,
    ties::{Open, Ordered},
};
use serde_json::Value;
use std::collections::BTreeMap;

/// Takes those of `tier`, with what is known besides: `take` elects a project, or leaves it out.
pub(super) fn take<'p, S: Clone>(
    desk: &mut Desk<'p>,
    known: &mut S,
    tier: &[&'p str],
    take: impl Fn(&mut Desk<'p>, &mut S, &'p str),
) -> Result<(), Open> {
    let outcome = |desk: &Desk<'p>, known: &S, order: &[&'p str]| {
        let (mut desk, mut known) = (desk.trial(), known.clone());
        order.iter().for_each(|&id| take(&mut desk, &mut known, id));
        desk.outcome()
    };
    let at_stake = concerned(tier, |order| outcome(desk, known, order));
    let ordered = Ordered::new(desk.papers, tier);
    let since = desk.rounds.len();
    let mut needed = Vec::new();
    for id in ordered.ids() {
        for links in 0..=ordered.links() {
            let level = ordered.level_with(id, links);
            // A group is looked at when the first of it comes up.
            if level[0] != id || !matters(&level, |order| outcome(desk, known, order)) {
                continue;
            }
            if links == ordered.links() {
                return Err(Open::between(&concerned(&level, |order| outcome(desk, known, order))));
            }
            if ordered.level_with(id, links + 1).len() < level.len() {
                needed.push(links);
            }
        }
        take(desk, known, id);
    }
    needed.sort_unstable();
    needed.dedup();
    let told: Vec<&str> = ordered.ids().into_iter().filter(|id| at_stake.contains(id)).collect();
    let tie = ordered.tie(&told, &needed);
    for round in &mut desk.rounds[since..] {
        if told.iter().any(|id| round["project"] == *id) {
            round["tie"] = tie.clone();
        }
    }
    Ok(())
}

type Outcome = BTreeMap<String, String>;

/// `level`, each coming first once.
pub(super) fn turns<'p>(level: &[&'p str]) -> Vec<Vec<&'p str>> {
    let turned = |first: usize| [&level[first..], &level[..first]].concat();
    (0..level.len()).map(turned).collect()
}

/// Whether it matters who comes first.
fn matters<'p>(level: &[&'p str], outcome: impl Fn(&[&'p str]) -> Outcome) -> bool {
    let mut outcomes = turns(level).into_iter().map(|order| outcome(&order));
    let first = outcomes.next();
    level.len() > 1 && outcomes.any(|outcome| Some(outcome) != first)
}

/// Where it matters who comes first: those that are elected when they do, or without whom the others would fare otherwise.
fn concerned<'p>(tier: &[&'p str], outcome: impl Fn(&[&'p str]) -> Outcome) -> Vec<&'p str> {
    if !matters(tier, &outcome) {
        return Vec::new();
    }
    let counts = |id: &'p str| {
        let name = Value::from(id).to_string();
        let others: Vec<&str> = tier.iter().copied().filter(|other| *other != id).collect();
        turns(&others).into_iter().any(|others| {
            let with = outcome(&[&[id], &others[..]].concat());
            with.contains_key(&name) || with != outcome(&others)
        })
    };
    tier.iter().copied().filter(|&id| counts(id)).collect()
}
