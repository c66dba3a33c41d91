//! The form: checked, kept as a request, answered by a code in the mail.

use super::{Address, Failure, Subject, limit, network_of, pending, pending::Pending, too_many, unavailable};
use crate::{
    door::Door,
    mail::{Mail, MailError},
};
use axum::http::StatusCode;
use domain::{
    limits::{CODE_LIFETIME, CODES_PER_MAILBOX, CODES_PER_NETWORK},
    support::{Field, Form, Refusal, Wish, check},
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
    wish: Wish,
    door: &Door,
    subject: &Subject,
    form: &Form,
    address: Address,
) -> Result<Asked, Failure> {
    let now = door.clock.now();
    let zone = TimeZone::get(&subject.rulebook.time_zone).unwrap_or(TimeZone::UTC);
    let person = match check(wish, form, subject.process(), subject.deposit(), now, &zone) {
        Ok(person) => person,
        Err(refusals) => return Ok(Asked::Refused(StatusCode::UNPROCESSABLE_ENTITY, refusals)),
    };
    let network = network_of(address);
    if let Some(network) = &network
        && !limit::allow(door, CODES_PER_NETWORK, network, now).await?
    {
        return Ok(Asked::Refused(StatusCode::TOO_MANY_REQUESTS, vec![too_many(subject)]));
    }
    let request = request_id(wish, door, subject, form, network.as_deref());
    let email = person.email.address().to_owned();
    let Some((kept, earlier)) = pending::keep(wish, door, subject, &person, &request, now).await? else {
        return Ok(Asked::CodeSent { request, address: email }); // a repetition: its code is on its way
    };
    match limit::allow(door, CODES_PER_MAILBOX, person.email.canonical(), now).await {
        Ok(true) => {}
        // The page says in general that an address gets so many codes, and never of this one (I6).
        Ok(false) => {
            pending::withhold(door, &kept, now).await?;
            return Ok(Asked::CodeSent { request, address: email });
        }
        Err(failure) => {
            pending::take_back(door, &kept, earlier, now).await?;
            return Err(failure);
        }
    }
    let mail = write_mail(wish, door, subject, &email, &request, &kept.pending);
    if let Err(error) = door.mailer.send(mail).await {
        tracing::error!(%error, "a code could not be sent");
        pending::take_back(door, &kept, earlier, now).await?;
        return Ok(match error {
            MailError::Undeliverable => {
                let refusal = Refusal::of(Field::Email, "undeliverable");
                Asked::Refused(StatusCode::UNPROCESSABLE_ENTITY, vec![refusal])
            }
            MailError::Unavailable(_) => {
                Asked::Refused(StatusCode::SERVICE_UNAVAILABLE, vec![unavailable(subject)])
            }
        });
    }
    Ok(Asked::CodeSent { request, address: email })
}

/// The same form from the same network is the same request: a browser that sends it twice gets the same answer
/// and one mail (I4). Another network's is another request, so that nobody uses up the tries of someone else's.
fn request_id(wish: Wish, door: &Door, subject: &Subject, form: &Form, network: Option<&str>) -> String {
    let Form { given_names, family_name, email, birth_date, commune, link, consent } = form;
    let parts = [
        wish.as_str(),
        &subject.process_id,
        &subject.deposit_id,
        given_names,
        family_name,
        email,
        birth_date,
        commune,
        link,
        consent,
        network.unwrap_or_default(),
    ];
    door.secret.key(&["request"]).pseudonym(&parts).as_str().to_owned()
}

fn write_mail(
    wish: Wish,
    door: &Door,
    subject: &Subject,
    to: &str,
    request: &str,
    pending: &Pending,
) -> Mail {
    let rulebook = &subject.rulebook;
    let code = pending::code_key(door, request).code(&pending.seed);
    let minutes = CODE_LIFETIME.as_mins().to_string();
    let url = format!("{}{}", rulebook.base_url, subject.deposit().path);
    let values = [
        ("code", code.as_str()),
        ("deposit", &subject.deposit().title),
        ("process", &subject.process().title),
        ("site", &rulebook.site),
        ("contact", &subject.process().contact),
        ("minutes", &minutes),
        ("url", &url),
    ];
    let (title, text) = match wish {
        Wish::Support => ("mail.support.subject", "mail.support.body"),
        Wish::Withdrawal => ("mail.withdrawal.subject", "mail.withdrawal.body"),
    };
    Mail {
        from: rulebook.sender.clone(),
        to: to.to_owned(),
        subject: rulebook.words.say(title, &values),
        body: rulebook.words.say(text, &values),
    }
}
