//! Orders of projects that are not those of scores: majority judgment, Schulze, Borda, the instant runoff.

use super::{
    greedy::{Tier, by_score},
    papers::{Given, Papers},
    tiers::turns,
    ties::{Open, Ordered},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// An order, the best first.
pub(super) struct Order<'p> {
    pub(super) tiers: Vec<Tier<'p>>,
    /// How the minutes say it was found.
    pub(super) detail: Value,
    /// Rounds of a runoff in which those who were last come right after one another, whoever goes first.
    pub(super) blocks: Vec<(usize, Vec<&'p str>)>,
}

/// The order of `projects` by the rule, places being counted after so many others.
pub(super) fn by_rule<'p>(papers: &'p Papers, projects: &[&'p str], after: usize) -> Result<Order<'p>, Open> {
    let mut blocks = Vec::new();
    let (tiers, detail) = match papers.rules["rule"]["by"].as_str() {
        None | Some("score") => {
            return Ok(Order { tiers: by_score(papers, projects), detail: Value::Null, blocks });
        }
        Some("majority-judgment") => majority_judgment(papers, projects),
        Some("schulze") => schulze(papers, projects),
        Some("borda") => borda(papers, projects),
        Some("runoff") => runoff(papers, projects, &mut blocks)?,
        Some(other) => panic!("the order {other} is not known"),
    };
    let mut rank = after + 1;
    let placed = tiers.into_iter().map(|tier| {
        let measure = json!({ "rank": rank });
        rank += tier.len();
        (measure, tier)
    });
    Ok(Order { tiers: placed.collect(), detail, blocks })
}

impl<'p> Order<'p> {
    /// Says nothing of the ties of a runoff that had no consequence: those who come right after one another in any case have
    /// the same `outcome` whoever comes first (`tiers` says why this is enough).
    pub(super) fn forget_idle_ties<O: PartialEq>(&mut self, outcome: impl Fn(&[Tier<'p>]) -> O) {
        for (round, block) in &self.blocks {
            let begins = self.tiers.iter().position(|(_, tier)| block.contains(&tier[0])).expect("a tier");
            let outcomes = turns(block).into_iter().map(|order| {
                let mut tiers = self.tiers.clone();
                tiers.retain(|(_, tier)| !block.contains(&tier[0]));
                let alone = order.into_iter().map(|id| (Value::Null, vec![id]));
                tiers.splice(begins..begins, alone);
                outcome(&tiers)
            });
            let outcomes: Vec<O> = outcomes.collect();
            if outcomes.windows(2).all(|pair| pair[0] == pair[1]) {
                self.detail["runoff"][round]["tie"] = Value::Null;
            }
        }
    }
}

type Found<'p> = (Vec<Vec<&'p str>>, Value);

/// Those of the same key are level; the lower key comes first.
fn tiers<'p, K: Ord>(projects: &[&'p str], key: impl Fn(&str) -> K) -> Vec<Vec<&'p str>> {
    let mut keyed: Vec<(K, &str)> = projects.iter().map(|&id| (key(id), id)).collect();
    keyed.sort();
    keyed
        .chunk_by(|one, other| one.0 == other.0)
        .map(|tier| tier.iter().map(|(_, id)| *id).collect())
        .collect()
}

/// Balinski & Laraki 2007: the lower median of all grades is taken out, again and again; the better sequence wins.
fn majority_judgment<'p>(papers: &'p Papers, projects: &[&'p str]) -> Found<'p> {
    let grades = |id: &str| -> Vec<usize> {
        let worst = papers.grades - 1;
        let given = papers.ballots.iter().filter_map(|ballot| match ballot {
            Given::Grades(grades) => Some(grades.get(id).copied().unwrap_or(worst)),
            _ => None,
        });
        given.collect()
    };
    let value = |id: &str| {
        let mut grades = grades(id);
        grades.sort_unstable();
        (0..grades.len()).map(|_| grades.remove(grades.len() / 2)).collect::<Vec<usize>>()
    };
    let count = |id: &str| {
        let given = grades(id);
        (0..papers.grades)
            .map(|grade| given.iter().filter(|&&other| other == grade).count())
            .collect::<Vec<_>>()
    };
    let counts: Map<String, Value> = projects.iter().map(|&id| (id.to_owned(), json!(count(id)))).collect();
    (tiers(projects, value), json!({ "grades": counts }))
}

/// The place of a project on a ballot; those left out are last, and level.
fn place(ballot: &Given, id: &str) -> usize {
    let Given::Order(order) = ballot else { return usize::MAX };
    order.iter().position(|other| other == id).unwrap_or(usize::MAX)
}

/// Schulze 2011, winning votes: a path is as strong as its weakest victory. Those that no other beats by a stronger path come
/// first, then those that none of the rest beats.
fn schulze<'p>(papers: &'p Papers, projects: &[&'p str]) -> Found<'p> {
    let prefer = |one: &str, other: &str| {
        papers.ballots.iter().filter(|ballot| place(ballot, one) < place(ballot, other)).count()
    };
    let preferred: Vec<Vec<usize>> =
        projects.iter().map(|one| projects.iter().map(|other| prefer(one, other)).collect()).collect();
    let among = 0..projects.len();
    let path = |from, to| if from == to { 0 } else { strongest_path(&preferred, from, to) };
    let paths: Vec<Vec<usize>> =
        among.clone().map(|from| among.clone().map(|to| path(from, to)).collect()).collect();
    let mut left: BTreeSet<usize> = among.collect();
    let mut tiers = Vec::new();
    while !left.is_empty() {
        let beaten = |one: usize| left.iter().any(|&other| paths[other][one] > paths[one][other]);
        let (rest, tier): (BTreeSet<usize>, BTreeSet<usize>) = left.iter().partition(|one| beaten(**one));
        tiers.push(tier.into_iter().map(|index| projects[index]).collect());
        left = rest;
    }
    (tiers, json!({ "pairwise": { "projects": projects, "preferred": preferred, "paths": paths } }))
}

/// The greatest strength with which `to` can be reached by victories at least so strong; none is 0.
fn strongest_path(preferred: &[Vec<usize>], from: usize, to: usize) -> usize {
    let strengths: BTreeSet<usize> = preferred.iter().flatten().copied().collect();
    let reaches = |strength: &usize| {
        let mut reached = BTreeSet::from([from]);
        let mut ends = vec![from];
        while let Some(end) = ends.pop() {
            for (next, against) in preferred.iter().enumerate() {
                let won = preferred[end][next] > against[end] && preferred[end][next] >= *strength;
                if won && reached.insert(next) {
                    ends.push(next);
                }
            }
        }
        reached.contains(&to)
    };
    strengths.into_iter().rev().find(reaches).unwrap_or(0)
}

/// As many points as there are projects that a ballot puts behind, those that it leaves out among them.
fn borda<'p>(papers: &'p Papers, projects: &[&'p str]) -> Found<'p> {
    let points = |id: &str| -> usize {
        let ahead = |ballot| projects.iter().filter(|other| place(ballot, other) < place(ballot, id)).count();
        let ranked = papers.ballots.iter().filter(|ballot| place(ballot, id) < usize::MAX);
        ranked.map(|ballot| projects.len() - 1 - ahead(ballot)).sum()
    };
    let counts: Map<String, Value> = projects.iter().map(|&id| (id.to_owned(), json!(points(id)))).collect();
    (tiers(projects, |id| std::cmp::Reverse(points(id))), json!({ "borda": counts }))
}

/// The last goes out until one is left. Those last together are a block when all of their votes would not bring one of them
/// level with the next: where the chain leaves open who goes, they go together, and stay level.
fn runoff<'p>(
    papers: &'p Papers,
    projects: &[&'p str],
    blocks: &mut Vec<(usize, Vec<&'p str>)>,
) -> Result<Found<'p>, Open> {
    let (mut left, mut tiers, mut rounds) = (projects.to_vec(), Vec::new(), Vec::new());
    while !left.is_empty() {
        let first = |ballot: &Given| {
            let order = left.iter().copied().filter(|id| place(ballot, id) < usize::MAX);
            order.min_by_key(|id| place(ballot, id))
        };
        let firsts: Vec<Option<&str>> =
            papers.ballots.iter().filter(|ballot| **ballot != Given::Blank).map(first).collect();
        let votes = |id: &str| firsts.iter().filter(|first| **first == Some(id)).count();
        let counts: Map<String, Value> = left.iter().map(|&id| (id.to_owned(), json!(votes(id)))).collect();
        let exhausted = firsts.iter().filter(|first| first.is_none()).count();
        let fewest = left.iter().map(|id| votes(id)).min().unwrap_or(0);
        let last: Vec<&str> = left.iter().copied().filter(|id| votes(id) == fewest).collect();
        let is_block = !left.iter().any(|id| votes(id) > fewest && votes(id) <= last.len() * fewest);
        let ordered = Ordered::new(papers, &last);
        let ids = ordered.ids();
        let level = ordered.level_with(ids[ids.len() - 1], ordered.links());
        let (out, tie) = match level[..] {
            [one] => {
                if is_block && last.len() > 1 {
                    blocks.push((rounds.len(), last));
                }
                (vec![one], ordered.tie(&ids, &ordered.needed_for(one)))
            }
            _ if is_block => (last, Value::Null),
            _ => return Err(Open::between(&level)),
        };
        left.retain(|id| !out.contains(id));
        let gone = if left.is_empty() { &[][..] } else { &out };
        rounds.push(json!({ "votes": counts, "exhausted": exhausted, "eliminated": gone, "tie": tie }));
        tiers.push(out);
    }
    tiers.reverse();
    Ok((tiers, json!({ "runoff": rounds })))
}
