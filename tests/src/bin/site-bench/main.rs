//! What building a site costs, beside other generators and beside copying what was built:
//! `cargo run --release -p tests --bin site-bench -- [--pages 1000,10000] [--runs 5] [--parvis PATH]`.
//!
//! Nothing is asserted: the numbers are for people. All lies in a memory file system, so that no disk is measured. A peer
//! that is not here is skipped, with a line that says how to have it; `ZOLA` names Zola's program. What each needs to make
//! the same site lies in `tests/peers`.

mod compare;
mod corpus;
mod measure;
mod peers;
mod processes;
mod serving;
mod text;

use peers::Tool;
use std::{
    collections::BTreeMap,
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, exit},
};
use tests::place::root;

/// As in the command, for what is built here.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const UNEQUAL: &str = "\
What is not equal:
  - parvis alone sets French spaces and apostrophes, checks every link, anchor and heading, and writes the pages that the
    law asks for, the calendar and the list of what it wrote; it keeps a cache, which the cold case pays for
  - hugo resolves its links by a shortcode; zola checks those to pages and renders each page's text as a template;
    eleventy checks none, and its headings get their ids from a rule in the configuration
  - hugo and eleventy write over what is there, zola deletes it first; none keeps anything between two builds
  - zola writes dates in digits, a redirection for the first page of each list, and the pages of lists in its sitemap
  - each sitemap and feed is the tool's own, but for eleventy, which has none: templates";

struct Options {
    pages: Vec<usize>,
    runs: usize,
    /// None is the one of this workspace.
    parvis: Option<PathBuf>,
}

impl Options {
    fn read() -> Option<Self> {
        let mut options = Self { pages: vec![1_000, 10_000], runs: 5, parvis: None };
        let mut words = env::args().skip(1);
        while let Some(word) = words.next() {
            let value = words.next()?;
            match &*word {
                "--pages" => {
                    options.pages =
                        value.split(',').map(|pages| pages.parse().ok()).collect::<Option<_>>()?;
                }
                "--runs" => options.runs = value.parse().ok().filter(|runs| *runs > 0)?,
                "--parvis" => options.parvis = std::path::absolute(value).ok(),
                _ => return None,
            }
        }
        Some(options)
    }
}

fn main() {
    let Some(options) = Options::read() else {
        eprintln!("site-bench [--pages 1000,10000] [--runs 5] [--parvis PATH]");
        exit(2);
    };
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { env::temp_dir() };
    let work = tempfile::Builder::new().prefix("site-bench-").tempdir_in(&parent).expect("a folder");
    println!("In {}, medians of {} runs in turn.", parent.display(), options.runs);
    let parvis = options.parvis.or_else(built).filter(|program| program.is_file());
    let tools = tools(parvis.as_deref());
    let mut cold: BTreeMap<&str, Vec<(usize, f64)>> = BTreeMap::new();
    for &pages in &options.pages {
        let folder = work.path().join(pages.to_string());
        for (name, cpu) in compare::compare(&tools, &folder, pages, options.runs) {
            cold.entry(name).or_default().push((pages, cpu));
        }
        fs::remove_dir_all(folder).expect("removed");
    }
    println!("\nCPU of a cold build, over that of the fewest pages");
    for (name, measures) in &cold {
        for (pages, cpu) in &measures[1..] {
            let (few, least) = measures[0];
            println!("  {name:<9} {pages:>6} over {few:<6} {:>6.1} times", cpu / least);
        }
    }
    if let Some(parvis) = &parvis {
        let pages = options.pages.iter().max().copied().unwrap_or_default();
        processes::compare(parvis, work.path(), pages, options.runs);
    }
    println!("\n{UNEQUAL}");
}

/// A program with its first arguments.
type Program = Vec<OsString>;

/// Our program as the sources are now; `None` when they do not build.
fn built() -> Option<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--quiet", "--package", "generator", "--bin", "parvis"]);
    let built = cargo.current_dir(root()).status().is_ok_and(|status| status.success());
    let profile = env::current_exe().ok()?;
    built.then(|| profile.ancestors().nth(2).map(|target| target.join("release/parvis")))?
}

/// The tools that are here, ours first.
fn tools(parvis: Option<&Path>) -> Vec<(Tool, Program)> {
    let mut found = Vec::new();
    let ours = parvis.map(|program| vec![program.into()]).ok_or_else(|| "--parvis".to_owned());
    let peers = Tool::PEERS.map(|tool| (tool, tool.program()));
    for (tool, program) in [(Tool::Parvis, ours)].into_iter().chain(peers) {
        match program {
            Ok(program) => {
                println!("  {:<9} {}", tool.name(), version(tool, &program));
                found.push((tool, program));
            }
            Err(missing) => println!("  {:<9} is skipped; to have it: {missing}", tool.name()),
        }
    }
    found
}

fn version(tool: Tool, program: &[OsString]) -> String {
    let argument = if tool == Tool::Hugo { "version" } else { "--version" };
    let output = Command::new(&program[0]).args(&program[1..]).arg(argument).output();
    let said = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let number = said.split_whitespace().find(|word| word.contains(|letter: char| letter.is_ascii_digit()));
    number.and_then(|number| number.split('-').next()).unwrap_or("of unknown version").to_owned()
}
