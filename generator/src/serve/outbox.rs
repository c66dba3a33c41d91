//! `/_outbox/`: the mails that were sent, to be read without a mail server.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use functions::{
    answer::escape,
    headers,
    mail::{Mail, Outbox},
};
use std::{fmt::Write, sync::Arc};

/// The mails, the newest first: a page, or JSON for who accepts that. Only for this machine: behind a proxy, which says
/// so, they are nobody's to read.
pub(super) fn answer(outbox: &Arc<Outbox>, request: &HeaderMap) -> Response {
    if request.contains_key("x-forwarded-for") || request.contains_key("forwarded") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let accepts_json = request
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"));
    let mut response = if accepts_json {
        Json(outbox.mails()).into_response()
    } else {
        Html(page(&outbox.mails())).into_response()
    };
    headers::protect(response.headers_mut());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn page(mails: &[Mail]) -> String {
    let mut html = String::from(
        "<!doctype html><html lang=\"fr\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Courriels envoyés</title></head>\
         <body><main><h1>Courriels envoyés</h1>\
         <p>Ce site n’a pas de serveur de courriel : ce qu’il enverrait se lit ici, le plus récent d’abord.</p>",
    );
    if mails.is_empty() {
        html.push_str("<p>Aucun courriel pour l’instant.</p>");
    }
    for Mail { to, subject, body, .. } in mails {
        let paragraphs = escape(body.trim()).replace("\n\n", "</p><p>").replace('\n', "<br>");
        let (to, subject) = (escape(to), escape(subject));
        // Writing into a string cannot fail.
        let _ = write!(html, "<article><h2>{subject}</h2><p>À : {to}</p><p>{paragraphs}</p></article>");
    }
    html.push_str("</main></body></html>");
    html
}
