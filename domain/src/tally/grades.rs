//! Majority judgment (Balinski & Laraki 2007): the majority grade is the lower median; ties are decided by taking one
//! majority grade out of both and comparing the next ones.

use super::Profile;
use std::cmp::Ordering;

/// Each project, and how many ballots gave it each grade, the best first.
type Counts = Vec<(usize, Vec<u64>)>;

/// `projects` in tiers, the best first, and how many ballots gave each of them each grade. A ballot without a grade for
/// a project counts for the worst.
pub(super) fn order(profile: &Profile, projects: &[usize], grades: u32) -> (Vec<Vec<usize>>, Counts) {
    let worst = grades.saturating_sub(1) as usize;
    let mut counts = vec![vec![0_u64; worst + 1]; profile.projects()];
    let mut ballots = 0;
    for (chosen, numbers, many) in profile.iter() {
        ballots += many;
        for (&project, &grade) in chosen.iter().zip(numbers) {
            counts[project as usize][usize::try_from(grade).unwrap_or(worst).min(worst)] += many;
        }
    }
    for counts in &mut counts {
        counts[worst] += ballots - counts.iter().sum::<u64>();
    }
    let tiers =
        super::ties::split_by(projects.to_vec(), |one, other| compare(&counts[one], &counts[other], ballots));
    let counted = projects.iter().map(|&project| (project, counts[project].clone())).collect();
    (tiers, counted)
}

/// The better first. Both are distributions of as many `ballots`.
fn compare(one: &[u64], other: &[u64], ballots: u64) -> Ordering {
    if one == other {
        return Ordering::Equal;
    }
    let differs = |&position: &u64| grade_at(one, position).cmp(&grade_at(other, position));
    majority_positions(ballots)
        .map(|position| differs(&position))
        .find(|ordering| ordering.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// Positions, from the best grade, of the successive majority grades of so many ballots: the lower median, then
/// alternately the nearest above and below that are left.
fn majority_positions(ballots: u64) -> impl Iterator<Item = u64> {
    let median = ballots / 2;
    (0..ballots).map(move |step| {
        let away = step.div_ceil(2);
        // With an even number the lower median is the worse of the two in the middle: a better one comes next.
        let above = ballots.is_multiple_of(2) != step.is_multiple_of(2);
        if above { median - away } else { median + away }
    })
}

/// The grade at a position from the best.
fn grade_at(counts: &[u64], position: u64) -> usize {
    let mut before = 0;
    counts
        .iter()
        .position(|&count| {
            before += count;
            position < before
        })
        .unwrap_or(counts.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// By the definition: take the lower median out, again and again.
    fn majority_value(counts: &[u64]) -> Vec<usize> {
        let mut grades: Vec<usize> =
            counts.iter().enumerate().flat_map(|(grade, &many)| vec![grade; many as usize]).collect();
        let mut value = Vec::new();
        while !grades.is_empty() {
            value.push(grades.remove(grades.len() / 2));
        }
        value
    }

    proptest! {
        #[test]
        fn it_is_the_order_of_majority_values(one in prop::collection::vec(0_usize..4, 1..12), seed in prop::collection::vec(0_usize..4, 12)) {
            let other = &seed[..one.len()];
            let counted = |grades: &[usize]| (0..4).map(|grade| grades.iter().filter(|&&given| given == grade).count() as u64).collect::<Vec<_>>();
            let (one, other) = (counted(&one), counted(other));
            let expected = majority_value(&one).cmp(&majority_value(&other));
            prop_assert_eq!(compare(&one, &other, one.iter().sum()), expected);
        }
    }
}
