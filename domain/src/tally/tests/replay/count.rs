//! Envelope after envelope: what the minutes must say.

use super::{
    desk::Desk,
    greedy,
    greedy::Tier,
    orders::{Order, by_rule},
    papers::{Given, Paper, Papers, listed, text},
    phragmen, shares,
    ties::Open,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The minutes of these ballots, or the tied between whom the rules do not decide.
pub(super) fn minutes(papers: &Papers) -> Result<Value, Open> {
    let mut elected = BTreeSet::new();
    let (mut winners, mut accounts, mut carried) = (Vec::new(), Vec::new(), 0);
    let mut fates: BTreeMap<&str, (&Value, Value)> = BTreeMap::new();
    for envelope in listed(&papers.rules["envelopes"]) {
        let (desk, account) = open(papers, envelope, carried, elected)?;
        // Money goes past an envelope that has none.
        if papers.rules["carry_over"] == true && !envelope["amount"].is_null() {
            carried = account["left"].as_u64().unwrap_or(0);
        }
        fates.extend(desk.fates.into_iter().map(|(id, reason)| (id, (&envelope["id"], reason))));
        accounts.push(account);
        winners.extend(desk.winners);
        elected = desk.elected;
    }
    let fate = |project: &Paper| {
        let untold = json!({ "reason": if project.withdrawn { "withdrawn" } else { "out-of-scope" } });
        let (envelope, mut fate) = fates.remove(project.id.as_str()).unwrap_or((&Value::Null, untold));
        fate["id"] = json!(project.id);
        fate["name"] = if project.name.is_empty() { Value::Null } else { json!(project.name) };
        fate["cost"] = json!(project.cost);
        fate["score"] = json!(papers.score(&project.id));
        fate["voters"] = json!(papers.voters(&project.id));
        fate["envelope"] = envelope.clone();
        fate
    };
    let fates: Vec<Value> = papers.projects.iter().map(fate).collect();
    let distinct: BTreeSet<&Given> =
        papers.ballots.iter().filter(|ballot| **ballot != Given::Blank).collect();
    Ok(json!({
        "rules": papers.rules,
        "ballots": papers.ballots.len(),
        "blank": papers.ballots.iter().filter(|ballot| **ballot == Given::Blank).count(),
        "distinct": distinct.len(),
        "unit": 1,
        "seed": hex::encode(&papers.seed),
        "winners": winners,
        "envelopes": accounts,
        "projects": fates,
    }))
}

/// The envelope when all is decided, and its account.
fn open<'p>(
    papers: &'p Papers,
    envelope: &Value,
    carried: u64,
    elected: BTreeSet<&'p str>,
) -> Result<(Desk<'p>, Value), Open> {
    let carried = if envelope["amount"].is_null() { 0 } else { carried };
    let available = envelope["amount"].as_u64().map(|amount| amount + carried);
    let (winners, rounds, fates) = (Vec::new(), Vec::new(), BTreeMap::new());
    let most = envelope["most"].as_u64();
    let mut desk = Desk { papers, elected, winners, most, left: available, rounds, fates };
    let (eligible, below) = admit(&mut desk, envelope);
    let mut order = by_rule(papers, &eligible, 0)?;
    let mut how = Value::Null;
    let rule = &papers.rules["rule"];
    if rule["rule"] == "greedy" {
        let before = desk.clone();
        fill_in_order(&mut desk, &order.tiers)?;
        forget_idle_ties(&mut order, &before, fill_in_order);
    } else {
        elect_best_of_zones(&mut desk, &order.tiers)?;
        let candidates: Vec<&str> =
            eligible.iter().copied().filter(|id| !desk.elected.contains(id)).collect();
        match text(&rule["rule"]) {
            "equal-shares" => how = shares::fill(&mut desk, &candidates)?,
            "phragmen" => phragmen::fill(&mut desk, &candidates)?,
            other => panic!("the rule {other} is not known"),
        }
    }
    let least = envelope["least"].as_u64().unwrap_or(0);
    let mut below_detail = Value::Null;
    if (desk.winners.len() as u64) < least {
        let mut order = by_rule(papers, &below, eligible.len())?;
        desk.most = Some(least);
        let complete =
            |desk: &mut Desk<'p>, tiers: &[Tier<'p>]| greedy::fill(desk, tiers, &json!("skip"), "least");
        let before = desk.clone();
        complete(&mut desk, &order.tiers)?;
        forget_idle_ties(&mut order, &before, complete);
        below_detail = order.detail;
        desk.most = most;
    }
    let would_fit = |id: &&&str| !desk.elected.contains(**id) && desk.obstacle(id).is_none();
    let would_fit: Vec<&&str> = eligible.iter().filter(would_fit).collect();
    let spent: u64 = desk.winners.iter().map(|id| papers.cost(id)).sum();
    let account = json!({
        "id": envelope["id"], "amount": envelope["amount"], "carried": carried, "spent": spent,
        "left": available.and_then(|available| available.checked_sub(spent)),
        "rounds": desk.rounds, "detail": order.detail, "below_detail": below_detail, "shares": how,
        "would_fit": would_fit,
    });
    Ok((desk, account))
}

/// The best of each zone, then one project after the other.
fn fill_in_order<'p>(desk: &mut Desk<'p>, tiers: &[Tier<'p>]) -> Result<(), Open> {
    elect_best_of_zones(desk, tiers)?;
    let mut tiers = tiers.to_vec();
    tiers.iter_mut().for_each(|(_, tier)| tier.retain(|id| !desk.elected.contains(id)));
    greedy::fill(desk, &tiers, &desk.papers.rules["rule"]["unfit"], "rule")
}

fn elect_best_of_zones<'p>(desk: &mut Desk<'p>, tiers: &[Tier<'p>]) -> Result<(), Open> {
    if desk.papers.rules["one_per_zone"] == true { greedy::best_of_zones(desk, tiers) } else { Ok(()) }
}

/// Of a runoff, only ties that changed who was elected, or how, are told.
fn forget_idle_ties<'p>(
    order: &mut Order<'p>,
    before: &Desk<'p>,
    fill: impl Fn(&mut Desk<'p>, &[Tier<'p>]) -> Result<(), Open>,
) {
    order.forget_idle_ties(|tiers| {
        let mut desk = before.trial();
        fill(&mut desk, tiers).map(|()| desk.outcome()).ok()
    });
}

/// Who may be elected from this envelope, and who is below the threshold.
fn admit<'p>(desk: &mut Desk<'p>, envelope: &Value) -> (Vec<&'p str>, Vec<&'p str>) {
    let papers = desk.papers;
    let (mut eligible, mut below) = (Vec::new(), Vec::new());
    for project in &papers.projects {
        let id = project.id.as_str();
        if project.withdrawn || desk.elected.contains(id) || !holds(&envelope["scope"], project) {
            continue;
        }
        if papers.score(id) == 0 {
            desk.fates.insert(id, json!({ "reason": "no-vote" }));
        } else if let Some(excluded) = desk.exclusion(id) {
            desk.fates.insert(id, excluded);
        } else if let Some(needed) = missed_threshold(papers, id) {
            desk.fates.insert(id, json!({ "reason": "below-threshold", "needed": needed }));
            below.push(id);
        } else {
            eligible.push(id);
        }
    }
    (eligible, below)
}

fn holds(scope: &Value, project: &Paper) -> bool {
    let said = |name: &str| scope[name].as_str();
    said("zone").is_none_or(|zone| project.zone.as_deref() == Some(zone))
        && said("theme").is_none_or(|theme| project.themes.contains(theme))
        && said("label").is_none_or(|label| project.labels.contains(label))
        && scope["cost_from"].as_u64().is_none_or(|from| project.cost >= from)
        && scope["cost_to"].as_u64().is_none_or(|to| project.cost <= to)
}

/// What a project had to reach, if it did not: points or voters.
fn missed_threshold(papers: &Papers, id: &str) -> Option<u64> {
    let (kind, needed) = papers.rules["threshold"].as_object()?.iter().next()?;
    let (reached, needed) = match kind.as_str() {
        "score" => (papers.score(id), needed.as_u64()?),
        "voters" => (papers.voters(id), needed.as_u64()?),
        "share" => {
            let (numerator, denominator) = (needed["numerator"].as_u64()?, needed["denominator"].as_u64()?);
            let part = papers.ballots.len() as u64 * numerator;
            (papers.voters(id), part.div_ceil(denominator))
        }
        other => panic!("the threshold {other} is not known"),
    };
    (reached < needed).then_some(needed)
}
