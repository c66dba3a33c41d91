//! Proof of an e-mail address: what somebody asks waits for the six-digit code that is mailed to them. Supports, writings
//! and ballots share it; what a request carries while it waits is each journey's own.

pub(crate) mod limit;
pub(crate) mod pending;
mod tries;

use crate::{
    door::Door,
    mail::{Mail, MailError},
    respond::Failure,
    table::TableError,
};
use axum::http::StatusCode;
use domain::{
    eligibility::Eligibility,
    identity::Email,
    limits::{CODES_PER_MAILBOX, CODES_PER_NETWORK, TRIES_PER_NETWORK},
    refusal::Refusal,
    secret::Pseudonym,
    support::Field,
};
use jiff::Timestamp;
use pending::{Kept, Pending};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A journey whose requests wait for a code.
pub(crate) trait Journey: Sync {
    /// What a request carries while it waits.
    type Claims: Clone + Serialize + DeserializeOwned + Send + Sync;
    /// What was answered when it was carried out.
    type Done: Clone + Serialize + DeserializeOwned + Send + Sync;

    /// The partition of the request of that id.
    fn partition(&self, id: &str) -> String;

    /// Stands for the rules by which a request is checked before it waits: under others it must be sent anew (I2).
    fn rules(&self, door: &Door) -> Result<Pseudonym, TableError>;

    /// What a request was answered when it was carried out, if it was (I4).
    fn answered(
        &self,
        _door: &Door,
        pending: &Pending<Self::Claims, Self::Done>,
        _now: Timestamp,
    ) -> impl Future<Output = Result<Option<Self::Done>, TableError>> + Send {
        std::future::ready(Ok(pending.done.clone()))
    }

    /// Whether it is open at `now` (I1, I2).
    fn check_open(&self, now: Timestamp) -> Result<(), Refusal>;

    /// Who answers questions.
    fn contact(&self) -> &str;

    /// The mailbox that a request was made with.
    fn mailbox<'a>(&self, claims: &'a Self::Claims) -> &'a Pseudonym;

    /// The mail that brings a code.
    fn write_mail(&self, to: &str, code: &str) -> Mail;
}

/// Stands for what is asked of those who take part, for [`Journey::rules`].
pub(crate) fn mark(door: &Door, eligibility: &Eligibility) -> Result<Pseudonym, TableError> {
    let rules = serde_json::to_string(eligibility);
    let rules = rules.map_err(|error| TableError::Broken(error.to_string()))?;
    Ok(door.secret.key(&["eligibility"]).pseudonym(&[&rules]))
}

/// What the code page sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CodeForm {
    /// The request that waits for the code.
    pub(crate) request: String,
    /// The code as typed.
    pub(crate) code: String,
}

/// How a request was taken.
pub(crate) enum Asked {
    /// The page that asks for the code follows, whether a mail went out or not (I6).
    CodeSent,
    /// It was not.
    Refused(StatusCode, Refusal),
}

/// Keeps a request named `id` and sends its code. The same id again is the same request, and one mail (I4).
pub(crate) async fn ask<J: Journey>(
    journey: &J,
    door: &Door,
    id: &str,
    email: &Email,
    claims: J::Claims,
    now: Timestamp,
) -> Result<Asked, Failure> {
    let Some((kept, earlier)) = pending::keep(journey, door, claims, id, now).await? else {
        return Ok(Asked::CodeSent); // a repetition: its code is on its way
    };
    match limit::allow(door, CODES_PER_MAILBOX, email.canonical(), now).await {
        Ok(true) => {}
        // The page says in general that an address gets so many codes, and never of this one (I6).
        Ok(false) => {
            pending::withhold(door, &kept, now).await?;
            return Ok(Asked::CodeSent);
        }
        Err(failure) => {
            pending::take_back(door, &kept, earlier, now).await?;
            return Err(failure);
        }
    }
    let mail = journey.write_mail(email.address(), &kept.pending.code(door, id));
    if let Err(error) = door.mailer.send(mail).await {
        tracing::error!(%error, "a code could not be sent");
        pending::take_back(door, &kept, earlier, now).await?;
        let (status, refusal) = not_sent(&error, journey.contact());
        return Ok(Asked::Refused(status, refusal));
    }
    Ok(Asked::CodeSent)
}

/// What is said when a mail was not taken.
pub(crate) fn not_sent(error: &MailError, contact: &str) -> (StatusCode, Refusal) {
    match error {
        MailError::Undeliverable => {
            (StatusCode::UNPROCESSABLE_ENTITY, Refusal::of(Field::Email, "undeliverable"))
        }
        MailError::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, unavailable(contact)),
    }
}

/// Whether a network may ask for one more code.
pub(crate) async fn may_ask(door: &Door, network: Option<&str>, now: Timestamp) -> Result<bool, Failure> {
    match network {
        Some(network) => limit::allow(door, CODES_PER_NETWORK, network, now).await,
        None => Ok(true),
    }
}

/// What became of a code.
pub(crate) enum Checked<C, D> {
    /// It is the right one: what the request wished is to be done.
    Right(Kept<C, D>),
    /// It is the right one, and the request was carried out before: its first answer (I4).
    Done(D),
    /// It cannot be used.
    Refused(StatusCode, Refusal),
}

/// Checks a code, after having noted that it is tried.
pub(crate) async fn check<J: Journey>(
    journey: &J,
    door: &Door,
    form: &CodeForm,
    network: Option<&str>,
    now: Timestamp,
) -> Result<Checked<J::Claims, J::Done>, Failure> {
    let refuse = |refusal| Ok(Checked::Refused(StatusCode::UNPROCESSABLE_ENTITY, refusal));
    let typed: String = form.code.chars().filter(char::is_ascii_alphanumeric).collect();
    if typed.is_empty() {
        return refuse(Refusal::of(Field::Code, "missing"));
    }
    if typed.len() != 6 || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return refuse(Refusal::of(Field::Code, "malformed"));
    }
    let Some(kept) = pending::find(journey, door, &form.request, now).await? else {
        return refuse(Refusal::of(Field::Code, "expired"));
    };
    let pending = &kept.pending;
    let is_code = pending.is_code(door, &form.request, &typed);
    // A request that was already carried out gets its first answer again (I4), whatever has closed since.
    if is_code && let Some(done) = journey.answered(door, pending, now).await? {
        return Ok(Checked::Done(done));
    }
    if let Err(refusal) = journey.check_open(now) {
        return refuse(refusal);
    }
    if pending.rules != journey.rules(door)? {
        return refuse(Refusal::of(Field::Code, "expired"));
    }
    if let Some(network) = network
        && !limit::allow(door, TRIES_PER_NETWORK, network, now).await?
    {
        return Ok(Checked::Refused(StatusCode::TOO_MANY_REQUESTS, too_many(journey.contact())));
    }
    // From each network by itself, so that nobody uses up the tries of the mailbox's owner.
    let guesser = format!("{} {}", journey.mailbox(&pending.claims).as_str(), network.unwrap_or_default());
    let noted = tries::note(door, &form.request, &pending.seed, &typed, &guesser, now).await?;
    let Some(left) = noted else { return refuse(Refusal::of(Field::Code, "exhausted")) };
    if !is_code {
        return refuse(match left {
            0 => Refusal::of(Field::Code, "exhausted"),
            1 => Refusal::of(Field::Code, "wrong_last"),
            left => Refusal::of(Field::Code, "wrong").with("left", left),
        });
    }
    Ok(Checked::Right(kept))
}

/// A network had its share.
pub(crate) fn too_many(contact: &str) -> Refusal {
    Refusal::general("network").with("contact", contact)
}

/// The table or the mail server does not answer.
pub(crate) fn unavailable(contact: &str) -> Refusal {
    Refusal::general("unavailable").with("contact", contact)
}
