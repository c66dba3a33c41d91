//! The code: compared, and what its request wished done.

use super::{
    Wished,
    carry_out::{Outcome, carry_out},
};
use crate::{
    door::Door,
    proof::{self, Checked, CodeForm},
    respond::{Address, Failure, network_of},
};
use axum::http::StatusCode;
use domain::refusal::Refusal;

/// What became of a code.
pub(super) enum Confirmed {
    Done { number: u64 },
    Refused(StatusCode, Refusal),
}

/// Checks the code and does what the request wished.
pub(super) async fn confirm(
    wished: Wished<'_>,
    door: &Door,
    form: &CodeForm,
    address: Address,
) -> Result<Confirmed, Failure> {
    let now = door.clock.now();
    let kept = match proof::check(&wished, door, form, network_of(address).as_deref(), now).await? {
        Checked::Right(kept) => kept,
        Checked::Done(number) => return Ok(Confirmed::Done { number }),
        Checked::Refused(status, refusal) => return Ok(Confirmed::Refused(status, refusal)),
    };
    Ok(match carry_out(wished, door, kept, now).await? {
        Outcome::Done { number } => Confirmed::Done { number },
        Outcome::MailboxTaken => {
            let people = wished.subject.process().people_per_mailbox;
            let refusal = Refusal::general("mailbox").with("people", people);
            Confirmed::Refused(StatusCode::UNPROCESSABLE_ENTITY, refusal)
        }
    })
}
