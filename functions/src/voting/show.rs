//! The pages of the vote, filled in.

use super::{
    Subject,
    arrange::Items,
    euros,
    sent::{Sent, TRACKING},
};
use crate::{
    answer::{Filling, Page},
    door::Door,
    respond::{self, Failure},
};
use axum::{http::StatusCode, response::Response};
use domain::{
    ballot::{Ballot, Method, order},
    refusal::Refusal,
    rulebook::{Voting, group_digits},
    support::Form,
    tracking::Tracking,
};

type Answer = Result<Response, Failure>;

/// The ballot as it was filled in so far, what is voted on in the voter's own order.
pub(super) async fn ballot(
    door: &Door,
    subject: &Subject,
    sent: &Sent,
    status: StatusCode,
    refusals: &[Refusal],
) -> Answer {
    let page = read(door, subject, Page::Ballot).await?;
    let items = Items::of(&page);
    let seed = hex::decode(&sent.order).unwrap_or_default();
    let page = items.arranged(&order(&seed, items.ids()));
    let (values, travels) = (sent.pairs(), sent.travels());
    let mut may = vec!["vote"];
    may.extend(sent.replaced.map(|_| "replace"));
    // Who goes back to their ballot has perhaps said who they are.
    let mut carry = borrowed(&travels);
    carry.extend(person(sent));
    let filling = Filling { values: borrowed(&values), carry, may, refusals, ..Filling::default() };
    respond::render_html(door, &subject.words(), &page, status, &filling)
}

/// Says that the vote is not open.
pub(super) async fn closed(door: &Door, subject: &Subject, refusal: Refusal) -> Answer {
    let filling = Filling { refusals: &[refusal], ..Filling::default() };
    render(door, subject, Page::Ballot, StatusCode::UNPROCESSABLE_ENTITY, &filling).await
}

/// What the ballot says, to be read once more; and who casts it, unless one is replaced.
pub(super) async fn review(
    door: &Door,
    subject: &Subject,
    sent: &Sent,
    ballot: &Ballot,
    status: StatusCode,
    refusals: &[Refusal],
) -> Answer {
    let page = read(door, subject, Page::BallotReview).await?;
    let said = Said::of(ballot, &subject.voting, &sent.order);
    let ids: Vec<&str> = said.items.iter().map(|(id, _)| id.as_str()).collect();
    let page = Items::of(&page).arranged(&ids);
    let names: Vec<String> = ids.iter().map(|id| format!("given.{id}")).collect();
    let given = said.items.iter().map(|(_, given)| given.clone());
    let mut slots: Vec<(&str, String)> = names.iter().map(String::as_str).zip(given).collect();
    slots.push(("chosen", said.items.len().to_string()));
    let mut may = vec![if sent.replaced.is_some() { "replace" } else { "cast" }];
    may.extend((*ballot == Ballot::Blank).then_some("blank"));
    if let Some((spent, left)) = said.spent {
        slots.extend([("spent", spent), ("left", left)]);
        may.push("left");
    }
    let mut carry = sent.travels();
    carry.extend(sent.pairs());
    let filling = Filling {
        values: typed(&sent.person),
        slots,
        carry: borrowed(&carry),
        may,
        is_known: sent.replaced.is_some(),
        refusals,
        ..Filling::default()
    };
    respond::render_html(door, &subject.words(), &page, status, &filling)
}

/// Asks for the code that was mailed; the ballot, its tracking code and who casts it travel on.
pub(super) async fn code(
    door: &Door,
    subject: &Subject,
    sent: &Sent,
    tracking: Tracking,
    status: StatusCode,
    refusals: &[Refusal],
) -> Answer {
    let tracking = tracking.to_string();
    let (travels, pairs) = (sent.travels(), sent.pairs());
    let mut carry = borrowed(&travels);
    carry.extend(borrowed(&pairs));
    carry.extend([("request", &*sent.code.request), (TRACKING, &*tracking)]);
    // Who goes back for another code need not say again who they are.
    carry.extend(person(sent));
    let address = person(sent).filter(|(field, _)| *field == "email");
    let filling = Filling {
        values: vec![("request", &sent.code.request), ("code", &sent.code.code)],
        slots: address.map(|(name, typed)| (name, typed.to_owned())).collect(),
        carry,
        refusals,
        ..Filling::default()
    };
    render(door, subject, Page::BallotCode, status, &filling).await
}

/// The receipt: the ballot is in the box, under this tracking code.
pub(super) async fn receipt(door: &Door, subject: &Subject, page: Page, tracking: Tracking) -> Answer {
    let slots = vec![("tracking", tracking.to_string())];
    let filling = Filling { slots, ..Filling::default() };
    render(door, subject, page, StatusCode::OK, &filling).await
}

/// Says that somebody of this identity has voted.
pub(super) async fn already_voted(door: &Door, subject: &Subject) -> Answer {
    render(door, subject, Page::AlreadyVoted, StatusCode::CONFLICT, &Filling::default()).await
}

/// Asks again for the tracking code of the ballot that is to be replaced.
pub(super) async fn ask_tracking(
    door: &Door,
    subject: &Subject,
    sent: &Sent,
    status: StatusCode,
    refusal: Refusal,
) -> Answer {
    let values = vec![(TRACKING, sent.tracking.as_str())];
    let filling = Filling { values, refusals: &[refusal], ..Filling::default() };
    render(door, subject, Page::BallotReplace, status, &filling).await
}

async fn read(door: &Door, subject: &Subject, page: Page) -> Result<String, Failure> {
    Ok(door.pages.read(&subject.voting.path, page).await?)
}

async fn render(
    door: &Door,
    subject: &Subject,
    page: Page,
    status: StatusCode,
    filling: &Filling<'_>,
) -> Answer {
    respond::render(door, &subject.words(), &subject.voting.path, page, status, filling).await
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// What was said of who casts it.
fn person(sent: &Sent) -> impl Iterator<Item = (&str, &str)> {
    sent.person.fields().into_iter().filter(|(_, typed)| !typed.is_empty())
}

fn typed(form: &Form) -> Vec<(&str, &str)> {
    let values = form.fields().to_vec();
    // What nobody typed yet is as the page has it.
    if values.iter().all(|(_, value)| value.is_empty()) { Vec::new() } else { values }
}

/// What a ballot says.
struct Said {
    /// The ids that it names, in the order in which they are read, each with what it is given.
    items: Vec<(String, String)>,
    /// What was spent and what is left, where there is a bound.
    spent: Option<(String, String)>,
}

impl Said {
    fn of(ballot: &Ballot, voting: &Voting, seed: &str) -> Self {
        let items = match ballot {
            Ballot::Blank => Vec::new(),
            Ballot::Approval(ids) => ids.iter().map(|id| (id.clone(), String::new())).collect(),
            Ballot::Points(points) => {
                points.iter().map(|(id, points)| (id.clone(), points.to_string())).collect()
            }
            Ballot::Ranking(ids) => {
                ids.iter().zip(1..).map(|(id, rank)| (id.clone(), rank.to_string())).collect()
            }
            Ballot::Grades(grades) => {
                grades.iter().map(|(id, grade)| (id.clone(), label(&voting.method, grade))).collect()
            }
            Ballot::YesNo(answer) => vec![(answer.as_str().to_owned(), String::new())],
            Ballot::One(id) => vec![(id.clone(), String::new())],
        };
        Self { spent: spent(ballot, voting), items: in_reading_order(items, ballot, seed) }
    }
}

/// As they were shown on the ballot, unless the voter has put them in order.
fn in_reading_order(items: Vec<(String, String)>, ballot: &Ballot, seed: &str) -> Vec<(String, String)> {
    if matches!(ballot, Ballot::Ranking(_)) {
        return items;
    }
    let seed = hex::decode(seed).unwrap_or_default();
    let shown = order(&seed, items.iter().map(|(id, _)| id.as_str()));
    let item = |id: &str| items.iter().find(|(known, _)| known == id).cloned();
    shown.into_iter().filter_map(item).collect()
}

fn label(method: &Method, grade: &str) -> String {
    let Method::Grades { grades, .. } = method else { return grade.to_owned() };
    grades.iter().find(|known| known.id == grade).map_or(grade, |known| &known.label).to_owned()
}

fn spent(ballot: &Ballot, voting: &Voting) -> Option<(String, String)> {
    let counted = |spent: u64, most: u64| (group_digits(spent), group_digits(most.saturating_sub(spent)));
    match (ballot, &voting.method) {
        (Ballot::Approval(ids), Method::Knapsack { .. }) => {
            let chosen = voting.projects.iter().filter(|project| ids.contains(&project.id));
            let cost: u64 = chosen.map(|project| project.cost).sum();
            let left = voting.envelope()?.saturating_sub(cost);
            Some((euros(cost), euros(left)))
        }
        (Ballot::Approval(ids), Method::Approval { most: Some(most), .. }) => {
            Some(counted(ids.len() as u64, u64::from(*most)))
        }
        (Ballot::Ranking(ids), Method::Ranking { most: Some(most), .. }) => {
            Some(counted(ids.len() as u64, u64::from(*most)))
        }
        (Ballot::Points(points), Method::Points { total, .. }) => {
            Some(counted(points.values().map(|points| u64::from(*points)).sum(), u64::from(*total)))
        }
        _ => None,
    }
}
