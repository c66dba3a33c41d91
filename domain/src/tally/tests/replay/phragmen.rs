//! Phragmén's sequential rule as it is told (Brill et al. 2023): every voter earns a cent a unit of time; supporters who have
//! the cost of a project together buy it at that moment, and begin again with nothing.

use super::{
    desk::Desk,
    papers::Papers,
    purses::{decimal, whole},
    ties,
    ties::{Open, Ordered},
};
use num_rational::BigRational;
use serde_json::{Value, json};

pub(super) fn fill<'p>(desk: &mut Desk<'p>, candidates: &[&'p str]) -> Result<(), Open> {
    let papers = desk.papers;
    let skips = papers.rules["rule"]["skip"] == true;
    let mut emptied = vec![whole(0); papers.ballots.len()];
    let mut left = candidates.to_vec();
    // What cannot be paid from the beginning is not for sale, and what is excluded or has no place is so no longer.
    withdraw(desk, &mut left, |_| true);
    loop {
        withdraw(desk, &mut left, |reason| reason != "does-not-fit");
        let sales: Vec<(BigRational, &str)> =
            left.iter().map(|&id| (moment(papers, &emptied, id), id)).collect();
        let Some(next) = sales.iter().map(|(moment, _)| moment).min() else { return Ok(()) };
        let tied: Vec<&str> = sales.iter().filter(|(moment, _)| moment == next).map(|(_, id)| *id).collect();
        let (id, tie) = choose(desk, &tied, skips, |tied| are_apart(papers, &emptied, next, tied))?;
        left.retain(|&other| other != id);
        let measure = json!({ "load": decimal(next, 3) });
        match desk.obstacle(id) {
            None => {
                desk.elect(id, &measure, "rule");
                desk.note(tie);
                for (voter, ballot) in emptied.iter_mut().zip(&papers.ballots) {
                    if papers.points(ballot, id) > 0 {
                        voter.clone_from(next);
                    }
                }
            }
            Some(reason) => {
                desk.refuse(id, &measure, reason);
                desk.note(tie);
                if !skips {
                    desk.fates
                        .extend(left.iter().map(|&other| (other, json!({ "reason": "stopped", "at": id }))));
                    return Ok(());
                }
            }
        }
    }
}

/// Who of those who can buy at one moment does, and the tie, if it matters who: not where none of them fits any more. Those
/// who are skipped matter to nobody.
fn choose<'p>(
    desk: &Desk<'p>,
    tied: &[&'p str],
    skips: bool,
    are_apart: impl Fn(&[&str]) -> bool,
) -> Result<(&'p str, Value), Open> {
    let first = Ordered::new(desk.papers, tied).ids()[0];
    let fits = |id: &str| desk.obstacle(id).is_none();
    if !tied.iter().any(|id| fits(id)) || (skips && !fits(first)) {
        return Ok((first, Value::Null));
    }
    let concerned: Vec<&str> = tied.iter().copied().filter(|id| !skips || fits(id)).collect();
    let next = ties::next(desk.papers, &concerned, |tied| desk.has_room_for(tied) && are_apart(tied))?;
    Ok((next.id, next.tie))
}

/// Whether none of `tied` makes another one wait: nobody pays for two of them with what they have earned up to this moment.
fn are_apart(papers: &Papers, emptied: &[BigRational], moment: &BigRational, tied: &[&str]) -> bool {
    let pays = |ballot, id: &&&str| papers.points(ballot, id) > 0;
    papers
        .ballots
        .iter()
        .zip(emptied)
        .all(|(ballot, since)| since == moment || tied.iter().filter(|id| pays(ballot, id)).count() < 2)
}

fn withdraw<'p>(desk: &mut Desk<'p>, left: &mut Vec<&'p str>, concerns: impl Fn(&str) -> bool) {
    for id in std::mem::take(left) {
        match desk.obstacle(id) {
            Some(reason) if concerns(reason["reason"].as_str().expect("a reason")) => {
                desk.fates.insert(id, reason);
            }
            _ => left.push(id),
        }
    }
}

/// When the supporters of `id`, each having earned since their purse was last emptied, have its cost.
fn moment(papers: &Papers, emptied: &[BigRational], id: &str) -> BigRational {
    let supporters = emptied.iter().zip(&papers.ballots).filter(|(_, ballot)| papers.points(ballot, id) > 0);
    let since: Vec<&BigRational> = supporters.map(|(since, _)| since).collect();
    (whole(papers.cost(id)) + since.iter().copied().sum::<BigRational>()) / whole(since.len() as u64)
}
