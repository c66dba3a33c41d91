//! `parvis serve`: the whole platform in one process. Builds the site, opens the embedded table, serves pages and
//! functions on one port, keeps the register, and builds anew when content or counts change.

mod broken;
mod folder;
mod outbox;
mod pages;
mod pulling;
mod rebuild;

use crate::desk::DeskError;
pub use folder::DataError;
use folder::DataFolder;
pub(crate) use folder::{attachments, stored_secret};
use functions::{
    answer::Pages,
    attachment::store::Folder as Attachments,
    demonstration,
    door::{Clock, Door},
    mail::{Mailer, Outbox, Smtp},
    register::{Folder, Writer},
    table::sqlite::SqliteTable,
};
use jiff::Timestamp;
use rebuild::Site;
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    sync::watch,
    time::{sleep, timeout},
};

/// What `serve` is told on the command line.
#[derive(Debug)]
pub struct Options {
    /// Root of the site.
    pub root: PathBuf,
    /// Folder of the table, the secret and the built site.
    pub data: PathBuf,
    /// Port on 127.0.0.1; 0 for any free one.
    pub port: u16,
    /// Moment at which the clock starts; now when `None`.
    pub at: Option<Timestamp>,
    /// Whether drafts and what is dated later are shown.
    pub drafts: bool,
}

/// Why serving is impossible or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The data folder cannot be used.
    #[error(transparent)]
    Data(#[from] folder::DataError),
    /// The site cannot be built.
    #[error(transparent)]
    Build(#[from] crate::BuildError),
    /// The table failed.
    #[error("la base de données ne répond pas : {0}")]
    Table(#[from] functions::table::TableError),
    /// The mail server's address cannot be used.
    #[error("PARVIS_SMTP : {0}")]
    Mail(#[from] functions::mail::MailError),
    /// The port cannot be opened, or the network failed.
    #[error("le port {port} ne peut pas être ouvert : {source}. Choisissez-en un autre avec --port.")]
    Port {
        /// The port.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// The system refused something else.
    #[error(transparent)]
    System(#[from] std::io::Error),
}

/// Serves until it is interrupted.
///
/// # Errors
/// [`ServeError`] when it cannot start.
pub fn run(options: &Options) -> Result<(), ServeError> {
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        .with_writer(std::io::stderr)
        .init();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(options))
}

async fn serve(options: &Options) -> Result<(), ServeError> {
    let data = DataFolder::open(&options.data)?;
    let listener = TcpListener::bind(("127.0.0.1", options.port))
        .await
        .map_err(|source| ServeError::Port { port: options.port, source })?;
    let address = listener.local_addr()?;
    let listener = listener.into_std()?;
    let clock = options.at.map(Clock::starting_at).unwrap_or_default();

    data.forget_counts()?;
    let smtp = std::env::var("PARVIS_SMTP").ok().map(|url| Smtp::new(&url)).transpose()?;
    let has_outbox = smtp.is_none();
    let mut site = Site::new(options.root.clone(), data.public(), clock, options.drafts);
    let rulebook = match site.build() {
        Ok(rulebook) => rulebook,
        Err(error) => {
            announce_failure(&error, address);
            tokio::select! {
                built = broken::wait_until_built(&mut site, &error, &listener, has_outbox) => built?,
                () = interrupted() => return Ok(()),
            }
        }
    };
    let table = SqliteTable::open(&data.table())?;
    demonstration::plant(&table, &rulebook, data.secret(), clock.now()).await?;
    let (rules, rulebook) = watch::channel(rulebook);
    let to = Box::new(Folder(data.public()));
    let mut writer = Writer::new(Arc::new(table.clone()), rulebook.clone(), data.secret().clone(), to);
    writer.run(clock.now()).await?;
    // Now with the counts; an editor may have broken it meanwhile.
    match site.build() {
        Ok(first_counted) => drop(rules.send_replace(first_counted)),
        Err(error) => eprintln!("{error}"),
    }

    let outbox = Arc::new(Outbox::default());
    let mailer: Arc<dyn Mailer> = match smtp {
        Some(smtp) => Arc::new(smtp),
        None => outbox.clone(),
    };
    let attachments = Attachments::new(data.attachments());
    let door = Door {
        table: Arc::new(table.clone()),
        attachments: Arc::new(attachments.clone()),
        rulebook: rulebook.clone(),
        pages: Pages::new(data.answers()),
        mailer,
        clock,
        secret: data.secret().clone(),
    };

    let (counted, counts_changed) = watch::channel(());
    // As of another moment, nothing is erased: the data may be real.
    let erases = options.at.is_none();
    // Nor is anything written into the content.
    if options.at.is_none() {
        tokio::spawn(pulling::follow(options.root.clone(), table.clone(), door.clone()));
    }
    tokio::spawn(keep_register(table, writer, clock, counted, erases.then_some(attachments)));
    let live = rebuild::watch(site, counts_changed, rules);
    announce(address, options, has_outbox);
    let app = pages::router(door, data.public(), live, has_outbox.then_some(outbox));
    let listener = TcpListener::from_std(listener)?;
    let serving = axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(interrupted());
    tokio::select! {
        result = serving => result?,
        // Pages wait for news of edits: they are not waited for.
        () = async { interrupted().await; sleep(Duration::from_secs(2)).await } => {}
    }
    drop(data);
    Ok(())
}

async fn interrupted() {
    // Without a way to hear of an interruption, the process is ended by the system instead.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Takes acts into the register as they come; erases what has expired.
async fn keep_register(
    table: SqliteTable,
    mut writer: Writer,
    clock: Clock,
    counted: watch::Sender<()>,
    erases: Option<Attachments>,
) {
    let (mut erased_at, mut swept_at) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
    loop {
        let committed = table.committed();
        let position = match writer.run(clock.now()).await {
            Ok((has_published, position)) => {
                if has_published {
                    counted.send_replace(());
                }
                position
            }
            Err(error) => {
                tracing::error!(%error, "the register waits");
                None
            }
        };
        if let Some(attachments) = &erases
            && clock.now().duration_since(erased_at).as_secs() >= 60
        {
            erased_at = clock.now();
            if let Err(error) = table.erase(position, erased_at).await {
                tracing::error!(%error, "nothing was erased");
            }
            // All rows are read for it.
            if erased_at.duration_since(swept_at).as_secs() >= 60 * 60 {
                swept_at = erased_at;
                if let Err(error) = sweep(&table, attachments, swept_at).await {
                    tracing::error!(%error, "no file was erased");
                }
            }
        }
        // The register's own commits wake it as well; a short rest lets acts gather.
        let _ = timeout(Duration::from_secs(1), committed).await;
        sleep(Duration::from_millis(50)).await;
    }
}

/// Erases the files that nothing names any more.
async fn sweep(table: &SqliteTable, attachments: &Attachments, now: Timestamp) -> Result<(), DeskError> {
    if attachments.may_sweep(now).await? {
        attachments.sweep(table.named_files(now).await?, now).await?;
    }
    Ok(())
}

fn announce_failure(error: &ServeError, address: SocketAddr) {
    eprintln!("{error}");
    println!("Le site ne se construit pas : ce qu’il faut corriger se lit aussi sur http://{address}/");
}

fn announce(address: SocketAddr, options: &Options, has_outbox: bool) {
    println!("Le site est ouvert : http://{address}/");
    if has_outbox {
        println!("Les courriels qu’il envoie : http://{address}/_outbox/");
    } else {
        println!("Les courriels partent par le serveur de PARVIS_SMTP.");
    }
    println!("Ses données : {}   (Ctrl-C pour fermer)", options.data.display());
}
