//! Projects in an order that may leave some level: they are taken one after the other, level ones in the order of the
//! chain, and a tie is only spoken of when that order changes who is elected.

use super::{Error, filling::Filling, minutes::Measure};

/// Projects that an order leaves level, and what it considers them for.
pub(super) type Tier = (Measure, Vec<usize>);

/// What is done with projects that are taken in an order.
pub(super) trait Taking {
    /// Those of `group` whose order, as things stand, changes who is elected; none when it changes nothing.
    fn contested(&self, filling: &Filling<'_>, group: &[usize]) -> Vec<usize>;

    /// Elects `project`, or leaves it out.
    fn take(&mut self, filling: &mut Filling<'_>, project: usize, measure: &Measure);
}

/// Takes the projects of `tiers`, the best first.
///
/// # Errors
/// A tie of consequence that the chain leaves open.
pub(super) fn take(
    filling: &mut Filling<'_>,
    tiers: Vec<Tier>,
    taking: &mut impl Taking,
) -> Result<(), Error> {
    for (measure, tier) in tiers {
        take_level(filling, tier, &measure, taking)?;
    }
    Ok(())
}

/// The same tiers, those of `block`, who come right after one another, being level.
pub(super) fn levelled(tiers: &[Tier], block: impl Fn(usize) -> bool) -> Vec<Tier> {
    let mut levelled: Vec<Tier> = Vec::with_capacity(tiers.len());
    for (measure, tier) in tiers {
        let is_level = |other: &[usize]| other.iter().chain(tier).all(|&project| block(project));
        match levelled.last_mut() {
            Some((_, before)) if is_level(before) => before.extend(tier),
            _ => levelled.push((measure.clone(), tier.clone())),
        }
    }
    levelled
}

fn take_level(
    filling: &mut Filling<'_>,
    tier: Vec<usize>,
    measure: &Measure,
    taking: &mut impl Taking,
) -> Result<(), Error> {
    let ties = &filling.count.ties;
    let contested = taking.contested(filling, &tier);
    let since = filling.rounds.len();
    let mut taken = Vec::new();
    let mut needed = vec![false; ties.chain.len()];
    // Groups that so many links leave level, the next one last.
    let mut groups = vec![(ties.by_id(tier), 0)];
    while let Some((group, links)) = groups.pop() {
        let at_stake = taking.contested(filling, &group);
        let matters = group.len() > 1 && !at_stake.is_empty();
        if let Some(&link) = ties.chain.get(links)
            && group.len() > 1
        {
            let parts = ties.split(group, link);
            needed[links] |= matters && parts.len() > 1;
            groups.extend(parts.into_iter().rev().map(|part| (part, links + 1)));
        } else if matters {
            return Err(ties.undecided(&at_stake));
        } else {
            for project in group {
                taking.take(filling, project, measure);
                taken.push(project);
            }
        }
    }
    taken.retain(|project| contested.contains(project));
    let by = ties.chain.iter().zip(needed).filter(|(_, needed)| *needed).map(|(link, _)| *link).collect();
    if let Some(tie) = ties.tie(&taken, by) {
        filling.note(since, &tie);
    }
    Ok(())
}
