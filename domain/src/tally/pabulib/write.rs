//! From an election to the text of a file, for those who study or check it.

use super::name_of;
use crate::tally::{Kind, Minutes, Profile, Project, Rules, Scope, Threshold, pabulib::amount::shown};
use std::fmt::Write;

/// What META says, beside what the election says itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heading {
    /// In a sentence.
    pub description: String,
    /// In English: `France`.
    pub country: String,
    /// The city or territory.
    pub unit: String,
    /// The edition: `2026`.
    pub instance: String,
    /// First day of the vote, `dd.mm.yyyy`.
    pub date_begin: String,
    /// Last day of the vote.
    pub date_end: String,
}

/// The text of a file, without the projects that were withdrawn. Voters are numbered in the order of their ballots, not of
/// time: it tells nothing of them. The rule is `unknown` where the format has no words for all of the rules, so that nobody
/// counts by others unawares.
pub fn write(heading: &Heading, projects: &[Project], profile: &Profile, minutes: &Minutes) -> String {
    let mut text = String::new();
    meta(&mut text, heading, projects, profile, minutes);
    text.push_str("PROJECTS\nproject_id;cost;votes;score;name;category;target;district;proposer;selected\n");
    let standing = projects.iter().zip(&minutes.projects).filter(|(project, _)| !project.withdrawn);
    for (project, fate) in standing {
        line(
            &mut text,
            &[
                project.id.clone(),
                money(project.cost),
                fate.voters.to_string(),
                shown(fate.score, minutes.unit),
                project.name.clone(),
                project.themes.join(","),
                project.labels.join(","),
                project.zone.clone().unwrap_or_default(),
                project.proposer.clone().unwrap_or_default(),
                u8::from(fate.reason.elected()).to_string(),
            ],
        );
    }
    votes(&mut text, projects, profile);
    text
}

fn meta(text: &mut String, heading: &Heading, projects: &[Project], profile: &Profile, minutes: &Minutes) {
    let budget: u64 = minutes.rules.envelopes.iter().filter_map(|envelope| envelope.amount).sum();
    let kind = match profile.kind() {
        Kind::Approval => "approval",
        Kind::Points => "cumulative",
        Kind::Ranking => "ordinal",
        Kind::Grades { .. } => "scoring",
    };
    text.push_str("META\nkey;value\n");
    for (key, value) in [
        ("description", heading.description.clone()),
        ("country", heading.country.clone()),
        ("unit", heading.unit.clone()),
        ("instance", heading.instance.clone()),
        ("num_projects", projects.iter().filter(|project| !project.withdrawn).count().to_string()),
        ("num_votes", profile.ballots().to_string()),
        ("budget", money(budget)),
        ("vote_type", kind.to_owned()),
        ("rule", if are_sayable(&minutes.rules) { name_of(&minutes.rules) } else { "unknown".to_owned() }),
        ("date_begin", heading.date_begin.clone()),
        ("date_end", heading.date_end.clone()),
        ("currency", "EUR".to_owned()),
    ] {
        line(text, &[key.to_owned(), value]);
    }
    if let Some(Threshold::Score(needed)) = minutes.rules.threshold {
        line(text, &["min_project_score_threshold".to_owned(), needed.to_string()]);
    }
}

/// Whether the format can say all that rules hold but how ties are decided.
fn are_sayable(rules: &Rules) -> bool {
    let Rules {
        rule: _,
        envelopes,
        threshold,
        exclusions,
        one_per_proposer,
        one_per_zone,
        carry_over: _,
        ties: _,
    } = rules;
    let is_plain = match envelopes.as_slice() {
        [envelope] => {
            envelope.scope == Scope::default()
                && envelope.amount.is_some()
                && envelope.least == 0
                && envelope.most.is_none()
        }
        _ => false,
    };
    is_plain
        && matches!(threshold, None | Some(Threshold::Score(_)))
        && exclusions.is_empty()
        && !one_per_proposer
        && !one_per_zone
}

fn votes(text: &mut String, projects: &[Project], profile: &Profile) {
    let mut lines: Vec<(String, u64)> = profile
        .iter()
        .map(|(chosen, numbers, many)| {
            let stands = |&at: &usize| !projects[chosen[at] as usize].withdrawn;
            let standing: Vec<usize> = (0..chosen.len()).filter(stands).collect();
            let ids: Vec<&str> =
                standing.iter().map(|&at| projects[chosen[at] as usize].id.as_str()).collect();
            let mut fields = vec![ids.join(",")];
            if !numbers.is_empty() {
                let points: Vec<String> = standing.iter().map(|&at| worth(profile, numbers[at])).collect();
                fields.push(points.join(","));
            }
            let mut ballot = String::new();
            line(&mut ballot, &fields);
            (ballot, many)
        })
        .collect();
    let points = matches!(profile.kind(), Kind::Points | Kind::Grades { .. });
    let nothing = if points { ";\n" } else { "\n" };
    lines.push((nothing.to_owned(), profile.blank()));
    lines.sort_unstable();
    text.push_str(if points { "VOTES\nvoter_id;vote;points\n" } else { "VOTES\nvoter_id;vote\n" });
    let ballots = lines.iter().flat_map(|(ballot, many)| (0..*many).map(move |_| ballot));
    for (ballot, voter) in ballots.zip(1..) {
        // Writing to a string does not fail.
        let _ = write!(text, "{voter};{ballot}");
    }
}

/// What a number of a ballot is worth; a grade is worth as many points as there are worse ones.
fn worth(profile: &Profile, number: i64) -> String {
    match profile.kind() {
        Kind::Grades { grades } => (i64::from(grades) - 1 - number).to_string(),
        _ => shown(number, profile.unit()),
    }
}

/// Cents in units of the currency: `12500`, `12500.50`.
fn money(cents: u64) -> String {
    match cents % 100 {
        0 => (cents / 100).to_string(),
        rest => format!("{}.{rest:02}", cents / 100),
    }
}

fn line(text: &mut String, fields: &[String]) {
    for (at, field) in fields.iter().enumerate() {
        if at > 0 {
            text.push(';');
        }
        if field.contains([';', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&field.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(field);
        }
    }
    text.push('\n');
}
