//! What it costs, as ratios to the least that could be done: `cargo run --release -p tests --bin bench`; after `--`, the
//! parts to measure: `embedded`, `units`, `lambda`, `pages`, `questionnaire`,
//! `tally`.
//!
//! Needs what `tests/run.sh` installs; builds the Lambda programs itself.

mod embedded;
mod lambda;
mod pages;
mod questionnaire;
mod tally;
mod units;
mod voting;

#[tokio::main]
async fn main() {
    let named: Vec<String> = std::env::args().skip(1).collect();
    let is_asked = |part: &str| named.is_empty() || named.iter().any(|name| name == part);
    if is_asked("embedded") {
        embedded::run().await;
    }
    if is_asked("units") {
        units::run().await;
    }
    if is_asked("lambda") {
        lambda::run().await;
    }
    if is_asked("pages") {
        pages::run();
    }
    if is_asked("questionnaire") {
        questionnaire::run().await;
    }
    if is_asked("voting") {
        voting::run().await;
    }
    if is_asked("tally") {
        tally::run();
    }
}

/// The middle one of some measures.
fn median(mut measures: Vec<f64>) -> f64 {
    measures.sort_by(f64::total_cmp);
    measures[measures.len() / 2]
}
