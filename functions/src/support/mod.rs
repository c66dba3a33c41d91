//! The journey of a support: a form, a code by mail, one commit. And the same way back.
//!
//! What is typed in the form is never stored: the request that waits for its code holds pseudonyms only.

mod ask;
mod carry_out;
mod confirm;

use crate::{
    answer::{Filling, Page},
    door::Door,
    mail::Mail,
    proof::{CodeForm, Journey, mark, unavailable},
    respond::{self, Address, Failure, not_found, or_unavailable, to_the_end},
    rows::DepositId,
    table::TableError,
};
use ask::{Asked, ask};
use axum::{
    Form as Body,
    extract::{Path, State, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use confirm::{Confirmed, confirm};
use domain::{
    limits::CODE_LIFETIME,
    refusal::Refusal,
    rulebook::{Deposit, Process, Rulebook},
    secret::Pseudonym,
    support::{Claims, Form, Wish, check_open},
};
use jiff::Timestamp;
use std::sync::Arc;

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

/// What is wished, and of which deposit.
#[derive(Clone, Copy)]
struct Wished<'a> {
    wish: Wish,
    subject: &'a Subject,
}

impl Journey for Wished<'_> {
    /// Pseudonyms only.
    type Claims = Claims;
    /// The number of supports.
    type Done = u64;

    fn partition(&self, id: &str) -> String {
        let deposit = self.subject.id();
        format!("request#{}#{}#{}#{id}", self.wish.as_str(), deposit.process, deposit.deposit)
    }

    fn rules(&self, door: &Door) -> Result<Pseudonym, TableError> {
        mark(door, &self.subject.process().eligibility)
    }

    fn check_open(&self, now: Timestamp) -> Result<(), Refusal> {
        check_open(self.subject.deposit(), now)
    }

    fn contact(&self) -> &str {
        &self.subject.process().contact
    }

    fn mailbox<'a>(&self, claims: &'a Claims) -> &'a Pseudonym {
        &claims.mailbox
    }

    fn write_mail(&self, to: &str, code: &str) -> Mail {
        let Subject { rulebook, .. } = self.subject;
        let (process, deposit) = (self.subject.process(), self.subject.deposit());
        let minutes = CODE_LIFETIME.as_mins().to_string();
        let url = format!("{}{}", rulebook.base_url, deposit.path);
        let values = [
            ("code", code),
            ("deposit", &deposit.title),
            ("process", &process.title),
            ("site", &rulebook.site),
            ("contact", &process.contact),
            ("minutes", &minutes),
            ("url", &url),
        ];
        let (title, text) = match self.wish {
            Wish::Support => ("mail.support.subject", "mail.support.body"),
            Wish::Withdrawal => ("mail.withdrawal.subject", "mail.withdrawal.body"),
        };
        Mail {
            from: rulebook.sender.clone(),
            to: to.to_owned(),
            subject: rulebook.words.say(title, &values),
            body: rulebook.words.say(text, &values),
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
    let answer = match ask(Wished { wish, subject: &subject }, &door, &form, address).await {
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
            let refusals = [unavailable(&subject.process().contact)];
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
    let answer = match confirm(Wished { wish, subject: &subject }, &door, &form, address).await {
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
            let refusals = [unavailable(&subject.process().contact)];
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
    Filling { values: form.fields().to_vec(), refusals, ..Filling::default() }
}

fn code_filling<'a>(form: &'a CodeForm, refusals: &'a [Refusal]) -> Filling<'a> {
    let values = vec![("request", form.request.as_str()), ("code", &form.code)];
    Filling { values, refusals, ..Filling::default() }
}

async fn render(
    door: &Door,
    subject: &Subject,
    page: Page,
    status: StatusCode,
    filling: &Filling<'_>,
) -> Result<Response, Failure> {
    let path = &subject.deposit().path;
    respond::render(door, &subject.rulebook.words, path, page, status, filling).await
}
