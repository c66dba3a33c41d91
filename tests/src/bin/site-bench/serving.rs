//! One edit of a site that is being served: built by the process that has built it before, as `serve` does.

use crate::{compare::edit, peers::Site};
use generator::{Build, Builder};
use jiff::Timestamp;
use std::{fs, time::Instant};

/// Prints how long a site that is being served is behind its editor, but for the tenth of a second that `serve` waits for
/// other files that are saved with the first.
pub(crate) fn compare(site: &Site, pages: usize, runs: usize) {
    let mut builder = Builder::default();
    let output = site.output();
    let mut build = || {
        let build = Build::new(&site.folder, &output, Timestamp::now());
        let start = Instant::now();
        builder.build(&Build { quick: true, compress: false, ..build }).expect("a site");
        start.elapsed().as_secs_f64() * 1e3
    };
    build();
    for case in ["unchanged", "a body", "a title"] {
        let edit = || {
            let edited = edit(case, site, pages);
            let taken = build();
            if let Some((file, text)) = edited {
                fs::write(file, text).expect("as before");
                build();
            }
            taken
        };
        let mut taken: Vec<f64> = std::iter::repeat_with(edit).take(runs).collect();
        taken.sort_by(f64::total_cmp);
        println!("  {case:<11} served    {:>8.0}", taken[runs / 2]);
    }
}
