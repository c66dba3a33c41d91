//! Headers that every page carries, from a function or from a file. `infra/template.yaml` sets the same at the CDN.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Only files of the site itself, and nothing inline.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
     img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Sets the headers that protect the reader of a site that sends nothing anywhere else.
pub fn protect(headers: &mut HeaderMap) {
    let mut set =
        |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
}

/// Lets the site's scripts send files to `origin`, where the store takes them.
pub fn allow_sending_to(headers: &mut HeaderMap, origin: &str) {
    let policy =
        CONTENT_SECURITY_POLICY.replace("connect-src 'self'", &format!("connect-src 'self' {origin}"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// Documents, which citizens may have joined: a browser saves them rather than opening them in the site's name.
const DOCUMENTS: [&str; 5] = [".pdf", ".odt", ".ods", ".docx", ".xlsx"];

/// Has a file at a path of the site saved, if it is a document.
pub fn save_documents(headers: &mut HeaderMap, path: &str) {
    let path = path.to_ascii_lowercase();
    if DOCUMENTS.iter().any(|ending| path.ends_with(ending)) {
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
}
