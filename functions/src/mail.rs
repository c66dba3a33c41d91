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

/// The mail was not taken. Says nothing that the server said: it may repeat the address (I7).
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The server refuses this address for good.
    #[error("the mail server refuses the address")]
    Undeliverable,
    /// It could not be sent now.
    #[error("the mail could not be sent: {0}")]
    Unavailable(&'static str),
}

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
        let mut mails = self.0.lock().map_err(|_| MailError::Unavailable("the outbox is lost"))?;
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
            .map_err(|_| MailError::Unavailable("the mail server's address cannot be read"))?;
        Ok(Self(transport.timeout(Some(PATIENCE)).build()))
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let message = Message::builder()
            .from(mail.from.parse().map_err(|_| MailError::Unavailable("the sender is no address"))?)
            .to(mail.to.parse().map_err(|_| MailError::Undeliverable)?)
            .subject(mail.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body)
            .map_err(|_| MailError::Unavailable("the mail cannot be written"))?;
        self.0.send(message).await.map(drop).map_err(|error| match error.status() {
            // RFC 5321 §4.2.3: the mailbox does not exist, or may not be written to.
            Some(code) if matches!(u16::from(code), 550 | 551 | 553) => MailError::Undeliverable,
            Some(_) => MailError::Unavailable("the mail server refused it"),
            None => MailError::Unavailable("the mail server is out of reach"),
        })
    }
}
