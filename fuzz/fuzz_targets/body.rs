//! Whatever body is sent to the form's address is decoded in bounded memory.
#![no_main]

use axum::{body::Body, extract::Request, http::header};
use functions::writing::decoded_text;
use libfuzzer_sys::fuzz_target;

const TYPES: [&str; 3] =
    ["multipart/form-data; boundary=X", "application/x-www-form-urlencoded", "application/json"];

fuzz_target!(|input: (u8, Vec<u8>)| {
    let (kind, body) = input;
    let request = Request::post("/actes/a/ecrire")
        .header(header::CONTENT_TYPE, TYPES[usize::from(kind) % TYPES.len()])
        .body(Body::from(body))
        .expect("a request");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    assert!(runtime.block_on(decoded_text(request)) <= 64 * 1024);
});
