//! The names of rules, in META and on the command line.

use crate::tally::{By, Completion, Rule, Rules, Stop, TieBreak, Unfit, Utility};
use std::num::NonZeroU64;

/// How ties of a file are decided unless it is said: equalshares.net and Pabulib's checker take the lower cost, then more
/// votes; what is still level is drawn by lot with the SHA-256 of the file.
pub const DEFAULT_TIES: [TieBreak; 3] = [TieBreak::MinCost, TieBreak::MoreVoters, TieBreak::Lot];

/// A unit of the currency, in cents: the step of Add1.
const UNIT: NonZeroU64 = NonZeroU64::new(100).expect("not zero");

/// What a rule that Poland's Poznań applies funds beyond its budget: 80 % of the cost must be left.
const POZNAN: u8 = 80;

/// Completions of Equal Shares, by the names of equalshares.net.
const COMPLETIONS: [(&str, Completion); 6] = [
    ("", Completion::None),
    ("/utilitarian", Completion::Greedy),
    ("/add1", Completion::Add1 { step: UNIT, stop: Stop::Overspent, greedy: false }),
    ("/add1e", Completion::Add1 { step: UNIT, stop: Stop::Exhaustive, greedy: false }),
    ("/add1u", Completion::Add1 { step: UNIT, stop: Stop::Overspent, greedy: true }),
    ("/add1eu", Completion::Add1 { step: UNIT, stop: Stop::Exhaustive, greedy: true }),
];

const COMPARISON: &str = "-comparison";

/// Prefixes of Equal Shares, and what a voter gains by a project.
const UTILITIES: [(&str, Utility); 2] =
    [("equalshares-cardinality", Utility::Points), ("equalshares", Utility::Cost)];

/// The rule of this name, for a file of this unit (the city).
///
/// Those of META are `greedy`, `greedy-no-skip`, `greedy-threshold`, `greedy-exclusive`, `greedy-custom`, `equalshares`,
/// `equalshares/add1`, each of the last two with `-comparison`; `greedy-threshold` is `greedy` with the threshold of META,
/// `greedy-exclusive` is counted as `greedy`, as Pabulib's checker does: the file does not say which projects exclude
/// each other.
///
/// # Errors
/// In French: what there is instead.
pub fn rule_named(name: &str, unit: &str) -> Result<Rule, String> {
    // The rulebook writes it with a hyphen.
    let name = name.trim().to_lowercase().replace("equal-shares", "equalshares");
    let greedy = |by, unfit| Rule::Greedy { by, unfit };
    let score = |unfit| greedy(By::Score, unfit);
    if let Some(shares) = equal_shares(&name) {
        return Ok(shares);
    }
    if let Some(percent) = name.strip_prefix("greedy-fund-").and_then(|percent| percent.parse().ok()) {
        return Ok(score(Unfit::Fund(percent)));
    }
    Ok(match name.as_str() {
        "greedy" | "greedy-threshold" | "greedy-exclusive" => score(Unfit::Skip),
        "greedy-no-skip" => score(Unfit::Stop),
        "greedy-custom" if unit.trim().to_lowercase().starts_with("pozna") => score(Unfit::Fund(POZNAN)),
        "borda" => greedy(By::Borda, Unfit::Skip),
        "schulze" => greedy(By::Schulze, Unfit::Skip),
        "runoff" => greedy(By::Runoff, Unfit::Skip),
        "phragmen" => Rule::Phragmen { skip: false },
        "phragmen-skip" => Rule::Phragmen { skip: true },
        "" => return Err(format!("aucune règle n’est nommée. Nommez-en une avec --rule : {}.", known())),
        "unknown" | "greedy-custom" => {
            return Err(format!(
                "« {name} » ne dit pas comment compter. Nommez une règle avec --rule : {}.",
                known()
            ));
        }
        _ => return Err(format!("la règle « {name} » n’est pas connue. Celles qui le sont : {}.", known())),
    })
}

fn equal_shares(name: &str) -> Option<Rule> {
    let (name, comparison) = match name.strip_suffix(COMPARISON) {
        Some(name) => (name, true),
        None => (name, false),
    };
    let (rest, utility) =
        UTILITIES.iter().find_map(|(prefix, utility)| Some((name.strip_prefix(prefix)?, *utility)))?;
    let (_, completion) = COMPLETIONS.iter().find(|(suffix, _)| *suffix == rest)?;
    Some(Rule::EqualShares { utility, completion: *completion, comparison })
}

fn known() -> String {
    let mut names: Vec<String> = ["greedy", "greedy-no-skip", "greedy-fund-80"].map(str::to_owned).to_vec();
    names.extend(COMPLETIONS.iter().map(|(suffix, _)| format!("equalshares{suffix}")));
    names.extend(
        ["equalshares-cardinality", "phragmen", "phragmen-skip", "borda", "schulze", "runoff"]
            .map(str::to_owned),
    );
    format!("{} ; celles d’equalshares peuvent finir par {COMPARISON}", names.join(", "))
}

/// The name of rules in META; `unknown` when it has none for them.
pub fn name_of(rules: &Rules) -> String {
    match &rules.rule {
        Rule::Greedy { by: By::Score, unfit: Unfit::Skip } => match rules.threshold {
            Some(_) => "greedy-threshold".to_owned(),
            None => "greedy".to_owned(),
        },
        Rule::Greedy { by: By::Score, unfit: Unfit::Stop } => "greedy-no-skip".to_owned(),
        Rule::Greedy { by: By::Score, unfit: Unfit::Fund(percent) } => format!("greedy-fund-{percent}"),
        Rule::Greedy { by: By::Borda, .. } => "borda".to_owned(),
        Rule::Greedy { by: By::Schulze, .. } => "schulze".to_owned(),
        Rule::Greedy { by: By::Runoff, .. } => "runoff".to_owned(),
        Rule::Greedy { by: By::MajorityJudgment, .. } => "unknown".to_owned(),
        Rule::EqualShares { utility, completion, comparison } => {
            let prefix = UTILITIES.iter().find(|(_, known)| known == utility).map_or("", |(name, _)| name);
            let comparison = if *comparison { COMPARISON } else { "" };
            match COMPLETIONS.iter().find(|(_, known)| known == completion) {
                Some((suffix, _)) => format!("{prefix}{suffix}{comparison}"),
                None => "unknown".to_owned(),
            }
        }
        Rule::Phragmen { skip } => if *skip { "phragmen-skip" } else { "phragmen" }.to_owned(),
    }
}
