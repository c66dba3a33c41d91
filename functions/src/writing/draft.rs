//! Drafts that a mailed link leads to: what is typed so far, however incomplete, is kept unchecked and given back as it
//! was. The link is a capability: who holds it reads the draft, keeps it again, sends it or throws it away.

mod kept;

pub(super) use kept::deletion;

use super::{
    Subject,
    browser::Browser,
    journey::Step,
    send::{is_trapped, read_email},
    sent::{Go, Sent, inputs},
    show,
};
use crate::{
    answer::{Filling, Page},
    door::Door,
    mail::Mail,
    proof::{self, limit, not_sent, too_many, unavailable},
    respond::{Address, Failure, network_of, or_unavailable},
};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use domain::{
    address::DRAFT,
    form::{Typed, version::version},
    identity::Email,
    limits::{LINKS_PER_MAILBOX, draft_kept_until},
    refusal::Refusal,
    rulebook::Identity,
    secret::Pseudonym,
    window::Phase,
};
use jiff::Timestamp;
use kept::{First, Kept};

/// What a form says of its draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing has become of it.
    Nothing,
    /// It was opened, and is kept until then.
    Opened(Timestamp),
    /// It was opened, and can be copied until then.
    Closed(Timestamp),
    /// It was kept again, until then.
    Kept(Timestamp),
    /// It was thrown away.
    Discarded,
}

impl Said {
    /// The part of the form that says so.
    pub(super) fn part(self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::Opened(_) => Some("draft-opened"),
            Self::Closed(_) => Some("draft-closed"),
            Self::Kept(_) => Some("draft-kept"),
            Self::Discarded => Some("draft-discarded"),
        }
    }

    /// Until when it is kept.
    pub(super) fn until(self) -> Option<Timestamp> {
        match self {
            Self::Opened(until) | Self::Closed(until) | Self::Kept(until) => Some(until),
            Self::Nothing | Self::Discarded => None,
        }
    }
}

/// Whether a form's text can be kept as a draft. Where nobody is asked who they are, nobody is asked an address either;
/// a deposit that is edited is kept already.
pub(super) fn is_offered(step: &Step<'_>) -> bool {
    let writing = &step.subject.writing;
    writing.identity == Identity::Email
        && step.sent.deposit.is_empty()
        && writing.window.phase(step.now) != Phase::After
}

/// Keeps, keeps again or throws away.
pub(super) async fn answer(step: &Step<'_>, address: Address) -> Result<Response, Failure> {
    let sent = step.sent;
    let done = match sent.go {
        Go::Discard => discard(step).await,
        _ if text(step).is_empty() => {
            let refusal = Refusal::general("draft_empty");
            return step.form_page(StatusCode::UNPROCESSABLE_ENTITY, sent.at, &[refusal]).await;
        }
        Go::Keep => keep(step, address).await,
        _ if sent.draft.is_empty() => ask(step, StatusCode::OK, &[]).await,
        _ => keep_again(step, address).await,
    };
    match done {
        Ok(response) => Ok(response),
        Err(failure) => {
            tracing::error!(%failure, "a draft could not be kept or erased");
            let refusals = [unavailable(&step.subject.process().contact)];
            match sent.go {
                Go::Keep => ask(step, StatusCode::SERVICE_UNAVAILABLE, &refusals).await,
                _ => step.form_page(StatusCode::SERVICE_UNAVAILABLE, sent.at, &refusals).await,
            }
        }
    }
}

/// What is typed, as it is: files are not kept.
fn text(step: &Step<'_>) -> Vec<(String, String)> {
    let typed = step.sent.typed_text(&step.subject.writing.form);
    let typed = typed.filter(|(_, value)| !value.trim().is_empty());
    typed.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Asks where the link is to be sent. What is typed travels in the page.
async fn ask(step: &Step<'_>, status: StatusCode, refusals: &[Refusal]) -> Result<Response, Failure> {
    let until = draft_kept_until(step.now, step.subject.writing.erased);
    page(step, Page::Draft, status, until, refusals).await
}

async fn page(
    step: &Step<'_>,
    page: Page,
    status: StatusCode,
    until: Timestamp,
    refusals: &[Refusal],
) -> Result<Response, Failure> {
    let sent = step.sent;
    let (at, since) = (sent.at.to_string(), step.mark()?);
    let mut carry = step.carried(&at, &since);
    carry.extend(sent.files.iter().map(|file| (file.input.as_str(), file.token.as_str())));
    let filling = Filling {
        values: vec![("email", &sent.email)],
        slots: vec![
            ("email", sent.email.trim().to_owned()),
            ("until", show::moment(until, &step.subject.zone())),
        ],
        carry,
        refusals,
        ..Filling::default()
    };
    step.page(page, status, &filling).await
}

/// Keeps what is typed, and sends its link.
async fn keep(step: &Step<'_>, address: Address) -> Result<Response, Failure> {
    let Step { door, subject, sent, now, .. } = *step;
    let email = match read_email(sent) {
        Ok(email) => email,
        Err(refusal) => return ask(step, StatusCode::UNPROCESSABLE_ENTITY, &[refusal]).await,
    };
    let Some(since) = step.since.as_ref().filter(|since| !since.is_too_young(now)) else {
        let refusal = Refusal::general("too_fast");
        return ask(step, StatusCode::UNPROCESSABLE_ENTITY, &[refusal]).await;
    };
    let network = network_of(address);
    if !proof::may_ask(door, network.as_deref(), now).await? {
        let refusal = too_many(&subject.process().contact);
        return ask(step, StatusCode::TOO_MANY_REQUESTS, &[refusal]).await;
    }
    let mut until = draft_kept_until(now, subject.writing.erased);
    if !is_trapped(sent) {
        // The same form by the same person from the same network is the same draft (I4).
        let mut parts = vec![since.as_str(), email.address(), network.as_deref().unwrap_or_default()];
        parts.extend(sent.typed.0.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]));
        let token = door.secret.key(&["draft link", &subject.process_id]).pseudonym(&parts);
        match keep_as(step, &token, &email).await? {
            Ok(kept_until) => until = kept_until,
            Err((status, refusal)) => return ask(step, status, &[refusal]).await,
        }
    }
    page(step, Page::DraftKept, StatusCode::OK, until, &[]).await
}

/// Until when it is kept, or why it is not.
type Taken = Result<Timestamp, (StatusCode, Refusal)>;

/// Keeps what is typed under a token, and sends the link that holds it, unless the mailbox had its share.
async fn keep_as(step: &Step<'_>, token: &Pseudonym, email: &Email) -> Result<Taken, Failure> {
    let Step { door, subject, now, .. } = *step;
    let Some(hash) = kept::hash(door, &subject.process_id, token.as_str()) else {
        return Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, Refusal::general("draft_gone"))));
    };
    let to_send = match kept::first(door, subject, &hash, text(step), now).await? {
        First::ToSend(to_send) => to_send,
        First::Sent(until) => return Ok(Ok(until)),
    };
    let until = to_send.kept.until;
    match limit::allow(door, LINKS_PER_MAILBOX, email.canonical(), now).await {
        Ok(true) => {}
        // The page says in general that an address gets so many links, and never of this one (I6).
        Ok(false) => {
            kept::take_back(door, &to_send, now).await?;
            return Ok(Ok(until));
        }
        Err(failure) => {
            kept::take_back(door, &to_send, now).await?;
            return Err(failure);
        }
    }
    if let Err(error) = door.mailer.send(link_mail(subject, email, token.as_str(), until)).await {
        tracing::error!(%error, "the link to a draft could not be sent");
        kept::take_back(door, &to_send, now).await?;
        return Ok(Err(not_sent(&error, &subject.process().contact)));
    }
    Ok(Ok(until))
}

/// Nothing that was typed is in it: its reader may be somebody else.
fn link_mail(subject: &Subject, email: &Email, token: &str, until: Timestamp) -> Mail {
    let (rulebook, process) = (&subject.rulebook, subject.process());
    let url = format!("{}/actes/{}/{DRAFT}?cle={token}", rulebook.base_url, subject.process_id);
    let values = [
        ("process", process.title.as_str()),
        ("url", &url),
        ("until", &show::moment(until, &subject.zone())),
        ("site", &rulebook.site),
        ("contact", &process.contact),
    ];
    Mail {
        from: rulebook.sender.clone(),
        to: email.address().to_owned(),
        subject: rulebook.words.say("mail.draft.subject", &values),
        body: rulebook.words.say("mail.draft.body", &values),
    }
}

/// Times a change is tried anew when the draft has changed meanwhile.
const ATTEMPTS: usize = 10;

/// Keeps what is typed in place of what the draft held.
async fn keep_again(step: &Step<'_>, address: Address) -> Result<Response, Failure> {
    let Step { door, subject, sent, now, .. } = *step;
    if !proof::may_ask(door, network_of(address).as_deref(), now).await? {
        let refusal = too_many(&subject.process().contact);
        return step.form_page(StatusCode::TOO_MANY_REQUESTS, sent.at, &[refusal]).await;
    }
    let (token, base) = opened(&sent.draft);
    let typed = text(step);
    for _ in 0..ATTEMPTS {
        let Some(kept) = kept::find(door, subject, token, now).await? else {
            // Thrown away, sent or erased meanwhile: it can be kept as another.
            let sent = Sent { draft: String::new(), ..sent.clone() };
            let step = Step { sent: &sent, since: step.since.clone(), ..*step };
            return ask(&step, StatusCode::UNPROCESSABLE_ENTITY, &[Refusal::general("draft_gone")]).await;
        };
        let is_same = kept.row.typed == typed && kept.row.form == version(&subject.writing.form);
        // What is kept again was kept already (I4).
        if is_same && base != Some(kept.row.revision) {
            return form(step, token, &kept, StatusCode::OK, Said::Kept(kept.until), &[]).await;
        }
        if base != Some(kept.row.revision) {
            let refusals = [Refusal::general("draft_changed")];
            return form(step, token, &kept, StatusCode::CONFLICT, Said::Nothing, &refusals).await;
        }
        if let Some(kept) = kept::replace(door, subject, &kept, &typed, now).await? {
            return form(step, token, &kept, StatusCode::OK, Said::Kept(kept.until), &[]).await;
        }
    }
    Err(crate::table::TableError::Busy("the same draft keeps changing".into()).into())
}

/// The form with what was sent, as one of the draft in its present revision.
async fn form(
    step: &Step<'_>,
    token: &str,
    kept: &Kept,
    status: StatusCode,
    said: Said,
    refusals: &[Refusal],
) -> Result<Response, Failure> {
    let sent = Sent { draft: format!("{token}.{}", kept.row.revision), ..step.sent.clone() };
    let step = Step { sent: &sent, since: step.since.clone(), ..*step };
    step.form_page_saying(status, sent.at, refusals, said, &[]).await
}

/// The token of the draft that a form was opened from, and its revision.
fn opened(draft: &str) -> (&str, Option<u32>) {
    let (token, revision) = draft.split_once('.').unwrap_or((draft, ""));
    (token, revision.parse().ok())
}

/// What names in the table the draft that a form was opened from.
pub(super) fn named(door: &Door, subject: &Subject, sent: &Sent) -> Option<Pseudonym> {
    kept::hash(door, &subject.process_id, opened(&sent.draft).0)
}

/// Throws the draft away. What is typed stays in the page, so that a slip of the hand loses nothing.
async fn discard(step: &Step<'_>) -> Result<Response, Failure> {
    let Step { door, subject, sent, now, .. } = *step;
    let (token, _) = opened(&sent.draft);
    for _ in 0..ATTEMPTS {
        let is_gone = match kept::find(door, subject, token, now).await? {
            Some(kept) => kept::erase(door, &kept, now).await?,
            None => true,
        };
        if is_gone {
            let sent = Sent { draft: String::new(), ..sent.clone() };
            let step = Step { sent: &sent, since: step.since.clone(), ..*step };
            return step.form_page_saying(StatusCode::OK, sent.at, &[], Said::Discarded, &[]).await;
        }
    }
    Err(crate::table::TableError::Busy("the same draft keeps changing".into()).into())
}

/// Shows a draft to who has its link. Changes nothing (I5).
pub(super) async fn open(door: Door, subject: Subject, token: String) -> Response {
    let now = door.clock.now();
    let answer = match kept::find(&door, &subject, &token, now).await {
        Ok(kept) => show(&door, &subject, &token, kept, now).await,
        Err(error) => Err(error.into()),
    };
    let mut response = or_unavailable(&door, answer).await;
    // The address holds the token: no other page is to be told of it.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

async fn show(
    door: &Door,
    subject: &Subject,
    token: &str,
    kept: Option<Kept>,
    now: Timestamp,
) -> Result<Response, Failure> {
    let browser = Browser::default();
    let form = &subject.writing.form;
    let Some(Kept { row, until, .. }) = kept else {
        let sent = Sent::default();
        let step = Step { door, subject, sent: &sent, browser: &browser, now, since: None };
        return step.form_page(StatusCode::NOT_FOUND, 0, &[Refusal::general("draft_gone")]).await;
    };
    let names: Vec<String> = form.fields.iter().filter(|field| field.is_asked()).flat_map(inputs).collect();
    let (typed, lost): (Vec<_>, Vec<_>) = row.typed.into_iter().partition(|(name, _)| names.contains(name));
    let (mut refusals, mut said) = (Vec::new(), Said::Opened(until));
    if let (Phase::After, Err(refusal)) = (subject.writing.window.phase(now), subject.check_open(now)) {
        refusals.push(refusal);
        said = Said::Closed(until);
    }
    if said == Said::Opened(until) && row.form != version(form) {
        refusals.push(Refusal::general("draft_form_changed"));
    }
    let sent = Sent { draft: format!("{token}.{}", row.revision), typed: Typed(typed), ..Sent::default() };
    let step = Step { door, subject, sent: &sent, browser: &browser, now, since: None };
    step.form_page_saying(StatusCode::OK, 0, &refusals, said, &lost).await
}
