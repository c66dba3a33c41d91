//! Where requests go.

use crate::{door::Door, reports, support, voting, writing};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::Method,
    middleware::{Next, from_fn},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::address::{BALLOT, DRAFT, FILES, OWN, WRITE};

/// A form is a few lines of text.
const LARGEST_BODY: usize = 16 * 1024;

/// A ballot says something of each of some hundred projects.
const LARGEST_BALLOT: usize = 64 * 1024;

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
        .route(&act(FILES), post(writing::announce_file).get(writing::show_form))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .merge(ballots())
        // Those that read what they are sent themselves, as far as they take it.
        .route(&act(WRITE), post(writing::write).get(writing::show_form))
        .route(&act(&format!("{WRITE}/code")), post(writing::confirm).get(writing::show_form))
        .route(&act(DRAFT), get(writing::show_draft))
        .route(&act(&format!("{OWN}/{{id}}")), post(writing::change_own).get(writing::show_own))
        .layer(from_fn(only_from_here))
        .with_state(door)
}

/// Leads whoever another site makes send a form to our own page instead: nobody acts, or goes on with a ballot that a
/// stranger filled in, by following a link. Browsers of before 2020 do not say where a form comes from.
async fn only_from_here(request: Request, next: Next) -> Response {
    let from = request.headers().get("sec-fetch-site").map(|value| value.as_bytes());
    if request.method() == Method::POST && from == Some(b"cross-site") {
        return Redirect::to(request.uri().path()).into_response();
    }
    next.run(request).await
}

fn ballots() -> Router<Door> {
    let page = |path: &str| act(&format!("{BALLOT}{path}"));
    Router::new()
        .route(&page(""), post(voting::fill_in).get(voting::show_vote))
        .route(&page("/identite"), post(voting::identify).get(voting::show_vote))
        .route(&page("/code"), post(voting::confirm).get(voting::show_vote))
        .route(&page("/remplacer"), post(voting::replace).get(voting::show_vote))
        .layer(DefaultBodyLimit::max(LARGEST_BALLOT))
}

/// An address of a process itself: the word after the process's is reserved, so that no deposit is called so.
fn act(path: &str) -> String {
    format!("/actes/{{process}}/{path}")
}

#[cfg(test)]
mod tests {
    use domain::address::RESERVED;

    #[test]
    fn no_deposit_is_called_as_the_address_of_another_function() {
        let text = include_str!("routes.rs");
        let before_tests = text.split("#[cfg(test)]").next().unwrap_or_default();
        // Every address that is not of a deposit is made by `act`, from a word of `domain::address`.
        let literal = before_tests.split("\"/actes/{process}/").skip(1);
        assert!(literal.clone().count() > 3);
        assert!(literal.clone().all(|rest| rest.starts_with("{deposit}/")));
        for word in RESERVED {
            assert!(!word.contains('/') && word == word.to_lowercase());
        }
    }
}
