//! What the Lambda binaries have in common: settings from the environment.

use crate::{
    answer::Pages,
    attachment::store::{Bucket, Nowhere, Store},
    door::{Clock, Door},
    mail::Smtp,
    table::dynamodb::DynamoTable,
};
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Credentials, Region, SharedCredentialsProvider, SharedHttpClient, retry::RetryConfig,
    timeout::TimeoutConfig,
};
use aws_sdk_s3::config::RequestChecksumCalculation;
use aws_smithy_http_client::{Builder, tls};
use domain::{rulebook::Rulebook, secret::Secret};
use std::{env, path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::watch;

/// A setting is missing or cannot be used. Says which, never its value.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SettingError(String);

fn setting(name: &str) -> Result<String, SettingError> {
    env::var(name).map_err(|_| SettingError(format!("the environment variable {name} is missing")))
}

/// The folder with `rulebook.json` and `answers/`, made by `parvis build`: `PARVIS_RULES`.
fn rules_folder() -> Result<PathBuf, SettingError> {
    setting("PARVIS_RULES").map(PathBuf::from)
}

/// Reads the rulebook in the folder `PARVIS_RULES`.
///
/// # Errors
/// When it is missing or is none.
pub fn rulebook() -> Result<Rulebook, SettingError> {
    let path = rules_folder()?.join("rulebook.json");
    let text = std::fs::read(&path).map_err(|error| SettingError(format!("{}: {error}", path.display())))?;
    serde_json::from_slice(&text).map_err(|error| SettingError(format!("{}: {error}", path.display())))
}

/// What the CDN says to be known by: `PARVIS_CDN`.
///
/// # Errors
/// When it is missing.
pub fn cdn() -> Result<String, SettingError> {
    setting("PARVIS_CDN")
}

/// The table named `PARVIS_TABLE`, with the credentials and the region that Lambda puts into the environment, at
/// `DYNAMODB_ENDPOINT` when that is set.
///
/// # Errors
/// When a setting is missing.
pub fn table() -> Result<DynamoTable, SettingError> {
    let endpoint = env::var("DYNAMODB_ENDPOINT").ok();
    Ok(connect(setting("PARVIS_TABLE")?, &Account::from_environment()?, endpoint.as_deref()))
}

/// The bucket named `PARVIS_BUCKET`, at `S3_ENDPOINT` when that is set. It has the time to take all ballots of a vote.
///
/// # Errors
/// When a setting is missing.
pub fn bucket() -> Result<(aws_sdk_s3::Client, String), SettingError> {
    let endpoint = env::var("S3_ENDPOINT").ok();
    let patient = TimeoutConfig::builder().connect_timeout(Duration::from_secs(1)).build();
    Ok((s3(&Account::from_environment()?, endpoint.as_deref(), patient), setting("PARVIS_BUCKET")?))
}

/// The bucket of files named `PARVIS_ATTACHMENTS`, at `S3_ENDPOINT` when that is set.
///
/// # Errors
/// When a setting is missing.
pub fn attachments_bucket() -> Result<Bucket, SettingError> {
    let endpoint = env::var("S3_ENDPOINT").ok();
    Ok(connect_bucket(setting("PARVIS_ATTACHMENTS")?, &Account::from_environment()?, endpoint.as_deref()))
}

/// Where files are stored: the bucket named `PARVIS_ATTACHMENTS`; without that variable, files are not taken.
///
/// # Errors
/// When another setting is missing.
pub fn attachments() -> Result<Arc<dyn Store>, SettingError> {
    match env::var("PARVIS_ATTACHMENTS") {
        Ok(name) if !name.is_empty() => Ok(Arc::new(attachments_bucket()?)),
        _ => Ok(Arc::new(Nowhere)),
    }
}

/// The bucket `name` of an account, where files are stored; at `endpoint` rather than AWS's own when there is one.
pub fn connect_bucket(name: String, account: &Account, endpoint: Option<&str>) -> Bucket {
    let client = s3(account, endpoint, timeouts());
    // As the client names it in what it signs.
    let origin = match endpoint {
        Some(endpoint) => endpoint.trim_end_matches('/').to_owned(),
        None => format!("https://{name}.s3.{}.amazonaws.com", account.region),
    };
    Bucket::new(client, name, origin)
}

fn s3(account: &Account, endpoint: Option<&str>, timeouts: TimeoutConfig) -> aws_sdk_s3::Client {
    let mut config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(account.region.clone())
        .credentials_provider(account.credentials.clone())
        .force_path_style(endpoint.is_some())
        .timeout_config(timeouts)
        // What is signed for a browser holds no checksum of what it has yet to send.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .http_client(http_client());
    config.set_endpoint_url(endpoint.map(str::to_owned));
    aws_sdk_s3::Client::from_conf(config.build())
}

/// Who calls AWS, and where.
pub struct Account {
    region: Region,
    credentials: SharedCredentialsProvider,
}

impl Account {
    /// An account's credentials in a region.
    pub fn new(region: &str, credentials: Credentials) -> Self {
        Self {
            region: Region::new(region.to_owned()),
            credentials: SharedCredentialsProvider::new(credentials),
        }
    }

    fn from_environment() -> Result<Self, SettingError> {
        let (id, key) = (setting("AWS_ACCESS_KEY_ID")?, setting("AWS_SECRET_ACCESS_KEY")?);
        let token = env::var("AWS_SESSION_TOKEN").ok();
        Ok(Self::new(&setting("AWS_REGION")?, Credentials::new(id, key, token, None, "environment")))
    }
}

fn http_client() -> SharedHttpClient {
    Builder::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build_https()
}

/// A citizen waits: better a few quick tries than a minute of patience.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(3))
        .operation_timeout(Duration::from_secs(10))
        .build()
}

/// The table `name` of an account; at `endpoint` rather than AWS's own when there is one.
pub fn connect(name: String, account: &Account, endpoint: Option<&str>) -> DynamoTable {
    let http = http_client();
    let retries = RetryConfig::standard().with_max_attempts(4);
    let mut items = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(account.region.clone())
        .credentials_provider(account.credentials.clone())
        .retry_config(retries.clone())
        .timeout_config(timeouts())
        .http_client(http.clone());
    let mut streams = aws_sdk_dynamodbstreams::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(account.region.clone())
        .credentials_provider(account.credentials.clone())
        .retry_config(retries)
        .timeout_config(timeouts())
        .http_client(http);
    items.set_endpoint_url(endpoint.map(str::to_owned));
    streams.set_endpoint_url(endpoint.map(str::to_owned));
    DynamoTable::new(
        aws_sdk_dynamodb::Client::from_conf(items.build()),
        aws_sdk_dynamodbstreams::Client::from_conf(streams.build()),
        name,
    )
}

/// The authority's secret: `PARVIS_SECRET`.
///
/// # Errors
/// When it is missing or is none.
pub fn secret() -> Result<Secret, SettingError> {
    Secret::from_hex(&setting("PARVIS_SECRET")?).map_err(|error| SettingError(error.to_string()))
}

/// The door of the Lambda that takes acts: the table, the files, the rulebook, the secret `PARVIS_SECRET`, and the mail server
/// `PARVIS_SMTP`.
///
/// # Errors
/// When a setting is missing or cannot be used.
pub fn door() -> Result<Door, SettingError> {
    let mailer = Smtp::new(&setting("PARVIS_SMTP")?).map_err(|error| SettingError(error.to_string()))?;
    Ok(Door {
        table: Arc::new(table()?),
        attachments: attachments()?,
        rulebook: watch::channel(Arc::new(rulebook()?)).1,
        pages: Pages::new(rules_folder()?.join("answers")),
        mailer: Arc::new(mailer),
        clock: Clock::default(),
        secret: secret()?,
    })
}
