//! `parvis tally`: counts an election in Pabulib's format, and says how.

use super::{
    OPTIONS, TEMPLATE, fail,
    given::{self, Unread},
    minutes::Paper,
};
use clap::{Args, ValueEnum};
use domain::{
    rulebook::group_digits,
    tally::{
        Error, Minutes, Outcome as Answered, Question, TieBreak,
        pabulib::{self, DEFAULT_TIES, Fault},
        tally,
    },
    voting::{BallotBox, Outcome},
};
use serde_json::{Number, json};
use std::path::PathBuf;
use thiserror::Error as ThisError;

/// What to count, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = OPTIONS, help_template = TEMPLATE)]
pub(super) struct TallyArguments {
    /// Fichier .pb au format de Pabulib, ou fichier des bulletins que Parvis publie (.ballots.json), qui porte ses règles ;
    /// « - » pour l’entrée standard.
    #[arg(value_name = "FICHIER")]
    file: PathBuf,

    /// Règle, au lieu de celle que nomme le fichier : greedy, greedy-no-skip, equalshares, equalshares/add1, phragmen…
    /// Une règle inconnue fait donner la liste.
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
    #[error(transparent)]
    Unread(#[from] Unread),
    #[error("{path}\n{}", faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n"))]
    Faulty { path: String, faults: Vec<Fault> },
    #[error("{path} n’est ni un fichier de Pabulib, ni un fichier de bulletins (….ballots.json) : {source}")]
    Malformed { path: String, source: serde_json::Error },
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
    given::print(&format!("{}\n", text.trim_end()))
}

fn count(arguments: &TallyArguments) -> Result<String, TallyError> {
    let path = given::name(&arguments.file);
    let bytes = given::read(&arguments.file)?;
    if bytes.trim_ascii_start().starts_with(b"{") {
        let ballots = serde_json::from_slice(&bytes)
            .map_err(|source| TallyError::Malformed { path: path.clone(), source })?;
        return count_box(ballots, arguments);
    }
    let file = pabulib::read(&bytes, arguments.lenient)
        .map_err(|faults| TallyError::Faulty { path: path.clone(), faults })?;
    let ties = if arguments.ties.is_empty() { &DEFAULT_TIES[..] } else { &arguments.ties };
    let (recorded, mut notices) = (file.recorded.clone(), file.notices.clone());
    let currency = file.meta.get("currency").cloned().unwrap_or_default();
    let election = file.election(arguments.rule.as_deref(), ties).map_err(TallyError::Rule)?;
    let minutes = tally(&election)?;
    notices.extend(pabulib::differences(&recorded, &minutes));
    printed(&minutes, &currency, &notices, arguments.format)
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
        Outcome::Minutes(minutes) => printed(&minutes, EURO, &[], arguments.format),
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

/// The currency of authorities.
const EURO: &str = "EUR";

fn printed(
    minutes: &Minutes,
    currency: &str,
    notices: &[String],
    format: Format,
) -> Result<String, TallyError> {
    let currency = currency.trim();
    let sign = if currency.eq_ignore_ascii_case(EURO) { "€" } else { currency };
    let paper = Paper { minutes, currency: sign, markdown: format == Format::Markdown };
    Ok(match format {
        Format::Json => serde_json::to_string_pretty(&as_json(paper, currency, notices))?,
        Format::Markdown | Format::Text => paper.text(notices),
    })
}

/// Costs and amounts in units of the currency, scores in points; in `minutes`, the minutes as they are kept: in cents.
fn as_json(paper: Paper<'_>, currency: &str, notices: &[String]) -> serde_json::Value {
    let minutes = paper.minutes;
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
                "explanation": paper.explained(&fate.reason),
            })
        })
        .collect();
    let budget: u64 = minutes.envelopes.iter().filter_map(|account| account.amount).sum();
    let spent: u64 = minutes.envelopes.iter().map(|account| account.spent).sum();
    json!({
        "rule": pabulib::name_of(&minutes.rules),
        "ties": minutes.rules.ties,
        "currency": (!currency.is_empty()).then_some(currency),
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
