//! What is served: the functions, the files of the site, and what only a site being edited has.

use super::{
    outbox,
    rebuild::{Live, State as LiveState},
};
use crate::theme::fingerprint;
use axum::{
    Json, Router,
    body::to_bytes,
    extract::{ConnectInfo, Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use functions::{
    client::{self, ClientAddress},
    door::Door,
    headers,
    mail::Outbox,
    routes::router as functions,
};
use serde::Deserialize;
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tower_http::services::{ServeDir, ServeFile};

/// Renews a page that is being edited, and shows what keeps the site from being built.
pub(super) const LIVE_SCRIPT: &str = include_str!("live.js");
const LIVE_STYLE: &str = include_str!("live.css");

/// With an outbox the site is being tried or edited: its pages reload when it is built anew, and its mails are shown.
pub(super) fn router(door: Door, public: PathBuf, live: Live, outbox: Option<Arc<Outbox>>) -> Router {
    let not_found = ServeFile::new(public.join("404.html"));
    let mut files = Router::new().fallback_service(ServeDir::new(public).not_found_service(not_found));
    let mut own = Router::new();
    if let Some(outbox) = outbox {
        files = files.layer(middleware::from_fn_with_state(live.clone(), add_live_script));
        own = Router::new()
            .route("/_live", get(wait_for_change))
            .with_state(live)
            .route("/_live.js", get(async || own_file("text/javascript", LIVE_SCRIPT)))
            .route("/_live.css", get(async || own_file("text/css", LIVE_STYLE)))
            .route("/_outbox/", get(async move |headers: HeaderMap| outbox::answer(&outbox, &headers)));
    }
    files
        .layer(middleware::from_fn(finish_file))
        .merge(own)
        .merge(functions(door))
        .layer(middleware::from_fn(find_client))
}

/// Tells the functions where a request comes from. Only a proxy on this machine is believed about that.
async fn find_client(
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let proxies = usize::from(peer.ip().is_loopback());
    if let Some(address) = client::address(request.headers(), Some(peer.ip()), proxies) {
        request.extensions_mut().insert(ClientAddress(address));
    }
    next.run(request).await
}

/// Protects every file as the CDN will. Files of which the name begins with a dot are the build's own.
async fn finish_file(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_ascii_lowercase().replace("%2e", ".").replace("%2f", "/");
    if path.split('/').any(|segment| segment.starts_with('.')) {
        return StatusCode::NOT_FOUND.into_response();
    }
    // The names of assets hold a hash of their content.
    let is_asset = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers::protect(headers);
    headers::save_documents(headers, &path);
    let lifetime = if is_asset { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(lifetime));
    // Counts may change twice within a second, the finest that Last-Modified can tell.
    headers.remove(header::LAST_MODIFIED);
    response
}

pub(super) fn own_file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text)
}

/// Puts the live script into pages, with what it needs to know of each.
async fn add_live_script(State(live): State<Live>, request: Request, next: Next) -> Response {
    // Asked first: of what is built meanwhile, the page will be told.
    let version = live.0.borrow().version;
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(page) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut page = String::from_utf8_lossy(&page).into_owned();
    let mark = mark_without_styles(&page);
    let tag = format!(
        "<script type=\"module\" src=\"/_live.js\" data-version=\"{version}\" data-page=\"{mark:032x}\"></script>\n"
    );
    page.insert_str(page.rfind("</body>").unwrap_or(page.len()), &tag);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, page.into())
}

/// Stands for a page, whatever its style sheets are: those are changed without loading it again.
fn mark_without_styles(page: &str) -> u128 {
    let is_style = |text: &&str| text.starts_with("/assets/") && text.ends_with(".css");
    let rest: Vec<&str> = page.split('"').filter(|text| !is_style(text)).collect();
    fingerprint(rest.join("\"").as_bytes())
}

/// What a page knows of the site.
#[derive(Deserialize)]
pub(super) struct Seen {
    version: Option<u64>,
}

/// Answers with the state of the site: at once, or as soon as it is another than the one the page has seen.
async fn wait_for_change(State(live): State<Live>, Query(seen): Query<Seen>) -> Json<LiveState> {
    Json(changed(live, seen).await)
}

/// The state of the site: as it is, or as soon as it is another than the one the page has seen.
pub(super) async fn changed(live: Live, Seen { version }: Seen) -> LiveState {
    let mut current = live.0;
    if let Some(seen) = version {
        let changed = current.wait_for(|state| state.version != seen);
        // Nothing new: the page asks again.
        let _ = tokio::time::timeout(Duration::from_secs(30), changed).await;
    }
    current.borrow().clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_with_another_style_sheet_has_the_same_mark() {
        let page =
            |style: &str, text: &str| format!("<link href=\"/assets/{style}\"><p class=\"a\">{text}</p>");
        let mark = |style: &str, text: &str| mark_without_styles(&page(style, text));
        assert_eq!(mark("style.0a.css", "x"), mark("style.0b.css", "x"));
        assert_ne!(mark("style.0a.css", "x"), mark("style.0a.css", "y"));
        assert_ne!(mark("a.0a.js", "x"), mark("a.0b.js", "x"));
    }
}
