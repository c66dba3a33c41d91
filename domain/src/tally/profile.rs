//! The ballots, counted: equal ones are kept once, with how many they are, and projects are indices.

use crate::ballot::{Answer, Ballot, Grade};
use rustc_hash::FxHasher;
use std::{collections::HashMap, hash::Hasher};

/// What the numbers of a ballot mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Projects; there are no numbers.
    Approval,
    /// Points for each project.
    Points,
    /// Projects in order, the best first; there are no numbers.
    Ranking,
    /// For each project the index of its grade, the best being 0.
    Grades {
        /// How many grades there are.
        grades: u32,
    },
}

/// Distinct ballots and how many of each, in one piece of memory.
#[derive(Debug, Clone)]
pub struct Profile {
    /// What the numbers mean.
    kind: Kind,
    /// How many projects are voted on.
    projects: usize,
    /// Points are whole numbers of 1/`unit`.
    unit: u32,
    /// Where the ballot of this index begins in `chosen`; one more for the end.
    starts: Vec<u32>,
    /// Projects of each ballot: in increasing order, but for rankings.
    chosen: Vec<u32>,
    /// Points or grades, beside `chosen`; empty when there are none.
    numbers: Vec<i64>,
    /// How many cast this ballot.
    counts: Vec<u64>,
    /// Hash of a ballot → the ballots that have it.
    known: HashMap<u64, Vec<u32>, std::hash::BuildHasherDefault<FxHasher>>,
    /// Ballots that choose nothing.
    blank: u64,
}

impl Profile {
    /// No ballot yet, on so many projects.
    pub fn new(kind: Kind, projects: usize) -> Self {
        Self {
            kind,
            projects,
            unit: 1,
            starts: vec![0],
            chosen: Vec::new(),
            numbers: Vec::new(),
            counts: Vec::new(),
            known: HashMap::default(),
            blank: 0,
        }
    }

    /// Ballots of ours. A grade or a project that is not known is not counted: `check` let none in.
    pub fn of_ballots<'a>(
        kind: Kind,
        ids: &[&str],
        grades: &[Grade],
        ballots: impl IntoIterator<Item = (&'a Ballot, u64)>,
    ) -> Self {
        let index: HashMap<&str, u32> = ids.iter().copied().zip(0..).collect();
        let grade: HashMap<&str, i64> = grades.iter().map(|grade| grade.id.as_str()).zip(0..).collect();
        let mut profile = Self::new(kind, ids.len());
        let mut chosen = Vec::new();
        let mut numbers = Vec::new();
        for (ballot, many) in ballots {
            chosen.clear();
            numbers.clear();
            match ballot {
                Ballot::Blank => {}
                Ballot::Approval(set) => chosen.extend(set.iter().filter_map(|id| index.get(id.as_str()))),
                Ballot::One(id) => chosen.extend(index.get(id.as_str())),
                Ballot::YesNo(answer) => {
                    chosen.extend(index.get(match answer {
                        Answer::Yes => Answer::Yes.as_str(),
                        Answer::No => Answer::No.as_str(),
                    }));
                }
                Ballot::Ranking(order) => chosen.extend(order.iter().filter_map(|id| index.get(id.as_str()))),
                Ballot::Points(points) => {
                    for (id, &points) in points {
                        if let Some(&project) = index.get(id.as_str()) {
                            chosen.push(project);
                            numbers.push(i64::from(points));
                        }
                    }
                }
                Ballot::Grades(given) => {
                    for (id, given) in given {
                        if let (Some(&project), Some(&grade)) =
                            (index.get(id.as_str()), grade.get(given.as_str()))
                        {
                            chosen.push(project);
                            numbers.push(grade);
                        }
                    }
                }
            }
            profile.add(&mut chosen, &mut numbers, many);
        }
        profile
    }

    /// Points are whole numbers of 1/`unit` from now on.
    pub(super) fn with_unit(mut self, unit: u32) -> Self {
        self.unit = unit;
        self
    }

    /// The same, points being whole numbers of the largest unit that all of them are whole numbers of.
    pub(super) fn with_smallest_unit(mut self) -> Self {
        while self.unit > 1 && self.numbers.iter().all(|number| number % 10 == 0) {
            self.unit /= 10;
            self.numbers.iter_mut().for_each(|number| *number /= 10);
        }
        self
    }

    /// Adds `many` ballots that choose `chosen` (each once, at most), with `numbers` beside it or empty. Both are put in
    /// order in place.
    pub(super) fn add(&mut self, chosen: &mut [u32], numbers: &mut [i64], many: u64) {
        if chosen.is_empty() {
            self.blank += many;
            return;
        }
        if self.kind != Kind::Ranking {
            sort_together(chosen, numbers);
        }
        let mut hasher = FxHasher::default();
        for &project in &*chosen {
            hasher.write_u32(project);
        }
        for &number in &*numbers {
            hasher.write_i64(number);
        }
        let equal = self.known.entry(hasher.finish()).or_default();
        let same = equal.iter().copied().find(|&ballot| {
            let range = self.starts[ballot as usize] as usize..self.starts[ballot as usize + 1] as usize;
            self.chosen[range.clone()] == *chosen && (numbers.is_empty() || self.numbers[range] == *numbers)
        });
        match same {
            Some(ballot) => self.counts[ballot as usize] += many,
            None => {
                equal.push(u32::try_from(self.counts.len()).unwrap_or(u32::MAX));
                self.chosen.extend_from_slice(chosen);
                self.numbers.extend_from_slice(numbers);
                self.starts.push(u32::try_from(self.chosen.len()).unwrap_or(u32::MAX));
                self.counts.push(many);
            }
        }
    }

    /// What the numbers mean.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How many projects are voted on.
    pub fn projects(&self) -> usize {
        self.projects
    }

    /// Points are whole numbers of 1/`unit`.
    pub fn unit(&self) -> u32 {
        self.unit
    }

    /// All ballots, blank ones included.
    pub fn ballots(&self) -> u64 {
        self.blank + self.counts.iter().sum::<u64>()
    }

    /// Ballots that choose nothing.
    pub fn blank(&self) -> u64 {
        self.blank
    }

    /// Distinct ballots.
    pub fn distinct(&self) -> usize {
        self.counts.len()
    }

    /// Each distinct ballot: its projects, the numbers beside them (empty when there are none), how many cast it.
    pub fn iter(&self) -> impl Iterator<Item = (&[u32], &[i64], u64)> {
        self.starts.windows(2).zip(&self.counts).map(|(range, &many)| {
            let range = range[0] as usize..range[1] as usize;
            let numbers = if self.numbers.is_empty() { &[][..] } else { &self.numbers[range.clone()] };
            (&self.chosen[range], numbers, many)
        })
    }

    /// What a ballot gives a project by points: one for approval, Pabulib's own convention for rankings (as many as the
    /// ballot ranks for its first, one for its last), one for a grade better than the worst.
    pub(super) fn value(&self, place: usize, chosen: &[u32], numbers: &[i64]) -> i64 {
        match self.kind {
            Kind::Approval => 1,
            Kind::Points => numbers[place],
            Kind::Ranking => i64::try_from(chosen.len() - place).unwrap_or(i64::MAX),
            Kind::Grades { grades } => i64::from(numbers[place] + 1 < i64::from(grades)),
        }
    }

    /// The score of each project, in 1/`unit`, and how many voters gave it something.
    pub fn scores(&self) -> (Vec<i64>, Vec<u64>) {
        let mut scores = vec![0_i64; self.projects];
        let mut voters = vec![0_u64; self.projects];
        for (chosen, numbers, many) in self.iter() {
            for (place, &project) in chosen.iter().enumerate() {
                let value = self.value(place, chosen, numbers);
                if value != 0 {
                    let score = &mut scores[project as usize];
                    *score = score.saturating_add(value.saturating_mul(many.cast_signed()));
                    voters[project as usize] += many;
                }
            }
        }
        (scores, voters)
    }
}

/// Sorts `keys`, and `values` (when there are any) with them. Ballots are short.
fn sort_together(keys: &mut [u32], values: &mut [i64]) {
    if values.is_empty() {
        keys.sort_unstable();
        return;
    }
    for end in 1..keys.len() {
        let mut at = end;
        while at > 0 && keys[at - 1] > keys[at] {
            keys.swap(at - 1, at);
            values.swap(at - 1, at);
            at -= 1;
        }
    }
}
