//! The journey of a support: a form, a code by mail, one commit. And the same way back.
//!
//! What is typed in the form is never stored: the request that waits for its code holds pseudonyms only.

mod ask;
mod carry_out;
mod confirm;
mod limit;
mod pending;
mod tries;

use crate::{
    answer::{self, Filling, Page},
    client::ClientAddress,
    door::Door,
    headers,
    rows::DepositId,
    table::{CommitError, TableError},
};
use ask::{Asked, ask};
use axum::{
    Extension, Form as Body,
    extract::{Path, State, rejection::FormRejection},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use confirm::{Confirmed, confirm};
use domain::{
    limits::network,
    rulebook::{Deposit, Process, Rulebook},
    support::{Form, Refusal, Wish},
};
use serde::Deserialize;
use std::sync::Arc;

type Address = Option<Extension<ClientAddress>>;
type Typed<T> = Result<Body<T>, FormRejection>;

/// `POST /actes/{process}/{deposit}/soutien`: the support form.
pub async fn ask_support(
    door: State<Door>,
    path: Path<(String, String)>,
    address: Address,
    form: Typed<Form>,
) -> Response {
    to_the_end(answer_form(Wish::Support, door.0, path.0, address, form)).await
}

/// `POST /actes/{process}/{deposit}/retrait`: the withdrawal form.
pub async fn ask_withdrawal(
    door: State<Door>,
    path: Path<(String, String)>,
    address: Address,
    form: Typed<Form>,
) -> Response {
    to_the_end(answer_form(Wish::Withdrawal, door.0, path.0, address, form)).await
}

/// `POST /actes/{process}/{deposit}/soutien/code`: the code for a support.
pub async fn confirm_support(
    door: State<Door>,
    path: Path<(String, String)>,
    address: Address,
    form: Typed<CodeForm>,
) -> Response {
    to_the_end(answer_code(Wish::Support, door.0, path.0, address, form)).await
}

/// `POST /actes/{process}/{deposit}/retrait/code`: the code for a withdrawal.
pub async fn confirm_withdrawal(
    door: State<Door>,
    path: Path<(String, String)>,
    address: Address,
    form: Typed<CodeForm>,
) -> Response {
    to_the_end(answer_code(Wish::Withdrawal, door.0, path.0, address, form)).await
}

/// `GET` of an act's address, as when a browser is asked to read again what it had sent: leads to the form, and
/// changes nothing (I5).
pub async fn show_form(door: State<Door>, Path(path): Path<(String, String)>) -> Response {
    match find(&door, path) {
        Some(subject) => Redirect::to(&format!("{}soutenir/", subject.deposit().path)).into_response(),
        None => not_found(&door).await,
    }
}

/// As [`show_form`], for a withdrawal.
pub async fn show_withdrawal_form(door: State<Door>, Path(path): Path<(String, String)>) -> Response {
    match find(&door, path) {
        Some(subject) => Redirect::to(&format!("{}retirer/", subject.deposit().path)).into_response(),
        None => not_found(&door).await,
    }
}

/// Answers to the end even when the browser has gone: between keeping a request and mailing its code, giving up would
/// leave a request of which no mail tells.
async fn to_the_end(answer: impl Future<Output = Response> + Send + 'static) -> Response {
    match tokio::spawn(answer).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "an answer broke off");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// What the code page sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CodeForm {
    /// The request that waits for the code.
    request: String,
    /// The code as typed.
    code: String,
}

/// The deposit a request is about, with the rules that were in force when the request came.
struct Subject {
    rulebook: Arc<Rulebook>,
    process_id: String,
    deposit_id: String,
}

/// Made by [`find`] alone, which has looked both ids up.
impl Subject {
    fn process(&self) -> &Process {
        &self.rulebook.processes[&self.process_id]
    }

    fn deposit(&self) -> &Deposit {
        &self.process().deposits[&self.deposit_id]
    }

    fn id(&self) -> DepositId<'_> {
        DepositId { process: &self.process_id, deposit: &self.deposit_id }
    }
}

/// Why no page of the journey can be given.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("a page cannot be read: {0}")]
    Page(#[from] std::io::Error),
    #[error("a page cannot be filled: {0}")]
    Fill(#[from] lol_html::errors::RewritingError),
    #[error("no randomness: {0}")]
    Random(#[from] getrandom::Error),
}

impl From<CommitError> for Failure {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Refused => Self::Table(TableError::Busy("the same items keep changing".into())),
            CommitError::Table(error) => Self::Table(error),
        }
    }
}

async fn answer_form(
    wish: Wish,
    door: Door,
    path: (String, String),
    address: Address,
    form: Typed<Form>,
) -> Response {
    let Some(subject) = find(&door, path) else { return not_found(&door).await };
    let form = match form {
        Ok(Body(form)) => form,
        Err(rejection) => {
            let refusals = [Refusal::general("unreadable").with("contact", &subject.process().contact)];
            let filling = Filling { refusals: &refusals, ..Filling::default() };
            let answer = render(&door, &subject, form_page(wish), rejection.status(), &filling).await;
            return or_unavailable(&door, answer).await;
        }
    };
    let answer = match ask(wish, &door, &subject, &form, address).await {
        Ok(Asked::CodeSent { request, address }) => {
            let filling = Filling {
                values: vec![("request", &request)],
                slots: vec![("email", address)],
                ..Filling::default()
            };
            render(&door, &subject, code_page(wish), StatusCode::OK, &filling).await
        }
        Ok(Asked::Refused(status, refusals)) => {
            render(&door, &subject, form_page(wish), status, &filling_of(&form, &refusals)).await
        }
        Err(failure) => {
            tracing::error!(%failure, "a form could not be taken");
            let refusals = [unavailable(&subject)];
            let filling = filling_of(&form, &refusals);
            render(&door, &subject, form_page(wish), StatusCode::SERVICE_UNAVAILABLE, &filling).await
        }
    };
    or_unavailable(&door, answer).await
}

async fn answer_code(
    wish: Wish,
    door: Door,
    path: (String, String),
    address: Address,
    form: Typed<CodeForm>,
) -> Response {
    let Some(subject) = find(&door, path) else { return not_found(&door).await };
    let form = form.map(|Body(form)| form).unwrap_or_default();
    let answer = match confirm(wish, &door, &subject, &form, address).await {
        Ok(Confirmed::Done { number }) => {
            let slots = vec![("count", subject.rulebook.words.supports(number))];
            let filling = Filling { slots, ..Filling::default() };
            render(&door, &subject, done_page(wish), StatusCode::OK, &filling).await
        }
        Ok(Confirmed::Refused(status, refusal)) => {
            let refusals = [refusal];
            let filling = code_filling(&form, &refusals);
            render(&door, &subject, code_page(wish), status, &filling).await
        }
        Err(failure) => {
            tracing::error!(%failure, "a code could not be checked");
            let refusals = [unavailable(&subject)];
            let filling = code_filling(&form, &refusals);
            render(&door, &subject, code_page(wish), StatusCode::SERVICE_UNAVAILABLE, &filling).await
        }
    };
    or_unavailable(&door, answer).await
}

fn find(door: &Door, (process_id, deposit_id): (String, String)) -> Option<Subject> {
    let rulebook = door.rulebook.borrow().clone();
    rulebook.processes.get(&process_id)?.deposits.get(&deposit_id)?;
    Some(Subject { rulebook, process_id, deposit_id })
}

/// The network a request comes from; none when it comes from this machine itself.
fn network_of(address: Address) -> Option<String> {
    address.and_then(|Extension(ClientAddress(address))| network(address))
}

fn too_many(subject: &Subject) -> Refusal {
    Refusal::general("network").with("contact", &subject.process().contact)
}

fn unavailable(subject: &Subject) -> Refusal {
    Refusal::general("unavailable").with("contact", &subject.process().contact)
}

fn form_page(wish: Wish) -> Page {
    match wish {
        Wish::Support => Page::Support,
        Wish::Withdrawal => Page::Withdraw,
    }
}

fn code_page(wish: Wish) -> Page {
    match wish {
        Wish::Support => Page::SupportCode,
        Wish::Withdrawal => Page::WithdrawCode,
    }
}

fn done_page(wish: Wish) -> Page {
    match wish {
        Wish::Support => Page::Supported,
        Wish::Withdrawal => Page::Withdrawn,
    }
}

fn filling_of<'a>(form: &'a Form, refusals: &'a [Refusal]) -> Filling<'a> {
    let Form { given_names, family_name, email, birth_date, commune, link, consent } = form;
    let values = vec![
        ("given_names", given_names.as_str()),
        ("family_name", family_name),
        ("email", email),
        ("birth_date", birth_date),
        ("commune", commune),
        ("link", link),
        ("consent", consent),
    ];
    Filling { values, slots: Vec::new(), refusals }
}

fn code_filling<'a>(form: &'a CodeForm, refusals: &'a [Refusal]) -> Filling<'a> {
    Filling { values: vec![("request", &form.request), ("code", &form.code)], slots: Vec::new(), refusals }
}

async fn render(
    door: &Door,
    subject: &Subject,
    page: Page,
    status: StatusCode,
    filling: &Filling<'_>,
) -> Result<Response, Failure> {
    let html = door.pages.read(&subject.deposit().path, page).await?;
    let html = answer::fill(&html, filling, &subject.rulebook.words)?;
    Ok(respond(status, html))
}

fn respond(status: StatusCode, html: String) -> Response {
    let mut response = (status, Html(html)).into_response();
    headers::protect(response.headers_mut());
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

async fn not_found(door: &Door) -> Response {
    or_unavailable(
        door,
        door.pages.not_found().await.map(|html| respond(StatusCode::NOT_FOUND, html)).map_err(Failure::from),
    )
    .await
}

async fn or_unavailable(door: &Door, answer: Result<Response, Failure>) -> Response {
    match answer {
        Ok(response) => response,
        Err(failure) => {
            tracing::error!(%failure, "no answer could be made");
            let html = door.pages.unavailable().await.unwrap_or_default();
            respond(StatusCode::SERVICE_UNAVAILABLE, html)
        }
    }
}
