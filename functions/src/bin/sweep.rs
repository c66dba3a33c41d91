//! The Lambda that removes, once a day, the kept files that no row names any more: those of deposits that were changed or
//! erased (I7).

use functions::lambda;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::Deserialize;

/// What a schedule says.
#[derive(Deserialize)]
struct Scheduled {
    /// When it was due: never later than it is.
    time: Timestamp,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::tracing::init_default_subscriber();
    let (table, bucket) = (lambda::table()?, lambda::attachments_bucket()?);
    let (table, bucket) = (&table, &bucket);
    let work = async |event: LambdaEvent<Scheduled>| -> Result<(), Error> {
        let now = event.payload.time;
        // Asked first: what is named later was kept later, and is too young to be swept away.
        let named = table.named_files(now).await?;
        let removed = bucket.sweep(&named, now).await?;
        lambda_runtime::tracing::info!(removed, named = named.len(), "files were swept");
        Ok(())
    };
    lambda_runtime::run(service_fn(work)).await
}
