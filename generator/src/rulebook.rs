//! What the functions need of a site, and no more.

use crate::{
    content::{
        deposit::{Deposit, Standing},
        petition,
        process::Process,
        voting::{VOTE, Voting},
        writing::{WRITE, Writing},
    },
    site::Site,
    words,
};
use domain::{
    eligibility::{Eligibility, Link, Territory},
    rulebook::{self, Rulebook},
};
use sha2::{Digest, Sha256};

/// The rulebook of a site.
pub(crate) fn of(site: &Site) -> serde_json::Result<Rulebook> {
    let settings = &site.settings;
    let processes = site.content().processes();
    let mut rulebook = Rulebook {
        version: String::new(),
        site: settings.title.as_str().to_owned(),
        base_url: settings.base_url.clone(),
        time_zone: settings.time_zone.clone(),
        sender: settings.sender.clone(),
        words: words::of_functions(&site.theme.voice(0).words),
        processes: processes
            .filter_map(|(_, process)| Some((process.id.clone(), process_rules(process, site)?)))
            .collect(),
    };
    rulebook.version = hex::encode(&Sha256::digest(json(&rulebook)?)[..8]);
    Ok(rulebook)
}

/// The rulebook as it is written.
pub(crate) fn json(rulebook: &Rulebook) -> serde_json::Result<Vec<u8>> {
    let mut json = serde_json::to_vec_pretty(rulebook)?;
    json.push(b'\n');
    Ok(json)
}

/// `None` for a process in which citizens have nothing to do.
fn process_rules(process: &Process, site: &Site) -> Option<rulebook::Process> {
    let writing = process.writing.as_ref().map(|writing| writing_rules(process, writing, site));
    let voting = process.voting.as_ref().map(|voting| voting_rules(process, voting, site));
    let petition = process.petition.as_ref();
    if petition.is_none() && writing.is_none() && voting.is_none() && process.deposits.is_empty() {
        return None;
    }
    let participants = process.participants();
    Some(rulebook::Process {
        title: process.page.title.as_str().to_owned(),
        contact: process.contact.clone(),
        eligibility: participants.map_or_else(anybody, |participants| participants.eligibility.clone()),
        people_per_mailbox: participants.map_or(1, |participants| participants.people_per_mailbox),
        thresholds: petition
            .into_iter()
            .flat_map(|petition| &petition.thresholds)
            .map(|threshold: &petition::Threshold| threshold.rule.clone())
            .collect(),
        deposits: process
            .deposits
            .iter()
            .filter_map(|deposit| Some((deposit.id.clone(), deposit_rules(deposit, site)?)))
            .collect(),
        published: process
            .deposits
            .iter()
            .map(|deposit| (deposit.id.clone(), deposit.page.url.clone()))
            .collect(),
        writing,
        voting,
    })
}

/// Where nothing is supported, nobody is asked who they are.
fn anybody() -> Eligibility {
    Eligibility { minimum_age: 0, links: Link::ALL.to_vec(), territory: Territory::Any }
}

fn writing_rules(process: &Process, writing: &Writing, site: &Site) -> rulebook::Writing {
    let calendar = site.calendar();
    rulebook::Writing {
        purpose: writing.purpose,
        path: format!("{}{WRITE}", process.page.url),
        window: writing.window,
        opens_text: calendar.first(writing.window.opens()),
        closes_text: calendar.last(writing.window.closes()),
        identity: writing.identity,
        per_person: u32::from(writing.per_person),
        form: writing.form.clone(),
        erased: writing.erased,
        archive: writing.archive,
        crossings: writing.crossings.clone(),
        demonstration: writing.demonstration,
    }
}

fn voting_rules(process: &Process, voting: &Voting, site: &Site) -> rulebook::Voting {
    let calendar = site.calendar();
    rulebook::Voting {
        path: format!("{}{VOTE}", process.page.url),
        window: voting.window,
        opens_text: calendar.first(voting.window.opens()),
        closes_text: calendar.last(voting.window.closes()),
        voted_on: voting.voted_on(),
        method: voting.method.clone(),
        projects: voting.projects(process),
        rules: voting.counting.as_ref().map(|counting| counting.rules.clone()),
        registered: voting.registered,
        erased: voting.erased,
        demonstration: voting.demonstration,
    }
}

/// `None` for a deposit that cannot be supported.
fn deposit_rules(deposit: &Deposit, site: &Site) -> Option<rulebook::Deposit> {
    let Standing::Admissible { support: Some(support), .. } = &deposit.standing else { return None };
    let calendar = site.calendar();
    Some(rulebook::Deposit {
        title: deposit.page.title.as_str().to_owned(),
        path: deposit.page.url.clone(),
        window: support.window,
        opens_text: calendar.first(support.window.opens()),
        closes_text: calendar.last(support.window.closes()),
        erased: support.erased,
        demonstration: support.demonstration.clone(),
    })
}
