//! The plain site, built by each tool.

use crate::{
    Program, corpus,
    measure::{Cost, log, median, run},
    peers::{Site, Tool, weigh},
    serving,
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tests::place::root;

const CASES: [&str; 5] = ["cold", "unchanged", "a body", "a title", "a template"];

/// Edits the newest page, which stands in the feed and first in its lists, or the template of all pages; answers the file
/// and what was in it.
pub(crate) fn edit(case: &str, site: &Site, pages: usize) -> Option<(PathBuf, String)> {
    let newest = corpus::Page::new(pages - 1);
    let page = site.folder.join("content").join(newest.path());
    let (file, from, to) = match case {
        "a body" => (page, "\n## ", "\nUn paragraphe de plus.\n\n## "),
        "a title" => (page, &*newest.title, "Un tout autre titre"),
        "a template" => (site.base_template(), "</footer>", "<p>Une ligne de plus.</p>\n</footer>"),
        _ => return None,
    };
    let text = fs::read_to_string(&file).expect("a source");
    let edited = text.replacen(from, to, 1);
    assert_ne!(text, edited, "nothing to edit in {}", file.display());
    fs::write(&file, edited).expect("edited");
    Some((file, text))
}

/// Builds the plain site with each tool and prints the table; answers each one's CPU of a cold build.
pub(crate) fn compare(
    tools: &[(Tool, Program)],
    folder: &Path,
    pages: usize,
    runs: usize,
) -> Vec<(&'static str, f64)> {
    println!("\n{pages} pages, {} HTML files", corpus::html_files(pages));
    let mut sites = Vec::new();
    for (tool, program) in tools {
        let site = folder.join(tool.name());
        corpus::write_plain(*tool, &root().join("tests/peers"), &site, pages).expect("written");
        let site = Site::new(*tool, site, program.clone()).expect("a site");
        match run(&mut site.build(), &log(&site)) {
            Ok(_) => {
                let (html, bytes) = weigh(&site.output());
                println!(
                    "  {:<9} writes {html:>6} HTML files, {:>6.1} MB in all",
                    tool.name(),
                    bytes as f64 / 1e6
                );
                sites.push(site);
            }
            Err(output) => println!("  {} is skipped, it fails:\n{output}", tool.name()),
        }
    }
    let Some(first) = sites.first() else { return Vec::new() };
    let copied = first.output();
    let mut costs: BTreeMap<(usize, &str), Vec<Cost>> = BTreeMap::new();
    let mut copies = Vec::new();
    let mut written: BTreeMap<&str, String> = BTreeMap::new();
    for _ in 0..runs {
        for (index, case) in CASES.iter().enumerate() {
            for site in &sites {
                if *case == "cold" {
                    site.clear().expect("cleared");
                }
                let edited = edit(case, site, pages);
                let cost = run(&mut site.build(), &log(site)).unwrap_or_else(|output| panic!("{output}"));
                costs.entry((index, site.tool.name())).or_default().push(cost);
                if site.tool == Tool::Parvis {
                    written.insert(case, files_written(&log(site)));
                }
                if let Some((file, text)) = edited {
                    fs::write(file, text).expect("as before");
                    // The others keep nothing, and start from the sources again.
                    if site.tool == Tool::Parvis {
                        run(&mut site.build(), &log(site)).unwrap_or_else(|output| panic!("{output}"));
                    }
                }
            }
        }
        let copy = folder.join("copy");
        let mut cp = Command::new("cp");
        copies.push(run(cp.arg("-r").arg(&copied).arg(&copy), &folder.join("cp.log")).expect("copied"));
        fs::remove_dir_all(copy).expect("removed");
    }
    let (base, copy) = (first.tool.name(), median(&copies));
    println!(
        "  {:<21} {:>8} {:>8} {:>9}   ratio to {base:<14} to cp -r",
        "", "wall ms", "CPU ms", "peak MiB"
    );
    println!("  {:<21} {:>27}   wall   CPU  peak     wall   CPU", "", "");
    let row = |case: &str, name: &str, cost: Cost, own: Cost| {
        println!(
            "  {case:<11} {name:<9} {:>8.0} {:>8.0} {:>9.0} {:>6.2} {:>5.2} {:>5.2}   {:>6.2} {:>5.2}",
            cost.wall * 1e3,
            cost.cpu * 1e3,
            cost.peak / 1024.0 / 1024.0,
            cost.wall / own.wall,
            cost.cpu / own.cpu,
            cost.peak / own.peak,
            cost.wall / copy.wall,
            cost.cpu / copy.cpu,
        );
    };
    for (index, case) in CASES.iter().enumerate() {
        let own = median(&costs[&(index, base)]);
        for site in &sites {
            row(case, site.tool.name(), median(&costs[&(index, site.tool.name())]), own);
        }
        if *case == "cold" {
            row("", "cp -r", copy, own);
        }
    }
    let said = CASES.iter().filter_map(|case| Some(format!("{case} {}", written.get(case)?)));
    let said: Vec<_> = said.collect();
    if !said.is_empty() {
        println!("  files that parvis writes: {}", said.join(", "));
    }
    if first.tool == Tool::Parvis {
        serving::compare(first, pages, runs);
    }
    let cold = |site: &Site| (site.tool.name(), median(&costs[&(0, site.tool.name())]).cpu);
    sites.iter().map(cold).collect()
}

/// The number that `parvis build` says it wrote.
fn files_written(log: &Path) -> String {
    let output = fs::read_to_string(log).unwrap_or_default();
    let said =
        output.split("Fichiers écrits").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default();
    let digits: String = said.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() { "unknown".to_owned() } else { digits }
}
