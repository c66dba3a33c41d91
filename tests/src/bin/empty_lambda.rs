//! The least Lambda there is, to compare ours with.

use axum::{Router, routing::post};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    lambda_http::run(Router::new().route("/{*path}", post(async || "ok"))).await
}
