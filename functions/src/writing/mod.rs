//! The journey of those who write: a form in sections, read once more, sent; then followed by its author.
//!
//! Where an e-mail address is asked, what is written waits in the table for its code, a day at most. Where none is, the
//! browser keeps a token that is random. A draft is kept on request, and given back to who has its link.

mod announce;
mod body;
mod browser;
mod carry_out;
mod draft;
mod files;
mod journey;
mod own;
mod sealed;
mod send;
mod sent;
mod show;
mod since;

pub(crate) use carry_out::writer_partition;

use crate::{
    door::Door,
    proof::CodeForm,
    respond::{Address, not_found, to_the_end},
};
pub use announce::Announcement;
use axum::{
    Form,
    extract::{
        Path, Query, Request, State,
        rejection::{FormRejection, QueryRejection},
    },
    response::{IntoResponse, Redirect, Response},
};
use browser::Browser;
use domain::{
    refusal::Refusal,
    rulebook::{Process, Rulebook, Writing},
    secret::Key,
    window::Phase,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Deserialize;
use std::{collections::BTreeMap, sync::Arc};

/// `POST /actes/{process}/ecrire`: the form, or its preview.
pub async fn write(
    State(door): State<Door>,
    Path(process): Path<String>,
    address: Address,
    request: Request,
) -> Response {
    let Some(subject) = Subject::find(&door, process) else { return not_found(&door).await };
    let browser = Browser::of(request.headers(), &subject.process_id);
    let received = body::receive(request, &files::sizes(&subject.writing.form)).await;
    to_the_end(journey::answer(door, subject, address, browser, received)).await
}

/// `POST /actes/{process}/ecrire/code`: the code.
pub async fn confirm(
    State(door): State<Door>,
    Path(process): Path<String>,
    address: Address,
    request: Request,
) -> Response {
    let Some(subject) = Subject::find(&door, process) else { return not_found(&door).await };
    let received = body::receive(request, &BTreeMap::new()).await;
    let form = CodeForm { request: received.value("request"), code: received.value("code") };
    to_the_end(send::answer_code(door, subject, address, form)).await
}

/// `POST /actes/{process}/fichiers`: a script announces a large file.
pub async fn announce_file(
    State(door): State<Door>,
    Path(process): Path<String>,
    address: Address,
    announcement: Result<Form<Announcement>, FormRejection>,
) -> Response {
    let Some(subject) = Subject::find(&door, process) else { return not_found(&door).await };
    announce::answer(&door, &subject, address, announcement.map(|Form(announcement)| announcement)).await
}

/// `GET` of either: leads to the form, and changes nothing (I5).
pub async fn show_form(State(door): State<Door>, Path(process): Path<String>) -> Response {
    match Subject::find(&door, process) {
        Some(subject) => Redirect::to(&subject.writing.path).into_response(),
        None => not_found(&door).await,
    }
}

/// What the address of an author's page, or of a draft, tells.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct OwnKey {
    cle: String,
}

/// `GET /actes/{process}/depots/{id}?cle=…`: what an author sees of their deposit. Changes nothing (I5).
pub async fn show_own(
    State(door): State<Door>,
    Path((process, id)): Path<(String, String)>,
    key: Result<Query<OwnKey>, QueryRejection>,
) -> Response {
    let Some(subject) = Subject::find(&door, process) else { return not_found(&door).await };
    let key = key.map(|Query(key)| key.cle).unwrap_or_default();
    to_the_end(own::show(door, subject, id, key)).await
}

/// `GET /actes/{process}/brouillon?cle=…`: the form, filled with what was kept of it. Changes nothing (I5).
pub async fn show_draft(
    State(door): State<Door>,
    Path(process): Path<String>,
    key: Result<Query<OwnKey>, QueryRejection>,
) -> Response {
    let Some(subject) = Subject::find(&door, process) else { return not_found(&door).await };
    let token = key.map(|Query(key)| key.cle).unwrap_or_default();
    to_the_end(draft::open(door, subject, token)).await
}

/// `POST /actes/{process}/depots/{id}`: its author withdraws or edits it.
pub async fn change_own(
    State(door): State<Door>,
    Path((process, id)): Path<(String, String)>,
    request: Request,
) -> Response {
    let Some(subject) = Subject::find(&door, process) else { return not_found(&door).await };
    let received = body::receive(request, &BTreeMap::new()).await;
    to_the_end(own::change(door, subject, id, received)).await
}

/// The process that is written to, with the rules that were in force when the request came.
struct Subject {
    rulebook: Arc<Rulebook>,
    process_id: String,
    writing: Writing,
}

/// Made by `find` alone, which has looked the process up.
impl Subject {
    fn find(door: &Door, process_id: String) -> Option<Self> {
        let rulebook = door.rulebook.borrow().clone();
        let writing = rulebook.processes.get(&process_id)?.writing.clone()?;
        Some(Self { rulebook, process_id, writing })
    }

    fn process(&self) -> &Process {
        &self.rulebook.processes[&self.process_id]
    }

    /// Where its answer pages lie: the process's own path.
    fn path(&self) -> &str {
        self.writing.path.strip_suffix("ecrire/").unwrap_or(&self.writing.path)
    }

    /// The key of the pseudonyms of those who write here.
    fn key(&self, door: &Door) -> Key {
        door.secret.key(&["writing", &self.process_id])
    }

    fn zone(&self) -> TimeZone {
        TimeZone::get(&self.rulebook.time_zone).unwrap_or(TimeZone::UTC)
    }

    fn today(&self, now: Timestamp) -> Date {
        now.to_zoned(self.zone()).date()
    }

    /// Whether it can be written at `now` (I1, I2).
    fn check_open(&self, now: Timestamp) -> Result<(), Refusal> {
        match self.writing.window.phase(now) {
            Phase::Open => Ok(()),
            Phase::Before => Err(Refusal::general("writing_before").with("opens", &self.writing.opens_text)),
            Phase::After => Err(Refusal::general("writing_closed").with("closes", &self.writing.closes_text)),
        }
    }
}

/// How much text is kept of a body that is sent to the form's address, in bytes; for fuzzing.
#[doc(hidden)]
pub async fn decoded_text(request: Request) -> usize {
    let received = body::receive(request, &std::collections::BTreeMap::new()).await;
    received.pairs.iter().map(|(name, value)| name.len() + value.len()).sum()
}
