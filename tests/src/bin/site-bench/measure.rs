//! What a command costs.

use crate::peers::Site;
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};
use wait4::Wait4;

/// Cost of one run.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// Seconds from start to end.
    pub(crate) wall: f64,
    /// Seconds of all its processes on all cores.
    pub(crate) cpu: f64,
    /// Bytes in memory, at most. A process counts at least as much as its parent had, so ours stays small.
    pub(crate) peak: f64,
}

/// Runs a command to its end, with its output in the file `log`.
///
/// # Errors
/// The end of that output, when the command fails.
pub(crate) fn run(command: &mut Command, log: &Path) -> Result<Cost, String> {
    let mut start = || {
        let file = File::create(log)?;
        command.stdout(file.try_clone()?).stderr(file);
        let started = Instant::now();
        let ended = command.spawn()?.wait4()?;
        Ok::<_, std::io::Error>((started.elapsed(), ended))
    };
    let (wall, ended) = start().map_err(|error| error.to_string())?;
    if !ended.status.success() {
        let output = fs::read_to_string(log).unwrap_or_default();
        let lines: Vec<_> = output.lines().collect();
        return Err(lines[lines.len().saturating_sub(30)..].join("\n"));
    }
    Ok(Cost {
        wall: wall.as_secs_f64(),
        cpu: (ended.rusage.utime + ended.rusage.stime).as_secs_f64(),
        peak: ended.rusage.maxrss as f64,
    })
}

/// The middle of each number.
pub(crate) fn median(costs: &[Cost]) -> Cost {
    let middle = |number: fn(&Cost) -> f64| {
        let mut numbers: Vec<_> = costs.iter().map(number).collect();
        numbers.sort_by(f64::total_cmp);
        numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
    };
    Cost { wall: middle(|cost| cost.wall), cpu: middle(|cost| cost.cpu), peak: middle(|cost| cost.peak) }
}

/// Where a site's builds say what they did.
pub(crate) fn log(site: &Site) -> PathBuf {
    site.folder.with_extension("log")
}
