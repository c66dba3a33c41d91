//! A vote with the least of pages, so that its functions can be tried apart from any site: what is voted on, by which rules
//! and when is said by the test.

use crate::{
    citizen::{Citizen, Page, Pair},
    engines::Engine,
    people,
    place::Place,
};
use domain::{
    ballot::Method,
    eligibility::{Eligibility, Link, Territory},
    rulebook::{Process, Rulebook, VotedOn, Voting, Words},
    secret::Secret,
    support::Form,
    tally::{By, Envelope, Project, Rule, Rules, TieBreak, Unfit},
    window::Window,
};
use functions::{
    answer::Pages,
    attachment::store::Folder as Attachments,
    door::{Clock, Door},
    mail::Outbox,
};
use jiff::{SignedDuration, Timestamp};
use std::{collections::BTreeMap, fs, sync::Arc};
use tokio::sync::watch;

/// The process that votes.
pub const PROCESS: &str = "budget";
/// Where its ballots go.
pub const BALLOT: &str = "/actes/budget/bulletin";

/// The vote is open from noon on this day, for ten days.
pub fn noon() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().expect("an instant")
}

/// A vote on four projects with an envelope that pays two, at most two ticks.
pub fn voting() -> Voting {
    let project =
        |id: &str, cost| Project { id: id.to_owned(), name: id.to_owned(), cost, ..Project::default() };
    let opens = noon();
    let closes = opens + SignedDuration::from_hours(240);
    Voting {
        path: "/budget/voter/".into(),
        window: Window::new(opens, closes).expect("a window"),
        opens_text: "21 novembre 2026 à 13 h".into(),
        closes_text: "1er décembre 2026 à 13 h".into(),
        voted_on: VotedOn::Deposits,
        method: Method::Approval { least: 1, most: Some(2), blank: true },
        projects: [("banc", 10_000), ("four", 30_000), ("haie", 25_000), ("mare", 20_000)]
            .map(|(id, cost)| project(id, cost))
            .to_vec(),
        rules: Some(Rules {
            rule: Rule::Greedy { by: By::Score, unfit: Unfit::Skip },
            envelopes: vec![Envelope { id: "tout".into(), amount: Some(40_000), ..Envelope::default() }],
            threshold: None,
            exclusions: Vec::new(),
            one_per_proposer: false,
            one_per_zone: false,
            carry_over: false,
            ties: vec![TieBreak::MinCost, TieBreak::Lot],
        }),
        registered: Some(1_000),
        erased: closes + SignedDuration::from_hours(24 * 180),
        demonstration: None,
    }
}

/// The rules of a site with this vote alone.
pub fn rulebook(voting: Voting) -> Arc<Rulebook> {
    let process = Process {
        title: "Budget participatif".into(),
        contact: "contact@participer.example".into(),
        eligibility: Eligibility {
            minimum_age: 16,
            links: vec![Link::Resident],
            territory: Territory::Communes(BTreeMap::from([("99001".into(), "Montgarenne".into())])),
        },
        people_per_mailbox: 2,
        thresholds: Vec::new(),
        deposits: BTreeMap::new(),
        published: BTreeMap::new(),
        writing: None,
        voting: Some(voting),
    };
    let words = [
        ("mail.ballot.subject", "Votre code pour voter : {process}"),
        ("mail.ballot.body", "Votre code : {code}\n{url}\n{contact}"),
        ("option.refusal.ballot.unknown", "« {project} » n’est pas une proposition."),
    ];
    let words = words.map(|(key, text)| (key.to_owned(), text.to_owned()));
    Arc::new(Rulebook {
        version: "1".into(),
        site: "Participer".into(),
        base_url: "https://participer.example".into(),
        time_zone: "Europe/Paris".into(),
        sender: "Parvis <ne-pas-repondre@participer.example>".into(),
        words: Words(words.into()),
        processes: BTreeMap::from([(PROCESS.to_owned(), process)]),
    })
}

/// The functions of the vote on an engine, half a day after the opening.
///
/// # Panics
/// When its pages cannot be written.
pub fn polling(engine: Engine, voting: Voting) -> Place {
    let folder = tempfile::tempdir().expect("a folder");
    write_pages(&folder.path().join("answers"), &voting);
    let rulebook = rulebook(voting);
    let outbox = Arc::new(Outbox::default());
    let door = Door {
        table: engine.table.clone(),
        attachments: Arc::new(Attachments::new(folder.path().join("attachments"))),
        rulebook: watch::channel(rulebook.clone()).1,
        pages: Pages::new(folder.path().join("answers")),
        mailer: outbox.clone(),
        clock: Clock::Stopped(noon() + SignedDuration::from_hours(12)),
        secret: Secret::new([7; 32]),
    };
    Place { engine, rulebook, outbox, door, folder }
}

fn write_pages(answers: &std::path::Path, voting: &Voting) {
    let folder = answers.join(voting.path.trim_matches('/'));
    fs::create_dir_all(&folder).expect("a folder");
    let page = |action: &str, inside: &str| {
        format!(
            "<!doctype html><title>Vote</title><div data-summary hidden><ul data-summary-list></ul></div>\n\
             <form class=\"form\" method=\"post\" action=\"{action}\"><div data-carry></div>{inside}</form>\n"
        )
    };
    let items = |item: &dyn Fn(&str) -> String| -> String {
        let ids = voting.projects.iter().map(|project| project.id.as_str()).chain(["yes", "no"]);
        ids.map(|id| format!("<!--choice {id}-->{}<!--/choice-->\n", item(id))).collect()
    };
    let identity = "<div data-identity><input name=\"given_names\"><input name=\"family_name\"><input name=\"email\">\
         <input name=\"birth_date\"><input name=\"commune\"><input name=\"link\"><input name=\"consent\"></div>";
    let error = |id: &str| format!("<p data-error=\"choice.{id}\" hidden></p>");
    let tick = |id: &str| {
        let input = if voting.method.ticks() {
            format!("<input type=\"checkbox\" name=\"choice\" value=\"{id}\">")
        } else {
            format!("<input name=\"choice.{id}\">")
        };
        format!("<li data-item=\"{id}\">{}{input}</li>", error(id))
    };
    let said = |id: &str| format!("<li data-item=\"{id}\"><b data-slot=\"given.{id}\"></b></li>");
    let spent = "<p data-may=\"left\"><b data-slot=\"spent\"></b><b data-slot=\"left\"></b></p><b data-slot=\"chosen\"></b>\
         <p data-may=\"blank\"></p><p data-may=\"cast\"></p><p data-may=\"replace\"></p>";
    let blank = "<input type=\"checkbox\" name=\"blank\" value=\"yes\">";
    for (name, action, inside) in [
        ("ballot", BALLOT.to_owned(), format!("<div data-may=\"vote\">{}{blank}</div>", items(&tick))),
        ("ballot-review", format!("{BALLOT}/identite"), format!("{}{spent}{identity}", items(&said))),
        ("ballot-code", format!("{BALLOT}/code"), "<b data-slot=\"email\"></b><input name=\"code\">".into()),
        ("ballot-cast", String::new(), "<b data-slot=\"tracking\"></b>".into()),
        ("already-voted", String::new(), "<b data-already-voted></b>".into()),
        ("ballot-replace", format!("{BALLOT}/remplacer"), "<input name=\"tracking\">".into()),
        ("ballot-replaced", String::new(), "<b data-replaced data-slot=\"tracking\"></b>".into()),
    ] {
        fs::write(folder.join(format!("{name}.html")), page(&action, &inside)).expect("written");
    }
}

/// What is typed into a form: what the page would send, with these values in place of its own.
pub fn with(page: &Page, typed: &[(&str, &str)]) -> Vec<Pair> {
    let mut pairs = page.filled();
    pairs.retain(|(name, _)| typed.iter().all(|(known, _)| known != name));
    pairs.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    pairs
}

/// The journey of a person up to the page that asks for their code, in the vote whose ballots go to `address`.
///
/// # Errors
/// When no answer comes.
pub async fn ask(citizen: &Citizen, address: &str, form: &Form, ticks: &[&str]) -> reqwest::Result<Page> {
    let empty = citizen.post(address, &[("step", "begin")]).await?;
    let review = citizen.post(address, &with(&empty, &ticked(ticks))).await?;
    citizen.post(&format!("{address}/identite"), &with(&review, &form.fields())).await
}

/// What ticking these sends, to be read once more.
fn ticked<'a>(ticks: &[&'a str]) -> Vec<(&'static str, &'a str)> {
    ticks.iter().map(|id| ("choice", *id)).chain([("step", "review")]).collect()
}

/// The journey of a person up to the code, which is typed already: what their browser is about to send.
///
/// # Panics
/// When a page or a mail does not come.
pub async fn up_to_code(place: &Place, citizen: &Citizen, form: &Form, ticks: &[&str]) -> Vec<Pair> {
    let page = ask(citizen, BALLOT, form, ticks).await.expect("an answer");
    assert_eq!(page.status, 200, "{}", page.html);
    with(&page, &[("code", &place.code(&form.email).expect("a mail"))])
}

/// Sends the code.
///
/// # Panics
/// When no answer comes.
pub async fn confirm(citizen: &Citizen, pairs: &[Pair]) -> Page {
    citizen.post(&format!("{BALLOT}/code"), &pairs).await.expect("an answer")
}

/// The whole journey of the `number`th person.
///
/// # Panics
/// When a page or a mail does not come.
pub async fn vote(place: &Place, citizen: &Citizen, number: usize, ticks: &[&str]) -> Page {
    let pairs = up_to_code(place, citizen, &people::form(number), ticks).await;
    confirm(citizen, &pairs).await
}

/// The tracking code on a receipt.
pub fn tracking(page: &Page) -> String {
    page.text("[data-slot=tracking]")
}

/// Replaces the ballot of a tracking code; the last page that came.
///
/// # Panics
/// When no answer comes.
pub async fn replace(citizen: &Citizen, tracking: &str, ticks: &[&str]) -> Page {
    let found =
        citizen.post(&format!("{BALLOT}/remplacer"), &[("tracking", tracking)]).await.expect("an answer");
    if found.status != 200 {
        return found;
    }
    let review = citizen.post(BALLOT, &with(&found, &ticked(ticks))).await.expect("an answer");
    if review.status != 200 {
        return review;
    }
    citizen.post(&format!("{BALLOT}/identite"), &review.filled()).await.expect("an answer")
}
