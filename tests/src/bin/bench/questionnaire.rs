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
    let root = root();
    let build = || {
        let build = Build { quick: true, compress: false, ..Build::new(&root, &public, now) };
        generator::build(&build).unwrap_or_else(|error| panic!("{error}"))
    };
    let writing = build().rulebook.processes.get(PROCESS).and_then(|process| process.writing.clone());
    let writing = writing.expect("the reference site has a questionnaire");
    let engine = engines::sqlite();
    fill(&*engine.table, &writing, now).await;
    let file = public.join(format!("data/{PROCESS}.answers.json"));

    let (mut bare, mut counted) = (Stage::default(), Stage::default());
    let (mut without, mut with) = (Stage::default(), Stage::default());
    let mut json = Vec::new();
    for _ in 0..5 {
        let read = async || {
            for partition in questionnaire::partitions(PROCESS) {
                query_all(&*engine.table, &partition, now).await.expect("rows");
            }
        };
        bare.measure(read).await;
        let count = async || {
            let results = questionnaire::results(&*engine.table, PROCESS, &writing, now).await;
            let results = results.expect("results");
            assert_eq!(results.answers, ANSWERS as u64);
            serde_json::to_vec(&results.published(&writing.form)).expect("JSON")
        };
        json = counted.measure(count).await;
    }
    fs::create_dir_all(public.join("data")).expect("a folder");
    for _ in 0..5 {
        build();
        without.measure(async || build()).await;
        fs::write(&file, &json).expect("written");
        with.measure(async || build()).await;
        fs::remove_file(&file).expect("removed");
    }
    println!("\nQuestionnaire, {ANSWERS} answers (embedded table)   time, peak memory");
    bare.print("rows read and nothing else", &bare);
    counted.print("results counted", &bare);
    without.print("site built without results", &without);
    with.print("site built with the results", &without);
}

/// A piece of work, measured several times.
#[derive(Default)]
struct Stage {
    seconds: Vec<f64>,
    mebibytes: Vec<f64>,
}

impl Stage {
    async fn measure<T>(&mut self, work: impl AsyncFnOnce() -> T) -> T {
        forget_peak();
        let start = Instant::now();
        let made = work().await;
        self.seconds.push(start.elapsed().as_secs_f64());
        self.mebibytes.push(peak());
        made
    }

    fn print(&self, name: &str, to: &Self) {
        let of = |measures: &[f64]| median(measures.to_vec());
        let (time, memory) = (of(&self.seconds), of(&self.mebibytes));
        let (least_time, least_memory) = (of(&to.seconds), of(&to.mebibytes));
        let (time_ratio, memory_ratio) = (time / least_time, memory / least_memory);
        let time = time * 1e3;
        println!("  {name:<28} {time_ratio:.2}   {time:.0} ms   {memory_ratio:.2}   {memory:.0} MiB");
    }
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

/// Lets the system count the peak of this process's memory anew (proc_pid_clear_refs(5), Linux).
fn forget_peak() {
    fs::write("/proc/self/clear_refs", "5").expect("a peak to forget");
}

/// The peak of this process's memory in MiB, as the system says it.
fn peak() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kibibytes.expect("the system tells the peak") / 1024.0
}
