//! Start and answers of the Lambda that takes acts, against one that does nothing.

use crate::median;
use std::{path::PathBuf, process::Command, time::Instant};
use tests::{
    engines::{self, table_name},
    lambda::{CDN, Lambda, form_event},
    place::{Place, root},
};

const STARTS: usize = 15;
const INVOCATIONS: usize = 300;

/// Builds the programs as they go to AWS.
fn build() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--profile", "lambda", "--package", "functions", "--package", "tests"]);
    cargo.args(["--bin", "acts", "--bin", "empty_lambda"]).current_dir(root());
    assert!(cargo.status().expect("cargo").success(), "the Lambda programs cannot be built");
}

fn built(name: &str) -> PathBuf {
    root().join("target/lambda").join(name)
}

pub(crate) async fn run() {
    let place = Place::new(engines::dynoxide().await);
    let form = "given_names=Jeanne&family_name=Essai&email=rien";
    let event = form_event("/actes/droit-d-interpellation/reseau-cyclable/soutien", form);
    let code = "request=00000000000000000000000000000000&code=123456";
    let reading = form_event("/actes/droit-d-interpellation/reseau-cyclable/soutien/code", code);
    build();
    let (ours, empty) = (built("acts"), built("empty_lambda"));
    let (mut starts, mut bare_starts) = (Vec::new(), Vec::new());
    let (mut firsts, mut bare_firsts) = (Vec::new(), Vec::new());
    let (mut warm, mut warm_reading, mut bare_warm) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let started = Instant::now();
        let function = Lambda::start(&empty, |_| {}).await;
        bare_starts.push(started.elapsed().as_secs_f64());
        bare_firsts.push(time(&function, &event).await);
        for _ in 0..INVOCATIONS / STARTS {
            bare_warm.push(time(&function, &event).await);
        }
        let started = Instant::now();
        let function = Lambda::start(&ours, |command| {
            command
                .env("PARVIS_TABLE", table_name())
                .env("PARVIS_RULES", place.folder.path())
                .env("PARVIS_CDN", CDN)
                .env("PARVIS_SECRET", "07".repeat(32))
                .env("PARVIS_SMTP", "smtp://127.0.0.1:1")
                .env("DYNAMODB_ENDPOINT", place.engine.endpoint.as_ref().expect("an endpoint"));
            let certificates = root().join("target/aws/rules/parvis/certificates.pem");
            if certificates.is_file() {
                command.env("SSL_CERT_FILE", certificates);
            }
        })
        .await;
        starts.push(started.elapsed().as_secs_f64());
        firsts.push(time(&function, &reading).await);
        for _ in 0..INVOCATIONS / STARTS {
            warm.push(time(&function, &event).await);
            warm_reading.push(time(&function, &reading).await);
        }
    }
    println!("Lambda, medians, against an empty function on lambda_http");
    let size = |path: &PathBuf| std::fs::metadata(path).map_or(0.0, |file| file.len() as f64 / 1e6);
    println!(
        "  program                       {:>8.2} MB    {:.1} times",
        size(&ours),
        size(&ours) / size(&empty)
    );
    let row = |name: &str, ours: Vec<f64>, bare: f64| {
        let ours = median(ours);
        println!("  {name:<29} {:>8.2} ms    {:.1} times", ours * 1e3, ours / bare);
    };
    let (bare_start, bare_first, bare_warm) = (median(bare_starts), median(bare_firsts), median(bare_warm));
    row("start to ready", starts, bare_start);
    row("first answer, with one read", firsts, bare_first);
    row("warm, a form refused", warm, bare_warm);
    row("warm, a code with one read", warm_reading, bare_warm);
}

async fn time(function: &Lambda, event: &serde_json::Value) -> f64 {
    let started = Instant::now();
    function.invoke(event.clone()).await.expect("an answer");
    started.elapsed().as_secs_f64()
}
