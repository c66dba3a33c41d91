//! The Lambda that takes supports and withdrawals.

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use domain::secret::commitment;
use functions::{
    client::{self, ClientAddress},
    lambda,
    routes::router,
};
use lambda_http::Error;

/// The CDN stands between the citizen and the HTTP API, which adds the address it heard from.
const PROXIES: usize = 1;

/// What the CDN says to be known by.
const CDN_HEADER: &str = "x-parvis-cdn";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_http::tracing::init_default_subscriber();
    // Hashes are compared: how long that takes tells nothing of the secret.
    let cdn = commitment(&lambda::cdn()?);
    let app = router(lambda::door()?).layer(from_fn(move |request: Request, next: Next| {
        let said = request.headers().get(CDN_HEADER).and_then(|said| said.to_str().ok());
        let is_cdn = said.is_some_and(|said| commitment(said) == cdn);
        answer(is_cdn, request, next)
    }));
    lambda_http::run(app).await
}

/// Answers the CDN alone: past it, anybody could claim to come from any network.
async fn answer(is_cdn: bool, mut request: Request, next: Next) -> Response {
    if !is_cdn {
        return StatusCode::FORBIDDEN.into_response();
    }
    if let Some(address) = client::address(request.headers(), None, PROXIES) {
        request.extensions_mut().insert(ClientAddress(address));
    }
    next.run(request).await
}
