//! Ballots of fictitious people, who like some projects better than others.

use super::{drawn, in_order, share};
use crate::{
    table::{CommitError, Condition, Key, MOST_WRITES, Table, Write},
    voting::rows::{Voter, box_key, key, roll_key},
};
use domain::{
    ballot::{Answers, Ballot, Choice, Grade, Method, check},
    rulebook::Voting,
    secret::{self, Secret},
    support::Claims,
    tracking::Tracking,
};
use jiff::Timestamp;

/// One in so many votes blank, where it is allowed.
const BLANK: f64 = 0.04;
/// So many projects are ticked or ranked at most, for nobody reads a hundred.
const MOST: usize = 6;

/// Plants the ballots of a vote that has opened, closed or not, with the rows of their voters.
pub(super) async fn plant(
    table: &dyn Table,
    process: &str,
    voting: &Voting,
    secret: &Secret,
    now: Timestamp,
) -> Result<(), CommitError> {
    let due = voting.demonstration.filter(|_| now >= voting.window.opens()).unwrap_or(0);
    let progress = Key::new("demonstration", format!("{process}#{}", domain::address::BALLOT));
    let key = key(secret, process);
    loop {
        let stored = table.get(&progress, now).await?;
        let planted: u64 = stored.as_ref().map(|item| item.read()).transpose()?.unwrap_or(0);
        if planted >= due {
            return Ok(());
        }
        // Two rows each.
        let next = (planted + (MOST_WRITES as u64 - 1) / 2).min(due);
        let condition = stored.map_or(Condition::Absent, |item| Condition::Version(item.version));
        let mut writes = vec![Write::put(progress.clone(), condition, None, &next)?];
        for person in planted..next {
            // A ballot that fictitious people cannot fill in stays away, and so do they.
            if let Some(ballot) = fictitious(process, voting, &person.to_string()) {
                writes.extend(rows(process, voting, &key, &person.to_string(), &ballot)?);
            }
        }
        table.commit(writes, now).await?;
    }
}

fn rows(
    process: &str,
    voting: &Voting,
    key: &secret::Key,
    person: &str,
    ballot: &Ballot,
) -> Result<[Write; 2], CommitError> {
    let pseudonym = |what: &str| key.pseudonym(&["demonstration", what, person]);
    let claims =
        Claims { civil: pseudonym("civil"), mailbox: pseudonym("mailbox"), birth: pseudonym("birth") };
    let mut bits = [0; 16];
    for (bit, digits) in bits.iter_mut().zip(pseudonym("tracking").as_str().as_bytes().chunks(2)) {
        let digits = str::from_utf8(digits).unwrap_or_default();
        *bit = u8::from_str_radix(digits, 16).unwrap_or_default();
    }
    let (roll, slot) = (roll_key(process, &claims), box_key(process, Tracking::new(bits)));
    Ok([
        Write::put(roll, Condition::Absent, Some(voting.erased), &Voter::new(&claims, 0))?,
        Write::put(slot, Condition::Absent, None, ballot)?,
    ])
}

/// What a fictitious person votes. The same on every machine, whatever its secret: a page can say what they did.
fn fictitious(process: &str, voting: &Voting, person: &str) -> Option<Ballot> {
    let key = Secret::new([0; 32]).key(&["fictitious ballots", process]);
    let person = Person { key, person };
    let answers = person.answers(voting);
    check(&answers, &voting.method, &voting.choices(), voting.envelope()).ok()
}

struct Person<'a> {
    key: secret::Key,
    person: &'a str,
}

impl Person<'_> {
    fn answers(&self, voting: &Voting) -> Answers {
        if voting.method.blank() && self.draws("blank") < BLANK {
            return Answers { blank: true, ..Answers::default() };
        }
        let choices = voting.choices();
        let many = |least: u32, most: Option<u32>| {
            let most =
                most.map_or(MOST, |most| most as usize).min(choices.len()).min(MOST.max(least as usize));
            let least = (least as usize).clamp(1, most.max(1));
            least + drawn(self.draws("many"), &vec![1.0; most.saturating_sub(least) + 1])
        };
        let best = |many: usize| self.best(&choices, many);
        match &voting.method {
            Method::Approval { least, most, .. } => chosen(best(many(*least, *most))),
            Method::One { .. } => chosen(best(1)),
            Method::Knapsack { .. } => chosen(affordable(best(choices.len()), voting.envelope())),
            Method::YesNo { .. } => {
                let yes = 0.35 + share(&self.key, &["yes"]) * 0.3;
                let answer = if self.draws("yes") < yes { "yes" } else { "no" };
                Answers { chosen: vec![answer.to_owned()], ..Answers::default() }
            }
            Method::Points { total, per_project, .. } => given(points(best(MOST), *total, *per_project)),
            Method::Ranking { least, most, .. } => {
                let ranked = best(many(*least, *most)).into_iter().zip(1..);
                given(ranked.map(|(choice, rank)| (choice.id.clone(), rank.to_string())).collect())
            }
            Method::Grades { grades, .. } => {
                given(choices.iter().map(|choice| (choice.id.clone(), self.grade(choice, grades))).collect())
            }
        }
    }

    /// Between 0 and below 1, this person's own.
    fn draws(&self, what: &str) -> f64 {
        share(&self.key, &["drawn", self.person, what])
    }

    /// How much everybody likes a project: between 0 and below 1.
    fn liked(&self, choice: &Choice) -> f64 {
        share(&self.key, &["liked", &choice.id])
    }

    /// The first `many` of the projects, each drawn among those that are left; some are liked far better than others.
    fn best<'a>(&self, choices: &'a [Choice], many: usize) -> Vec<&'a Choice> {
        let weights: Vec<f64> = choices.iter().map(|choice| 0.05 + self.liked(choice).powi(2)).collect();
        in_order(choices, many, &weights, &|rank: &str, weights: &[f64]| drawn(self.draws(rank), weights))
    }

    /// Grades gather around what everybody thinks.
    fn grade(&self, choice: &Choice, grades: &[Grade]) -> String {
        let middle = ((1.0 - self.liked(choice)) * grades.len() as f64).floor();
        let weights: Vec<f64> =
            (0..grades.len()).map(|grade| 0.5_f64.powf((grade as f64 - middle).abs())).collect();
        grades.get(drawn(self.draws(&choice.id), &weights)).map(|grade| grade.id.clone()).unwrap_or_default()
    }
}

fn chosen(choices: Vec<&Choice>) -> Answers {
    Answers { chosen: choices.into_iter().map(|choice| choice.id.clone()).collect(), ..Answers::default() }
}

fn given(given: Vec<(String, String)>) -> Answers {
    Answers { given, ..Answers::default() }
}

/// Those that the envelope still pays, one after the other.
fn affordable(choices: Vec<&Choice>, envelope: Option<u64>) -> Vec<&Choice> {
    let mut left = envelope.unwrap_or(u64::MAX);
    let mut fits = |choice: &&Choice| {
        let rest = left.checked_sub(choice.cost);
        left = rest.unwrap_or(left);
        rest.is_some()
    };
    choices.into_iter().filter(|choice| fits(choice)).collect()
}

/// The best gets half of the points or as many as it may, the next half of what is left, and so on.
fn points(choices: Vec<&Choice>, total: u32, per_project: u32) -> Vec<(String, String)> {
    let mut left = total;
    let mut points = Vec::new();
    for choice in choices {
        let some = left.div_ceil(2).min(per_project);
        left -= some;
        points.push((choice.id.clone(), some.to_string()));
    }
    points
}
