//! The Lambda that takes supports and withdrawals.

use axum::{
    extract::Request,
    middleware::{Next, from_fn},
};
use functions::{
    client::{self, ClientAddress},
    lambda,
    routes::router,
};
use lambda_http::Error;

/// The CDN stands between the citizen and the HTTP API, which adds the address it heard from.
const PROXIES: usize = 1;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_http::tracing::init_default_subscriber();
    let app = router(lambda::door()?).layer(from_fn(async |mut request: Request, next: Next| {
        if let Some(address) = client::address(request.headers(), None, PROXIES) {
            request.extensions_mut().insert(ClientAddress(address));
        }
        next.run(request).await
    }));
    lambda_http::run(app).await
}
