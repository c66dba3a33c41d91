//! While a site has not been built yet: what keeps it from being so, in place of every page.

use super::{
    ServeError,
    pages::{LIVE_SCRIPT, Seen, changed, own_file},
    rebuild::{Live, Site, State as LiveState, first_build},
};
use axum::{
    Json, Router,
    extract::{Query, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use domain::rulebook::Rulebook;
use functions::{answer::escape, headers};
use std::{net::TcpListener, sync::Arc};
use tokio::sync::watch;

/// Answers on `listener` that the site cannot be built, until it can be. With `tells`, for who edits it, pages say why.
pub(super) async fn wait_until_built(
    site: &mut Site,
    error: &ServeError,
    listener: &TcpListener,
    tells: bool,
) -> Result<Arc<Rulebook>, ServeError> {
    let mut wrong = LiveState::default();
    wrong.fail(error.to_string());
    let (state, live) = watch::channel(wrong);
    // The listener stays open for those who serve the site then.
    let listener = tokio::net::TcpListener::from_std(listener.try_clone()?)?;
    let serving = async { axum::serve(listener, router(Live(live), tells)).await };
    tokio::select! {
        rulebook = first_build(site, &state) => Ok(rulebook),
        result = serving => Err(result.err().unwrap_or_else(|| std::io::ErrorKind::BrokenPipe.into()).into()),
    }
}

fn router(live: Live, tells: bool) -> Router {
    let answer = async move |State(live): State<Live>| page(&live, tells);
    let mut router = Router::new().fallback(answer);
    if tells {
        let script = get(async || own_file("text/javascript", LIVE_SCRIPT));
        router = router.route("/_live", get(wait_for_change)).route("/_live.js", script);
    }
    router.with_state(live).layer(middleware::from_fn(finish))
}

/// The pages say themselves what is wrong: only that it changes is told.
async fn wait_for_change(State(live): State<Live>, Query(seen): Query<Seen>) -> Json<LiveState> {
    Json(LiveState { diagnostics: None, ..changed(live, seen).await })
}

async fn finish(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers::protect(headers);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Once the site is built, connections are for its pages.
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

fn page(live: &Live, tells: bool) -> Response {
    let state = live.0.borrow().clone();
    let said = match state.diagnostics.filter(|_| tells) {
        Some(diagnostics) => format!(
            "<p>Corrigez ce qui suit : cette page se renouvelle quand vous enregistrez.</p>\
             <pre tabindex=\"0\">{}</pre>\
             <script type=\"module\" src=\"/_live.js\" data-version=\"{version}\" data-page=\"{version}\"></script>",
            escape(&diagnostics),
            version = state.version,
        ),
        None => "<p>Revenez dans quelques minutes.</p>".to_owned(),
    };
    let title = if tells { "Le site ne se construit pas" } else { "Le site est indisponible" };
    let page = format!(
        "<!doctype html><html lang=\"fr\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head>\
         <body><main><h1>{title}</h1>{said}</main></body></html>"
    );
    (StatusCode::SERVICE_UNAVAILABLE, Html(page)).into_response()
}
