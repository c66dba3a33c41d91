//! Where requests go.

use crate::{door::Door, reports, support, writing};
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
        .route("/actes/{process}/{deposit}/signaler", post(reports::report).get(reports::show_form))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        // Those that read what they are sent themselves, as far as they take it.
        .route("/actes/{process}/ecrire", post(writing::write).get(writing::show_form))
        .route("/actes/{process}/ecrire/code", post(writing::confirm).get(writing::show_form))
        .route("/actes/{process}/depots/{id}", post(writing::change_own).get(writing::show_own))
        .with_state(door)
}
