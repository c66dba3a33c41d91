//! The journey of a secret ballot: filled in, read once more, who casts it, a code by mail, one commit that writes roll and
//! box. And the way back with the tracking code, which replaces a ballot until the close.
//!
//! The ballot travels in the pages: nothing of it is stored before it is cast, and never beside who cast it.

mod arrange;
mod ask;
mod cast;
pub(crate) mod kept;
pub mod minutes;
mod replace;
pub mod rows;
mod sent;
mod show;

use crate::{
    door::Door,
    mail::Mail,
    proof::{Journey, mark, pending::Pending},
    respond::{Address, Failure, not_found, or_unavailable, to_the_end},
    table::TableError,
};
use axum::{
    Form as Body,
    extract::{Path, State, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    form::read::decimal::written,
    limits::CODE_LIFETIME,
    refusal::Refusal,
    rulebook::{Process, Rulebook, Voting, Words},
    secret::Pseudonym,
    support::Claims,
    tracking::Tracking,
};
use jiff::Timestamp;
use sent::{Sent, Step};
use std::{borrow::Cow, sync::Arc};

type Typed = Result<Body<Vec<(String, String)>>, FormRejection>;

/// `POST /actes/{process}/bulletin`: an empty ballot, or one that is to be read once more or changed.
pub async fn fill_in(State(door): State<Door>, Path(process): Path<String>, form: Typed) -> Response {
    let (subject, sent) = match receive(&door, process, form).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let answer = fill_in_open(&door, &subject, &sent).await;
    or_unavailable(&door, answer).await
}

/// `POST /actes/{process}/bulletin/identite`: who casts the ballot; or, when one is replaced, that it be so.
pub async fn identify(
    State(door): State<Door>,
    Path(process): Path<String>,
    address: Address,
    form: Typed,
) -> Response {
    answer(door, process, address, form, ask::answer).await
}

/// `POST /actes/{process}/bulletin/code`: the code, with which the ballot is cast.
pub async fn confirm(
    State(door): State<Door>,
    Path(process): Path<String>,
    address: Address,
    form: Typed,
) -> Response {
    answer(door, process, address, form, cast::answer).await
}

/// `POST /actes/{process}/bulletin/remplacer`: the tracking code of the ballot that is to be replaced.
pub async fn replace(
    State(door): State<Door>,
    Path(process): Path<String>,
    address: Address,
    form: Typed,
) -> Response {
    answer(door, process, address, form, replace::find).await
}

/// `GET` of any of them: leads to the page of the vote, and changes nothing (I5).
pub async fn show_vote(State(door): State<Door>, Path(process): Path<String>) -> Response {
    match Subject::find(&door, process) {
        Some(subject) => Redirect::to(&subject.voting.path).into_response(),
        None => not_found(&door).await,
    }
}

/// Answers to the end with what `answer` makes of what was sent.
async fn answer<A>(
    door: Door,
    process: String,
    address: Address,
    form: Typed,
    answer: impl FnOnce(Door, Subject, Sent, Address) -> A,
) -> Response
where
    A: Future<Output = Response> + Send + 'static,
{
    match receive(&door, process, form).await {
        Ok((subject, sent)) => to_the_end(answer(door, subject, sent, address)).await,
        Err(response) => response,
    }
}

/// The vote and what was sent, or the answer when there is none or it cannot be read.
async fn receive(door: &Door, process: String, form: Typed) -> Result<(Subject, Sent), Response> {
    let Some(subject) = Subject::find(door, process) else { return Err(not_found(door).await) };
    let (pairs, trouble) = match form {
        Ok(Body(pairs)) => (pairs, None),
        Err(rejection) => (Vec::new(), Some(rejection.status())),
    };
    let sent = match Sent::read(pairs) {
        Ok(sent) => sent,
        Err(failure) => return Err(or_unavailable(door, Err(failure)).await),
    };
    let Some(status) = trouble else { return Ok((subject, sent)) };
    let refusal = Refusal::general("unreadable").with("contact", &subject.process().contact);
    Err(or_unavailable(door, show::ballot(door, &subject, &sent, status, &[refusal]).await).await)
}

async fn fill_in_open(door: &Door, subject: &Subject, sent: &Sent) -> Result<Response, Failure> {
    if let Err(refusal) = subject.voting.check_open(door.clock.now()) {
        return show::closed(door, subject, refusal).await;
    }
    match sent.step {
        Step::Begin | Step::Edit => show::ballot(door, subject, sent, StatusCode::OK, &[]).await,
        Step::Review => match sent.ballot(&subject.voting) {
            Ok(ballot) => show::review(door, subject, sent, &ballot, StatusCode::OK, &[]).await,
            Err(refusals) => {
                show::ballot(door, subject, sent, StatusCode::UNPROCESSABLE_ENTITY, &refusals).await
            }
        },
    }
}

/// The vote a request is about, with the rules that were in force when the request came.
struct Subject {
    rulebook: Arc<Rulebook>,
    process_id: String,
    voting: Voting,
}

/// Made by `find` alone, which has looked the process up.
impl Subject {
    fn find(door: &Door, process_id: String) -> Option<Self> {
        let rulebook = door.rulebook.borrow().clone();
        let voting = rulebook.processes.get(&process_id)?.voting.clone()?;
        Some(Self { rulebook, process_id, voting })
    }

    fn process(&self) -> &Process {
        &self.rulebook.processes[&self.process_id]
    }

    /// With the noun for what is voted on.
    fn words(&self) -> Cow<'_, Words> {
        self.rulebook.words.of_vote_on(self.voting.voted_on)
    }
}

/// A ballot that waits for its voter's code.
#[derive(Clone, Copy)]
struct Casting<'a> {
    subject: &'a Subject,
    tracking: Tracking,
}

impl Journey for Casting<'_> {
    /// Pseudonyms only.
    type Claims = Claims;
    /// Nothing: that it is on the roll and its ballot in the box is the answer, and to note it elsewhere would join them.
    type Done = ();

    fn partition(&self, id: &str) -> String {
        format!("request#vote#{}#{id}", self.subject.process_id)
    }

    fn rules(&self, door: &Door) -> Result<Pseudonym, TableError> {
        mark(door, &self.subject.process().eligibility)
    }

    async fn answered(
        &self,
        door: &Door,
        pending: &Pending<Claims, ()>,
        now: Timestamp,
    ) -> Result<Option<()>, TableError> {
        let standing = cast::standing(door, *self, &pending.claims, now).await?;
        Ok((standing == cast::Standing::Cast).then_some(()))
    }

    fn check_open(&self, now: Timestamp) -> Result<(), Refusal> {
        self.subject.voting.check_open(now)
    }

    fn contact(&self) -> &str {
        &self.subject.process().contact
    }

    fn mailbox<'a>(&self, claims: &'a Claims) -> &'a Pseudonym {
        &claims.mailbox
    }

    fn write_mail(&self, to: &str, code: &str) -> Mail {
        let Subject { rulebook, voting, .. } = self.subject;
        let (process, words) = (self.subject.process(), self.subject.words());
        let minutes = CODE_LIFETIME.as_mins().to_string();
        let url = format!("{}{}", rulebook.base_url, voting.path);
        let values = [
            ("code", code),
            ("process", &process.title),
            ("site", &rulebook.site),
            ("contact", &process.contact),
            ("minutes", &minutes),
            ("url", &url),
        ];
        Mail {
            from: rulebook.sender.clone(),
            to: to.to_owned(),
            subject: words.say("mail.ballot.subject", &values),
            body: words.say("mail.ballot.body", &values),
        }
    }
}

/// « 1 234,50 € », of cents.
fn euros(cents: u64) -> String {
    format!("{}\u{a0}€", written(i64::try_from(cents).unwrap_or(i64::MAX), 2))
}
