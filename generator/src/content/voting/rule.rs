//! How ballots are counted: the key `rule`, those that it calls for, envelopes, thresholds and ties.

use super::{Counting, Named, Place, read_euros, read_id};
use crate::{
    front_matter::{Choice, Share, Table},
    markdown::Text,
};
use domain::{
    ballot::Method,
    tally::{By, Completion, Envelope, Rule, Rules, Scope, Stop, Threshold, TieBreak, Unfit, Utility},
};
use std::{collections::BTreeSet, num::NonZeroU64};
use toml::Spanned;

/// What `rule` may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Greedy,
    EqualShares,
    Phragmen,
}

impl Choice for Word {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("greedy", Self::Greedy), ("equal-shares", Self::EqualShares), ("phragmen", Self::Phragmen)];
}

/// What `unfit` may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UnfitWord {
    Skip,
    Stop,
    Fund,
}

impl Choice for UnfitWord {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("skip", Self::Skip), ("stop", Self::Stop), ("fund", Self::Fund)];
}

/// What `completion` may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CompletionWord {
    None,
    Greedy,
    Add1,
}

impl Choice for CompletionWord {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("none", Self::None), ("greedy", Self::Greedy), ("add1", Self::Add1)];
}

impl Choice for By {
    const CHOICES: &'static [(&'static str, Self)] = &[
        ("score", Self::Score),
        ("majority-judgment", Self::MajorityJudgment),
        ("schulze", Self::Schulze),
        ("borda", Self::Borda),
        ("runoff", Self::Runoff),
    ];
}

impl Choice for Utility {
    const CHOICES: &'static [(&'static str, Self)] = &[("cost", Self::Cost), ("points", Self::Points)];
}

impl Choice for Stop {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("overspent", Self::Overspent), ("exhaustive", Self::Exhaustive)];
}

impl Choice for TieBreak {
    const CHOICES: &'static [(&'static str, Self)] = &[
        ("min-cost", Self::MinCost),
        ("max-cost", Self::MaxCost),
        ("more-voters", Self::MoreVoters),
        ("lot", Self::Lot),
    ];
}

/// The keys of counting, which a question answered by yes or no has none of.
const KEYS: [&str; 17] = [
    "rule",
    "by",
    "unfit",
    "fund_percent",
    "utility",
    "completion",
    "step",
    "stop",
    "then_greedy",
    "comparison",
    "threshold_score",
    "threshold_voters",
    "threshold_share",
    "exclusions",
    "envelopes",
    "ties",
    "carry_over",
];

/// How ballots of `method` are counted: `Some(None)` for a question; `None` when something is wrong and reported.
pub(super) fn read(
    table: &mut Table<'_>,
    method: &Method,
    has_options: bool,
    place: &mut Place,
) -> Option<Option<Counting>> {
    if let Method::YesNo { .. } = method {
        for key in KEYS.into_iter().chain(["one_per_proposer", "one_per_zone"]) {
            let message =
                || format!("`{key}` n’a pas de sens pour une question : le plus grand nombre l’emporte");
            table.refuse(key, message, "retirez cette clé, ou donnez une autre `method`");
        }
        return Some(None);
    }
    let rule = read_rule(table, method);
    let envelopes = read_envelopes(table, has_options, place);
    let threshold = read_threshold(table, method);
    let exclusions = read_exclusions(table, place);
    let one_per_proposer = table.get("one_per_proposer").unwrap_or(false);
    let one_per_zone = table.get("one_per_zone").unwrap_or(false);
    let carry_over = table.get("carry_over").unwrap_or(false);
    let ties = read_ties(table);
    let (envelopes, envelope_titles): (Vec<_>, Vec<_>) = envelopes?.into_iter().unzip();
    let rules = Rules {
        rule: rule?,
        envelopes,
        threshold: threshold?,
        exclusions,
        one_per_proposer,
        one_per_zone,
        carry_over,
        ties: ties?,
    };
    check_amounts(&rules, method, table).then_some(Some(Counting { rules, envelope_titles }))
}

/// Money is shared out only where there is some.
fn check_amounts(rules: &Rules, method: &Method, table: &Table<'_>) -> bool {
    let without: Vec<&str> = rules
        .envelopes
        .iter()
        .filter(|envelope| envelope.amount.is_none())
        .map(|envelope| envelope.id.as_str())
        .collect();
    let shares = matches!(rules.rule, Rule::EqualShares { .. } | Rule::Phragmen { .. });
    let what = match method {
        _ if shares => "cette règle partage de l’argent",
        Method::Knapsack { .. } => "chacun compose un budget",
        _ => return true,
    };
    let Some(first) = without.first() else { return true };
    let error = table.error(table.header(), format!("{what}, et l’enveloppe `{first}` n’en a pas"));
    table.report(error.help(
        "donnez un `amount` à chaque `[[voting.envelopes]]`, ou choisissez `rule = \"greedy\"` et une autre `method`",
    ));
    false
}

fn read_rule(table: &mut Table<'_>, method: &Method) -> Option<Rule> {
    let given: Option<Spanned<Word>> = table.get("rule");
    let word = given.as_ref().map_or(Word::Greedy, |given| *given.get_ref());
    let has_orders = matches!(method, Method::Ranking { .. } | Method::Grades { .. });
    if let Some(given) = given.filter(|_| has_orders && word != Word::Greedy) {
        let error = table.error(
            given.span(),
            "cette règle partage des voix ou des points, et ces bulletins n’en donnent pas",
        );
        table.report(
            error.help("écrivez `rule = \"greedy\"`, ou `method = \"approval\"`, « points » ou « knapsack »"),
        );
        return None;
    }
    refuse_unfit_keys(table, word);
    match word {
        Word::Greedy => {
            let by = read_by(table, method);
            let unfit = read_unfit(table);
            Some(Rule::Greedy { by: by?, unfit: unfit? })
        }
        Word::Phragmen => {
            let unfit: Option<Spanned<UnfitWord>> = table.get("unfit");
            if let Some(fund) = unfit.as_ref().filter(|unfit| *unfit.get_ref() == UnfitWord::Fund) {
                let error = table.error(fund.span(), "avec cette règle, l’enveloppe ne se dépasse pas");
                table.report(error.help("écrivez `unfit = \"skip\"` ou `unfit = \"stop\"`"));
                return None;
            }
            Some(Rule::Phragmen { skip: unfit.is_some_and(|unfit| *unfit.get_ref() == UnfitWord::Skip) })
        }
        Word::EqualShares => {
            let utility = table.get("utility").unwrap_or_default();
            let completion = read_completion(table);
            let comparison = table.get("comparison").unwrap_or(false);
            Some(Rule::EqualShares { utility, completion: completion?, comparison })
        }
    }
}

/// Keys of another rule.
fn refuse_unfit_keys(table: &mut Table<'_>, word: Word) {
    const GREEDY: &str = "`rule = \"greedy\"`";
    const EQUAL_SHARES: &str = "`rule = \"equal-shares\"`";
    let keys: [(&str, bool, &str); 9] = [
        ("by", word == Word::Greedy, GREEDY),
        ("unfit", word != Word::EqualShares, "`rule = \"greedy\"` ou `rule = \"phragmen\"`"),
        ("fund_percent", word == Word::Greedy, GREEDY),
        ("utility", word == Word::EqualShares, EQUAL_SHARES),
        ("completion", word == Word::EqualShares, EQUAL_SHARES),
        ("step", word == Word::EqualShares, EQUAL_SHARES),
        ("stop", word == Word::EqualShares, EQUAL_SHARES),
        ("then_greedy", word == Word::EqualShares, EQUAL_SHARES),
        ("comparison", word == Word::EqualShares, EQUAL_SHARES),
    ];
    for (key, _, with) in keys.into_iter().filter(|(_, fits, _)| !fits) {
        let message = || format!("`{key}` n’a pas de sens avec cette règle");
        table.refuse(key, message, &format!("retirez cette clé, ou écrivez {with}"));
    }
}

/// In which order projects are taken: it is that of the ballots.
fn read_by(table: &mut Table<'_>, method: &Method) -> Option<By> {
    let given: Option<Spanned<By>> = table.get("by");
    let (fitting, usual, help): (&[By], Option<By>, &str) = match method {
        Method::Ranking { .. } => (
            &[By::Schulze, By::Borda, By::Runoff],
            None,
            "des classements se comptent avec `by = \"schulze\"`, `by = \"borda\"` ou `by = \"runoff\"`",
        ),
        Method::Grades { .. } => (
            &[By::MajorityJudgment],
            Some(By::MajorityJudgment),
            "des mentions se comptent avec `by = \"majority-judgment\"`",
        ),
        _ => (&[By::Score], Some(By::Score), "ces bulletins se comptent avec `by = \"score\"`"),
    };
    match given {
        Some(given) if fitting.contains(given.get_ref()) => Some(given.into_inner()),
        Some(given) => {
            let error = table.error(given.span(), "cette règle ne sait pas compter ces bulletins");
            table.report(error.help(help));
            None
        }
        None => {
            if usual.is_none() {
                let error = table.error(table.header(), "il manque la clé `by`");
                table.lacks("by", error.help(help));
            }
            usual
        }
    }
}

fn read_unfit(table: &mut Table<'_>) -> Option<Unfit> {
    let word = table.get("unfit").unwrap_or(UnfitWord::Skip);
    match word {
        UnfitWord::Fund => {
            if !table.has("fund_percent") {
                let error = table.error(table.header(), "il manque la clé `fund_percent`");
                let help = "ajoutez par exemple `fund_percent = 80` : le projet est financé s’il reste 80 % de son coût";
                table.lacks("fund_percent", error.help(help));
            }
            table.get_within("fund_percent", 1..=99).map(Unfit::Fund)
        }
        UnfitWord::Skip | UnfitWord::Stop => {
            let message = || "`fund_percent` ne sert qu’à dépasser l’enveloppe".to_owned();
            table.refuse("fund_percent", message, "retirez cette clé, ou écrivez `unfit = \"fund\"`");
            Some(if word == UnfitWord::Skip { Unfit::Skip } else { Unfit::Stop })
        }
    }
}

fn read_completion(table: &mut Table<'_>) -> Option<Completion> {
    let word = table.get("completion").unwrap_or(CompletionWord::None);
    if word != CompletionWord::Add1 {
        for key in ["step", "stop", "then_greedy"] {
            let message = || format!("`{key}` n’a de sens que si les parts grandissent");
            table.refuse(key, message, "retirez cette clé, ou écrivez `completion = \"add1\"`");
        }
    }
    match word {
        CompletionWord::None => Some(Completion::None),
        CompletionWord::Greedy => Some(Completion::Greedy),
        CompletionWord::Add1 => {
            if !table.has("step") {
                let error = table.error(table.header(), "il manque la clé `step`");
                let help = "ajoutez par exemple `step = 1` : de combien d’euros grandit la part de chacun";
                table.lacks("step", error.help(help));
            }
            let step = read_euros(table, "step");
            let stop: Option<Stop> = table.require("stop");
            let greedy = table.get("then_greedy").unwrap_or(false);
            let step = step?;
            let Some(cents) = NonZeroU64::new(*step.get_ref()) else {
                let error = table.error(step.span(), "un pas de zéro ne mène nulle part");
                table.report(error.help("écrivez par exemple `step = 1`"));
                return None;
            };
            Some(Completion::Add1 { step: cents, stop: stop?, greedy })
        }
    }
}

/// Envelopes and what they are called, in order; one winner where options are chosen from and nothing is said.
fn read_envelopes(
    table: &mut Table<'_>,
    has_options: bool,
    place: &mut Place,
) -> Option<Vec<(Envelope, Text)>> {
    if !table.has("envelopes") {
        if has_options {
            let envelope = Envelope { id: "tout".to_owned(), most: Some(1), ..Envelope::default() };
            let _: Vec<()> = table.tables("envelopes", |_| None);
            return Some(vec![(envelope, Text::new("Le vote"))]);
        }
        let error = table.error(table.header(), "il manque au moins une enveloppe");
        let help = "ajoutez une table `[[voting.envelopes]]` avec `id` et `amount` (en euros), ou `most` (combien de projets)";
        table.lacks("envelopes", error.help(help));
    }
    let mut known = BTreeSet::new();
    let mut count = 0;
    let envelopes = table.tables("envelopes", |table| {
        count += 1;
        read_envelope(table, &mut known, place)
    });
    (count > 0 && envelopes.len() == count).then_some(envelopes)
}

fn read_envelope(
    table: &mut Table<'_>,
    known: &mut BTreeSet<String>,
    place: &mut Place,
) -> Option<(Envelope, Text)> {
    let id = read_id(table, known, "enveloppe");
    let title: Option<Text> = table.get("title");
    let is_limited = table.has("amount") || table.has("most");
    let amount = read_euros(table, "amount");
    let mut scope = |key: &'static str, named: Named| {
        let written: Spanned<Text> = table.get(key)?;
        let name = written.get_ref().as_str().to_owned();
        place.names.push((named, Spanned::new(written.span(), name.clone())));
        Some(name)
    };
    let zone = scope("zone", Named::Zone);
    let theme = scope("theme", Named::Theme);
    let label = scope("label", Named::Label);
    let (from, to) = (read_euros(table, "cost_from"), read_euros(table, "cost_to"));
    if let (Some(from), Some(to)) = (&from, &to)
        && from.get_ref() > to.get_ref()
    {
        let error = table.error(to.span(), "`cost_to` est inférieur à `cost_from`");
        table.report(error.help("aucun projet ne serait de cette enveloppe : échangez les deux sommes"));
    }
    let least: Option<Spanned<u64>> = table.get("least");
    let most: Option<Spanned<u64>> = table.get("most");
    if let (Some(least), Some(most)) = (&least, &most)
        && least.get_ref() > most.get_ref()
    {
        let message = format!("`most` ({}) est inférieur à `least` ({})", most.get_ref(), least.get_ref());
        table.report(table.error(most.span(), message).help("augmentez `most`, ou diminuez `least`"));
    }
    if !is_limited {
        let error = table.error(table.header(), "cette enveloppe n’a pas de limite");
        let help = "donnez-lui un `amount` (en euros), ou un `most` (combien de projets au plus)";
        table.lacks("amount", error.help(help));
    }
    let number = |written: &Spanned<u64>| u32::try_from(*written.get_ref()).ok();
    let cents = |written: Spanned<u64>| written.into_inner();
    let title = title
        .or_else(|| zone.as_deref().or(theme.as_deref()).or(label.as_deref()).map(Text::new))
        .unwrap_or_else(|| Text::new("L’enveloppe"));
    let envelope = Envelope {
        id: id?,
        scope: Scope { zone, theme, label, cost_from: from.map(cents), cost_to: to.map(cents) },
        amount: amount.map(cents),
        least: least.as_ref().and_then(number).unwrap_or(0),
        most: most.as_ref().and_then(number),
    };
    is_limited.then_some((envelope, title))
}

/// `Some(None)` where there is none; `None` when several are written.
fn read_threshold(table: &mut Table<'_>, method: &Method) -> Option<Option<Threshold>> {
    if matches!(method, Method::Ranking { .. } | Method::Grades { .. }) {
        let message = || {
            "`threshold_score` compte des voix ou des points, et ces bulletins n’en donnent pas".to_owned()
        };
        table.refuse(
            "threshold_score",
            message,
            "écrivez `threshold_voters` (tant de votants) ou `threshold_share` (une part des votants)",
        );
    }
    let score: Option<u64> = table.get("threshold_score");
    let voters: Option<Spanned<u64>> = table.get("threshold_voters");
    let share: Option<Spanned<Share>> = table.get("threshold_share");
    let spans = voters.as_ref().map(Spanned::span).into_iter().chain(share.as_ref().map(Spanned::span));
    let thresholds = [
        score.map(Threshold::Score),
        voters.as_ref().map(|voters| Threshold::Voters(*voters.get_ref())),
        share.as_ref().map(|share| Threshold::Share {
            numerator: share.get_ref().numerator,
            denominator: share.get_ref().denominator,
        }),
    ];
    let mut given = thresholds.into_iter().flatten();
    let (first, second) = (given.next(), given.next());
    if second.is_some() {
        let span = spans.last().unwrap_or_else(|| table.header());
        let error = table.error(span, "un projet n’a qu’un seuil à atteindre");
        table.report(
            error.help("gardez une seule des clés `threshold_score`, `threshold_voters`, `threshold_share`"),
        );
        return None;
    }
    Some(first)
}

fn read_exclusions(table: &mut Table<'_>, place: &mut Place) -> Vec<Vec<String>> {
    let written: Option<Spanned<Vec<Vec<Spanned<String>>>>> = table.get("exclusions");
    let Some(written) = written else { return Vec::new() };
    if written.get_ref().iter().any(|group| group.len() < 2) {
        let error = table.error(written.span(), "un groupe d’exclusion a au moins deux projets");
        table.report(error.help("écrivez par exemple `exclusions = [[\"parc\", \"parking\"]]`"));
    }
    let groups = written.into_inner().into_iter().map(|group| {
        place.names.extend(group.iter().map(|id| (Named::Project, id.clone())));
        group.into_iter().map(Spanned::into_inner).collect()
    });
    groups.collect()
}

/// A chain that leaves no tie open.
fn read_ties(table: &mut Table<'_>) -> Option<Vec<TieBreak>> {
    if !table.has("ties") {
        let error =
            table.error(table.header(), "il manque la clé `ties` : comment départager des projets à égalité");
        table.lacks("ties", error.help("ajoutez par exemple `ties = [\"min-cost\", \"lot\"]`"));
    }
    let ties: Spanned<Vec<TieBreak>> = table.get("ties")?;
    let lot = ties.get_ref().iter().position(|link| *link == TieBreak::Lot);
    let wrong = match lot {
        None => Some((
            "cette chaîne peut laisser une égalité ouverte : il n’y aurait alors pas de résultat",
            "terminez-la par \"lot\", le tirage au sort public",
        )),
        Some(place) if place + 1 < ties.get_ref().len() => {
            Some(("après le tirage au sort, il n’y a plus rien à départager", "mettez \"lot\" à la fin"))
        }
        Some(_) => None,
    };
    if let Some((message, help)) = wrong {
        table.report(table.error(ties.span(), message).help(help));
        return None;
    }
    Some(ties.into_inner())
}
