//! Counting a large election, from its file to its minutes, beside `pabutools` on the same file, where it is at hand
//! (`pip install pabutools` in `target/tools/venv`).

use crate::median;
use fastrand::Rng;
use std::{
    collections::HashSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Instant,
};
use tests::place::root;

const BALLOTS: usize = 90_000;
const DISTINCT: usize = 24_000;
const PROJECTS: usize = 160;
const MOST: usize = 10;
const BUDGET: u32 = 5_000_000;

const RULES: [&str; 3] = ["greedy", "equalshares", "equalshares/add1"];

pub(crate) fn run() {
    println!("\nTally: {BALLOTS} ballots, {DISTINCT} distinct, on {PROJECTS} projects; file to minutes");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("election.pb");
    fs::write(&file, election()).expect("written");
    let parvis = parvis();
    let python = root().join("target/tools/venv/bin/python");
    let has_peer = Command::new(&python)
        .args(["-c", "import pabutools"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !has_peer {
        println!("  pabutools is skipped; to have it: {} -m pip install pabutools", python.display());
    }
    for rule in RULES {
        let count = || {
            timed(Command::new(&parvis).arg("tally").arg(&file).args(["--rule", rule, "--format", "json"]))
        };
        let ours: Vec<(f64, Output)> = std::iter::repeat_with(count).take(5).collect();
        let winners = winners_of(&ours[0].1);
        let own = median(ours.iter().map(|(taken, _)| *taken).collect());
        print!("  {rule:<17} {:>7.0} ms, {} winners", own * 1e3, winners.len());
        if has_peer {
            let (taken, output) = peer(&python, &file, rule);
            let theirs: HashSet<String> = serde_json::from_slice(&output.stdout).expect("winners");
            let same = if theirs == winners { "the same" } else { "others" };
            print!("; pabutools {:>7.1} s, {:.0} times ours, {same}", taken, taken / own);
        }
        println!();
    }
}

/// Our program, as it is released.
fn parvis() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--package", "generator", "--bin", "parvis"]).current_dir(root());
    assert!(cargo.status().expect("cargo").success(), "parvis cannot be built");
    root().join("target/release/parvis")
}

fn peer(python: &Path, file: &Path, rule: &str) -> (f64, Output) {
    timed(Command::new(python).arg(root().join("tests/peers/pabutools/tally.py")).arg(file).arg(rule))
}

/// How long a command takes, in seconds, and what it says.
fn timed(command: &mut Command) -> (f64, Output) {
    let start = Instant::now();
    let output = command.output().expect("a program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (start.elapsed().as_secs_f64(), output)
}

fn winners_of(output: &Output) -> HashSet<String> {
    let minutes: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let winners = minutes["winners"].as_array().expect("winners").iter();
    winners.map(|id| id.as_str().expect("an id").to_owned()).collect()
}

/// An approval election in which a few projects are much liked, and a few ballots much cast, as it is in towns.
fn election() -> String {
    let mut random = Rng::with_seed(1);
    let mut text = format!(
        "META\nkey;value\ndescription;Generated\ncountry;France\nunit;Generated\ninstance;1\nnum_projects;{PROJECTS}\n\
         num_votes;{BALLOTS}\nbudget;{BUDGET}\nvote_type;approval\nrule;greedy\nPROJECTS\nproject_id;cost\n"
    );
    for project in 1..=PROJECTS {
        let _ = writeln!(text, "{project};{}", 5_000 + 500 * random.u32(0..790));
    }
    text.push_str("VOTES\nvoter_id;vote\n");
    // The first is drawn most often: the cube of a number below one is mostly small.
    let mut skewed = |below: usize| ((random.f64().powi(3) * below as f64) as usize).min(below - 1);
    let (mut known, mut pool) = (HashSet::new(), Vec::new());
    while pool.len() < DISTINCT {
        let length = 1 + skewed(MOST);
        let ballot: std::collections::BTreeSet<usize> = (0..length).map(|_| 1 + skewed(PROJECTS)).collect();
        if known.insert(ballot.clone()) {
            pool.push(ballot);
        }
    }
    for voter in 0..BALLOTS {
        let number = if voter < DISTINCT { voter } else { skewed(DISTINCT) };
        let ids: Vec<String> = pool[number].iter().map(usize::to_string).collect();
        let _ = writeln!(text, "{voter};{}", ids.join(","));
    }
    text
}
