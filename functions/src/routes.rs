//! Where requests go.

use crate::{door::Door, support};
use axum::{Router, extract::DefaultBodyLimit, routing::post};

/// A form is a few lines of text.
const LARGEST_BODY: usize = 16 * 1024;

/// The functions, as one router.
pub fn router(door: Door) -> Router {
    Router::new()
        .route("/actes/{process}/{deposit}/soutien", post(support::ask_support).get(support::show_form))
        .route(
            "/actes/{process}/{deposit}/soutien/code",
            post(support::confirm_support).get(support::show_form),
        )
        .route(
            "/actes/{process}/{deposit}/retrait",
            post(support::ask_withdrawal).get(support::show_withdrawal_form),
        )
        .route(
            "/actes/{process}/{deposit}/retrait/code",
            post(support::confirm_withdrawal).get(support::show_withdrawal_form),
        )
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(door)
}
