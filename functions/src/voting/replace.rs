//! Replacing a ballot by its tracking code, until the close. The roll is not touched: nobody learns who does it.

use super::{
    Subject, rows,
    sent::{Replaced, Sent},
    show,
};
use crate::{
    answer::Page,
    door::Door,
    proof::{limit, too_many, unavailable},
    respond::{Address, Failure, network_of, or_unavailable},
    table::{CommitError, Condition, Item, Write},
};
use axum::{http::StatusCode, response::Response};
use domain::{
    ballot::{Answers, Ballot},
    limits::REPLACEMENTS_PER_NETWORK,
    refusal::Refusal,
    tracking::Tracking,
};

/// Answers a tracking code with an empty ballot. The old one is never shown: whoever reads the code over the voter's shoulder
/// would read it too.
pub(super) async fn find(door: Door, subject: Subject, sent: Sent, address: Address) -> Response {
    let found = look(&door, &subject, &sent, address).await;
    let answer = match found {
        Ok(Ok(replaced)) => {
            let empty = Sent { replaced: Some(replaced), answers: Answers::default(), ..sent };
            show::ballot(&door, &subject, &empty, StatusCode::OK, &[]).await
        }
        Ok(Err((status, refusal))) => match subject.voting.check_open(door.clock.now()) {
            Ok(()) => show::ask_tracking(&door, &subject, &sent, status, refusal).await,
            Err(closed) => show::closed(&door, &subject, closed).await,
        },
        Err(failure) => {
            tracing::error!(%failure, "a tracking code could not be looked up");
            let refusal = unavailable(&subject.process().contact);
            show::ask_tracking(&door, &subject, &sent, StatusCode::SERVICE_UNAVAILABLE, refusal).await
        }
    };
    or_unavailable(&door, answer).await
}

async fn look(
    door: &Door,
    subject: &Subject,
    sent: &Sent,
    address: Address,
) -> Result<Result<Replaced, (StatusCode, Refusal)>, Failure> {
    let now = door.clock.now();
    let refuse = |rule| Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, of_tracking(rule))));
    if let Err(refusal) = subject.voting.check_open(now) {
        return Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, refusal)));
    }
    if sent.tracking.trim().is_empty() {
        return refuse("tracking.missing");
    }
    let Some(tracking) = Tracking::read(&sent.tracking) else { return refuse("tracking.malformed") };
    if let Some(network) = network_of(address)
        && !limit::allow(door, REPLACEMENTS_PER_NETWORK, &network, now).await?
    {
        return Ok(Err((StatusCode::TOO_MANY_REQUESTS, too_many(&subject.process().contact))));
    }
    match door.table.get(&rows::box_key(&subject.process_id, tracking), now).await? {
        Some(item) => Ok(Ok(Replaced { tracking, version: item.version })),
        None => refuse("tracking.unknown"),
    }
}

/// Puts a ballot in the place of the one that was found.
pub(super) async fn put(
    door: &Door,
    subject: &Subject,
    sent: &Sent,
    replaced: Replaced,
    ballot: &Ballot,
) -> Result<Response, Failure> {
    match try_put(door, subject, replaced, ballot).await {
        Ok(Put::Done) => show::receipt(door, subject, Page::BallotReplaced, replaced.tracking).await,
        Ok(Put::Closed(refusal)) => show::closed(door, subject, refusal).await,
        Ok(Put::Changed) => {
            let refusal = of_tracking("tracking.changed");
            show::ask_tracking(door, subject, sent, StatusCode::CONFLICT, refusal).await
        }
        Err(failure) => {
            tracing::error!(%failure, "a ballot could not be replaced");
            let refusals = [unavailable(&subject.process().contact)];
            show::review(door, subject, sent, ballot, StatusCode::SERVICE_UNAVAILABLE, &refusals).await
        }
    }
}

enum Put {
    Done,
    Closed(Refusal),
    /// It was replaced by another one meanwhile.
    Changed,
}

async fn try_put(
    door: &Door,
    subject: &Subject,
    Replaced { tracking, version }: Replaced,
    ballot: &Ballot,
) -> Result<Put, Failure> {
    let now = door.clock.now();
    let key = rows::box_key(&subject.process_id, tracking);
    let read = || async { door.table.get(&key, now).await };
    // The same replacement sent again gets the first answer, whatever has closed since (I4).
    let says_the_same = |item: &Option<Item>| match item {
        Some(item) if item.version > version => item.read::<Ballot>().map(|stored| stored == *ballot),
        _ => Ok(false),
    };
    let stored = read().await?;
    if says_the_same(&stored)? {
        return Ok(Put::Done);
    }
    if let Err(refusal) = subject.voting.check_open(now) {
        return Ok(Put::Closed(refusal));
    }
    let write = Write::put(key.clone(), Condition::Version(version), None, ballot)?;
    match door.table.commit(vec![write], now).await {
        Ok(()) => Ok(Put::Done),
        Err(CommitError::Refused) if says_the_same(&read().await?)? => Ok(Put::Done),
        Err(CommitError::Refused) => Ok(Put::Changed),
        Err(CommitError::Table(error)) => Err(error.into()),
    }
}

fn of_tracking(rule: &'static str) -> Refusal {
    Refusal::general(rule).at("tracking")
}
