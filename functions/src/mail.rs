//! Mails: the code that proves an address.

use async_trait::async_trait;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor, message::header::ContentType};
use serde::Serialize;
use std::{collections::VecDeque, sync::Mutex, time::Duration};

/// A mail in plain text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// `From:`, e.g. `Parvis <ne-pas-repondre@participer.example>`.
    pub from: String,
    /// `To:`, an address.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
}

/// The mail was not taken.
#[derive(Debug, thiserror::Error)]
#[error("the mail could not be sent: {0}")]
pub struct MailError(String);

/// Takes mails.
#[async_trait]
pub trait Mailer: Send + Sync + 'static {
    /// Hands a mail over; `Ok` when the next server, or the outbox, has taken it.
    async fn send(&self, mail: Mail) -> Result<(), MailError>;
}

/// Keeps the last mails in memory, to be read at `/_outbox/`: for trying the site without a mail server.
#[derive(Debug, Default)]
pub struct Outbox(Mutex<VecDeque<Mail>>);

impl Outbox {
    /// Mails kept.
    const KEPT: usize = 10_000;

    /// The mails, the newest first.
    pub fn mails(&self) -> Vec<Mail> {
        self.0.lock().map(|mails| mails.iter().rev().cloned().collect()).unwrap_or_default()
    }
}

#[async_trait]
impl Mailer for Outbox {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let mut mails = self.0.lock().map_err(|error| MailError(error.to_string()))?;
        if mails.len() == Self::KEPT {
            mails.pop_front();
        }
        mails.push_back(mail);
        Ok(())
    }
}

/// How long a mail server may take: a citizen waits for the page.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends through a mail server.
pub struct Smtp(AsyncSmtpTransport<Tokio1Executor>);

impl Smtp {
    /// A server by its address: `smtps://user:password@host:465`, `smtp://host:587?tls=required`, or
    /// `smtp://localhost:25` for a relay on the same machine.
    ///
    /// # Errors
    /// [`MailError`] when the address is none; it is not repeated, for it may hold a password.
    pub fn new(url: &str) -> Result<Self, MailError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|error| MailError(format!("the mail server's address cannot be read: {error}")))?;
        Ok(Self(transport.timeout(Some(PATIENCE)).build()))
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let failed = |error: &dyn std::fmt::Display| MailError(error.to_string());
        let message = Message::builder()
            .from(mail.from.parse().map_err(|error| failed(&error))?)
            .to(mail.to.parse().map_err(|error| failed(&error))?)
            .subject(mail.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body)
            .map_err(|error| failed(&error))?;
        self.0.send(message).await.map(drop).map_err(|error| failed(&error))
    }
}
