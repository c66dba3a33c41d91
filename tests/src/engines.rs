//! The engines the table runs on: SQLite always, the `dynoxide` server always, and what `DYNAMODB_ENDPOINT` names.

use aws_credential_types::Credentials;
use functions::{
    lambda::{Account, connect},
    table::{Table, dynamodb::DynamoTable, sqlite::SqliteTable},
};
use std::{
    env,
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;

/// An engine with an empty table, there until it is dropped.
pub struct Engine {
    /// To tell which one failed.
    pub name: &'static str,
    /// The table.
    pub table: Arc<dyn Table>,
    /// Where its DynamoDB protocol is spoken, if it is.
    pub endpoint: Option<String>,
    /// The file it is in, if it is in one.
    pub file: Option<PathBuf>,
    _server: Option<Dynoxide>,
    _folder: Option<TempDir>,
}

/// Every engine there is.
///
/// # Panics
/// When one cannot be started: a test must not pass because its engine was missing.
pub async fn all() -> Vec<Engine> {
    let mut engines = vec![sqlite(), dynoxide().await];
    if let Ok(endpoint) = env::var("DYNAMODB_ENDPOINT") {
        let table = dynamo_table(&endpoint).await;
        engines.push(Engine {
            name: "DYNAMODB_ENDPOINT",
            table: Arc::new(table),
            endpoint: Some(endpoint),
            file: None,
            _server: None,
            _folder: None,
        });
    }
    engines
}

/// The embedded engine, on a file of its own.
///
/// # Panics
/// When no file can be made.
pub fn sqlite() -> Engine {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("table.db");
    let table = Arc::new(SqliteTable::open(&file).expect("a table"));
    Engine { name: "SQLite", table, endpoint: None, file: Some(file), _server: None, _folder: Some(folder) }
}

/// The DynamoDB adapter on a `dynoxide` server of its own.
///
/// # Panics
/// When the server does not start.
pub async fn dynoxide() -> Engine {
    let server = Dynoxide::start().await;
    let endpoint = server.endpoint.clone();
    let table = dynamo_table(&endpoint).await;
    Engine {
        name: "dynoxide",
        table: Arc::new(table),
        endpoint: Some(endpoint),
        file: None,
        _server: Some(server),
        _folder: None,
    }
}

/// Name of the table that [`dynamo_table`] makes: one for each process that tests.
pub fn table_name() -> String {
    format!("parvis-test-{}", std::process::id())
}

/// Credentials that no real account has.
pub fn account() -> Account {
    Account::new("eu-west-3", Credentials::new("test", "test", None, None, "test"))
}

/// Makes an empty table at an endpoint.
///
/// # Panics
/// When the engine refuses.
pub async fn dynamo_table(endpoint: &str) -> DynamoTable {
    let table = connect(table_name(), &account(), Some(endpoint));
    table.create().await.expect("a table");
    table
}

/// Where `tests/run.sh` installs what the tests need.
pub fn tools() -> PathBuf {
    env::var_os("PARVIS_TOOLS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/tools"), PathBuf::from)
}

/// A port that was free a moment ago.
///
/// # Panics
/// When there is none.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// A `dynoxide` server in memory.
struct Dynoxide {
    process: Child,
    endpoint: String,
}

impl Dynoxide {
    async fn start() -> Self {
        let port = free_port();
        let program = tools().join("bin/dynoxide");
        let process = Command::new(&program)
            .args(["serve", "--port", &port.to_string(), "--log", "quiet"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error} (tests/run.sh installs it)", program.display()));
        let server = Self { process, endpoint: format!("http://127.0.0.1:{port}") };
        wait_for_port(port).await;
        server
    }
}

impl Drop for Dynoxide {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits until something listens on a port of this machine.
///
/// # Panics
/// When nothing does for thirty seconds.
pub async fn wait_for_port(port: u16) {
    for _ in 0..600 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nothing listens on port {port}");
}
