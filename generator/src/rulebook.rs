//! What the functions need of a site, and no more.

use crate::{
    content::{
        deposit::{Deposit, Standing},
        petition::{self, Petition},
        process::Process,
    },
    site::Site,
    words,
};
use domain::rulebook::{self, Rulebook};
use sha2::{Digest, Sha256};

/// The rulebook of a site.
pub(crate) fn of(site: &Site) -> serde_json::Result<Rulebook> {
    let settings = &site.settings;
    let petitions = site.content().petitions();
    let mut rulebook = Rulebook {
        version: String::new(),
        site: settings.title.as_str().to_owned(),
        base_url: settings.base_url.clone(),
        time_zone: settings.time_zone.clone(),
        sender: settings.sender.clone(),
        words: words::of_functions(&site.theme.voice(0).words),
        processes: petitions
            .map(|(_, process, petition)| (process.id.clone(), process_rules(process, petition, site)))
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

fn process_rules(process: &Process, petition: &Petition, site: &Site) -> rulebook::Process {
    let deposits = petition.deposits.iter();
    rulebook::Process {
        title: process.page.title.as_str().to_owned(),
        contact: process.contact.clone(),
        eligibility: petition.eligibility.clone(),
        people_per_mailbox: petition.people_per_mailbox,
        thresholds: petition
            .thresholds
            .iter()
            .map(|threshold: &petition::Threshold| threshold.rule.clone())
            .collect(),
        deposits: deposits
            .filter_map(|deposit| Some((deposit.id.clone(), deposit_rules(deposit, site)?)))
            .collect(),
    }
}

/// `None` for a deposit that cannot be supported.
fn deposit_rules(deposit: &Deposit, site: &Site) -> Option<rulebook::Deposit> {
    let Standing::Admissible { support, .. } = &deposit.standing else { return None };
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
