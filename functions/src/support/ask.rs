//! The form: checked, kept as a request, answered by a code in the mail.

use super::{Subject, Wished};
use crate::{
    door::Door,
    proof::{self, too_many},
    respond::{Address, Failure, network_of},
    rows,
};
use axum::http::StatusCode;
use domain::{
    refusal::Refusal,
    support::{Form, Wish, check},
};
use jiff::tz::TimeZone;

/// How a form was taken.
pub(super) enum Asked {
    /// The page that asks for the code, whether a mail went out or not (I6).
    CodeSent {
        request: String,
        address: String,
    },
    Refused(StatusCode, Vec<Refusal>),
}

/// Checks the form, keeps the request and sends its code.
pub(super) async fn ask(
    wished: Wished<'_>,
    door: &Door,
    form: &Form,
    address: Address,
) -> Result<Asked, Failure> {
    let Wished { wish, subject } = wished;
    let now = door.clock.now();
    let zone = TimeZone::get(&subject.rulebook.time_zone).unwrap_or(TimeZone::UTC);
    let person = match check(wish, form, subject.process(), subject.deposit(), now, &zone) {
        Ok(person) => person,
        Err(refusals) => return Ok(Asked::Refused(StatusCode::UNPROCESSABLE_ENTITY, refusals)),
    };
    let network = network_of(address);
    if !proof::may_ask(door, network.as_deref(), now).await? {
        let refusal = too_many(&subject.process().contact);
        return Ok(Asked::Refused(StatusCode::TOO_MANY_REQUESTS, vec![refusal]));
    }
    let request = request_id(wish, door, subject, form, network.as_deref());
    let claims = person.claims(&rows::key(&door.secret, subject.id()));
    Ok(match proof::ask(&wished, door, &request, &person.email, claims, now).await? {
        proof::Asked::CodeSent => Asked::CodeSent { request, address: person.email.address().to_owned() },
        proof::Asked::Refused(status, refusal) => Asked::Refused(status, vec![refusal]),
    })
}

/// The same form from the same network is the same request: a browser that sends it twice gets the same answer
/// and one mail (I4). Another network's is another request, so that nobody uses up the tries of someone else's.
fn request_id(wish: Wish, door: &Door, subject: &Subject, form: &Form, network: Option<&str>) -> String {
    let mut parts = vec![wish.as_str(), &subject.process_id, &subject.deposit_id];
    parts.extend(form.fields().map(|(_, typed)| typed));
    parts.push(network.unwrap_or_default());
    door.secret.key(&["request"]).pseudonym(&parts).as_str().to_owned()
}
