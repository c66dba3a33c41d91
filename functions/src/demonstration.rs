//! Supports of fictitious people, so that a demonstration site shows every stage. They are acts like any other:
//! rows of the table, entries of the register, parts of the counts.

use crate::{
    rows::{DepositId, Standing, Support, key, support_key},
    table::{CommitError, Condition, Key, MOST_WRITES, Table, TableError, Write},
};
use domain::{
    rulebook::{Deposit, Rulebook},
    secret::Secret,
};
use jiff::Timestamp;

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
            match plant_deposit(table, DepositId { process, deposit }, rules, secret, now).await {
                Ok(()) => {}
                Err(CommitError::Refused) => {
                    return Err(TableError::Busy("someone else plants demonstration supports".into()));
                }
                Err(CommitError::Table(error)) => return Err(error),
            }
        }
    }
    Ok(())
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
