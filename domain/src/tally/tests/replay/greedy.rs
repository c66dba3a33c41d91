//! One project after the other, each elected if it fits.

use super::{desk::Desk, papers::Papers, tiers, ties::Open};
use serde_json::{Value, json};
use std::{cmp::Reverse, collections::BTreeSet};

/// Projects that are level, and what they are considered for.
pub(super) type Tier<'p> = (Value, Vec<&'p str>);

/// Projects by score, the best first.
pub(super) fn by_score<'p>(papers: &'p Papers, projects: &[&'p str]) -> Vec<Tier<'p>> {
    let scores: BTreeSet<_> = projects.iter().map(|id| Reverse(papers.score(id))).collect();
    let tier = |score: u64| projects.iter().copied().filter(|id| papers.score(id) == score).collect();
    scores.into_iter().map(|Reverse(score)| (json!({ "score": score }), tier(score))).collect()
}

/// `unfit` is what the rules do with what does not fit, `step` what is said of those elected.
pub(super) fn fill<'p>(
    desk: &mut Desk<'p>,
    tiers: &[Tier<'p>],
    unfit: &Value,
    step: &str,
) -> Result<(), Open> {
    let mut stopped = None;
    for (measure, tier) in tiers {
        tiers::take(desk, &mut stopped, tier, |desk, stopped, id| {
            consider(desk, id, measure, unfit, step, stopped);
        })?;
    }
    Ok(())
}

/// The best of each zone that can be elected, zones in the order of their best.
pub(super) fn best_of_zones<'p>(desk: &mut Desk<'p>, tiers: &[Tier<'p>]) -> Result<(), Open> {
    let mut served: BTreeSet<&str> = BTreeSet::new();
    for (measure, tier) in tiers {
        tiers::take(desk, &mut served, tier, |desk, served, id| {
            let Some(zone) = desk.papers.project(id).zone.as_deref() else { return };
            if !served.contains(zone) && desk.obstacle(id).is_none() {
                served.insert(zone);
                desk.elect(id, measure, "zone");
            }
        })?;
    }
    Ok(())
}

fn consider<'p>(
    desk: &mut Desk<'p>,
    id: &'p str,
    measure: &Value,
    unfit: &Value,
    step: &str,
    stopped: &mut Option<&'p str>,
) {
    if let Some(at) = *stopped {
        return desk.refuse(id, measure, json!({ "reason": "stopped", "at": at }));
    }
    let Some(reason) = desk.obstacle(id) else { return desk.elect(id, measure, step) };
    if unfit != "skip" && reason["reason"] == "does-not-fit" {
        *stopped = Some(id);
        if let Some(percent) = unfit["fund"].as_u64()
            && desk.left.unwrap_or(0) * 100 >= desk.papers.cost(id) * percent
        {
            return desk.elect(id, measure, "beyond");
        }
    }
    desk.refuse(id, measure, reason);
}
