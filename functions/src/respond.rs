//! Answers over HTTP: a page filled in, or the one that says why there is none.

use crate::{
    answer::{self, Filling, Page},
    attachment::store::StoreError,
    client::ClientAddress,
    door::Door,
    headers,
    table::{CommitError, TableError},
};
use axum::{
    Extension,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::{limits::network, rulebook::Words};

/// Where a request comes from, when whoever runs the router knows.
pub(crate) type Address = Option<Extension<ClientAddress>>;

/// Why no page of a journey can be given.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("a page cannot be read: {0}")]
    Page(#[from] std::io::Error),
    #[error("a page cannot be filled: {0}")]
    Fill(#[from] lol_html::errors::RewritingError),
    #[error("no randomness: {0}")]
    Random(#[from] getrandom::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<CommitError> for Failure {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Refused => Self::Table(TableError::Busy("the same items keep changing".into())),
            CommitError::Table(error) => Self::Table(error),
        }
    }
}

/// Answers to the end even when the browser has gone: between keeping a request and mailing its code, giving up would
/// leave a request of which no mail tells.
pub(crate) async fn to_the_end(answer: impl Future<Output = Response> + Send + 'static) -> Response {
    match tokio::spawn(answer).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "an answer broke off");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The network a request comes from; none when it comes from this machine itself.
pub(crate) fn network_of(address: Address) -> Option<String> {
    address.and_then(|Extension(ClientAddress(address))| network(address))
}

/// The page of `path` (from `/` to `/`), filled in.
pub(crate) async fn render(
    door: &Door,
    words: &Words,
    path: &str,
    page: Page,
    status: StatusCode,
    filling: &Filling<'_>,
) -> Result<Response, Failure> {
    let html = door.pages.read(path, page).await?;
    render_html(door, words, &html, status, filling)
}

/// The page `html`, filled in.
pub(crate) fn render_html(
    door: &Door,
    words: &Words,
    html: &str,
    status: StatusCode,
    filling: &Filling<'_>,
) -> Result<Response, Failure> {
    let html = answer::fill(html, filling, words)?;
    let mut response = respond(status, html);
    if let Some(origin) = door.attachments.origin() {
        headers::allow_sending_to(response.headers_mut(), origin);
    }
    Ok(response)
}

fn respond(status: StatusCode, html: String) -> Response {
    let mut response = (status, Html(html)).into_response();
    headers::protect(response.headers_mut());
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

/// The page for an address that does not exist.
pub(crate) async fn not_found(door: &Door) -> Response {
    or_unavailable(
        door,
        door.pages.not_found().await.map(|html| respond(StatusCode::NOT_FOUND, html)).map_err(Failure::from),
    )
    .await
}

/// The answer, or the page for when there is none.
pub(crate) async fn or_unavailable(door: &Door, answer: Result<Response, Failure>) -> Response {
    match answer {
        Ok(response) => response,
        Err(failure) => {
            tracing::error!(%failure, "no answer could be made");
            let html = door.pages.unavailable().await.unwrap_or_default();
            respond(StatusCode::SERVICE_UNAVAILABLE, html)
        }
    }
}
