//! The votes of a file: the bulk of it, read without keeping anything of a line but its ballot.

use super::{
    Fault,
    amount::{Decimal, decimal},
    records::{fields, trimmed},
};
use crate::tally::{Kind, Profile, Project};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::{collections::BTreeMap, hash::BuildHasher};

/// Decimals that points may have.
const DECIMALS: u32 = 6;

/// Votes being read.
pub(super) struct Votes {
    profile: Profile,
    index: FxHashMap<String, u32>,
    /// Projects whose id is a small number, by this number.
    small: Vec<u32>,
    /// What a vote gives to projects it does not list (scoring), in 1/`unit`.
    default: Option<i64>,
    lenient: bool,
    /// Project → the last vote that listed it.
    seen: Vec<u64>,
    votes: u64,
    chosen: Vec<u32>,
    points: Vec<i64>,
    /// Fewest and most projects that META allows in a vote.
    lengths: (usize, usize),
    /// Votes of another length.
    odd: u64,
    /// In lenient mode: projects that came twice, and that do not exist.
    repeated: u64,
    unknown: u64,
    /// Hashes of the voters so far, and votes of one who had voted.
    voters: FxHashSet<u64>,
    again: u64,
}

/// Where the columns are.
#[derive(Clone, Copy)]
pub(super) struct Places {
    pub(super) voter: Option<usize>,
    pub(super) vote: Option<usize>,
    pub(super) points: Option<usize>,
}

/// Ids below this are looked up in a table.
const SMALL: usize = 1 << 16;

const NOBODY: u32 = u32::MAX;

impl Votes {
    /// What is wrong with the type of votes is said in French.
    pub(super) fn new(
        kind: &str,
        meta: &BTreeMap<String, (usize, String)>,
        projects: &[Project],
        lenient: bool,
    ) -> Result<Self, String> {
        let number = |key: &str| meta.get(key).and_then(|(_, text)| text.parse::<usize>().ok());
        let scale = 10_u32.pow(DECIMALS);
        let kind = kind.trim().to_lowercase();
        let mut lengths = (number("min_length").unwrap_or(0), number("max_length").unwrap_or(usize::MAX));
        let (kind, unit) = match kind.as_str() {
            "approval" => (Kind::Approval, 1),
            "choose-1" => {
                lengths = (1, 1);
                (Kind::Approval, 1)
            }
            "ordinal" => (Kind::Ranking, 1),
            "cumulative" | "scoring" => (Kind::Points, scale),
            "" => return Err("le type de vote n’est pas dit".to_owned()),
            other => return Err(format!("le type de vote « {other} » n’est pas connu")),
        };
        let default = match meta.get("default_score") {
            Some((_, text)) if kind == Kind::Points && !text.is_empty() => Some(
                points(text)
                    .ok_or_else(|| format!("« default_score » vaut « {text} », ce n’est pas un nombre"))?,
            ),
            _ => None,
        };
        let mut small = Vec::new();
        for (project, at) in projects.iter().zip(0..) {
            if let Some(number) = small_number(project.id.as_bytes()) {
                if small.len() <= number {
                    small.resize(number + 1, NOBODY);
                }
                small[number] = at;
            }
        }
        Ok(Self {
            profile: Profile::new(kind, projects.len()).with_unit(unit),
            index: projects.iter().zip(0..).map(|(project, at)| (project.id.clone(), at)).collect(),
            small,
            default: default.filter(|&points| points != 0),
            lenient,
            seen: vec![0; projects.len()],
            votes: 0,
            chosen: Vec::new(),
            points: Vec::new(),
            lengths,
            odd: 0,
            repeated: 0,
            unknown: 0,
            voters: FxHashSet::default(),
            again: 0,
        })
    }

    /// Whether votes give points.
    pub(super) fn have_points(&self) -> bool {
        self.profile.kind() == Kind::Points
    }

    /// Reads one vote.
    pub(super) fn vote(&mut self, columns: Places, line: usize, record: &str, faults: &mut Vec<Fault>) {
        let (mut voter, mut vote, mut given) = (None, None, None);
        for (at, field) in fields(record).enumerate() {
            if Some(at) == columns.voter {
                voter = Some(field);
            } else if Some(at) == columns.vote {
                vote = Some(field);
            } else if Some(at) == columns.points {
                given = Some(field);
            }
        }
        self.votes += 1;
        if let Some(voter) = voter.as_deref().filter(|voter| !voter.is_empty()) {
            self.again += u64::from(!self.voters.insert(FxBuildHasher.hash_one(voter)));
        }
        let mut fault = |what: String, remedy: &str| {
            let of = voter.as_deref().map(|voter| format!(" (votant « {voter} »)")).unwrap_or_default();
            faults.push(Fault { line, what: what + &of, remedy: remedy.to_owned() });
        };
        let vote = match vote.as_deref() {
            Some(text) if !text.eq_ignore_ascii_case("none") => text,
            _ => "",
        };
        let weighted = self.have_points();
        let mut given = list(given.as_deref().unwrap_or_default());
        self.chosen.clear();
        self.points.clear();
        for id in list(vote) {
            let worth = if weighted { given.next() } else { None };
            if id.is_empty() {
                continue;
            }
            let Some(project) = self.project(id) else {
                if self.lenient {
                    self.unknown += 1;
                } else {
                    fault(
                        format!("le projet « {id} » n’existe pas"),
                        "Corrigez ce vote, ou ajoutez le projet à PROJECTS ; avec --lenient il est laissé de côté.",
                    );
                }
                continue;
            };
            if std::mem::replace(&mut self.seen[project as usize], self.votes) == self.votes {
                if self.lenient {
                    self.repeated += 1;
                } else {
                    fault(
                        format!("le projet « {id} » figure deux fois dans ce vote"),
                        "Corrigez ce vote ; avec --lenient le projet n’y est compté qu’une fois.",
                    );
                }
                continue;
            }
            if weighted {
                let Some(points) = worth.and_then(points) else {
                    fault(
                        format!("les points du projet « {id} » manquent ou ne sont pas un nombre"),
                        "Donnez dans « points » autant de nombres que « vote » a de projets, dans le même ordre.",
                    );
                    continue;
                };
                self.points.push(points);
            }
            self.chosen.push(project);
        }
        let length = self.chosen.len();
        self.odd += u64::from(length < self.lengths.0 || length > self.lengths.1);
        if let Some(default) = self.default {
            for (project, seen) in (0..).zip(&self.seen) {
                if *seen != self.votes {
                    self.chosen.push(project);
                    self.points.push(default);
                }
            }
        }
        self.profile.add(&mut self.chosen, &mut self.points, 1);
    }

    fn project(&self, id: &str) -> Option<u32> {
        match small_number(id.as_bytes()) {
            Some(number) => self.small.get(number).copied().filter(|&project| project != NOBODY),
            None => self.index.get(id).copied(),
        }
    }

    /// The ballots; notices say what was odd.
    pub(super) fn finish(self, notices: &mut Vec<String>) -> Profile {
        let said = [
            (
                self.odd,
                "bulletin n’a pas le nombre de projets que META prévoit : il est compté",
                "bulletins n’ont pas le nombre de projets que META prévoit : ils sont comptés",
            ),
            (
                self.repeated,
                "projet figurait deux fois dans un vote : il y est compté une fois",
                "projets figuraient deux fois dans un vote : ils y sont comptés une fois",
            ),
            (
                self.unknown,
                "choix d’un projet qui n’existe pas a été laissé de côté",
                "choix de projets qui n’existent pas ont été laissés de côté",
            ),
            (
                self.again,
                "vote porte le numéro d’un votant qui a déjà voté : il est compté, vérifiez-le",
                "votes portent le numéro d’un votant qui a déjà voté : ils sont comptés, vérifiez-les",
            ),
        ];
        for (many, one, several) in said.into_iter().filter(|(many, _, _)| *many > 0) {
            notices.push(format!("{many} {}", if many == 1 { one } else { several }));
        }
        self.profile.with_smallest_unit()
    }
}

/// The values of a field, separated by commas.
fn list(field: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(field);
    std::iter::from_fn(move || {
        let text = rest?;
        let (value, next) = match text.as_bytes().iter().position(|&byte| byte == b',') {
            Some(at) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        };
        rest = next;
        Some(trimmed(value))
    })
}

/// The number that an id is, written in the one way it can be.
fn small_number(id: &[u8]) -> Option<usize> {
    if id.is_empty() || id.len() > 5 || (id[0] == b'0' && id.len() > 1) {
        return None;
    }
    let mut number = 0;
    for &byte in id {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number * 10 + usize::from(byte - b'0');
    }
    (number < SMALL).then_some(number)
}

/// Points, in millionths.
fn points(text: &str) -> Option<i64> {
    let Decimal { digits, decimals } = decimal(text)?;
    let more = DECIMALS.checked_sub(decimals)?;
    i64::try_from(digits.checked_mul(10_i128.pow(more))?)
        .ok()
        .filter(|points| points.unsigned_abs() < 1 << 40)
}
