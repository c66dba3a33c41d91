//! Real elections, when they are there: their official results are what we count.

use domain::tally::{
    pabulib::{DEFAULT_TIES, differences, read},
    tally,
};
use std::{env, fs, path::PathBuf};

/// Three real elections: what their files say of votes, scores and winners is what we count.
#[test]
fn the_official_results_of_real_elections_come_out() {
    let folder = env::var_os("PARVIS_PABULIB").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/pabulib"),
        PathBuf::from,
    );
    let Ok(entries) = fs::read_dir(&folder) else {
        eprintln!("NOT TESTED: no election in {}", folder.display());
        return;
    };
    let mut counted = 0;
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.extension().is_none_or(|extension| extension != "pb") {
            continue;
        }
        let file = read(&fs::read(&path).expect("a file"), false).expect("a valid file");
        let (recorded, notices) = (file.recorded.clone(), file.notices.clone());
        let minutes = tally(&file.election(None, &DEFAULT_TIES).expect("a rule")).expect("a result");
        assert_eq!(notices, Vec::<String>::new(), "{}", path.display());
        assert_eq!(differences(&recorded, &minutes), Vec::<String>::new(), "{}", path.display());
        assert!(!minutes.winners.is_empty());
        if recorded.iter().all(|recorded| recorded.selected.is_none()) {
            eprintln!("{}: the file does not say who was selected; votes and scores agree", path.display());
        }
        counted += 1;
    }
    assert!(counted > 0, "no election in {}", folder.display());
}
