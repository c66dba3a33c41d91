//! The Lambda that keeps the register. The table's stream wakes it; it reads the stream itself from where it
//! stopped, so that a batch that comes twice, late or not at all changes nothing.

use aws_sdk_s3::primitives::ByteStream;
use functions::{
    lambda,
    register::{Publish, Writer},
    table::TableError,
};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use std::sync::Arc;
use tokio::sync::{Mutex, watch};

/// The bucket of the site.
struct Bucket {
    client: aws_sdk_s3::Client,
    name: String,
}

#[async_trait::async_trait]
impl Publish for Bucket {
    async fn put(&self, path: &str, content: Vec<u8>) -> Result<(), TableError> {
        let sent = self
            .client
            .put_object()
            .bucket(&self.name)
            .key(path)
            .content_type(if path.ends_with(".json") {
                "application/json"
            } else {
                "text/plain; charset=utf-8"
            })
            .cache_control("public, max-age=1")
            .body(ByteStream::from(content))
            .send();
        let failed = |error| TableError::Busy(aws_sdk_s3::error::DisplayErrorContext(&error).to_string());
        sent.await.map(drop).map_err(failed)
    }

    async fn has(&self, path: &str) -> Result<bool, TableError> {
        match self.client.head_object().bucket(&self.name).key(path).send().await {
            Ok(_) => Ok(true),
            // S3 says that it is forbidden where who asks may not list.
            Err(error)
                if error.raw_response().is_some_and(|raw| [403, 404].contains(&raw.status().as_u16())) =>
            {
                Ok(false)
            }
            Err(error) => Err(TableError::Busy(aws_sdk_s3::error::DisplayErrorContext(&error).to_string())),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::tracing::init_default_subscriber();
    let (client, name) = lambda::bucket()?;
    let rulebook = watch::channel(Arc::new(lambda::rulebook()?)).1;
    let to = Box::new(Bucket { client, name });
    let writer = Writer::new(Arc::new(lambda::table()?), rulebook, lambda::secret()?, to);
    let writer = Mutex::new(writer);
    let work = async |_: LambdaEvent<serde_json::Value>| -> Result<(), Error> {
        writer.lock().await.run(Timestamp::now()).await?;
        Ok(())
    };
    lambda_runtime::run(service_fn(work)).await
}
