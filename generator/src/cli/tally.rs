//! `parvis tally`: counts an election in Pabulib's format, and says how.

use super::{OPTIONS, TEMPLATE, fail};
use clap::{Args, ValueEnum};
use domain::{
    rulebook::group_digits,
    tally::{
        Account, Error, Fate, Measure, Minutes, Outcome as Answered, Question, Reason, Round, Step, Stopped,
        TieBreak,
        pabulib::{self, DEFAULT_TIES, Fault},
        tally,
    },
    voting::{BallotBox, Outcome},
};
use serde_json::{Number, json};
use std::{fs, io, path::PathBuf, process::ExitCode};
use thiserror::Error as ThisError;

/// What to count, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = OPTIONS, help_template = TEMPLATE)]
pub(super) struct TallyArguments {
    /// Fichier .pb au format de Pabulib, ou fichier des bulletins que Parvis publie (.ballots.json), qui porte ses règles.
    #[arg(value_name = "FICHIER")]
    file: PathBuf,

    /// Règle, au lieu de celle que nomme le fichier : greedy, greedy-no-skip, equalshares, equalshares/add1, phragmen…
    #[arg(long, value_name = "RÈGLE")]
    rule: Option<String>,

    /// Départage des ex æquo, dans l’ordre : min-cost, max-cost, more-voters, lot. Par défaut min-cost,more-voters,lot ; la
    /// graine du tirage est l’empreinte SHA-256 du fichier.
    #[arg(long, value_name = "CHAÎNE", value_delimiter = ',', value_parser = tie_break)]
    ties: Vec<TieBreak>,

    /// Compte une fois un projet qui figure deux fois dans un vote, et laisse de côté ceux qui n’existent pas.
    #[arg(long)]
    lenient: bool,

    /// text, markdown, ou json.
    #[arg(long, default_value = "text", hide_default_value = true, hide_possible_values = true)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Markdown,
    Json,
}

fn tie_break(name: &str) -> Result<TieBreak, String> {
    TieBreak::named(name)
        .ok_or_else(|| format!("« {name} » n’est pas un départage : min-cost, max-cost, more-voters ou lot"))
}

/// Why there is no result.
#[derive(Debug, ThisError)]
enum TallyError {
    #[error("{path} ne se lit pas : {source}")]
    Unreadable { path: String, source: io::Error },
    #[error("{path}\n{}", faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n"))]
    Faulty { path: String, faults: Vec<Fault> },
    #[error("{0}")]
    Rule(String),
    #[error(transparent)]
    Count(#[from] Error),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// Counts the file and prints the minutes.
pub(super) fn run(arguments: &TallyArguments) -> super::Outcome {
    let text = count(arguments).map_err(|error| fail(&error))?;
    println!("{}", text.trim_end());
    Ok::<(), ExitCode>(())
}

fn count(arguments: &TallyArguments) -> Result<String, TallyError> {
    let path = arguments.file.display().to_string();
    let bytes =
        fs::read(&arguments.file).map_err(|source| TallyError::Unreadable { path: path.clone(), source })?;
    if bytes.trim_ascii_start().starts_with(b"{") {
        return count_box(serde_json::from_slice(&bytes)?, arguments);
    }
    let file = pabulib::read(&bytes, arguments.lenient)
        .map_err(|faults| TallyError::Faulty { path: path.clone(), faults })?;
    let ties = if arguments.ties.is_empty() { &DEFAULT_TIES[..] } else { &arguments.ties };
    let (recorded, mut notices) = (file.recorded.clone(), file.notices.clone());
    let election = file.election(arguments.rule.as_deref(), ties).map_err(TallyError::Rule)?;
    let minutes = tally(&election)?;
    notices.extend(pabulib::differences(&recorded, &minutes));
    printed(&minutes, &notices, arguments.format)
}

/// Counts the ballots that Parvis published, by the rules that their file carries.
fn count_box(mut ballots: BallotBox, arguments: &TallyArguments) -> Result<String, TallyError> {
    if arguments.rule.is_some() {
        let why = "ce fichier porte la règle du vote : retirez --rule, ou comptez son fichier .pb";
        return Err(TallyError::Rule(why.to_owned()));
    }
    if let Some(rules) = ballots.rules.as_mut().filter(|_| !arguments.ties.is_empty()) {
        rules.ties.clone_from(&arguments.ties);
    }
    match ballots.count() {
        Outcome::Minutes(minutes) => printed(&minutes, &[], arguments.format),
        Outcome::Undecided(why) => Err(TallyError::Rule(why)),
        Outcome::Question(question) => match arguments.format {
            Format::Json => Ok(serde_json::to_string_pretty(&question)?),
            Format::Markdown | Format::Text => Ok(answered(&question)),
        },
    }
}

/// A question, its turnout and its answer.
fn answered(question: &Question) -> String {
    let Question { turnout, yes, no, outcome } = question;
    let outcome = match outcome {
        Answered::Yes => "le oui l’emporte",
        Answered::No => "le non l’emporte",
        Answered::Level => "la question n’est pas tranchée",
    };
    let count = |number: u64| group_digits(number);
    format!(
        "Résultat : {outcome}\nOui : {}\nNon : {}\nBlancs : {}\nVotants : {}\n",
        count(*yes),
        count(*no),
        count(turnout.blank),
        count(turnout.voters)
    )
}

fn printed(minutes: &Minutes, notices: &[String], format: Format) -> Result<String, TallyError> {
    Ok(match format {
        Format::Json => serde_json::to_string_pretty(&as_json(minutes, notices))?,
        Format::Markdown => as_text(minutes, notices, true),
        Format::Text => as_text(minutes, notices, false),
    })
}

/// Costs and amounts in units of the currency, scores in points; in `minutes`, the minutes as they are kept: in cents.
fn as_json(minutes: &Minutes, notices: &[String]) -> serde_json::Value {
    let projects: Vec<_> = minutes
        .projects
        .iter()
        .map(|fate| {
            json!({
                "id": fate.id,
                "name": fate.name,
                "cost": decimal(i128::from(fate.cost), 100),
                "score": decimal(i128::from(fate.score), minutes.unit),
                "voters": fate.voters,
                "reason": fate.reason.as_str(),
                "explanation": explained(&fate.reason, minutes.unit),
            })
        })
        .collect();
    let budget: u64 = minutes.envelopes.iter().filter_map(|account| account.amount).sum();
    let spent: u64 = minutes.envelopes.iter().map(|account| account.spent).sum();
    json!({
        "rule": pabulib::name_of(&minutes.rules),
        "ties": minutes.rules.ties,
        "budget": decimal(i128::from(budget), 100),
        "spent": decimal(i128::from(spent), 100),
        "ballots": minutes.ballots,
        "winners": minutes.winners,
        "projects": projects,
        "notices": notices,
        "minutes": minutes,
    })
}

/// `number`/`unit`: a whole number where it is one.
fn decimal(number: i128, unit: u32) -> Number {
    let unit = i128::from(unit.max(1));
    match i64::try_from(number / unit) {
        Ok(whole) if number % unit == 0 => Number::from(whole),
        // The nearest double writes itself with the decimals it was read with, up to fifteen digits.
        _ => Number::from_f64(number as f64 / unit as f64).unwrap_or_else(|| Number::from(0)),
    }
}

fn as_text(minutes: &Minutes, notices: &[String], markdown: bool) -> String {
    let heading = |level: usize, text: &str| match markdown {
        true => format!("{} {text}\n\n", "#".repeat(level)),
        false => format!("{text}\n{}\n", if level == 1 { "=" } else { "-" }.repeat(text.chars().count())),
    };
    let mut text = heading(1, "Procès-verbal du dépouillement");
    text += &format!("Règle : {}\n", pabulib::name_of(&minutes.rules));
    let chain: Vec<&str> = minutes.rules.ties.iter().map(|link| link.as_str()).collect();
    text += &format!("Départage des ex æquo : {}\n", chain.join(", puis "));
    if let Some(seed) = &minutes.seed {
        text += &format!("Graine du tirage : {seed}\n");
    }
    text += &format!(
        "Bulletins : {}, dont {} sans choix\n",
        group_digits(minutes.ballots),
        group_digits(minutes.blank)
    );
    for account in &minutes.envelopes {
        text += "\n";
        text += &heading(2, &format!("Enveloppe « {} »", account.id));
        text += &account_text(account, minutes.unit, markdown);
    }
    text += "\n";
    text += &heading(2, "Résultat");
    for (place, winner) in (1..).zip(&minutes.winners) {
        let fate = minutes.projects.iter().find(|fate| fate.id == *winner);
        text += &format!("{place}. {}\n", fate.map_or_else(|| winner.clone(), named));
    }
    if minutes.winners.is_empty() {
        text += "Aucun projet n’est élu.\n";
    }
    text += "\n";
    text += &heading(2, "Projets non élus");
    for fate in minutes.projects.iter().filter(|fate| !fate.reason.elected()) {
        text += &format!(
            "- {} ({}, score {}) : {}\n",
            named(fate),
            money(fate.cost),
            score(fate.score, minutes.unit),
            explained(&fate.reason, minutes.unit)
        );
    }
    if !notices.is_empty() {
        text += "\n";
        text += &heading(2, "À savoir");
        for notice in notices {
            text += &format!("- {notice}.\n");
        }
    }
    text
}

fn account_text(account: &Account, unit: u32, markdown: bool) -> String {
    let mut text = String::new();
    if let Some(amount) = account.amount {
        text += &format!("Montant : {}", money(amount));
        if account.carried > 0 {
            text += &format!(", plus {} reportés", money(account.carried));
        }
        text += &format!(" ; dépensé : {}", money(account.spent));
        match account.left {
            Some(left) => text += &format!(" ; reste : {}\n", money(left)),
            None => text += " ; l’enveloppe est dépassée\n",
        }
    }
    if let Some(shares) = &account.shares {
        let each = shares.money / u128::from(shares.voters.max(1));
        text += &format!(
            "Part de chaque votant : {} environ, après {} augmentations",
            money(u64::try_from(each).unwrap_or(u64::MAX)),
            group_digits(shares.steps)
        );
        text += &match &shares.stopped {
            Some(Stopped::Overspent { cost }) => format!(" ; la suivante coûterait {}\n", money(*cost)),
            Some(Stopped::Exhaustive) => " ; rien ne peut plus être ajouté\n".to_owned(),
            Some(Stopped::Settled) => " ; plus d’argent n’y changerait rien\n".to_owned(),
            None => "\n".to_owned(),
        };
        if let Some(comparison) = &shares.comparison {
            text += &format!(
                "Comparaison : {} votants obtiennent plus par les parts égales, {} par le score seul\n",
                group_digits(comparison.shares),
                group_digits(comparison.greedy)
            );
        }
    }
    if !account.would_fit.is_empty() {
        text += &format!(
            "Tiendraient encore, mais la règle ne les retient pas : {}\n",
            account.would_fit.join(", ")
        );
    }
    text += "\n";
    if markdown {
        text += "| Tour | Projet | Considéré pour | Coût | Avant | Décision | Après |\n|--:|---|---|--:|--:|---|--:|\n";
    }
    for (number, round) in (1..).zip(&account.rounds) {
        text += &round_text(number, round, unit, markdown);
    }
    text
}

fn round_text(number: usize, round: &Round, unit: u32, markdown: bool) -> String {
    let (before, after) =
        (round.before.map(money).unwrap_or_default(), round.after.map(money).unwrap_or_default());
    let mut decision = explained(&round.reason, unit);
    if let Some(tie) = &round.tie {
        let by: Vec<&str> = tie.by.iter().map(|link| link.as_str()).collect();
        let by = if by.is_empty() { "sans conséquence".to_owned() } else { by.join(", puis ") };
        decision += &format!(" ; ex æquo ({}) : {by}", tie.order.join(" > "));
    }
    let (measure, cost) = (measured(&round.measure, unit), money(round.cost));
    if markdown {
        let project = round.project.replace('|', "\\|");
        format!("| {number} | {project} | {measure} | {cost} | {before} | {decision} | {after} |\n")
    } else {
        format!("{number}. {} — {measure}, {cost} : {decision} ({before} → {after})\n", round.project)
    }
}

fn measured(measure: &Measure, unit: u32) -> String {
    match measure {
        Measure::Score(points) => format!("score {}", score(*points, unit)),
        Measure::Rank(rank) => format!("rang {rank}"),
        Measure::Share { effective, price } => {
            format!("{effective:.2} votes effectifs, {:.2} € par votant", price / 100.0).replace('.', ",")
        }
        Measure::Load(moment) => format!("payé à {:.2} € par votant", moment / 100.0).replace('.', ","),
    }
}

fn explained(reason: &Reason, unit: u32) -> String {
    match reason {
        Reason::Elected { step: Step::Rule } => "élu".to_owned(),
        Reason::Elected { step: Step::Zone } => "élu, premier de sa zone".to_owned(),
        Reason::Elected { step: Step::Completion } => "élu, avec ce qui restait".to_owned(),
        Reason::Elected { step: Step::Least } => "élu, pour atteindre le nombre prévu".to_owned(),
        Reason::Elected { step: Step::Beyond } => "élu, au-delà de ce qui restait".to_owned(),
        Reason::NoVote => "aucun vote".to_owned(),
        Reason::BelowThreshold { needed } => {
            format!("sous le seuil de {}", score(i64::try_from(*needed).unwrap_or(i64::MAX), unit))
        }
        Reason::Excluded { by } => format!("exclu par l’élection de « {by} »"),
        Reason::DoesNotFit { left } => format!("ne tient pas dans les {} qui restaient", money(*left)),
        Reason::Unaffordable { money: left } => {
            format!("ses votants n’avaient plus que {} ensemble", money(*left))
        }
        Reason::Stopped { at } => format!("le compte s’est arrêté à « {at} »"),
        Reason::Full => "le nombre de projets prévu était atteint".to_owned(),
        Reason::OutOfScope => "aucune enveloppe n’est pour lui".to_owned(),
        Reason::Withdrawn => "retiré après le vote".to_owned(),
    }
}

fn named(fate: &Fate) -> String {
    if fate.name.is_empty() { fate.id.clone() } else { format!("{} — {}", fate.id, fate.name) }
}

/// `1 234 €`, `1 234,50 €`.
fn money(cents: u64) -> String {
    let whole = group_digits(cents / 100);
    match cents % 100 {
        0 => format!("{whole}\u{a0}€"),
        rest => format!("{whole},{rest:02}\u{a0}€"),
    }
}

fn score(points: i64, unit: u32) -> String {
    decimal(i128::from(points), unit).to_string().replace('.', ",")
}
