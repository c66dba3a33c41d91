//! The Method of Equal Shares by its definition (Peters, Pierczyński, Skowron 2021, section 3): a purse for each voter, all
//! projects looked at in each round, exact fractions.

use super::{papers::Papers, ties, ties::Open};
use num_bigint::BigInt;
use num_rational::BigRational;
use serde_json::{Value, json};

/// What was bought, in order, and what voters have left.
pub(super) struct Bought<'p> {
    pub(super) picks: Vec<Pick<'p>>,
    pub(super) purses: Vec<BigRational>,
}

/// A project bought, what it is considered for, and the tie it was in.
pub(super) struct Pick<'p> {
    pub(super) id: &'p str,
    pub(super) measure: Value,
    pub(super) tie: Value,
}

pub(super) fn whole(number: u64) -> BigRational {
    BigRational::from_integer(BigInt::from(number))
}

/// The nearest number with so many decimals.
pub(super) fn decimal(number: &BigRational, decimals: u32) -> f64 {
    let scale = 10_u64.pow(decimals);
    let scaled = (number * whole(scale)).round().to_integer();
    i128::try_from(scaled).expect("a small number") as f64 / scale as f64
}

/// Buys projects until nobody can, or `places` are: each voter begins with `share`.
pub(super) fn buy<'p>(
    papers: &'p Papers,
    projects: &[&'p str],
    share: &BigRational,
    places: u64,
) -> Result<Bought<'p>, Open> {
    let mut bought = Bought { picks: Vec::new(), purses: vec![share.clone(); papers.ballots.len()] };
    let mut left = projects.to_vec();
    while (bought.picks.len() as u64) < places {
        let offers: Vec<(BigRational, BigRational, &str)> = left
            .iter()
            .filter_map(|&id| {
                let rho = rho(&bought.purses, &points(papers, id), papers.cost(id))?;
                Some((&rho / worth(papers, id), rho, id))
            })
            .collect();
        let Some(best) = offers.iter().map(|(key, ..)| key).min() else { break };
        let tied: Vec<&str> = offers.iter().filter(|(key, ..)| key == best).map(|(.., id)| *id).collect();
        let room = usize::try_from(places).map_or(usize::MAX, |places| places - bought.picks.len());
        let is_idle = |tied: &[&str]| {
            tied.len() <= room && !papers.have_rivals(tied) && bought.can_all_be_paid(papers, tied, best)
        };
        let ties::Next { id, tie } = ties::next(papers, &tied, is_idle)?;
        let price = &offers.iter().find(|(.., other)| *other == id).expect("an offer").1;
        for (purse, points) in bought.purses.iter_mut().zip(points(papers, id)) {
            *purse -= (price * whole(points)).min(purse.clone());
        }
        let effective = whole(papers.cost(id)) / price;
        let measure =
            json!({ "share": { "effective": decimal(&effective, 12), "price": decimal(price, 12) } });
        bought.picks.push(Pick { id, measure, tie });
        left.retain(|&other| other != id && !papers.exclusive(id, other));
    }
    Ok(bought)
}

impl Bought<'_> {
    pub(super) fn cost(&self, papers: &Papers) -> u64 {
        self.picks.iter().map(|pick| papers.cost(pick.id)).sum()
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.picks.iter().any(|pick| pick.id == id)
    }

    /// Whether each voter who pays for several of `projects`, at prices of this much per utility, has enough for all of them:
    /// then no price rises, whoever comes first.
    fn can_all_be_paid(&self, papers: &Papers, projects: &[&str], rho: &BigRational) -> bool {
        papers.ballots.iter().zip(&self.purses).filter(|(_, purse)| **purse > whole(0)).all(
            |(ballot, purse)| {
                let due = |id: &&str| rho * worth(papers, id) * whole(papers.points(ballot, id));
                let dues: Vec<BigRational> = projects.iter().map(due).filter(|due| *due > whole(0)).collect();
                dues.len() < 2 || dues.iter().sum::<BigRational>() <= *purse
            },
        )
    }

    /// What those who gave points to `id` have left, in whole cents.
    pub(super) fn left_for(&self, papers: &Papers, id: &str) -> Option<u64> {
        let supporters = self.purses.iter().zip(points(papers, id)).filter(|(_, points)| *points > 0);
        u64::try_from(supporters.map(|(purse, _)| purse).sum::<BigRational>().to_integer()).ok()
    }
}

fn points(papers: &Papers, id: &str) -> Vec<u64> {
    papers.ballots.iter().map(|ballot| papers.points(ballot, id)).collect()
}

/// What a point is worth by the utility of the rules: the cost, or one.
fn worth(papers: &Papers, id: &str) -> BigRational {
    match papers.rules["rule"]["utility"].as_str() {
        Some("cost") => whole(papers.cost(id)),
        Some("points") => whole(1),
        other => panic!("the utility {other:?} is not known"),
    }
}

/// The ρ with which the sum of min(purse, points × ρ) is the cost; none when all purses together are not enough. That sum
/// bends where a purse is spent: ρ lies at or before the first bend at which it reaches the cost.
fn rho(purses: &[BigRational], points: &[u64], cost: u64) -> Option<BigRational> {
    let payers: Vec<(&BigRational, BigRational)> = purses
        .iter()
        .zip(points)
        .filter(|(_, points)| **points > 0)
        .map(|(purse, &points)| (purse, whole(points)))
        .collect();
    let paid = |rho: &BigRational| -> BigRational {
        payers.iter().map(|(purse, points)| (points * rho).min((*purse).clone())).sum()
    };
    let cost = whole(cost);
    let mut bends: Vec<BigRational> = payers.iter().map(|(purse, points)| *purse / points).collect();
    bends.sort();
    let reached = bends.iter().position(|bend| paid(bend) >= cost)?;
    let before = if reached == 0 { whole(0) } else { bends[reached - 1].clone() };
    let slope: BigRational =
        payers.iter().filter(|(purse, points)| *purse / points > before).map(|(_, points)| points).sum();
    let rho = if slope == whole(0) { before } else { (&cost - paid(&before)) / slope + before };
    assert_eq!(paid(&rho), cost, "ρ is what its definition says");
    Some(rho)
}
