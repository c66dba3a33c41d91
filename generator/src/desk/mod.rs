//! What agents do with deposits at the terminal, on the embedded table or on DynamoDB: list, read, move, and pull what
//! is published into the content.

mod escape;
mod export;
mod files;
mod page;
pub mod pull;

pub use files::Joined;

use crate::{
    BuildError, Site, rulebook,
    serve::{DataError, attachments, stored_secret},
};
use domain::{
    deposit::{Actor, HideReason, Move, Moved, State},
    form::{Answer, Form},
    report::Report,
    rulebook::{Rulebook, Writing},
    secret::Secret,
};
use functions::{
    attachment::store::{Folder, Nowhere, Store, StoreError},
    deposits::{self, MoveError, Stored},
    lambda::{self, SettingError},
    mail::{Mail, MailError, Mailer, Smtp},
    reports,
    table::{Table, TableError, sqlite::SqliteTable},
};
use jiff::Timestamp;
use std::{
    env,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Why the desk cannot be opened, or something not be done at it.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The site cannot be read.
    #[error(transparent)]
    Site(#[from] BuildError),
    /// The data folder cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Nobody has written anything here yet.
    #[error(
        "{0} : aucune base de données ici. Lancez d’abord `parvis serve`, ou donnez le dossier avec --data."
    )]
    NoTable(PathBuf),
    /// A setting of the environment is missing or cannot be used.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The table failed.
    #[error("la base de données ne répond pas : {0}")]
    Table(#[from] TableError),
    /// The mail server's address cannot be used.
    #[error("PARVIS_SMTP : {0}")]
    Mail(#[from] MailError),
    /// No deposit of that reference.
    #[error("aucun dépôt n’a la référence {0}. Voyez `parvis deposits list`.")]
    Unknown(String),
    /// Nobody can write there.
    #[error("{0} : dans cette démarche, personne ne peut écrire. Donnez le nom du dossier d’une autre.")]
    NoWriting(String),
    /// The rules forbid the move.
    #[error("{0}")]
    NotAllowed(String),
    /// Somebody else was quicker.
    #[error("ce dépôt a changé entre-temps : relisez-le avec `parvis deposits show`, puis recommencez.")]
    Changed,
    /// A file cannot be read or written.
    #[error("{} : {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The files that were joined cannot be read.
    #[error("les fichiers joints ne se lisent pas : {0}")]
    Store(#[from] StoreError),
    /// The system refused something else.
    #[error(transparent)]
    System(#[from] std::io::Error),
}

/// What agents stand on.
pub struct Desk {
    rulebook: Rulebook,
    site: Site,
    table: Arc<dyn Table>,
    attachments: Arc<dyn Store>,
    secret: Secret,
    mailer: Option<Arc<dyn Mailer>>,
    now: Timestamp,
}

/// A deposit, and the process it belongs to.
#[derive(Debug, Clone)]
pub struct Filed {
    /// Process id.
    pub process: String,
    /// As it was read.
    pub stored: Stored,
}

/// A report of a published text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// Address of the text.
    pub url: String,
    /// What was told of it.
    pub report: Report,
}

/// A move that was made, and the mail that tells its author of it when no mail server is set.
pub struct Done {
    /// The deposit as it is now.
    pub filed: Filed,
    /// A mail that went nowhere.
    pub unsent: Option<Mail>,
}

impl Desk {
    /// Opens the desk of the site at `root` on the DynamoDB table named `PARVIS_TABLE`, or else on the embedded table in
    /// the folder `data`.
    ///
    /// # Errors
    /// [`DeskError`].
    pub fn open(root: &Path, data: &Path, now: Timestamp) -> Result<Self, DeskError> {
        type Stored = (Arc<dyn Table>, Arc<dyn Store>, Secret);
        let (table, attachments, secret): Stored = if env::var_os("PARVIS_TABLE").is_some() {
            (Arc::new(lambda::table()?), lambda::attachments()?, lambda::secret()?)
        } else {
            let file = data.join("table.db");
            if !file.exists() {
                return Err(DeskError::NoTable(data.to_owned()));
            }
            let attachments = Folder::new(attachments(data));
            (Arc::new(SqliteTable::open(&file)?), Arc::new(attachments), stored_secret(data)?)
        };
        let smtp = env::var("PARVIS_SMTP").ok().map(|url| Smtp::new(&url)).transpose()?;
        let mailer = smtp.map(|smtp| Arc::new(smtp) as Arc<dyn Mailer>);
        Ok(Self { mailer, ..Self::on(root, table, secret, now)?.with_attachments(attachments) })
    }

    /// With a way to send mails.
    #[must_use]
    pub fn with_mailer(self, mailer: Arc<dyn Mailer>) -> Self {
        Self { mailer: Some(mailer), ..self }
    }

    /// With the files that were joined to deposits.
    #[must_use]
    pub fn with_attachments(self, attachments: Arc<dyn Store>) -> Self {
        Self { attachments, ..self }
    }

    /// Opens the desk of the site at `root` on a table, without a mail server, without files.
    ///
    /// # Errors
    /// What is wrong in the site.
    pub fn on(root: &Path, table: Arc<dyn Table>, secret: Secret, now: Timestamp) -> Result<Self, DeskError> {
        let site = Site::load(root, now).map_err(BuildError::from)?;
        let rulebook = rulebook::of(&site).map_err(BuildError::from)?;
        let attachments = Arc::new(Nowhere);
        Ok(Self { rulebook, site, table, attachments, secret, mailer: None, now })
    }

    /// The words and rules in force.
    pub fn rulebook(&self) -> &Rulebook {
        &self.rulebook
    }

    /// The processes in which citizens write what is examined.
    fn writings(&self) -> impl Iterator<Item = (&str, &Writing)> {
        let processes = self.rulebook.processes.iter();
        processes.filter_map(|(id, process)| Some((id.as_str(), process.writing.as_ref()?)))
    }

    /// Deposits, the earliest first; of one process when it is named.
    ///
    /// # Errors
    /// As the table.
    pub async fn list(&self, process: Option<&str>) -> Result<Vec<Filed>, DeskError> {
        let mut all = Vec::new();
        for (id, _) in self.writings().filter(|(id, _)| process.is_none_or(|wanted| wanted == *id)) {
            let stored = deposits::list(&*self.table, id, self.now).await?;
            all.extend(stored.into_iter().map(|stored| Filed { process: id.to_owned(), stored }));
        }
        Ok(all)
    }

    /// What readers have told of published texts, the earliest first; of one process when it is named.
    ///
    /// # Errors
    /// As the table.
    pub async fn reports(&self, process: Option<&str>) -> Result<Vec<Reported>, DeskError> {
        let mut all = Vec::new();
        for (id, rules) in &self.rulebook.processes {
            if process.is_some_and(|wanted| wanted != id) {
                continue;
            }
            for (deposit, path) in &rules.published {
                let reports = reports::list(&*self.table, id, deposit, self.now).await?;
                let url = format!("{}{path}", self.rulebook.base_url);
                all.extend(reports.into_iter().map(|report| Reported { url: url.clone(), report }));
            }
        }
        all.sort_by_key(|reported| reported.report.at);
        Ok(all)
    }

    /// The deposit of a reference, however it is typed, or of an id.
    ///
    /// # Errors
    /// [`DeskError::Unknown`] when there is none.
    pub async fn find(&self, reference: &str) -> Result<Filed, DeskError> {
        let plain = |text: &str| -> String {
            text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
        };
        let wanted = plain(reference);
        let all = self.list(None).await?;
        let found = all.into_iter().find(|filed| {
            plain(&filed.stored.deposit.reference) == wanted || filed.stored.id == reference.trim()
        });
        found.ok_or_else(|| DeskError::Unknown(reference.to_owned()))
    }

    /// Moves a deposit in an agent's name, and tells its author.
    ///
    /// # Errors
    /// [`DeskError::NotAllowed`] when the rules forbid it.
    pub async fn make(&self, filed: &Filed, did: Move, agent: &str) -> Result<Done, DeskError> {
        let Filed { process, stored } = filed;
        let Some((_, writing)) = self.writings().find(|(id, _)| id == process) else {
            return Err(DeskError::Unknown(stored.deposit.reference.clone()));
        };
        let by = Actor::Agent(agent.to_owned());
        let moved = deposits::make_move(&*self.table, process, writing, stored, did, by, self.now).await;
        let stored = moved.map_err(|error| match error {
            MoveError::NotAllowed(why) => DeskError::NotAllowed(
                self.rulebook.words.say(&format!("deposit.not_allowed.{}", why.as_str()), &[]),
            ),
            MoveError::Changed => DeskError::Changed,
            MoveError::Table(error) => error.into(),
        })?;
        let unsent = self.tell_author(process, &stored).await?;
        Ok(Done { filed: Filed { process: process.clone(), stored }, unsent })
    }

    /// Tells the author of the last move; gives the mail back when no mail server is set.
    async fn tell_author(&self, process: &str, stored: &Stored) -> Result<Option<Mail>, DeskError> {
        let mail = deposits::mail_of_last_move(&self.secret, &self.rulebook, process, stored);
        match (&self.mailer, mail) {
            (Some(mailer), Some(mail)) => Ok(mailer.send(mail).await.map(|()| None)?),
            (None, mail) => Ok(mail),
            (_, None) => Ok(None),
        }
    }

    /// Archives what gathered too few supports in time, and tells the authors.
    async fn archive(&self) -> Result<(), DeskError> {
        for (process, stored) in deposits::archive(&*self.table, &self.rulebook, self.now).await? {
            self.tell_author(&process, &stored).await?;
        }
        Ok(())
    }
}

/// What is read at the terminal.
impl Desk {
    /// The title of a deposit.
    pub fn title<'a>(&'a self, filed: &'a Filed) -> &'a str {
        self.form(filed).map_or("", |form| filed.stored.deposit.title(form))
    }

    /// A state, in the theme's words.
    pub fn state(&self, state: &State) -> String {
        self.rulebook.words.say(&format!("deposit.state.{}", state.name()), &[])
    }

    /// Why a text is taken off the site, in the theme's words.
    pub fn hide_reason(&self, reason: HideReason) -> String {
        self.rulebook.words.say(&format!("deposit.hidden.{}", reason.as_str()), &[])
    }

    /// The day of an instant, in the authority's time zone: `2026-11-22`.
    pub fn day(&self, at: Timestamp) -> String {
        at.to_zoned(self.site.settings.zone.clone()).date().to_string()
    }

    /// Label and answer of every field that was answered, private and hidden ones too; files apart.
    pub fn answers(&self, filed: &Filed) -> Vec<(String, String)> {
        let answers = &filed.stored.deposit.answers;
        let fields = self.form(filed).map_or(&[][..], |form| &form.fields);
        let answered = fields.iter().filter_map(|field| Some((field, answers.get(&field.id)?)));
        answered
            .filter(|(_, answer)| !matches!(answer, Answer::Files(_)))
            .map(|(field, answer)| match answer {
                Answer::Text(text) => (field.label.clone(), text.clone()),
                answer => (field.label.clone(), page::said(field, answer, &self.rulebook.words)),
            })
            .collect()
    }

    /// What happened to a deposit, a line each.
    pub fn history(&self, filed: &Filed) -> Vec<String> {
        let words = &self.rulebook.words;
        let line = |moved: &Moved| {
            let by = match &moved.by {
                Actor::Author => words.say("deposit.by.author", &[]),
                Actor::Agent(name) => name.clone(),
                Actor::Rule => words.say("deposit.by.rule", &[]),
            };
            let did = words.say(&format!("deposit.move.{}", moved.did.name()), &[]);
            format!("{}  {did}  ({by})", self.day(moved.at))
        };
        filed.stored.deposit.history.iter().map(line).collect()
    }

    fn form(&self, filed: &Filed) -> Option<&Form> {
        Some(&self.rulebook.processes.get(&filed.process)?.writing.as_ref()?.form)
    }
}
