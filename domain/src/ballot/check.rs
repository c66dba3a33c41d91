//! A ballot is valid or refused as a whole, before it is cast, with every reason.

use super::{Answer, Ballot, Choice, Grade, Method, Missing};
use crate::refusal::Refusal;
use std::collections::{BTreeMap, BTreeSet};

/// Name in HTML of the inputs that tick a project, or answer a question.
const CHOICE: &str = "choice";

/// What a voter sent, before it is known to be a ballot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// « Vote blanc » was ticked.
    pub blank: bool,
    /// Values of `choice`, in the order sent: projects ticked, `yes` or `no`.
    pub chosen: Vec<String>,
    /// Project → what was written in its own field, `choice.SLUG`: points, a rank from 1, the id of a grade. An empty
    /// text is no answer.
    pub given: Vec<(String, String)>,
}

impl From<&Ballot> for Answers {
    /// As a form would have sent it: a ballot that comes as data is checked by the same rules.
    fn from(ballot: &Ballot) -> Self {
        let chosen = |ids: Vec<String>| Self { chosen: ids, ..Self::default() };
        let given = |pairs: Vec<(String, String)>| Self { given: pairs, ..Self::default() };
        match ballot {
            Ballot::Blank => Self { blank: true, ..Self::default() },
            Ballot::Approval(ids) => chosen(ids.iter().cloned().collect()),
            Ballot::Points(points) => {
                given(points.iter().map(|(id, points)| (id.clone(), points.to_string())).collect())
            }
            Ballot::Ranking(ids) => {
                given(ids.iter().zip(1..).map(|(id, rank)| (id.clone(), rank.to_string())).collect())
            }
            Ballot::Grades(grades) => given(grades.clone().into_iter().collect()),
            Ballot::YesNo(answer) => chosen(vec![answer.as_str().to_owned()]),
            Ballot::One(id) => chosen(vec![id.clone()]),
        }
    }
}

/// The ballot that `answers` amount to by `method`, on `choices`; `envelope` is what a knapsack may cost, in cents.
///
/// # Errors
/// Every reason to refuse it; keys of words are `refusal.ballot.…`.
pub fn check(
    answers: &Answers,
    method: &Method,
    choices: &[Choice],
    envelope: Option<u64>,
) -> Result<Ballot, Vec<Refusal>> {
    let mut check = Check {
        costs: choices.iter().map(|choice| (choice.id.as_str(), choice.cost)).collect(),
        refusals: Vec::new(),
    };
    let ballot = check.ballot(answers, method, envelope);
    if check.refusals.is_empty() { Ok(ballot) } else { Err(check.refusals) }
}

struct Check<'a> {
    /// What is voted on → its cost.
    costs: BTreeMap<&'a str, u64>,
    refusals: Vec<Refusal>,
}

impl Check<'_> {
    /// The ballot; of use only when there is no refusal.
    fn ballot(&mut self, answers: &Answers, method: &Method, envelope: Option<u64>) -> Ballot {
        let given: Vec<(&str, &str)> = answers
            .given
            .iter()
            .map(|(id, text)| (id.as_str(), text.trim()))
            .filter(|(_, text)| !text.is_empty())
            .collect();
        let empty = answers.chosen.is_empty() && given.is_empty();
        if answers.blank {
            if !method.blank() {
                self.refuse("no-blank");
            }
            if !empty {
                self.refuse("blank-and-choice");
            }
            return Ballot::Blank;
        }
        if empty {
            self.refuse(if method.blank() { "empty" } else { "empty-no-blank" });
            return Ballot::Blank;
        }
        // A form of this method has no such field: what was meant is not known.
        let foreign = if method.ticks() { !given.is_empty() } else { !answers.chosen.is_empty() };
        if foreign {
            self.refuse("other-method");
            return Ballot::Blank;
        }
        match method {
            Method::Approval { least, most, .. } => {
                let ids = self.ticked(&answers.chosen);
                self.count(ids.len(), *least, *most);
                Ballot::Approval(ids)
            }
            Method::Knapsack { .. } => {
                let ids = self.ticked(&answers.chosen);
                self.within(&ids, envelope);
                Ballot::Approval(ids)
            }
            Method::One { .. } => {
                let ids = self.ticked(&answers.chosen);
                self.count(ids.len(), 1, Some(1));
                Ballot::One(ids.into_iter().next().unwrap_or_default())
            }
            Method::YesNo { .. } => self.yes_or_no(&answers.chosen),
            Method::Points { total, per_project, .. } => self.points(&given, *total, *per_project),
            Method::Ranking { least, most, .. } => self.ranking(&given, *least, *most),
            Method::Grades { grades, missing, .. } => self.grades(&given, grades, missing),
        }
    }

    fn refuse(&mut self, rule: &'static str) -> &mut Refusal {
        let refusal = Refusal { rule: format!("ballot.{rule}").into(), ..Refusal::general("") };
        self.refusals.push(refusal.at(CHOICE));
        let last = self.refusals.len() - 1;
        &mut self.refusals[last]
    }

    /// The same, of the field of one project.
    fn refuse_of(&mut self, id: &str, rule: &'static str) -> &mut Refusal {
        let refusal = self.refuse(rule);
        refusal.field = Some(format!("{CHOICE}.{id}").into());
        refusal.values.push(("project", id.to_owned()));
        refusal
    }

    /// Ids that are voted on, each once.
    fn ticked(&mut self, chosen: &[String]) -> BTreeSet<String> {
        let mut ids = BTreeSet::new();
        for id in chosen {
            if !self.costs.contains_key(id.as_str()) {
                self.refuse_of(id, "unknown");
            } else if !ids.insert(id.clone()) {
                self.refuse_of(id, "twice");
            }
        }
        ids
    }

    /// Answers to fields of projects that are voted on, each once.
    fn fields<'t>(&mut self, given: &[(&'t str, &'t str)]) -> BTreeMap<&'t str, &'t str> {
        let mut fields = BTreeMap::new();
        for &(id, text) in given {
            if !self.costs.contains_key(id) {
                self.refuse_of(id, "unknown");
            } else if fields.insert(id, text).is_some() {
                self.refuse_of(id, "twice");
            }
        }
        fields
    }

    fn count(&mut self, chosen: usize, least: u32, most: Option<u32>) {
        let many = u32::try_from(chosen).unwrap_or(u32::MAX);
        if many < least {
            self.refuse("too-few").values =
                vec![("least", least.to_string()), ("chosen", chosen.to_string())];
        }
        if let Some(most) = most.filter(|&most| many > most) {
            self.refuse("too-many").values = vec![("most", most.to_string()), ("chosen", chosen.to_string())];
        }
    }

    fn within(&mut self, ids: &BTreeSet<String>, envelope: Option<u64>) {
        let cost: u128 = ids.iter().map(|id| u128::from(self.costs[id.as_str()])).sum();
        if let Some(envelope) = envelope.filter(|&envelope| cost > u128::from(envelope)) {
            let over = cost - u128::from(envelope);
            self.refuse("over-envelope").values = vec![
                ("envelope", envelope.to_string()),
                ("cost", cost.to_string()),
                ("over", over.to_string()),
            ];
        }
    }

    fn yes_or_no(&mut self, chosen: &[String]) -> Ballot {
        match chosen {
            [answer] if answer == Answer::Yes.as_str() => Ballot::YesNo(Answer::Yes),
            [answer] if answer == Answer::No.as_str() => Ballot::YesNo(Answer::No),
            _ => {
                self.refuse("yes-or-no");
                Ballot::Blank
            }
        }
    }

    fn points(&mut self, given: &[(&str, &str)], total: u32, per_project: u32) -> Ballot {
        let mut points = BTreeMap::new();
        for (id, text) in self.fields(given) {
            match text.parse::<u32>() {
                // No point is no choice.
                Ok(0) => {}
                Ok(many) if many > per_project => {
                    let values = [("most", per_project.to_string()), ("points", many.to_string())];
                    self.refuse_of(id, "too-many-points").values.extend(values);
                }
                Ok(many) => {
                    points.insert(id.to_owned(), many);
                }
                Err(_) => {
                    self.refuse_of(id, "not-points");
                }
            }
        }
        let sum: u64 = points.values().map(|&many| u64::from(many)).sum();
        if sum > u64::from(total) {
            self.refuse("over-points").values =
                vec![("total", total.to_string()), ("points", sum.to_string())];
        }
        if points.is_empty() && self.refusals.is_empty() {
            self.refuse("empty-no-blank");
        }
        Ballot::Points(points)
    }

    fn ranking(&mut self, given: &[(&str, &str)], least: u32, most: Option<u32>) -> Ballot {
        let mut ranks: BTreeMap<u32, String> = BTreeMap::new();
        let fields = self.fields(given);
        let chosen = fields.len();
        for (id, text) in fields {
            match text.parse::<u32>() {
                Ok(rank) if rank > 0 => {
                    if let Some(other) = ranks.insert(rank, id.to_owned()) {
                        let values = [("rank", rank.to_string()), ("other", other)];
                        self.refuse_of(id, "same-rank").values.extend(values);
                    }
                }
                _ => {
                    self.refuse_of(id, "not-a-rank");
                }
            }
        }
        // A gap may be a slip: the voter is asked, not interpreted. One that goes with another slip is told once that is mended.
        if self.refusals.is_empty()
            && let Some((&last, missing)) =
                ranks.last_key_value().map(|(last, _)| (last, (1..).find(|rank| !ranks.contains_key(rank))))
            && let Some(missing) = missing.filter(|&missing| missing < last)
        {
            self.refuse("gap-in-ranks").values.push(("rank", missing.to_string()));
        }
        self.count(chosen, least, most);
        Ballot::Ranking(ranks.into_values().collect())
    }

    fn grades(&mut self, given: &[(&str, &str)], grades: &[Grade], missing: &Missing) -> Ballot {
        let mut graded = BTreeMap::new();
        for (id, text) in self.fields(given) {
            if grades.iter().any(|grade| grade.id == text) {
                graded.insert(id.to_owned(), text.to_owned());
            } else {
                self.refuse_of(id, "unknown-grade");
            }
        }
        let filled = match missing {
            Missing::Refuse => None,
            Missing::Worst => grades.last().map(|grade| grade.id.clone()),
            Missing::Grade(id) => Some(id.clone()),
        };
        let ungraded: Vec<String> = self
            .costs
            .keys()
            .filter(|id| !given.iter().any(|(known, _)| known == *id))
            .map(|id| (*id).to_owned())
            .collect();
        for id in ungraded {
            match &filled {
                Some(grade) => {
                    graded.insert(id, grade.clone());
                }
                None => {
                    self.refuse_of(&id, "no-grade");
                }
            }
        }
        Ballot::Grades(graded)
    }
}
