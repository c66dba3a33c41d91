//! Readers tell of a published text that should not be on the site: a reason, a few words, and nothing of who they are.

use crate::{
    answer::{Filling, Page},
    door::Door,
    proof::{limit, too_many, unavailable},
    respond::{Address, Failure, network_of, not_found, or_unavailable, render},
    table::{CommitError, Condition, Item, Key, Table, TableError, Write, query_all},
};
use axum::{
    Form as Body,
    extract::{Path, State, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    limits::{REPORT_LIFETIME, REPORTS_PER_NETWORK},
    refusal::Refusal,
    report::{Form, Report, check},
    rulebook::{Process, Rulebook},
};
use jiff::Timestamp;
use std::sync::Arc;

/// A published text, with the rules that were in force when the request came.
struct Subject {
    rulebook: Arc<Rulebook>,
    process_id: String,
    deposit_id: String,
    path: String,
}

/// Made by `find` alone, which has looked the text up.
impl Subject {
    fn find(door: &Door, (process_id, deposit_id): (String, String)) -> Option<Self> {
        let rulebook = door.rulebook.borrow().clone();
        let path = rulebook.processes.get(&process_id)?.published.get(&deposit_id)?.clone();
        Some(Self { rulebook, process_id, deposit_id, path })
    }

    fn process(&self) -> &Process {
        &self.rulebook.processes[&self.process_id]
    }
}

/// `POST /actes/{process}/{deposit}/signaler`: the form.
pub async fn report(
    State(door): State<Door>,
    Path(path): Path<(String, String)>,
    address: Address,
    form: Result<Body<Form>, FormRejection>,
) -> Response {
    let Some(subject) = Subject::find(&door, path) else { return not_found(&door).await };
    let contact = &subject.process().contact;
    let (form, taken) = match form {
        Ok(Body(form)) => match take(&door, &subject, &form, address).await {
            Ok(taken) => (form, taken),
            Err(failure) => {
                tracing::error!(%failure, "a report could not be taken");
                (form, Err((StatusCode::SERVICE_UNAVAILABLE, vec![unavailable(contact)])))
            }
        },
        Err(rejection) => {
            let refusal = Refusal::general("unreadable").with("contact", contact);
            (Form::default(), Err((rejection.status(), vec![refusal])))
        }
    };
    let words = &subject.rulebook.words;
    let answer = match taken {
        Ok(()) => {
            render(&door, words, &subject.path, Page::Reported, StatusCode::OK, &Filling::default()).await
        }
        Err((status, refusals)) => {
            let values = vec![("reason", form.reason.as_str()), ("text", &form.text)];
            let filling = Filling { values, refusals: &refusals, ..Filling::default() };
            render(&door, words, &subject.path, Page::Report, status, &filling).await
        }
    };
    or_unavailable(&door, answer).await
}

/// `GET` of the same: leads to the form, and changes nothing (I5).
pub async fn show_form(State(door): State<Door>, Path(path): Path<(String, String)>) -> Response {
    match Subject::find(&door, path) {
        Some(subject) => Redirect::to(&format!("{}signaler/", subject.path)).into_response(),
        None => not_found(&door).await,
    }
}

type Taken = Result<(), (StatusCode, Vec<Refusal>)>;

/// Keeps a report. The answer is the same whether others have told of the text or not (I6).
async fn take(door: &Door, subject: &Subject, form: &Form, address: Address) -> Result<Taken, Failure> {
    let now = door.clock.now();
    let report = match check(form, now) {
        Ok(report) => report,
        Err(refusals) => return Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, refusals))),
    };
    if !form.website.is_empty() {
        tracing::warn!("a report came with the trap filled in");
        return Ok(Ok(()));
    }
    let network = network_of(address);
    // The same form from the same network is the same report (I4).
    let key = door.secret.key(&["report", &subject.process_id, &subject.deposit_id]);
    let id = key.pseudonym(&[&form.reason, &form.text, network.as_deref().unwrap_or_default()]);
    let key = Key::new(partition(&subject.process_id, &subject.deposit_id), id.as_str());
    if door.table.get(&key, now).await?.is_some() {
        return Ok(Ok(()));
    }
    if let Some(network) = &network
        && !limit::allow(door, REPORTS_PER_NETWORK, network, now).await?
    {
        return Ok(Err((StatusCode::TOO_MANY_REQUESTS, vec![too_many(&subject.process().contact)])));
    }
    let expires = now.saturating_add(REPORT_LIFETIME).ok();
    match door.table.commit(vec![Write::put(key, Condition::Absent, expires, &report)?], now).await {
        // The same report, sent at the same time, was quicker.
        Ok(()) | Err(CommitError::Refused) => Ok(Ok(())),
        Err(CommitError::Table(error)) => Err(error.into()),
    }
}

/// The partition of the reports of a text.
fn partition(process: &str, deposit: &str) -> String {
    format!("report#{process}#{deposit}")
}

/// What readers have told of a text, the earliest first.
///
/// # Errors
/// As the table.
pub async fn list(
    table: &dyn Table,
    process: &str,
    deposit: &str,
    now: Timestamp,
) -> Result<Vec<Report>, TableError> {
    let items = query_all(table, &partition(process, deposit), now).await?;
    let mut reports = items.iter().map(Item::read::<Report>).collect::<Result<Vec<_>, _>>()?;
    reports.sort_by(|a, b| (a.at, &a.text).cmp(&(b.at, &b.text)));
    Ok(reports)
}
