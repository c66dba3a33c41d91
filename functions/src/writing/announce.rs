//! Large files are announced: where browsers send them to the store by themselves, the answer is an address to send one to,
//! and a token that the form then carries in its place. What was sent is looked into when the form comes.

use super::{
    Subject,
    files::{refusal_of, size as said_size},
    sealed::{seal, unseal},
};
use crate::{
    answer::message,
    attachment::name::said,
    door::Door,
    proof::{limit, pending::random, too_many, unavailable},
    respond::{Address, Failure, network_of},
};
use axum::{
    Json,
    extract::rejection::FormRejection,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    form::{Field, Form, Kind},
    limits::FILES_PER_NETWORK,
    refusal::Refusal,
    secret::{Key, Secret},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How long a form carries what was announced, in seconds; the bucket keeps what was sent as long.
const LIFETIME: i64 = 24 * 60 * 60 - 1;

/// What the inputs are called that name a field's announced files.
const ANNOUNCED: &str = "sent-";

/// What a browser says of a file that it is about to send.
#[derive(Debug, Deserialize)]
pub struct Announcement {
    /// Name of the input.
    input: String,
    /// What the browser calls it.
    name: String,
    /// Bytes.
    size: u64,
}

/// Where to send it, and what to put into the form.
#[derive(Debug, Serialize)]
struct Invitation {
    /// For one PUT of exactly the size that was announced.
    url: String,
    /// Name of the input that carries the token.
    input: String,
    token: String,
}

/// What is said to who cannot send it.
#[derive(Debug, Serialize)]
struct Excuse {
    message: String,
}

/// A file that was announced.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Announced {
    /// When, in seconds.
    at: i64,
    /// What it is called in the store.
    pub(super) id: String,
    /// What the browser calls it.
    pub(super) name: String,
    /// Bytes.
    pub(super) size: u64,
}

/// Answers an announcement: an invitation, or nothing (204) where files come with their form.
pub(super) async fn answer(
    door: &Door,
    subject: &Subject,
    address: Address,
    announcement: Result<Announcement, FormRejection>,
) -> Response {
    let refuse = |status: StatusCode, refusal: &Refusal| {
        (status, Json(Excuse { message: message(refusal, &subject.rulebook.words) })).into_response()
    };
    let contact = &subject.process().contact;
    let mut response = match announcement {
        Err(_) => refuse(StatusCode::BAD_REQUEST, &Refusal::general("unreadable").with("contact", contact)),
        Ok(announcement) => match invite(door, subject, address, announcement).await {
            Ok(Ok(Some(invitation))) => Json(invitation).into_response(),
            Ok(Ok(None)) => StatusCode::NO_CONTENT.into_response(),
            Ok(Err((status, refusal))) => refuse(status, &refusal),
            Err(failure) => {
                tracing::error!(%failure, "a file could not be announced");
                refuse(StatusCode::SERVICE_UNAVAILABLE, &unavailable(contact))
            }
        },
    };
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

/// Whether the form is open is asked when it comes: nothing is taken here (I2), and what is revised may come after the close.
async fn invite(
    door: &Door,
    subject: &Subject,
    address: Address,
    Announcement { input, name, size }: Announcement,
) -> Result<Result<Option<Invitation>, (StatusCode, Refusal)>, Failure> {
    let Some((field, Kind::Files { max_size, .. })) =
        field_of(&subject.writing.form, &input).map(|field| (field, &field.kind))
    else {
        let refusal = Refusal::general("unreadable").with("contact", &subject.process().contact);
        return Ok(Err((StatusCode::BAD_REQUEST, refusal)));
    };
    if door.attachments.origin().is_none() {
        return Ok(Ok(None));
    }
    if size > *max_size {
        let max = said_size(*max_size, &subject.rulebook.words);
        let refusal = refusal_of(field, &name, "file_too_large").with("max", max);
        return Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, refusal)));
    }
    let now = door.clock.now();
    if let Some(network) = network_of(address)
        && !limit::allow(door, FILES_PER_NETWORK, &network, now).await?
    {
        return Ok(Err((StatusCode::TOO_MANY_REQUESTS, too_many(&subject.process().contact))));
    }
    let announced = Announced { at: now.as_second(), id: random()?, name: said(&name), size };
    let token = announced.token(&door.secret, &subject.process_id, &field.id);
    let url = door.attachments.invite(&announced.id, size).await?;
    let input = format!("{ANNOUNCED}{}", field.id);
    Ok(Ok(url.zip(token).map(|(url, token)| Invitation { url, input, token })))
}

/// The field that takes the files of an input.
fn field_of<'a>(form: &'a Form, input: &str) -> Option<&'a Field> {
    form.fields.iter().find(|field| field.is_asked() && field.name() == input)
}

impl Announced {
    fn token(&self, secret: &Secret, process: &str, field: &str) -> Option<String> {
        seal(&key(secret, process, field), self)
    }

    /// The file that a token names; none when the token was not made here, for this field, or is too old.
    fn read(secret: &Secret, process: &str, field: &str, token: &str, now: Timestamp) -> Option<Self> {
        let announced: Self = unseal(&key(secret, process, field), token)?;
        (0..=LIFETIME).contains(&now.as_second().checked_sub(announced.at)?).then_some(announced)
    }
}

fn key(secret: &Secret, process: &str, field: &str) -> Key {
    secret.key(&["announced", process, field])
}

/// The files that a form names as sent by the browser itself, each with the input it is of, once.
pub(super) fn announced(
    pairs: &[(String, String)],
    form: &Form,
    process: &str,
    secret: &Secret,
    now: Timestamp,
) -> Vec<(String, Announced)> {
    let mut all: Vec<(String, Announced)> = Vec::new();
    for (name, token) in pairs {
        let Some(field) = name.strip_prefix(ANNOUNCED).and_then(|id| form.field(id)) else { continue };
        let Some(file) = Announced::read(secret, process, &field.id, token, now) else { continue };
        if all.iter().all(|(_, known)| known.id != file.id) {
            all.push((field.name(), file));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_believed_when_it_was_made_here_for_this_field_within_a_day() {
        let (secret, other) = (Secret::new([7; 32]), Secret::new([8; 32]));
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().expect("an instant");
        let later = |seconds| now + jiff::SignedDuration::from_secs(seconds);
        let file =
            Announced { at: now.as_second(), id: "0".repeat(32), name: "plan.pdf".into(), size: 5_000_000 };
        let token = file.token(&secret, "idees", "plan").expect("a token");
        let read = |secret: &Secret, process: &str, field: &str, at| {
            Announced::read(secret, process, field, &token, at)
        };
        assert_eq!(read(&secret, "idees", "plan", later(LIFETIME)).as_ref(), Some(&file));
        assert_eq!(read(&secret, "idees", "plan", later(LIFETIME + 1)), None);
        assert_eq!(read(&secret, "idees", "plan", later(-1)), None);
        assert_eq!(read(&secret, "idees", "other", now), None);
        assert_eq!(read(&secret, "budget", "plan", now), None);
        assert_eq!(read(&other, "idees", "plan", now), None);
        for forged in ["", ".", "{}", &token.replace("5000000", "9000000"), &token[1..]] {
            assert_eq!(Announced::read(&secret, "idees", "plan", forged, now), None, "{forged}");
        }
    }
}
