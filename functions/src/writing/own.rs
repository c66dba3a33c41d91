//! What an author sees of their own deposit, and does with it. Who knows its key is its author.

use super::{
    Subject,
    body::Received,
    browser::Browser,
    carry_out::writer_partition,
    files,
    journey::{Step, may_revise, too_late},
    sent::{Go, Sent},
    show,
    since::is_same,
};
use crate::{
    answer::{Filling, Page},
    deposits::{self, Stored, mail_of_last_move, own_key},
    door::Door,
    proof::unavailable,
    respond::{Failure, not_found, or_unavailable, render},
    table::{CommitError, Item, TableError, Write, query_all},
};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use domain::{
    deposit::{Actor, Deposit, Move, Moved, NotAllowed, State, after},
    form::{Answers, typed::typed_of},
    refusal::Refusal,
};
use jiff::Timestamp;

/// The deposit of that id, for who has its key. Nobody learns from another key whether there is one.
pub(super) async fn find(
    door: &Door,
    process: &str,
    id: &str,
    key: &str,
    now: Timestamp,
) -> Result<Option<Stored>, TableError> {
    let compared = door.secret.key(&["compare"]);
    if !deposits::is_id(id) || !is_same(&compared, key, &own_key(&door.secret, process, id)) {
        return Ok(None);
    }
    deposits::get(&*door.table, process, id, now).await
}

/// Shows a deposit to its author.
pub(super) async fn show(door: Door, subject: Subject, id: String, key: String) -> Response {
    let now = door.clock.now();
    let answer = match find(&door, &subject.process_id, &id, &key, now).await {
        Ok(Some(stored)) => page(&door, &subject, &stored, &key, now, StatusCode::OK, &[]).await,
        Ok(None) => return not_found(&door).await,
        Err(error) => Err(error.into()),
    };
    or_unavailable(&door, answer).await
}

/// Withdraws a deposit, or gives its form back to be edited.
pub(super) async fn change(door: Door, subject: Subject, id: String, received: Received) -> Response {
    let now = door.clock.now();
    let sent = Sent::of(received, &subject.writing.form, &subject.process_id, &door.secret, now);
    let answer = match find(&door, &subject.process_id, &id, &sent.key, now).await {
        Ok(Some(stored)) => match sent.go {
            Go::Edit => edit(&door, &subject, stored, &sent.key, now).await,
            Go::Withdraw => withdraw(&door, &subject, stored, &sent.key, now).await,
            _ => page(&door, &subject, &stored, &sent.key, now, StatusCode::OK, &[]).await,
        },
        Ok(None) => return not_found(&door).await,
        Err(error) => Err(error.into()),
    };
    or_unavailable(&door, answer).await
}

/// The form, filled with what was answered.
async fn edit(
    door: &Door,
    subject: &Subject,
    stored: Stored,
    key: &str,
    now: Timestamp,
) -> Result<Response, Failure> {
    if let Err(refusal) = may_revise(subject, &stored.deposit.state, now) {
        return page(door, subject, &stored, key, now, StatusCode::UNPROCESSABLE_ENTITY, &[refusal]).await;
    }
    let sent = Sent {
        deposit: format!("{}.{}", stored.id, stored.deposit.revision),
        key: key.to_owned(),
        typed: typed_of(&stored.deposit.answers, &subject.writing.form),
        files: files::carried(
            &door.secret,
            &subject.process_id,
            &files::answered(&stored.deposit.answers),
            now,
        ),
        ..Sent::default()
    };
    let browser = Browser::default();
    let step = Step { door, subject, sent: &sent, browser: &browser, now, since: None };
    step.form_page(StatusCode::OK, 0, &[]).await
}

/// Times a withdrawal is tried anew when what it rests on has changed meanwhile.
const ATTEMPTS: usize = 10;

async fn withdraw(
    door: &Door,
    subject: &Subject,
    mut stored: Stored,
    key: &str,
    now: Timestamp,
) -> Result<Response, Failure> {
    for _ in 0..ATTEMPTS {
        // What is asked again was done already (I4).
        if stored.deposit.state == State::Withdrawn {
            return page(door, subject, &stored, key, now, StatusCode::OK, &[]).await;
        }
        let is_open = subject.writing.window.is_open(now);
        let state = match after(&stored.deposit.state, &Move::Withdraw, &Actor::Author, now, is_open) {
            Ok(state) => state,
            Err(error) => {
                let refusal = match error {
                    NotAllowed::TooLate => subject.check_open(now).err().unwrap_or_else(too_late),
                    _ => too_late(),
                };
                let refusals = [refusal];
                return page(door, subject, &stored, key, now, StatusCode::UNPROCESSABLE_ENTITY, &refusals)
                    .await;
            }
        };
        let mut deposit = Deposit { state, ..stored.deposit.clone() };
        deposit.history.push(Moved { at: now, by: Actor::Author, did: Move::Withdraw });
        let mut writes = vec![deposits::replace(&subject.process_id, &stored, &deposit, &subject.writing)?];
        writes.extend(free(door, subject, &stored, now).await?);
        match door.table.commit(writes, now).await {
            Ok(()) => {
                stored = Stored { version: stored.version + 1, deposit, ..stored };
                let mail = mail_of_last_move(&door.secret, &subject.rulebook, &subject.process_id, &stored);
                if let Some(mail) = mail
                    && let Err(error) = door.mailer.send(mail).await
                {
                    tracing::error!(%error, "an author could not be told of a withdrawal");
                }
                return page(door, subject, &stored, key, now, StatusCode::OK, &[]).await;
            }
            Err(CommitError::Refused) => {}
            Err(CommitError::Table(error)) => return Err(error.into()),
        }
        let found = deposits::get(&*door.table, &subject.process_id, &stored.id, now).await?;
        let Some(found) = found else { return Ok(not_found(door).await) };
        stored = found;
    }
    let refusal = unavailable(&subject.process().contact);
    page(door, subject, &stored, key, now, StatusCode::SERVICE_UNAVAILABLE, &[refusal]).await
}

/// Gives back the place that a deposit takes among those of its author, so that they may write another.
async fn free(
    door: &Door,
    subject: &Subject,
    stored: &Stored,
    now: Timestamp,
) -> Result<Option<Write>, TableError> {
    let Some(author) = &stored.deposit.author else { return Ok(None) };
    let partition = writer_partition(&subject.process_id, &author.mailbox);
    for slot in query_all(&*door.table, &partition, now).await? {
        if Item::read::<String>(&slot)? == stored.id {
            return Ok(Some(Write::Delete { key: slot.key, version: slot.version }));
        }
    }
    Ok(None)
}

async fn page(
    door: &Door,
    subject: &Subject,
    stored: &Stored,
    key: &str,
    now: Timestamp,
    status: StatusCode,
    refusals: &[Refusal],
) -> Result<Response, Failure> {
    let Subject { rulebook, writing, .. } = subject;
    let (words, deposit) = (&rulebook.words, &stored.deposit);
    let is_open = writing.window.is_open(now);
    let mut may = Vec::new();
    if may_revise(subject, &deposit.state, now).is_ok() {
        may.push("edit");
    }
    if after(&deposit.state, &Move::Withdraw, &Actor::Author, now, is_open).is_ok() {
        may.push("withdraw");
    }
    let title = deposit.title(&writing.form);
    let title = if title.is_empty() { &subject.process().title } else { title };
    let answers: &Answers = &deposit.answers;
    let filling = Filling {
        values: vec![("cle", key)],
        slots: vec![
            ("title", title.to_owned()),
            ("reference", deposit.reference.clone()),
            ("state", words.say(&format!("deposit.state.{}", deposit.state.name()), &[])),
        ],
        html: vec![
            ("answers", show::answers(&writing.form, answers, 3, words)),
            ("history", show::history(deposit, words, &subject.zone())),
        ],
        may,
        refusals,
        ..Filling::default()
    };
    let mut response = render(door, words, subject.path(), Page::OwnDeposit, status, &filling).await?;
    // The address holds the key: no other page is to be told of it.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}
