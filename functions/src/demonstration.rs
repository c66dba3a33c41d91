//! Supports, answers and ballots of fictitious people, so that a demonstration site shows every stage. They are acts like any
//! other: rows of the table, entries of the register, parts of the counts.

mod ballots;

use crate::{
    questionnaire,
    rows::{DepositId, Standing, Support, key, support_key},
    table::{CommitError, Condition, Key, MOST_WRITES, Table, TableError, Write},
};
use domain::{
    form::{self, Choice, Form, Kind, Typed},
    rulebook::{Deposit, Rulebook, Writing},
    secret::Secret,
};
use jiff::{Timestamp, tz::TimeZone};

/// Plants the supports that the rulebook's demonstrations have given by `now` and that are not there yet.
///
/// # Errors
/// As the table.
pub async fn plant(
    table: &dyn Table,
    rulebook: &Rulebook,
    secret: &Secret,
    now: Timestamp,
) -> Result<(), TableError> {
    for (process, rules) in &rulebook.processes {
        for (deposit, rules) in &rules.deposits {
            by_nobody_else(plant_deposit(table, DepositId { process, deposit }, rules, secret, now).await)?;
        }
        if let Some(writing) = &rules.writing {
            by_nobody_else(plant_answers(table, process, writing, secret, now).await)?;
        }
        if let Some(voting) = &rules.voting {
            by_nobody_else(ballots::plant(table, process, voting, secret, now).await)?;
        }
    }
    Ok(())
}

fn by_nobody_else(planted: Result<(), CommitError>) -> Result<(), TableError> {
    planted.map_err(|error| match error {
        CommitError::Refused => TableError::Busy("someone else plants a demonstration".into()),
        CommitError::Table(error) => error,
    })
}

async fn plant_deposit(
    table: &dyn Table,
    id: DepositId<'_>,
    deposit: &Deposit,
    secret: &Secret,
    now: Timestamp,
) -> Result<(), CommitError> {
    let Some(demonstration) = &deposit.demonstration else { return Ok(()) };
    let due: Vec<Timestamp> = demonstration.instants().take_while(|at| *at <= now).collect();
    let progress = Key::new("demonstration", format!("{}#{}", id.process, id.deposit));
    let key = key(secret, id);
    loop {
        let stored = table.get(&progress, now).await?;
        let planted: usize = stored.as_ref().map(|item| item.read()).transpose()?.unwrap_or(0);
        if planted >= due.len() {
            return Ok(());
        }
        let next = (planted + MOST_WRITES - 1).min(due.len());
        let condition = stored.map_or(Condition::Absent, |item| Condition::Version(item.version));
        let mut writes = vec![Write::put(progress.clone(), condition, None, &next)?];
        for (number, at) in due.iter().enumerate().take(next).skip(planted) {
            let person = number.to_string();
            let support = Support {
                standing: Standing::Counted,
                at: *at,
                receipt: key.pseudonym(&["demonstration receipt", &person]).as_str().to_owned(),
                mailbox: key.pseudonym(&["demonstration mailbox", &person]),
                slot: 0,
            };
            let civil = key.pseudonym(&["demonstration civil", &person]);
            writes.push(Write::put(
                support_key(id, &civil),
                Condition::Absent,
                Some(deposit.erased),
                &support,
            )?);
        }
        table.commit(writes, now).await?;
    }
}

/// Plants fictitious answers to a questionnaire that has opened. They pass its rules, as any answer does.
async fn plant_answers(
    table: &dyn Table,
    process: &str,
    writing: &Writing,
    secret: &Secret,
    now: Timestamp,
) -> Result<(), CommitError> {
    let due = writing.demonstration.filter(|_| now >= writing.window.opens()).unwrap_or(0);
    let progress = Key::new("demonstration", format!("{process}#answers"));
    let key = secret.key(&["demonstration answers", process]);
    let version = form::version::version(&writing.form);
    let today = writing.window.opens().to_zoned(TimeZone::UTC).date();
    loop {
        let stored = table.get(&progress, now).await?;
        let planted: u64 = stored.as_ref().map(|item| item.read()).transpose()?.unwrap_or(0);
        if planted >= due {
            return Ok(());
        }
        let next = (planted + MOST_WRITES as u64 - 1).min(due);
        let condition = stored.map_or(Condition::Absent, |item| Condition::Version(item.version));
        let mut writes = vec![Write::put(progress.clone(), condition, None, &next)?];
        for person in planted..next {
            let person = person.to_string();
            let typed = fictitious(&writing.form, process, &person);
            let checked = form::check::check(&writing.form, &typed, &form::Files::new(), today);
            // A form that fictitious people cannot fill in stays empty.
            let Ok(answers) = checked else { continue };
            let row = questionnaire::Row { form: version.clone(), answers };
            let place = questionnaire::key(process, key.pseudonym(&["row", &person]).as_str());
            writes.push(Write::put(place, Condition::Absent, None, &row)?);
        }
        table.commit(writes, now).await?;
    }
}

/// What a fictitious person types. The same on every machine, whatever its secret: a page can say what they answered.
fn fictitious(form: &Form, process: &str, person: &str) -> Typed {
    let key = Secret::new([0; 32]).key(&["fictitious answers", process]);
    let share = |words: &[&str]| share(&key, words);
    let mut typed = Vec::new();
    for field in form.fields.iter().filter(|field| field.is_asked()) {
        let draw = |part: &str, weights: &[f64]| drawn(share(&[person, &field.id, part]), weights);
        let evenly = |part: &str, most: usize| draw(part, &vec![1.0; most]);
        // Some options are liked better than others.
        let liked = |options: &[Choice]| -> Vec<f64> {
            options.iter().map(|option| 0.1 + share(&["liked", &field.id, &option.id])).collect()
        };
        // Opinions gather around one of the grades, and there are fewer the farther from it.
        let gathered = |part: &str, most: usize| -> Vec<f64> {
            let middle = (share(&["gathered", &field.id, part]) * most as f64).floor();
            (0..most).map(|grade| 0.5_f64.powf((grade as f64 - middle).abs())).collect()
        };
        let name = field.name();
        match &field.kind {
            Kind::Choice { options } => typed.push((name, options[draw("", &liked(options))].id.clone())),
            Kind::Grade { grades } => {
                typed.push((name, grades[draw("", &gathered("", grades.len()))].id.clone()));
            }
            Kind::Choices { options, min, max } => {
                let count = (evenly("count", *max as usize) + 1).max(*min as usize).min(options.len());
                let chosen = in_order(options, count, &liked(options), &draw);
                typed.extend(chosen.into_iter().map(|option| (name.clone(), option.id.clone())));
            }
            Kind::Ranking { options, max, .. } => {
                let ranked = in_order(options, *max as usize, &liked(options), &draw);
                typed.extend(
                    ranked
                        .into_iter()
                        .enumerate()
                        .map(|(n, option)| (format!("{name}-{}", option.id), (n + 1).to_string())),
                );
            }
            Kind::Matrix { rows, columns } => typed.extend(rows.iter().map(|row| {
                let column = draw(&row.id, &gathered(&row.id, columns.len()));
                (format!("{name}-{}", row.id), columns[column].id.clone())
            })),
            Kind::YesNo => typed.push((name, if evenly("", 3) < 2 { "yes" } else { "no" }.to_owned())),
            Kind::Consent => typed.push((name, "yes".to_owned())),
            Kind::Number { min, max, decimals: 0, .. } => {
                let (min, max) = (min.unwrap_or(0), max.unwrap_or(100));
                // Small numbers oftener.
                let span = max.saturating_sub(min).saturating_add(1) as f64;
                let number = (share(&[person, &field.id]).powi(2) * span) as i64;
                typed.push((name, min.saturating_add(number).to_string()));
            }
            // Where nobody has to write, one person in two does.
            Kind::Text { .. } | Kind::LongText { .. } | Kind::RichText { .. }
                if field.required || evenly("", 2) == 0 =>
            {
                typed.push((name, "Réponse d’une personne fictive.".to_owned()));
            }
            _ => {}
        }
    }
    Typed(typed)
}

/// Between 0 and below 1, the same for the same words.
fn share(key: &domain::secret::Key, words: &[&str]) -> f64 {
    let digits = key.pseudonym(words);
    u32::from_str_radix(&digits.as_str()[..6], 16).unwrap_or_default() as f64 / 16_777_216.0
}

/// Which of several is drawn: `share`, below 1, is how far along their weights.
fn drawn(share: f64, weights: &[f64]) -> usize {
    let mut left = share * weights.iter().sum::<f64>();
    let is_there = |weight: &f64| {
        left -= weight;
        left < 0.0
    };
    weights.iter().position(is_there).unwrap_or(weights.len().saturating_sub(1))
}

/// The first `count` of the options, each drawn among those that are left.
fn in_order<'a, T>(
    options: &'a [T],
    count: usize,
    weights: &[f64],
    draw: &impl Fn(&str, &[f64]) -> usize,
) -> Vec<&'a T> {
    let mut left: Vec<(&T, f64)> = options.iter().zip(weights.iter().copied()).collect();
    (0..count.min(options.len()))
        .map(|rank| {
            let weights: Vec<f64> = left.iter().map(|(_, weight)| *weight).collect();
            left.remove(draw(&rank.to_string(), &weights)).0
        })
        .collect()
}
