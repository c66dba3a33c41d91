//! What was written is sent: proved by a code, or by nothing but the browser's token; a revision by its author's key.

use super::{
    Subject,
    browser::Browser,
    carry_out::{Claims, Entry, Outcome, Receipt, Written, title},
    draft, files,
    journey::{Edited, Step, may_revise},
    sent::{Sent, inputs},
};
use crate::{
    answer::{Filling, Page},
    deposits::{self, own_url},
    door::Door,
    mail::Mail,
    proof::{self, Checked, CodeForm, Journey, limit, too_many, unavailable},
    respond::{Address, Failure, network_of, or_unavailable, render},
    table::{CommitError, TableError},
};
use axum::{http::StatusCode, response::Response};
use domain::{
    deposit::{Actor, Author, Deposit, Moved},
    form::{Answers, Typed, check::check, condition::reached, version::version},
    identity::Email,
    limits::{CODE_LIFETIME, WRITINGS_PER_NETWORK},
    refusal::Refusal,
    rulebook::{Identity, Purpose},
    secret::Pseudonym,
    support::Field,
};
use jiff::Timestamp;
use std::sync::atomic::{AtomicU64, Ordering};

/// Forms that came with the trap filled in, since the process began.
static TRAPPED: AtomicU64 = AtomicU64::new(0);

/// Who sends: what the preview asks besides.
struct Person {
    email: Email,
    public_name: String,
}

/// Sends what was checked.
pub(super) async fn send(
    step: &Step<'_>,
    edited: Option<Edited>,
    answers: Answers,
    address: Address,
) -> Result<Response, Failure> {
    let identity = step.subject.writing.identity;
    let person = match (&edited, identity) {
        (None, Identity::Email) => match read_person(step.sent, step.subject.writing.purpose) {
            Ok(person) => Some(person),
            Err(refusals) => {
                return step.preview(StatusCode::UNPROCESSABLE_ENTITY, &answers, &refusals).await;
            }
        },
        _ => None,
    };
    if step.since.as_ref().is_none_or(|since| since.is_too_young(step.now)) {
        let refusal = Refusal::general("too_fast");
        return step.preview(StatusCode::UNPROCESSABLE_ENTITY, &answers, &[refusal]).await;
    }
    let sending = match (&edited, person) {
        (Some(edited), _) => revise(step, edited, &answers).await,
        (None, Some(person)) => send_code(step, &answers, &person, address).await,
        (None, None) => keep_unproved(step, &answers, address).await,
    };
    match sending {
        Ok(response) => Ok(response),
        Err(failure) => {
            tracing::error!(%failure, "a writing could not be taken");
            let refusal = unavailable(&step.subject.process().contact);
            step.preview(StatusCode::SERVICE_UNAVAILABLE, &answers, &[refusal]).await
        }
    }
}

/// The address that is given.
pub(super) fn read_email(sent: &Sent) -> Result<Email, Refusal> {
    match sent.email.trim() {
        "" => Err(Refusal::of(Field::Email, "missing")),
        typed => Email::parse(typed).map_err(|_| Refusal::of(Field::Email, "malformed")),
    }
}

fn read_person(sent: &Sent, purpose: Purpose) -> Result<Person, Vec<Refusal>> {
    let email = read_email(sent);
    let public_name = match purpose {
        Purpose::Deposit => Author::read_public_name(&sent.public_name),
        Purpose::Application | Purpose::Answer => Ok(String::new()),
    };
    let consent = match sent.consent.as_str() {
        "" => Err(Refusal::general("writing_consent.missing").at("consent")),
        _ => Ok(()),
    };
    match (email, public_name, consent) {
        (Ok(email), Ok(public_name), Ok(())) => Ok(Person { email, public_name }),
        (email, public_name, consent) => {
            Err([email.err(), public_name.err(), consent.err()].into_iter().flatten().collect())
        }
    }
}

/// Whether no person has filled in the form: then it is answered as if it had been taken.
pub(super) fn is_trapped(sent: &Sent) -> bool {
    let trapped = !sent.website.is_empty();
    if trapped {
        let count = TRAPPED.fetch_add(1, Ordering::Relaxed) + 1;
        tracing::warn!(count, "a form came with the trap filled in");
    }
    trapped
}

/// Keeps the text until its code comes.
async fn send_code(
    step: &Step<'_>,
    answers: &Answers,
    person: &Person,
    address: Address,
) -> Result<Response, Failure> {
    let Step { door, subject, sent, now, .. } = *step;
    let network = network_of(address);
    let network = network.as_deref();
    if !proof::may_ask(door, network, now).await? {
        let refusal = too_many(&subject.process().contact);
        return step.preview(StatusCode::TOO_MANY_REQUESTS, answers, &[refusal]).await;
    }
    let request = request_id(step, network);
    if !is_trapped(sent) {
        let mailbox = subject.key(door).pseudonym(&["mailbox", person.email.canonical()]);
        let written = Written {
            form: version(&subject.writing.form),
            typed: reached_inputs(subject, &sent.typed),
            files: files::answered(answers),
            email: person.email.address().to_owned(),
            public_name: person.public_name.clone(),
            draft: draft::named(door, subject, sent),
        };
        let claims = Claims { mailbox, written: Some(written) };
        let waiting = Waiting { subject, title: title(&subject.writing.form, answers) };
        let asked = proof::ask(&waiting, door, &request, &person.email, claims, now).await?;
        if let proof::Asked::Refused(status, refusal) = asked {
            return step.preview(status, answers, &[refusal]).await;
        }
    }
    let filling = Filling {
        values: vec![("request", &request)],
        slots: vec![("email", person.email.address().to_owned())],
        ..Filling::default()
    };
    step.page(Page::WriteCode, StatusCode::OK, &filling).await
}

/// The same text by the same person from the same network is the same request: sent twice it gets the same answer and
/// one mail (I4). Another network's is another one, so that nobody uses up the tries of someone else's.
fn request_id(step: &Step<'_>, network: Option<&str>) -> String {
    let Step { door, subject, sent, .. } = *step;
    let mut parts: Vec<&str> = vec![&subject.process_id, &sent.email, &sent.public_name, &sent.consent];
    parts.extend([network.unwrap_or_default(), &sent.draft]);
    parts.extend(sent.typed.0.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]));
    parts.extend(sent.files.iter().map(|file| file.token.as_str()));
    door.secret.key(&["writing request"]).pseudonym(&parts).as_str().to_owned()
}

/// What is typed in the fields that are reached: nothing else is kept.
fn reached_inputs(subject: &Subject, typed: &Typed) -> Vec<(String, String)> {
    let form = &subject.writing.form;
    let reached = form.fields.iter().zip(reached(form, typed)).filter(|(_, reached)| *reached);
    let names: Vec<String> = reached.flat_map(|(field, _)| inputs(field)).collect();
    let is_kept = |(name, value): &&(String, String)| names.contains(name) && !value.trim().is_empty();
    typed.0.iter().filter(is_kept).cloned().collect()
}

/// Keeps what nobody proves.
async fn keep_unproved(step: &Step<'_>, answers: &Answers, address: Address) -> Result<Response, Failure> {
    let Step { door, subject, sent, browser: Browser { token, .. }, now, .. } = *step;
    let Some(token) = token else {
        let refusal = Refusal::general("no_cookie").with("contact", &subject.process().contact);
        return step.preview(StatusCode::UNPROCESSABLE_ENTITY, answers, &[refusal]).await;
    };
    if let Some(network) = network_of(address)
        && !limit::allow(door, WRITINGS_PER_NETWORK, &network, now).await?
    {
        let refusal = too_many(&subject.process().contact);
        return step.preview(StatusCode::TOO_MANY_REQUESTS, answers, &[refusal]).await;
    }
    let key = subject.key(door);
    // A form sent again carries the same text and the same mark, which is random. What was changed since is another.
    let since = step.since.as_ref().map(|since| since.as_str()).unwrap_or_default();
    let mut parts = vec!["form", token, since];
    parts.extend(sent.typed.0.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]));
    parts.extend(sent.files.iter().map(|file| file.token.as_str()));
    let entry = Entry {
        subject,
        answers: answers.clone(),
        author: None,
        draft: None,
        writer: key.pseudonym(&["browser", token]),
        seed: key.pseudonym(&parts).as_str().to_owned(),
        now,
    };
    if is_trapped(sent) {
        return receipt_page(door, subject, &entry.receipt(door)).await;
    }
    if let Some(response) = files::keep(step, answers).await? {
        return Ok(response);
    }
    match entry.keep(door, None).await? {
        Outcome::Done { receipt, .. } => receipt_page(door, subject, &receipt).await,
        Outcome::Taken => {
            let refusal = too_many_deposits(subject);
            step.preview(StatusCode::UNPROCESSABLE_ENTITY, answers, &[refusal]).await
        }
    }
}

fn too_many_deposits(subject: &Subject) -> Refusal {
    let key = match (subject.writing.purpose, subject.writing.identity) {
        (Purpose::Answer, Identity::None) => "answered_already",
        (_, Identity::None) => "too_many_from_browser",
        (_, Identity::Email) => "too_many_deposits",
    };
    Refusal::general(key).with("per_person", subject.writing.per_person)
}

/// Times a revision is tried anew when its deposit has changed meanwhile.
const ATTEMPTS: usize = 10;

/// Makes a new revision of a deposit.
async fn revise(step: &Step<'_>, edited: &Edited, answers: &Answers) -> Result<Response, Failure> {
    let Step { door, subject, sent, now, .. } = *step;
    let Edited { stored, base } = edited;
    let mut stored = stored.clone();
    let form = version(&subject.writing.form);
    if is_trapped(sent) {
        return receipt_page(door, subject, &Receipt::of(&stored.id, &stored.deposit)).await;
    }
    if let Some(response) = files::keep(step, answers).await? {
        return Ok(response);
    }
    for _ in 0..ATTEMPTS {
        let deposit = &stored.deposit;
        let is_same = deposit.answers == *answers && deposit.form == form;
        // What is sent again was taken already (I4).
        if is_same && deposit.revision != *base {
            return receipt_page(door, subject, &Receipt::of(&stored.id, deposit)).await;
        }
        let (did, state) = match may_revise(subject, &deposit.state, now) {
            Ok(moved) => moved,
            Err(refusal) => return step.refuse(&[refusal]).await,
        };
        if deposit.revision != *base {
            let refusal = Refusal::general("changed_meanwhile");
            return step.form_page(StatusCode::CONFLICT, sent.at, &[refusal]).await;
        }
        let revised = Deposit {
            state,
            revision: deposit.revision + 1,
            form: form.clone(),
            answers: answers.clone(),
            history: deposit
                .history
                .iter()
                .cloned()
                .chain([Moved { at: now, by: Actor::Author, did }])
                .collect(),
            ..deposit.clone()
        };
        let write = deposits::replace(&subject.process_id, &stored, &revised, &subject.writing)?;
        match door.table.commit(vec![write], now).await {
            Ok(()) => return receipt_page(door, subject, &Receipt::of(&stored.id, &revised)).await,
            Err(CommitError::Refused) => {}
            Err(CommitError::Table(error)) => return Err(error.into()),
        }
        let found = deposits::get(&*door.table, &subject.process_id, &stored.id, now).await?;
        let gone = || TableError::Busy("the deposit was erased".into());
        stored = found.ok_or_else(gone)?;
    }
    Err(TableError::Busy("the same deposit keeps changing".into()).into())
}

/// Answers a code.
pub(super) async fn answer_code(door: Door, subject: Subject, address: Address, form: CodeForm) -> Response {
    let answer = match confirm(&door, &subject, &form, address).await {
        Ok(answer) => Ok(answer),
        Err(failure) => {
            tracing::error!(%failure, "a code could not be checked");
            let refusal = unavailable(&subject.process().contact);
            code_page(&door, &subject, &form, StatusCode::SERVICE_UNAVAILABLE, refusal).await
        }
    };
    or_unavailable(&door, answer).await
}

async fn confirm(
    door: &Door,
    subject: &Subject,
    form: &CodeForm,
    address: Address,
) -> Result<Response, Failure> {
    let now = door.clock.now();
    let waiting = Waiting { subject, title: "" };
    let kept = match proof::check(&waiting, door, form, network_of(address).as_deref(), now).await? {
        Checked::Right(kept) => kept,
        Checked::Done(receipt) => return receipt_page(door, subject, &receipt).await,
        Checked::Refused(status, refusal) => return code_page(door, subject, form, status, refusal).await,
    };
    let claims = kept.pending.claims.clone();
    let Some(written) = claims.written else {
        let refusal = Refusal::of(Field::Code, "expired");
        return code_page(door, subject, form, StatusCode::UNPROCESSABLE_ENTITY, refusal).await;
    };
    // From here on it is the writer: their text is given back whatever happens.
    let typed = written.typed(&subject.writing.form);
    let carried = files::carried(&door.secret, &subject.process_id, &written.files, now);
    let sent = Sent { typed: typed.clone(), files: carried, ..Sent::default() };
    let browser = Browser::default();
    let step = Step { door, subject, sent: &sent, browser: &browser, now, since: None };
    if written.form != version(&subject.writing.form) {
        return step.refuse(&[Refusal::general("form_changed")]).await;
    }
    let answers = match check(&subject.writing.form, &typed, &written.files, subject.today(now)) {
        Ok(answers) => answers,
        Err(refusals) => return step.refuse(&refusals).await,
    };
    if let Some(response) = files::keep(&step, &answers).await? {
        return Ok(response);
    }
    let author =
        Author { email: written.email, public_name: written.public_name, mailbox: claims.mailbox.clone() };
    let entry = Entry {
        subject,
        answers,
        author: Some(author),
        draft: written.draft,
        writer: claims.mailbox,
        seed: kept.pending.seed.clone(),
        now,
    };
    match entry.keep(door, Some(kept)).await? {
        Outcome::Taken => step.refuse(&[too_many_deposits(subject)]).await,
        Outcome::Done { receipt, is_first } => {
            if is_first && let Some(mail) = receipt_mail(door, &entry, &receipt) {
                // It is kept: the page says so, with the same address.
                if let Err(error) = door.mailer.send(mail).await {
                    tracing::error!(%error, "a receipt could not be sent");
                }
            }
            receipt_page(door, subject, &receipt).await
        }
    }
}

async fn code_page(
    door: &Door,
    subject: &Subject,
    form: &CodeForm,
    status: StatusCode,
    refusal: Refusal,
) -> Result<Response, Failure> {
    let refusals = [refusal];
    let values = vec![("request", form.request.as_str()), ("code", &form.code)];
    let filling = Filling { values, refusals: &refusals, ..Filling::default() };
    render(door, &subject.rulebook.words, subject.path(), Page::WriteCode, status, &filling).await
}

/// What tells that it was received.
async fn receipt_page(door: &Door, subject: &Subject, receipt: &Receipt) -> Result<Response, Failure> {
    let mut filling = Filling::default();
    if let Some(numbered) = &receipt.deposit {
        let url = own_url(&door.secret, &subject.rulebook, &subject.process_id, &numbered.id);
        let url = url.strip_prefix(&subject.rulebook.base_url).unwrap_or(&url).to_owned();
        filling.slots.push(("reference", numbered.reference.clone()));
        filling.links.push(("own", url));
    }
    render(door, &subject.rulebook.words, subject.path(), Page::Written, StatusCode::OK, &filling).await
}

fn receipt_mail(door: &Door, entry: &Entry<'_>, receipt: &Receipt) -> Option<Mail> {
    let (subject, rulebook) = (entry.subject, &entry.subject.rulebook);
    let (numbered, author) = (receipt.deposit.as_ref()?, entry.author.as_ref()?);
    let url = own_url(&door.secret, rulebook, &subject.process_id, &numbered.id);
    let title = title(&subject.writing.form, &entry.answers);
    let values = [
        ("title", if title.is_empty() { &subject.process().title } else { title }),
        ("process", &subject.process().title),
        ("reference", &numbered.reference),
        ("url", &url),
        ("site", &rulebook.site),
        ("contact", &subject.process().contact),
    ];
    Some(Mail {
        from: rulebook.sender.clone(),
        to: author.email.clone(),
        subject: rulebook.words.say("mail.deposit.subject", &values),
        body: rulebook.words.say("mail.deposit.body", &values),
    })
}

/// A text that waits for its code.
struct Waiting<'a> {
    subject: &'a Subject,
    /// Of the text, for the mail.
    title: &'a str,
}

impl Journey for Waiting<'_> {
    type Claims = Claims;
    type Done = Receipt;

    fn partition(&self, id: &str) -> String {
        format!("writing#{}#{id}", self.subject.process_id)
    }

    /// What becomes of the text; the form itself is asked again when the code is right.
    fn rules(&self, door: &Door) -> Result<Pseudonym, TableError> {
        let writing = &self.subject.writing;
        let rules = serde_json::to_string(&(writing.purpose, writing.identity));
        let rules = rules.map_err(|error| TableError::Broken(error.to_string()))?;
        Ok(door.secret.key(&["writing rules"]).pseudonym(&[&rules]))
    }

    fn check_open(&self, now: Timestamp) -> Result<(), Refusal> {
        self.subject.check_open(now)
    }

    fn contact(&self) -> &str {
        &self.subject.process().contact
    }

    fn mailbox<'a>(&self, claims: &'a Claims) -> &'a Pseudonym {
        &claims.mailbox
    }

    fn write_mail(&self, to: &str, code: &str) -> Mail {
        let (rulebook, process) = (&self.subject.rulebook, self.subject.process());
        let minutes = CODE_LIFETIME.as_mins().to_string();
        let values = [
            ("code", code),
            ("title", if self.title.is_empty() { &process.title } else { self.title }),
            ("process", &process.title),
            ("site", &rulebook.site),
            ("contact", &process.contact),
            ("minutes", &minutes),
        ];
        Mail {
            from: rulebook.sender.clone(),
            to: to.to_owned(),
            subject: rulebook.words.say("mail.writing.subject", &values),
            body: rulebook.words.say("mail.writing.body", &values),
        }
    }
}
