//! What it costs to publish what 50,000 people answered, beside reading their rows and nothing else.

use crate::median;
use domain::{
    form::{Answer, version},
    rulebook::Writing,
};
use functions::{
    questionnaire::{self, Row},
    table::{Condition, MOST_WRITES, Table, Write, query_all},
};
use generator::Build;
use jiff::{SignedDuration, Timestamp};
use std::{fs, time::Instant};
use tests::{engines, place::root};

const ANSWERS: usize = 50_000;
/// The questionnaire of the reference site.
const PROCESS: &str = "plan-velo";

pub(crate) async fn run() {
    let folder = tempfile::tempdir().expect("a folder");
    let public = folder.path().join("public");
    let now = Timestamp::now();
    let quick = || Build { quick: true, compress: false, ..Build::new(root().leak(), &public, now) };
    let built = generator::build(&quick()).unwrap_or_else(|error| panic!("{error}"));
    let writing = built.rulebook.processes.get(PROCESS).and_then(|process| process.writing.clone());
    let writing = writing.expect("the reference site has a questionnaire");
    let engine = engines::sqlite();
    fill(&*engine.table, &writing, now).await;

    let mut bare = Vec::new();
    let mut counted = Vec::new();
    let mut made = Vec::new();
    for _ in 0..5 {
        let start = Instant::now();
        for shard in 0..=u8::MAX {
            query_all(&*engine.table, &format!("answer#{PROCESS}#{shard:02x}"), now).await.expect("rows");
        }
        bare.push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        let results = questionnaire::results(&*engine.table, PROCESS, &writing, now).await.expect("results");
        assert_eq!(results.answers, ANSWERS as u64);
        let json = serde_json::to_vec(&results.published(&writing.form)).expect("JSON");
        counted.push(start.elapsed().as_secs_f64());
        let file = public.join(format!("data/{PROCESS}.answers.json"));
        fs::create_dir_all(public.join("data")).expect("a folder");
        fs::write(&file, &json).expect("written");
        let start = Instant::now();
        generator::build(&quick()).unwrap_or_else(|error| panic!("{error}"));
        made.push(start.elapsed().as_secs_f64());
        fs::remove_file(file).expect("removed");
        generator::build(&quick()).unwrap_or_else(|error| panic!("{error}"));
    }
    let (bare, counted, made) = (median(bare), median(counted), median(made));
    println!("\nQuestionnaire, {ANSWERS} answers (embedded table)");
    println!("  rows read and nothing else   1.00   {:.0} ms", bare * 1e3);
    println!("  results counted              {:.2}   {:.0} ms", counted / bare, counted * 1e3);
    println!("  site built with the results  {:.2}   {:.0} ms", made / bare, made * 1e3);
    println!("  peak memory of this process  {} MiB", peak());
}

async fn fill(table: &dyn Table, writing: &Writing, now: Timestamp) {
    let form = version::version(&writing.form);
    let mut random = fastrand::Rng::with_seed(7);
    let row = |random: &mut fastrand::Rng| {
        let answers = writing.form.fields.iter().filter_map(|field| {
            let options = domain::results::closed_options(&field.kind)?;
            let chosen = options[random.usize(..options.len())].clone();
            Some((field.id.clone(), Answer::Choice(chosen)))
        });
        Row { form: form.clone(), answers: answers.collect() }
    };
    let expires = now.saturating_add(SignedDuration::from_hours(24)).ok();
    for batch in 0..ANSWERS.div_ceil(MOST_WRITES) {
        let writes = (batch * MOST_WRITES..((batch + 1) * MOST_WRITES).min(ANSWERS)).map(|_| {
            let key = questionnaire::key(PROCESS, &format!("{:032x}", random.u128(..)));
            Write::put(key, Condition::Absent, expires, &row(&mut random)).expect("JSON")
        });
        table.commit(writes.collect(), now).await.expect("committed");
    }
}

/// In MiB, as the system says it.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
