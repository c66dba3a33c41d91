//! The best project of each zone that can be elected is elected first.

use super::{Error, Step, filling::Filling, minutes::Measure, tiers};
use std::collections::BTreeSet;

/// Elects the best project of each zone, in the order of `tiers`; the others are left for the rule.
pub(super) fn fill(filling: &mut Filling<'_>, tiers: Vec<tiers::Tier>) -> Result<(), Error> {
    tiers::take(filling, tiers, &mut Zones { served: BTreeSet::new() })
}

struct Zones {
    served: BTreeSet<String>,
}

impl Zones {
    /// The zone that `project` would be the first of, if it can be elected.
    fn unserved<'f>(&self, filling: &'f Filling<'_>, project: usize) -> Option<&'f str> {
        let zone = filling.count.zone(project)?;
        (!self.served.contains(zone) && filling.obstacle(project).is_none()).then_some(zone)
    }
}

impl tiers::Taking for Zones {
    fn contested(&self, filling: &Filling<'_>, group: &[usize]) -> Vec<usize> {
        let first: Vec<usize> =
            group.iter().copied().filter(|&project| self.unserved(filling, project).is_some()).collect();
        let zones: BTreeSet<&str> = first.iter().filter_map(|&project| filling.count.zone(project)).collect();
        if zones.len() == first.len() && filling.holds_all(&first) { Vec::new() } else { first }
    }

    fn take(&mut self, filling: &mut Filling<'_>, project: usize, measure: &Measure) {
        if let Some(zone) = self.unserved(filling, project).map(str::to_owned) {
            self.served.insert(zone);
            filling.elect(project, measure.clone(), Step::Zone);
        }
    }
}
