//! What was voted on, by which rules and how, read from the published ballots: voter by voter, project by name.

use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// `data/<process>.ballots.json`, as far as a count needs it.
pub(super) struct Papers {
    pub(super) projects: Vec<Paper>,
    pub(super) rules: Value,
    pub(super) seed: Vec<u8>,
    pub(super) ballots: Vec<Given>,
    /// How many grades there are.
    pub(super) grades: usize,
}

/// A project that is voted on.
#[derive(Deserialize)]
pub(super) struct Paper {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    pub(super) cost: u64,
    #[serde(default)]
    pub(super) zone: Option<String>,
    #[serde(default)]
    pub(super) themes: BTreeSet<String>,
    #[serde(default)]
    pub(super) labels: BTreeSet<String>,
    #[serde(default)]
    pub(super) proposer: Option<String>,
    #[serde(default)]
    pub(super) withdrawn: bool,
}

/// A ballot.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Given {
    Blank,
    Chosen(BTreeSet<String>),
    Points(BTreeMap<String, u64>),
    Order(Vec<String>),
    /// Project → its grade, the best being 0.
    Grades(BTreeMap<String, usize>),
}

impl Papers {
    pub(super) fn read(file: &Value) -> Self {
        let grades: Vec<&str> =
            listed(&file["method"]["grades"]).iter().filter_map(|grade| grade["id"].as_str()).collect();
        Self {
            projects: read(&file["projects"]),
            rules: file["rules"].clone(),
            seed: hex::decode(text(&file["seed"])).expect("hexadecimal"),
            ballots: listed(&file["ballots"]).iter().map(|slot| given(&slot["ballot"], &grades)).collect(),
            grades: grades.len(),
        }
    }

    pub(super) fn project(&self, id: &str) -> &Paper {
        self.projects.iter().find(|project| project.id == id).expect("a project")
    }

    pub(super) fn cost(&self, id: &str) -> u64 {
        self.project(id).cost
    }

    pub(super) fn score(&self, id: &str) -> u64 {
        self.ballots.iter().map(|ballot| self.points(ballot, id)).sum()
    }

    pub(super) fn voters(&self, id: &str) -> u64 {
        self.ballots.iter().filter(|ballot| self.points(ballot, id) > 0).count() as u64
    }

    /// What a ballot gives a project: a ranking of n projects n, n − 1… 1, a grade one if it is not the worst.
    pub(super) fn points(&self, ballot: &Given, id: &str) -> u64 {
        match ballot {
            Given::Blank => 0,
            Given::Chosen(chosen) => chosen.contains(id).into(),
            Given::Points(points) => points.get(id).copied().unwrap_or(0),
            Given::Order(order) => {
                order.iter().rev().position(|other| other == id).map_or(0, |at| at as u64 + 1)
            }
            Given::Grades(grades) => grades.get(id).is_some_and(|&grade| grade + 1 < self.grades).into(),
        }
    }

    /// Whether one of the two at most is elected.
    pub(super) fn exclusive(&self, one: &str, other: &str) -> bool {
        self.rivals(one).contains(&other)
    }

    /// Whether two of `projects` exclude each other.
    pub(super) fn have_rivals(&self, projects: &[&str]) -> bool {
        projects.iter().any(|one| projects.iter().any(|other| self.exclusive(one, other)))
    }

    /// Projects of the groups of `id` as the rules name them, then those of its proposer.
    pub(super) fn rivals(&self, id: &str) -> Vec<&str> {
        let groups = listed(&self.rules["exclusions"]).iter().map(listed);
        let mut rivals: Vec<&str> =
            groups.filter(|group| group.iter().any(|member| member == id)).flatten().map(text).collect();
        let proposer = self.project(id).proposer.as_ref();
        if self.rules["one_per_proposer"] == true && proposer.is_some() {
            rivals.extend(
                self.projects
                    .iter()
                    .filter(|other| other.proposer.as_ref() == proposer)
                    .map(|other| other.id.as_str()),
            );
        }
        rivals.retain(|&rival| rival != id);
        rivals
    }
}

fn given(ballot: &Value, grades: &[&str]) -> Given {
    let Some((kind, said)) = ballot.as_object().and_then(|ballot| ballot.iter().next()) else {
        assert_eq!(ballot, "blank");
        return Given::Blank;
    };
    match kind.as_str() {
        "approval" => Given::Chosen(read(said)),
        "one" => Given::Chosen([text(said).to_owned()].into()),
        "points" => Given::Points(read(said)),
        "ranking" => Given::Order(read(said)),
        "grades" => {
            let given: BTreeMap<String, String> = read(said);
            let place = |grade: String| grades.iter().position(|known| *known == grade).expect("a grade");
            Given::Grades(given.into_iter().map(|(id, grade)| (id, place(grade))).collect())
        }
        // Counted as they are written, in `question`.
        _ => Given::Chosen([text(said).to_owned()].into()),
    }
}

fn read<T: for<'de> Deserialize<'de> + Default>(value: &Value) -> T {
    if value.is_null() { T::default() } else { T::deserialize(value).expect("what is published") }
}

/// The elements of a list; none where there is no list.
pub(super) fn listed(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
