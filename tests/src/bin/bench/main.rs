//! What it costs, as ratios to the least that could be done: `cargo run --release -p tests --bin bench`.
//!
//! Needs what `tests/run.sh` installs; builds the Lambda programs itself.

mod embedded;
mod lambda;
mod pages;
mod questionnaire;
mod units;

#[tokio::main]
async fn main() {
    embedded::run().await;
    units::run().await;
    lambda::run().await;
    pages::run();
    questionnaire::run().await;
}

/// The middle one of some measures.
fn median(mut measures: Vec<f64>) -> f64 {
    measures.sort_by(f64::total_cmp);
    measures[measures.len() / 2]
}
