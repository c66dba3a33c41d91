//! Equal Shares with its completions and its comparison (equalshares.net): what voters buy, the growth of their shares, the
//! greedy rule for what is left, and the greedy outcome in its place where more voters prefer that.

use super::{
    desk::Desk,
    greedy,
    purses::{Bought, buy, whole},
    ties::Open,
};
use serde_json::{Value, json};

/// What the minutes say of how it went.
pub(super) fn fill<'p>(desk: &mut Desk<'p>, candidates: &[&'p str]) -> Result<Value, Open> {
    let (papers, before) = (desk.papers, desk.clone());
    let rule = &papers.rules["rule"];
    let free: Vec<&str> = candidates.iter().copied().filter(|id| papers.cost(id) == 0).collect();
    greedy::fill(desk, &greedy::by_score(papers, &free), &json!("skip"), "rule")?;
    let paid = |id: &&str| papers.cost(id) > 0 && desk.exclusion(id).is_none();
    let paid: Vec<&str> = candidates.iter().copied().filter(paid).collect();
    let (bought, mut shares) = grow(desk, &paid)?;
    for pick in &bought.picks {
        desk.elect(pick.id, &pick.measure, "rule");
        desk.note(pick.tie.clone());
    }
    let others: Vec<&str> = paid.iter().copied().filter(|id| !bought.has(id)).collect();
    if rule["completion"] == "greedy" || rule["completion"]["add1"]["greedy"] == true {
        greedy::fill(desk, &greedy::by_score(papers, &others), &json!("skip"), "completion")?;
    } else {
        for &id in &others {
            let poor = json!({ "reason": "unaffordable", "money": bought.left_for(papers, id) });
            desk.fates.insert(id, if desk.is_full() { json!({ "reason": "full" }) } else { poor });
        }
    }
    // Whatever else stood against it, a rival elected does.
    for &id in candidates {
        if let Some(excluded) = desk.exclusion(id).filter(|_| !desk.elected.contains(id)) {
            desk.fates.insert(id, excluded);
        }
    }
    if rule["comparison"] == true {
        shares["comparison"] = compare(desk, before, candidates)?;
    }
    Ok(shares)
}

/// Add1: whole steps a voter from the first share on, as long as what is bought costs no more than the money there is.
fn grow<'p>(desk: &Desk<'p>, paid: &[&'p str]) -> Result<(Bought<'p>, Value), Open> {
    let papers = desk.papers;
    let (money, voters) = (desk.left.expect("an amount"), papers.ballots.len() as u64);
    let places = desk.most.map_or(u64::MAX, |most| most - desk.winners.len() as u64);
    let add1 = &papers.rules["rule"]["completion"]["add1"];
    let mut bought = buy(papers, paid, &(whole(money) / whole(voters.max(1))), places)?;
    let Some(step) = add1["step"].as_u64() else {
        return Ok((bought, json!({ "money": money, "voters": voters, "steps": 0, "stopped": null })));
    };
    // What a voter gives when all that they support is bought, and nobody has too little.
    let part = |ballot, id: &&str| (papers.points(ballot, id) * papers.cost(id)).div_ceil(papers.score(id));
    let parts = papers.ballots.iter().map(|ballot| paid.iter().map(|id| part(ballot, id)).sum::<u64>());
    let ample = parts.max().unwrap_or(0);
    let first = money / voters.max(1) / step;
    let mut steps = 0;
    let stopped = loop {
        let may_add = |id: &&&str| {
            !bought.has(id)
                && !bought.picks.iter().any(|pick| papers.exclusive(pick.id, id))
                && bought.cost(papers) + papers.cost(id) <= money
        };
        let full = bought.picks.len() as u64 >= places;
        if add1["stop"] == "exhaustive" && (full || !paid.iter().any(|id| may_add(&id))) {
            break json!("exhaustive");
        }
        // All are bought, or all that each voter supports could be.
        if bought.picks.len() == paid.len() || (first + steps) * step >= ample {
            break json!("settled");
        }
        let next = buy(papers, paid, &whole((first + steps + 1) * step), places)?;
        if next.cost(papers) > money {
            break json!({ "overspent": { "cost": next.cost(papers) } });
        }
        bought = next;
        steps += 1;
    };
    let shared = if steps == 0 { money } else { (first + steps) * step * voters };
    Ok((bought, json!({ "money": shared, "voters": voters, "steps": steps, "stopped": stopped })))
}

/// Each voter compares the points they gave to the winners of both; the greedy ones replace the others if more prefer them.
fn compare<'p>(desk: &mut Desk<'p>, mut other: Desk<'p>, candidates: &[&'p str]) -> Result<Value, Open> {
    let papers = desk.papers;
    greedy::fill(&mut other, &greedy::by_score(papers, candidates), &json!("skip"), "rule")?;
    let prefer = |one: &[&str], other: &[&str]| {
        let gain = |ballot, winners: &[&str]| winners.iter().map(|id| papers.points(ballot, id)).sum::<u64>();
        papers.ballots.iter().filter(|ballot| gain(ballot, one) > gain(ballot, other)).count()
    };
    let (shares, greedy) = (prefer(&desk.winners, &other.winners), prefer(&other.winners, &desk.winners));
    let compared = json!({ "shares": shares, "greedy": greedy, "winners": desk.winners });
    if greedy > shares {
        *desk = other;
    }
    Ok(compared)
}
