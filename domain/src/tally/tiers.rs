//! Projects in an order that may leave some level: they are taken one after the other, level ones in the order of the
//! chain, and a tie is only spoken of when that order changes who is elected.

use super::{Error, filling::Filling, minutes::Measure, ties::TieBreak};

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
    let mut needed: Vec<TieBreak> = Vec::new();
    // Groups that the links so far leave level, the next one last, with the links that are left.
    let mut groups = vec![(ties.by_id(tier), ties.chain)];
    while let Some((group, links)) = groups.pop() {
        let matters = group.len() > 1 && !taking.contested(filling, &group).is_empty();
        if let Some((&link, links)) = links.split_first()
            && group.len() > 1
        {
            let parts = ties.split(group, link);
            if matters && parts.len() > 1 {
                needed.push(link);
            }
            groups.extend(parts.into_iter().rev().map(|part| (part, links)));
        } else if matters {
            return Err(ties.undecided(&group));
        } else {
            for project in group {
                taking.take(filling, project, measure);
                taken.push(project);
            }
        }
    }
    taken.retain(|project| contested.contains(project));
    let by = ties.chain.iter().copied().filter(|link| needed.contains(link)).collect();
    if let Some(tie) = ties.tie(&taken, by) {
        filling.note(since, &tie);
    }
    Ok(())
}
