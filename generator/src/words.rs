//! The words of a theme: `words/<language>.toml`, whose tables are flattened to keys with dots.

mod say;

pub(crate) use say::Say;

use crate::{
    diagnostics::{Diagnostic, Reporter, Source},
    theme::Layer,
};
use domain::rulebook::Words;
use std::{collections::BTreeMap, fmt, str, sync::Arc};
use toml::de::{DeTable, DeValue};

/// A language, by its two letters of ISO 639-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Language([u8; 2]);

impl Language {
    /// The language that reference words are in; what other languages lack is said in it.
    pub(crate) const FRENCH: Self = Self(*b"fr");

    /// The language of that code, if it can be one.
    pub(crate) fn new(code: &str) -> Option<Self> {
        let letters = <[u8; 2]>::try_from(code.as_bytes()).ok()?;
        letters.iter().all(u8::is_ascii_lowercase).then_some(Self(letters))
    }

    /// Whether texts in it take the spaces of French typography.
    pub(crate) fn is_set_as_french(self) -> bool {
        matches!(self.code(), "fr" | "oc" | "br")
    }

    /// `fr`
    pub(crate) fn code(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Default for Language {
    fn default() -> Self {
        Self::FRENCH
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// How the keys begin that the functions need: they answer and write mails without a template.
const SECTIONS_OF_FUNCTIONS: [&str; 15] = [
    "answer.",
    "count.",
    "deposit.carry.",
    "deposit.not_allowed.",
    "deposit.by.",
    "deposit.hidden.",
    "deposit.move.",
    "deposit.state.",
    "files.",
    "mail.",
    "number.decimal",
    "option.refusal.",
    "refusal.",
    "size.",
    "title.",
];

/// What the generator says, by section. (What the functions say is tested where they say it.)
const SPOKEN: [(&str, &[&str]); 29] = [
    ("basket", &["choices.other", "points.other"]),
    ("count", &["one", "other"]),
    ("date.day", &["1", "other"]),
    ("delay", &["both", "days.one", "days.other", "months.one", "months.other", "years.one", "years.other"]),
    ("envelope", &["cost_from", "cost_to", "costs", "label", "least.other", "most.other", "theme", "zone"]),
    (
        "field",
        &[
            "age_least",
            "age_most",
            "age_on",
            "ages",
            "amount",
            "between",
            "choices_between",
            "commune",
            "date",
            "days",
            "exact_choices.one",
            "exact_choices.other",
            "file_count.one",
            "file_count.other",
            "files",
            "least",
            "least_characters.one",
            "least_characters.other",
            "least_choices.one",
            "least_choices.other",
            "markdown",
            "most",
            "most_characters.one",
            "most_characters.other",
            "most_choices.one",
            "most_choices.other",
            "phone",
            "place",
            "rank.one",
            "rank.other",
            "rank_least.one",
            "rank_least.other",
            "rna",
            "since",
            "siret",
            "unit",
            "until",
        ],
    ),
    (
        "how",
        &[
            "approval",
            "approval_between",
            "approval_exactly.other",
            "approval_least.other",
            "approval_most.other",
            "blank",
            "grades",
            "grades_all",
            "grades_missing",
            "knapsack",
            "points.other",
            "points_each.other",
            "ranking.other",
            "ranking_least.other",
            "single",
            "yes_no",
        ],
    ),
    ("link", &["resident", "worker", "student"]),
    (
        "minutes",
        &[
            "blank",
            "effective",
            "eliminated",
            "eliminated_tie",
            "exhausted",
            "load",
            "place",
            "point_count.other",
            "points",
            "quoted",
            "round",
            "tie",
            "tied_with",
            "vote_count.other",
            "votes",
        ],
    ),
    ("missing", &["one", "other"]),
    ("month", &["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]),
    ("pager", &["position"]),
    ("pages", &["one", "other"]),
    ("phase", &["before", "open", "after"]),
    ("pledge", &["planned", "ongoing", "kept", "dropped"]),
    ("preset", &["petition"]),
    (
        "reason",
        &[
            "below_threshold",
            "does_not_fit",
            "elected",
            "elected_beyond",
            "elected_completion",
            "elected_least",
            "elected_zone",
            "excluded",
            "full",
            "no_vote",
            "out_of_scope",
            "stopped",
            "unaffordable",
            "withdrawn",
        ],
    ),
    ("results", &["answered.other", "crossing", "people", "percent", "span", "window", "words.other"]),
    (
        "rule",
        &[
            "add1",
            "add1_exhaustive",
            "borda",
            "carry_over",
            "comparison",
            "equal_shares",
            "exclusions",
            "fund",
            "majority_judgment",
            "no_vote",
            "one_per_proposer",
            "one_per_zone",
            "phragmen",
            "question",
            "runoff",
            "schulze",
            "score",
            "skip",
            "stop",
            "then",
            "then_greedy",
            "threshold_score.other",
            "threshold_share",
            "threshold_voters.other",
            "ties",
        ],
    ),
    ("shares", &["each", "exhaustive", "gives_way", "grown", "holds", "overspent", "settled", "steps.other"]),
    ("size", &["bytes", "kilo", "mega"]),
    (
        "state",
        &[
            "review",
            "inadmissible",
            "published",
            "before",
            "open",
            "closed",
            "archived",
            "answered",
            "waiting",
        ],
    ),
    ("step", &["opens", "closes", "window"]),
    ("tab", &["home", "presentation"]),
    ("table", &["label"]),
    ("tie", &["lot", "max_cost", "min_cost", "more_voters"]),
    ("vote", &["before", "closed", "open"]),
    ("voters", &["one", "other"]),
    ("writing", &["before", "open", "closed", "deposit", "application", "answer"]),
];

/// The words of a theme in a language: its own, else those of the theme below, else the French ones. What the
/// generator says and nobody gives is reported.
pub(crate) fn load(
    language: Language,
    base: &Layer<'_>,
    own: Option<&Layer<'_>>,
    reporter: &Reporter,
) -> Words {
    let french = [base.text("words/fr.toml"), own.and_then(|own| own.text("words/fr.toml"))];
    let path = format!("words/{language}.toml");
    let spoken = [base.text(&path), own.and_then(|own| own.text(&path))];
    let last = spoken.iter().rev().chain(french.iter().rev()).flatten().next().cloned();
    let mut words = BTreeMap::new();
    for source in french.iter().filter(|_| language != Language::FRENCH).chain(&spoken).flatten() {
        read(source, &mut words, reporter);
    }
    let keys =
        SPOKEN.iter().flat_map(|(section, keys)| keys.iter().map(move |key| format!("{section}.{key}")));
    let lacking: Vec<String> = keys.filter(|key| !words.contains_key(key)).collect();
    if let Some(source) = last.filter(|_| !lacking.is_empty()) {
        let warning =
            Diagnostic::warning(&source, 0..0, format!("il manque des mots : {}", lacking.join(", ")));
        reporter.report(warning.help("la clé est affichée à la place du mot"));
    }
    Words(words)
}

/// The words of a text in TOML, without regard for what is wrong in it.
#[cfg(test)]
pub(crate) fn flat(text: &str) -> Words {
    let mut words = BTreeMap::new();
    flatten("", DeTable::parse_recoverable(text).0.get_ref(), &mut words);
    Words(words)
}

fn read(source: &Arc<Source>, words: &mut BTreeMap<String, String>, reporter: &Reporter) {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    for error in errors {
        reporter.report(Diagnostic::error(source, error.span().unwrap_or_default(), error.message()));
    }
    flatten("", table.get_ref(), words);
}

fn flatten(prefix: &str, table: &DeTable<'_>, words: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let key = format!("{prefix}{}", key.get_ref());
        match value.get_ref() {
            DeValue::Table(table) => flatten(&format!("{key}."), table, words),
            DeValue::String(text) => {
                words.insert(key, text.trim_end_matches('\n').to_owned());
            }
            _ => {}
        }
    }
}

/// Those that the functions need.
pub(crate) fn of_functions(words: &Words) -> Words {
    let is_needed = |key: &str| SECTIONS_OF_FUNCTIONS.iter().any(|section| key.starts_with(section));
    let needed = words.0.iter().filter(|(key, _)| is_needed(key));
    Words(needed.map(|(key, text)| (key.clone(), text.clone())).collect())
}
