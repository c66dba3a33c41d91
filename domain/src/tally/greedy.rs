//! The greedy rule: projects in an order, each elected if it fits.

use super::{Error, Reason, Step, filling::Filling, minutes::Measure, rules::Unfit};

/// Projects that an order leaves level, and what it considers them for.
pub(super) type Tier = (Measure, Vec<usize>);

/// Fills the envelope with projects of `tiers`, the best first.
pub(super) fn fill(
    filling: &mut Filling<'_>,
    tiers: Vec<Tier>,
    unfit: Unfit,
    step: Step,
) -> Result<(), Error> {
    let mut stopped = None;
    for (measure, tier) in tiers {
        let decided = filling.count.ties.decide(tier);
        for group in decided.groups {
            if stopped.is_none() && group.len() > 1 && matters(filling, &group, unfit) {
                return Err(filling.count.ties.undecided(&group));
            }
            for project in group {
                let (measure, tie) = (measure.clone(), decided.tie.clone());
                let obstacle = match &stopped {
                    Some(at) => Some(Reason::Stopped { at: filling.count.id(*at) }),
                    None => filling.obstacle(project),
                };
                let Some(reason) = obstacle else {
                    filling.elect(project, measure, step, tie);
                    continue;
                };
                if let Reason::DoesNotFit { left } = reason
                    && unfit != Unfit::Skip
                {
                    stopped = Some(project);
                    if funded_beyond(filling, project, left, unfit) {
                        filling.elect(project, measure, Step::Beyond, tie);
                        continue;
                    }
                }
                filling.reject(project, measure, reason, tie);
            }
        }
    }
    Ok(())
}

/// Whether so much of its cost is left that it is funded although it does not fit.
fn funded_beyond(filling: &Filling<'_>, project: usize, left: u64, unfit: Unfit) -> bool {
    let Unfit::Fund(percent) = unfit else { return false };
    u128::from(left) * 100 >= u128::from(filling.count.cost(project)) * u128::from(percent)
}

/// Whether the order of `group` changes who is elected: not when all of them are, nor when none is.
fn matters(filling: &Filling<'_>, group: &[usize], unfit: Unfit) -> bool {
    let none = group.iter().all(|&project| match filling.obstacle(project) {
        Some(Reason::DoesNotFit { left }) => !funded_beyond(filling, project, left, unfit),
        Some(_) => true,
        None => false,
    });
    let cost: u128 = group.iter().map(|&project| u128::from(filling.count.cost(project))).sum();
    let all = group.len() <= filling.places()
        && filling.left.is_none_or(|left| cost <= u128::from(left))
        && group.iter().all(|&project| {
            filling.excluder(project).is_none()
                && !filling.count.rivals(project).any(|rival| group.contains(&rival))
        });
    !none && !all
}
