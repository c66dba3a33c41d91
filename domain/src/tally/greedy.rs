//! The greedy rule: projects in an order, each elected if it fits.

use super::{
    Error, Reason, Step,
    filling::Filling,
    minutes::Measure,
    rules::Unfit,
    tiers::{self, Tier},
};

/// Fills the envelope with projects of `tiers`, the best first.
pub(super) fn fill(
    filling: &mut Filling<'_>,
    tiers: Vec<Tier>,
    unfit: Unfit,
    step: Step,
) -> Result<(), Error> {
    tiers::take(filling, tiers, &mut Greedy { unfit, step, stopped: None })
}

struct Greedy {
    unfit: Unfit,
    step: Step,
    /// The project that the rule stopped at.
    stopped: Option<usize>,
}

impl tiers::Taking for Greedy {
    fn contested(&self, filling: &Filling<'_>, group: &[usize]) -> Vec<usize> {
        if self.stopped.is_some() {
            return Vec::new();
        }
        let (mut possible, mut stopping) = (Vec::new(), Vec::new());
        for &project in group {
            match filling.obstacle(project) {
                None => possible.push(project),
                Some(Reason::DoesNotFit { left }) if self.unfit != Unfit::Skip => {
                    stopping.push((project, self.funds_beyond(filling, project, left)));
                }
                Some(_) => {}
            }
        }
        let is_settled = match &stopping[..] {
            // All of them are elected, or whoever comes last is not.
            [] => filling.holds_all(&possible),
            [_] => possible.is_empty(),
            several => possible.is_empty() && !several.iter().any(|(_, funded)| *funded),
        };
        if is_settled {
            return Vec::new();
        }
        possible.extend(stopping.into_iter().map(|(project, _)| project));
        possible
    }

    fn take(&mut self, filling: &mut Filling<'_>, project: usize, measure: &Measure) {
        let measure = measure.clone();
        if let Some(at) = self.stopped {
            let at = filling.count.id(at);
            return filling.reject(project, measure, Reason::Stopped { at });
        }
        let Some(reason) = filling.obstacle(project) else {
            return filling.elect(project, measure, self.step);
        };
        if let Reason::DoesNotFit { left } = reason
            && self.unfit != Unfit::Skip
        {
            self.stopped = Some(project);
            if self.funds_beyond(filling, project, left) {
                return filling.elect(project, measure, Step::Beyond);
            }
        }
        filling.reject(project, measure, reason);
    }
}

impl Greedy {
    /// Whether so much of its cost is left that it is funded although it does not fit.
    fn funds_beyond(&self, filling: &Filling<'_>, project: usize, left: u64) -> bool {
        let Unfit::Fund(percent) = self.unfit else { return false };
        u128::from(left) * 100 >= u128::from(filling.count.cost(project)) * u128::from(percent)
    }
}
