//! Who casts the ballot: checked, kept as a request that knows pseudonyms alone, answered by a code in the mail.

use super::{Casting, Subject, replace, rows, sent::Sent, show};
use crate::{
    door::Door,
    proof::{self, too_many, unavailable},
    respond::{Address, Failure, network_of, or_unavailable},
};
use axum::{http::StatusCode, response::Response};
use domain::{ballot::Ballot, refusal::Refusal, support::check_person, tracking::Tracking};
use jiff::tz::TimeZone;

/// Takes the ballot on to the page that asks for the code; or puts it in the place of the one that it replaces.
pub(super) async fn answer(door: Door, subject: Subject, sent: Sent, address: Address) -> Response {
    let answer = match sent.ballot(&subject.voting) {
        Ok(ballot) => with_ballot(&door, &subject, sent, &ballot, address).await,
        Err(refusals) => match subject.voting.check_open(door.clock.now()) {
            Ok(()) => show::ballot(&door, &subject, &sent, StatusCode::UNPROCESSABLE_ENTITY, &refusals).await,
            Err(refusal) => show::closed(&door, &subject, refusal).await,
        },
    };
    or_unavailable(&door, answer).await
}

async fn with_ballot(
    door: &Door,
    subject: &Subject,
    mut sent: Sent,
    ballot: &Ballot,
    address: Address,
) -> Result<Response, Failure> {
    if let Some(replaced) = sent.replaced {
        return replace::put(door, subject, &sent, replaced, ballot).await;
    }
    // Never one that was sent: whoever made the voter send it would know it.
    let tracking = drawn()?;
    match ask(Casting { subject, tracking }, door, &sent, address).await {
        Ok(Asked::Closed(refusal)) => show::closed(door, subject, refusal).await,
        Ok(Asked::CodeSent { request }) => {
            sent.code.request = request;
            show::code(door, subject, &sent, tracking, StatusCode::OK, &[]).await
        }
        Ok(Asked::Refused(status, refusals)) => {
            show::review(door, subject, &sent, ballot, status, &refusals).await
        }
        Err(failure) => {
            tracing::error!(%failure, "a voter's form could not be taken");
            let refusals = [unavailable(&subject.process().contact)];
            show::review(door, subject, &sent, ballot, StatusCode::SERVICE_UNAVAILABLE, &refusals).await
        }
    }
}

/// How the form was taken.
enum Asked {
    /// The page that asks for the code, whether a mail went out or not (I6).
    CodeSent {
        request: String,
    },
    Closed(Refusal),
    Refused(StatusCode, Vec<Refusal>),
}

async fn ask(casting: Casting<'_>, door: &Door, sent: &Sent, address: Address) -> Result<Asked, Failure> {
    let subject = casting.subject;
    let now = door.clock.now();
    if let Err(refusal) = subject.voting.check_open(now) {
        return Ok(Asked::Closed(refusal));
    }
    let zone = TimeZone::get(&subject.rulebook.time_zone).unwrap_or(TimeZone::UTC);
    let person = match check_person(&sent.person, Some(&subject.process().eligibility), now, &zone) {
        Ok(person) => person,
        Err(refusals) => return Ok(Asked::Refused(StatusCode::UNPROCESSABLE_ENTITY, refusals)),
    };
    let network = network_of(address);
    if !proof::may_ask(door, network.as_deref(), now).await? {
        let refusal = too_many(&subject.process().contact);
        return Ok(Asked::Refused(StatusCode::TOO_MANY_REQUESTS, vec![refusal]));
    }
    // The same person from the same network is the same request, whatever the ballot (I4): it holds nothing of it.
    let mut parts = vec!["vote", &subject.process_id, network.as_deref().unwrap_or_default()];
    parts.extend(sent.person.fields().map(|(_, typed)| typed));
    let request = door.secret.key(&["request"]).pseudonym(&parts).as_str().to_owned();
    let claims = person.claims(&rows::key(&door.secret, &subject.process_id));
    Ok(match proof::ask(&casting, door, &request, &person.email, claims, now).await? {
        proof::Asked::CodeSent => Asked::CodeSent { request },
        proof::Asked::Refused(status, refusal) => Asked::Refused(status, vec![refusal]),
    })
}

fn drawn() -> Result<Tracking, Failure> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits)?;
    Ok(Tracking::new(bits))
}
