//! The journey of a support: a form, a code by mail, one commit. And the same way back.
//!
//! What is typed in the form is never stored: the request that waits for its code holds pseudonyms only.

mod limit;
pub mod store;
mod tries;

use crate::{
    answer::{self, Filling, Page},
    client::ClientAddress,
    door::Door,
    headers,
    mail::Mail,
    table::{CommitError, Condition, Key, TableError, Write},
};
use axum::{
    Extension, Form as Body,
    extract::{Path, State, rejection::FormRejection},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::{
    limits::{
        CODE_LIFETIME, CODES_PER_MAILBOX, CODES_PER_NETWORK, PENDING_LIFETIME, RESEND_AFTER,
        TRIES_PER_MAILBOX, TRIES_PER_NETWORK, network,
    },
    rulebook::{Deposit, Process, Rulebook},
    support::{Claims, Field, Form, Person, Refusal, Wish, check, check_open},
};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::Outcome;
use tries::Try;

type Address = Option<Extension<ClientAddress>>;
type Typed<T> = Result<Body<T>, FormRejection>;

/// `POST /actes/{process}/{deposit}/soutien`: the support form.
pub async fn ask_support(
    door: State<Door>,
    path: Path<(String, String)>,
    address: Address,
    form: Typed<Form>,
) -> Response {
    answer_form(Wish::Support, door.0, path.0, address, form).await
}

/// `POST /actes/{process}/{deposit}/retrait`: the withdrawal form.
pub async fn ask_withdrawal(
    door: State<Door>,
    path: Path<(String, String)>,
    address: Address,
    form: Typed<Form>,
) -> Response {
    answer_form(Wish::Withdrawal, door.0, path.0, address, form).await
}

/// `POST /actes/{process}/{deposit}/soutien/code`: the code for a support.
pub async fn confirm_support(
    door: State<Door>,
    path: Path<(String, String)>,
    address: Address,
    form: Typed<CodeForm>,
) -> Response {
    answer_code(Wish::Support, door.0, path.0, address, form).await
}

/// `POST /actes/{process}/{deposit}/retrait/code`: the code for a withdrawal.
pub async fn confirm_withdrawal(
    door: State<Door>,
    path: Path<(String, String)>,
    address: Address,
    form: Typed<CodeForm>,
) -> Response {
    answer_code(Wish::Withdrawal, door.0, path.0, address, form).await
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

impl Subject {
    fn process(&self) -> &Process {
        &self.rulebook.processes[&self.process_id]
    }

    fn deposit(&self) -> &Deposit {
        &self.process().deposits[&self.deposit_id]
    }

    fn place(&self) -> store::Place<'_> {
        store::Place { process: &self.process_id, deposit: &self.deposit_id }
    }
}

/// A request that waits for its code.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Pending {
    wish: Wish,
    process: String,
    deposit: String,
    claims: Claims,
    /// From which the code is derived; another one makes another code.
    seed: String,
    sent: Timestamp,
}

impl Pending {
    fn is_usable(&self, now: Timestamp) -> bool {
        now < self.sent.saturating_add(CODE_LIFETIME).unwrap_or(Timestamp::MAX)
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
    let form = form.map(|Body(form)| form).unwrap_or_default();
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

enum Asked {
    /// The page that asks for the code, whether a mail went out or not (I6).
    CodeSent {
        request: String,
        address: String,
    },
    Refused(StatusCode, Vec<Refusal>),
}

/// Checks the form, keeps the request and sends its code.
async fn ask(
    wish: Wish,
    door: &Door,
    subject: &Subject,
    form: &Form,
    address: Address,
) -> Result<Asked, Failure> {
    let now = door.clock.now();
    let zone = TimeZone::get(&subject.rulebook.time_zone).unwrap_or(TimeZone::UTC);
    let person = match check(wish, form, subject.process(), subject.deposit(), now, &zone) {
        Ok(person) => person,
        Err(refusals) => return Ok(Asked::Refused(StatusCode::UNPROCESSABLE_ENTITY, refusals)),
    };
    let network = address.and_then(|Extension(ClientAddress(address))| network(address));
    if !limit::allow_network(door, CODES_PER_NETWORK, network.as_deref(), now).await? {
        return Ok(Asked::Refused(StatusCode::TOO_MANY_REQUESTS, vec![too_many(subject)]));
    }
    let request = request_id(wish, door, subject, form, network.as_deref());
    let email = person.email.address().to_owned();
    match keep(wish, door, subject, &person, &request, now).await? {
        Some(pending)
            if limit::allow_mailbox(door, CODES_PER_MAILBOX, person.email.canonical(), now).await? =>
        {
            let sent = door.mailer.send(write_mail(wish, door, subject, &email, &request, &pending)).await;
            if let Err(error) = sent {
                tracing::error!(%error, "a code could not be sent");
                forget(door, &request, now).await?;
                return Ok(Asked::Refused(StatusCode::SERVICE_UNAVAILABLE, vec![unavailable(subject)]));
            }
        }
        // A repetition of a request whose code is on its way; or a mailbox that had its share of codes, which
        // the page says in general and never of this mailbox (I6).
        _ => {}
    }
    Ok(Asked::CodeSent { request, address: email })
}

/// The same form from the same network is the same request: a browser that sends it twice gets the same answer
/// and one mail (I4). Another network's is another request, so that nobody uses up the tries of someone else's.
fn request_id(wish: Wish, door: &Door, subject: &Subject, form: &Form, network: Option<&str>) -> String {
    let wish = match wish {
        Wish::Support => "support",
        Wish::Withdrawal => "withdrawal",
    };
    let Form { given_names, family_name, email, birth_date, commune, link, consent } = form;
    let parts = [
        wish,
        &subject.process_id,
        &subject.deposit_id,
        given_names,
        family_name,
        email,
        birth_date,
        commune,
        link,
        consent,
        network.unwrap_or_default(),
    ];
    door.secret.key(&["request"]).pseudonym(&parts).as_str().to_owned()
}

/// Keeps the request; `None` when it is kept already and its code was sent a moment ago.
async fn keep(
    wish: Wish,
    door: &Door,
    subject: &Subject,
    person: &Person,
    request: &str,
    now: Timestamp,
) -> Result<Option<Pending>, Failure> {
    let stored = door.table.get(&request_key(request), now).await?;
    let earlier = stored.as_ref().map(|item| item.read::<Pending>()).transpose()?;
    let usable = match earlier {
        Some(pending) if pending.is_usable(now) && tries::has_left(door, request, &pending, now).await? => {
            Some(pending)
        }
        _ => None,
    };
    let pending = match usable {
        Some(pending) if now < pending.sent.saturating_add(RESEND_AFTER).unwrap_or(Timestamp::MAX) => {
            return Ok(None);
        }
        Some(pending) => Pending { sent: now, ..pending },
        None => Pending {
            wish,
            process: subject.process_id.clone(),
            deposit: subject.deposit_id.clone(),
            claims: person.claims(&store::key(&door.secret, subject.place())),
            seed: random()?,
            sent: now,
        },
    };
    let condition = stored.map_or(Condition::Absent, |item| Condition::Version(item.version));
    let write =
        Write::put(request_key(request), condition, now.saturating_add(PENDING_LIFETIME).ok(), &pending)?;
    match door.table.commit(vec![write], now).await {
        Ok(()) => Ok(Some(pending)),
        // Either the same form, sent at the same time, was quicker; or this very commit had happened and its answer
        // was lost on the way: the seed tells.
        Err(CommitError::Refused) => {
            let stored = door.table.get(&request_key(request), now).await?;
            let stored = stored.map(|item| item.read::<Pending>()).transpose()?;
            Ok(stored.filter(|stored| stored.seed == pending.seed && stored.sent == pending.sent))
        }
        Err(CommitError::Table(error)) => Err(error.into()),
    }
}

/// Takes back a request whose code could not be sent, so that the next try sends one.
async fn forget(door: &Door, request: &str, now: Timestamp) -> Result<(), Failure> {
    if let Some(item) = door.table.get(&request_key(request), now).await? {
        match door.table.commit(vec![Write::Delete { key: item.key, version: item.version }], now).await {
            Ok(()) | Err(CommitError::Refused) => {}
            Err(CommitError::Table(error)) => return Err(error.into()),
        }
    }
    Ok(())
}

fn write_mail(
    wish: Wish,
    door: &Door,
    subject: &Subject,
    to: &str,
    request: &str,
    pending: &Pending,
) -> Mail {
    let rulebook = &subject.rulebook;
    let code = code_key(door, request).code(&pending.seed);
    let minutes = CODE_LIFETIME.as_mins().to_string();
    let url = format!("{}{}", rulebook.base_url, subject.deposit().path);
    let values = [
        ("code", code.as_str()),
        ("deposit", &subject.deposit().title),
        ("process", &subject.process().title),
        ("site", &rulebook.site),
        ("contact", &subject.process().contact),
        ("minutes", &minutes),
        ("url", &url),
    ];
    let (title, text) = match wish {
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
        Ok(Confirmed::Refused(refusal)) => {
            let refusals = [refusal];
            let filling = code_filling(&form, &refusals);
            render(&door, &subject, code_page(wish), StatusCode::UNPROCESSABLE_ENTITY, &filling).await
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

enum Confirmed {
    Done { number: u64 },
    Refused(Refusal),
}

/// Checks the code and does what the request wished.
async fn confirm(
    wish: Wish,
    door: &Door,
    subject: &Subject,
    form: &CodeForm,
    address: Address,
) -> Result<Confirmed, Failure> {
    let now = door.clock.now();
    let refuse = |refusal| Ok(Confirmed::Refused(refusal));
    let typed: String = form.code.chars().filter(char::is_ascii_alphanumeric).collect();
    if typed.is_empty() {
        return refuse(Refusal::of(Field::Code, "missing"));
    }
    if typed.len() != 6 || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return refuse(Refusal::of(Field::Code, "malformed"));
    }
    let Some(pending) = find_pending(wish, door, subject, &form.request, now).await? else {
        return refuse(Refusal::of(Field::Code, "expired"));
    };
    let is_code = code_key(door, &form.request).is_code(&pending.seed, &typed);
    let place = subject.place();
    // A request that was already carried out gets its first answer again (I4), whatever has closed since.
    if is_code && let Some(number) = store::answered(door, place, &pending.claims, &form.request, now).await?
    {
        return Ok(Confirmed::Done { number });
    }
    if let Err(refusal) = check_open(subject.deposit(), now) {
        return refuse(refusal);
    }
    let left = match tries::note(door, &form.request, &pending, &typed, now).await? {
        Try::Again { left } => left,
        Try::Counted { left } => {
            let network = address.and_then(|Extension(ClientAddress(address))| network(address));
            if !limit::allow_network(door, TRIES_PER_NETWORK, network.as_deref(), now).await? {
                return refuse(too_many(subject));
            }
            let mailbox = format!("{} {} {}", place.process, place.deposit, pending.claims.mailbox.as_str());
            if !limit::allow_mailbox(door, TRIES_PER_MAILBOX, &mailbox, now).await? {
                return refuse(Refusal::of(Field::Code, "exhausted"));
            }
            left
        }
        Try::Exhausted => return refuse(Refusal::of(Field::Code, "exhausted")),
    };
    if !is_code {
        return refuse(match left {
            0 => Refusal::of(Field::Code, "exhausted"),
            1 => Refusal::of(Field::Code, "wrong_last"),
            left => Refusal::of(Field::Code, "wrong").with("left", left),
        });
    }
    let outcome = match wish {
        Wish::Support => {
            store::support(
                door,
                subject.process(),
                subject.deposit(),
                place,
                &pending.claims,
                &form.request,
                now,
            )
            .await?
        }
        Wish::Withdrawal => {
            store::withdraw(door, subject.deposit(), place, &pending.claims, &form.request, now).await?
        }
    };
    Ok(match outcome {
        Outcome::Done { number } => Confirmed::Done { number },
        Outcome::MailboxTaken => Confirmed::Refused(
            Refusal::general("mailbox").with("people", subject.process().people_per_mailbox),
        ),
    })
}

async fn find_pending(
    wish: Wish,
    door: &Door,
    subject: &Subject,
    request: &str,
    now: Timestamp,
) -> Result<Option<Pending>, Failure> {
    // What a request names itself by is 32 hexadecimal digits; anything else was not ours.
    if request.len() != 32 || !request.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(None);
    }
    let Some(item) = door.table.get(&request_key(request), now).await? else { return Ok(None) };
    let pending: Pending = item.read()?;
    let is_same = pending.wish == wish
        && pending.process == subject.process_id
        && pending.deposit == subject.deposit_id;
    Ok(Some(pending).filter(|pending| is_same && pending.is_usable(now)))
}

fn request_key(request: &str) -> Key {
    Key::new(format!("request#{request}"), "request")
}

fn code_key(door: &Door, request: &str) -> domain::secret::Key {
    door.secret.key(&["code", request])
}

fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}

fn find(door: &Door, (process_id, deposit_id): (String, String)) -> Option<Subject> {
    let rulebook = door.rulebook.borrow().clone();
    rulebook.processes.get(&process_id)?.deposits.get(&deposit_id)?;
    Some(Subject { rulebook, process_id, deposit_id })
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
