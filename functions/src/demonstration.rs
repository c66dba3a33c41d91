//! Supports and answers of fictitious people, so that a demonstration site shows every stage. They are acts like any
//! other: rows of the table, entries of the register, parts of the counts.

use crate::{
    questionnaire,
    rows::{DepositId, Standing, Support, key, support_key},
    table::{CommitError, Condition, Key, MOST_WRITES, Table, TableError, Write},
};
use domain::{
    form::{self, Form, Kind, Typed},
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
            let typed = fictitious(&writing.form, &key, &person);
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

/// What a fictitious person types: what comes first in the form a little oftener than what comes last.
fn fictitious(form: &Form, key: &domain::secret::Key, person: &str) -> Typed {
    let mut typed = Vec::new();
    for field in form.fields.iter().filter(|field| field.is_asked()) {
        // Between 0 and below `most`, smaller ones oftener.
        let draw = |part: &str, most: usize| {
            let digits = key.pseudonym(&[person, &field.id, part]);
            let share =
                u32::from_str_radix(&digits.as_str()[..6], 16).unwrap_or_default() as f64 / 16_777_216.0;
            ((share * share.sqrt() * most as f64) as usize).min(most.saturating_sub(1))
        };
        let name = field.name();
        match &field.kind {
            Kind::Choice { options } => {
                typed.push((name, options[draw("", options.len())].id.clone()));
            }
            Kind::Grade { grades } => typed.push((name, grades[draw("", grades.len())].id.clone())),
            Kind::Choices { options, min, max } => {
                let count = (draw("count", *max as usize) + 1).max(*min as usize).min(options.len());
                let first = draw("first", options.len());
                let chosen = (0..count).map(|n| &options[(first + n) % options.len()]);
                typed.extend(chosen.map(|option| (name.clone(), option.id.clone())));
            }
            Kind::Ranking { options, max, .. } => {
                let first = draw("first", options.len());
                let ranked =
                    (0..options.len().min(*max as usize)).map(|n| &options[(first + n) % options.len()]);
                typed.extend(
                    ranked
                        .enumerate()
                        .map(|(n, option)| (format!("{name}-{}", option.id), (n + 1).to_string())),
                );
            }
            Kind::Matrix { rows, columns } => {
                typed.extend(rows.iter().map(|row| {
                    (format!("{name}-{}", row.id), columns[draw(&row.id, columns.len())].id.clone())
                }))
            }
            Kind::YesNo => typed.push((name, if draw("", 3) < 2 { "yes" } else { "no" }.to_owned())),
            Kind::Consent => typed.push((name, "yes".to_owned())),
            Kind::Number { min, max, decimals: 0, .. } => {
                let (min, max) = (min.unwrap_or(0), max.unwrap_or(100));
                let span = usize::try_from(max.saturating_sub(min)).unwrap_or(0) + 1;
                let number = min.saturating_add(i64::try_from(draw("", span)).unwrap_or(0));
                typed.push((name, number.to_string()));
            }
            Kind::Text { .. } | Kind::LongText { .. } | Kind::RichText { .. } if field.required => {
                typed.push((name, "Réponse d’une personne fictive.".to_owned()));
            }
            _ => {}
        }
    }
    Typed(typed)
}
