//! What citizens vote on: the table that an editor declares, what is told of its mistakes, what the functions get of it, the
//! pages of the journey and the minutes.

use crate::place::Place;
use domain::{
    ballot::{Answer, Ballot},
    rulebook::Rulebook,
    voting::{BallotBox, Published, Slot},
};
use insta::assert_snapshot;
use std::fs;

const BEFORE: &str = "2026-10-31T23:00:00+01:00";
const OPEN: &str = "2026-11-21T09:00:00Z";
const AFTER: &str = "2026-12-01T09:00:00Z";

const BUDGET: &str = r#"
kind = "budget"
title = "Budget participatif"
description = "Cent mille euros à répartir."
opens = 2026-01-10
closes = 2027-01-10
"#;

const VOTE: &str = r#"
[voting]
opens = 2026-11-01
closes = 2026-12-01
"#;

const ENVELOPE: &str = r#"
[[voting.envelopes]]
id = "tout"
title = "L'enveloppe"
amount = 100000
"#;

fn project(title: &str, more: &str) -> String {
    format!(
        "kind = \"deposit\"\ntitle = \"{title}\"\ndate = 2026-03-02\ndescription = \"Un projet.\"\nauthor = \"Awa\"\n{more}\n\
         [decision]\nstate = \"admissible\"\ndate = 2026-04-01\nby = \"Le jury\"\n"
    )
}

/// A budget whose `[voting]` goes on with `lines`, and its three projects.
fn budget(lines: &str) -> Place {
    Place::new()
        .page("sault/budget/_index.md", &format!("{BUDGET}{VOTE}{lines}"), "Voici.")
        .page(
            "sault/budget/vote.md",
            "kind = \"step\"\ntitle = \"Le vote\"\ndescription = \"Ici.\"\nshows = \"voting\"\n",
            "",
        )
        .page(
            "sault/budget/resultats.md",
            "kind = \"step\"\ntitle = \"Résultats\"\ndescription = \"Ici.\"\nshows = \"results\"\n",
            "",
        )
        .page(
            "sault/budget/banc/index.md",
            &project("Un banc", "cost = 1200.50\nzone = \"Centre\"\ntheme = \"Rue\""),
            "Un banc.",
        )
        .page(
            "sault/budget/four/index.md",
            &project("Un four", "cost = 60000\nzone = \"Hameaux\"\nproposer = \"Les Gueulards\""),
            "Un four.",
        )
        .page(
            "sault/budget/haie/index.md",
            &project("Une haie", "cost = 40000\nzone = \"Centre\"\nlabels = [\"école\"]"),
            "Une haie.",
        )
}

fn sound() -> Place {
    budget(&format!(
        "method = \"approval\"\nmost = 2\nblank = true\nties = [\"min-cost\", \"lot\"]\nregistered = 10\n{ENVELOPE}"
    ))
}

/// With the embedded theme in place of the tests' own.
fn dressed(place: Place) -> Place {
    fs::remove_dir_all(place.root().join("themes/parvis")).expect("removed");
    place
}

fn read(place: &Place, path: &str) -> String {
    place.read(path).replace('\u{a0}', "~").replace('\u{202f}', "^")
}

fn rulebook(place: &Place) -> Rulebook {
    serde_json::from_str(&place.read("rulebook.json")).expect("a rulebook")
}

#[test]
fn wrong_combinations_are_told_with_their_remedy() {
    let ties = "ties = [\"lot\"]\n";
    let cases = [
        ("nothing", String::new()),
        ("least above most", format!("method = \"approval\"\nleast = 3\nmost = 2\n{ties}{ENVELOPE}")),
        ("more than there are", format!("method = \"approval\"\nleast = 4\n{ties}{ENVELOPE}")),
        ("points of approval", format!("method = \"approval\"\ntotal = 5\n{ties}{ENVELOPE}")),
        (
            "more for one than in all",
            format!("method = \"points\"\ntotal = 3\nper_project = 4\n{ties}{ENVELOPE}"),
        ),
        ("points without numbers", format!("method = \"points\"\n{ties}{ENVELOPE}")),
        ("grades without grades", format!("method = \"grades\"\nmissing = \"worst\"\n{ties}{ENVELOPE}")),
        (
            "an unknown missing grade",
            format!(
                "method = \"grades\"\nmissing = \"moyen\"\n{ties}{ENVELOPE}[[voting.grades]]\nid = \"bien\"\nlabel = \"Bien\"\n\
                 [[voting.grades]]\nid = \"mal\"\nlabel = \"Mal\"\n"
            ),
        ),
        ("ranking without by", format!("method = \"ranking\"\n{ties}{ENVELOPE}")),
        ("approval by borda", format!("method = \"approval\"\nby = \"borda\"\n{ties}{ENVELOPE}")),
        ("equal shares of ranks", format!("method = \"ranking\"\nrule = \"equal-shares\"\n{ties}{ENVELOPE}")),
        (
            "equal shares of nothing",
            format!(
                "method = \"approval\"\nrule = \"equal-shares\"\n{ties}[[voting.envelopes]]\nid = \"tout\"\nmost = 2\n"
            ),
        ),
        (
            "growing without a step",
            format!(
                "method = \"approval\"\nrule = \"equal-shares\"\ncompletion = \"add1\"\n{ties}{ENVELOPE}"
            ),
        ),
        (
            "a step that does not grow",
            format!("method = \"approval\"\nrule = \"equal-shares\"\nstep = 1\n{ties}{ENVELOPE}"),
        ),
        (
            "unfit of shares",
            format!("method = \"approval\"\nrule = \"equal-shares\"\nunfit = \"skip\"\n{ties}{ENVELOPE}"),
        ),
        ("funding without a share", format!("method = \"approval\"\nunfit = \"fund\"\n{ties}{ENVELOPE}")),
        ("a tie left open", format!("method = \"approval\"\nties = [\"min-cost\"]\n{ENVELOPE}")),
        ("after the lot", format!("method = \"approval\"\nties = [\"lot\", \"min-cost\"]\n{ENVELOPE}")),
        ("no ties", format!("method = \"approval\"\n{ENVELOPE}")),
        ("no envelope", format!("method = \"approval\"\n{ties}")),
        (
            "an envelope without bound",
            format!("method = \"approval\"\n{ties}[[voting.envelopes]]\nid = \"tout\"\n"),
        ),
        (
            "an unknown zone",
            format!(
                "method = \"approval\"\n{ties}[[voting.envelopes]]\nid = \"tout\"\namount = 10\nzone = \"Centr\"\n"
            ),
        ),
        (
            "costs upside down",
            format!(
                "method = \"approval\"\n{ties}[[voting.envelopes]]\nid = \"a\"\namount = 10\ncost_from = 9\ncost_to = 3\nleast = 2\nmost = 1\n"
            ),
        ),
        (
            "an unknown exclusion",
            format!("method = \"approval\"\n{ties}exclusions = [[\"banc\", \"foour\"]]\n{ENVELOPE}"),
        ),
        (
            "two thresholds",
            format!(
                "method = \"approval\"\n{ties}threshold_score = 3\nthreshold_share = \"1/10\"\n{ENVELOPE}"
            ),
        ),
        ("rules of a question", format!("method = \"yes-no\"\nrule = \"greedy\"\n{ties}{ENVELOPE}")),
        (
            "one choice",
            format!("method = \"one\"\n{ties}[[voting.choices]]\nid = \"seul\"\ntitle = \"Seul\"\n"),
        ),
    ];
    let told = cases.map(|(name, lines)| format!("— {name}\n{}", budget(&lines).diagnostics()));
    assert_snapshot!(told.join("\n"));
}

#[test]
fn a_project_of_a_budget_has_a_cost_unless_it_is_not_put_to_the_vote() {
    let place = |more: &str| sound().page("sault/budget/pont/index.md", &project("Un pont", more), "");
    assert_snapshot!(place("").diagnostics());
    assert_eq!(place("ballot = false").diagnostics(), "");
}

#[test]
fn who_may_vote_is_said_once() {
    let lines = "method = \"yes-no\"\nminimum_age = 16\n[support]\nminimum_age = 18\n";
    assert_snapshot!(budget(lines).diagnostics());
}

#[test]
fn a_tab_of_a_vote_needs_one() {
    let step = "kind = \"step\"\ntitle = \"Le vote\"\ndescription = \"Ici.\"\nshows = \"voting\"\n";
    let place =
        Place::new().page("sault/budget/_index.md", BUDGET, "").page("sault/budget/vote.md", step, "");
    assert_snapshot!(place.diagnostics());
}

#[test]
fn the_functions_get_what_is_voted_on_and_how_it_is_counted() {
    let place = sound();
    place.build(OPEN);
    let rulebook = rulebook(&place);
    let process = &rulebook.processes["budget"];
    assert_eq!((process.eligibility.minimum_age, process.people_per_mailbox), (18, 2));
    assert_snapshot!(serde_json::to_string_pretty(&process.voting).expect("JSON"));
}

#[test]
fn what_is_voted_on_is_frozen() {
    let frozen = |place: &Place| {
        place.build(OPEN);
        let voting = rulebook(place).processes["budget"].voting.clone().expect("a vote");
        let frozen = serde_json::json!({ "method": voting.method, "projects": voting.projects, "rules": voting.rules });
        serde_json::to_string_pretty(&frozen).expect("JSON")
    };
    let before = frozen(&sound());
    let place = || sound().file("content/sault/budget/.ballot.json", &before);
    assert_eq!(place().diagnostics(), "");
    let withdrawn =
        project("Un banc", "cost = 1200.50\nzone = \"Centre\"\ntheme = \"Rue\"\nwithdrawn = true");
    assert_eq!(place().page("sault/budget/banc/index.md", &withdrawn, "").diagnostics(), "");
    let changed = place()
        .page(
            "sault/budget/banc/index.md",
            &project("Un banc", "cost = 1300\nzone = \"Centre\"\ntheme = \"Rue\""),
            "",
        )
        .page(
            "sault/budget/haie/index.md",
            &project("La haie", "cost = 40000\nzone = \"Centre\"\nlabels = [\"école\"]"),
            "",
        )
        .page("sault/budget/pont/index.md", &project("Un pont", "cost = 10"), "")
        .without("content/sault/budget/four/index.md");
    assert_snapshot!(changed.diagnostics());
}

#[test]
fn the_page_of_the_vote_leads_to_a_ballot_only_while_it_is_open() {
    for (at, said, leads) in [
        (BEFORE, "Le vote ouvre le 1er novembre 2026", false),
        (OPEN, "Vote ouvert jusqu’au 30 novembre 2026", true),
        (AFTER, "Vote clos le 30 novembre 2026", false),
    ] {
        let place = dressed(sound());
        place.build(at);
        let page = place.read("public/sault/budget/voter/index.html");
        assert!(page.contains(said), "{at}: {page}");
        assert_eq!(page.contains("action=\"/actes/budget/bulletin\""), leads, "{at}");
        let tab = place.read("public/sault/budget/vote/index.html");
        assert!(
            tab.contains(said) && tab.contains("href=\"/sault/budget/voter/\"") != (at == AFTER),
            "{at}: {tab}"
        );
    }
}

#[test]
fn the_functions_have_the_pages_of_the_journey() {
    let place = dressed(sound());
    place.build(OPEN);
    let files = place.files("answers/sault/budget/voter");
    let names: Vec<&str> = files.iter().filter_map(|file| file.rsplit('/').next()).collect();
    assert_eq!(
        names,
        [
            "already-voted.html",
            "ballot-cast.html",
            "ballot-code.html",
            "ballot-replace.html",
            "ballot-replaced.html",
            "ballot-review.html",
            "ballot.html"
        ]
    );
    let ballot = place.read("answers/sault/budget/voter/ballot.html");
    for id in ["banc", "four", "haie"] {
        let (_, item) = ballot.split_once(&format!("<!--choice {id}-->")).expect("an item");
        let (item, _) = item.split_once("<!--/choice-->").expect("its end");
        assert!(item.contains(&format!("name=\"choice\" value=\"{id}\"")), "{item}");
    }
    assert!(ballot.contains("name=\"blank\" value=\"yes\""), "{ballot}");
    let review = place.read("answers/sault/budget/voter/ballot-review.html");
    assert!(
        review.contains("formaction=\"/actes/budget/bulletin\"") && review.contains("id=\"given_names\""),
        "{review}"
    );
}

#[test]
fn every_method_has_its_inputs() {
    let ties = "ties = [\"lot\"]\n";
    let grades = "[[voting.grades]]\nid = \"bien\"\nlabel = \"Bien\"\n[[voting.grades]]\nid = \"mal\"\nlabel = \"Mal\"\n";
    let cases = [
        (
            format!("method = \"knapsack\"\n{ties}{ENVELOPE}"),
            "type=\"checkbox\" id=\"choice.banc\" name=\"choice\" value=\"banc\"",
        ),
        (
            format!("method = \"points\"\ntotal = 5\nper_project = 2\n{ties}{ENVELOPE}"),
            "id=\"choice.banc\" name=\"choice.banc\" inputmode=\"numeric\"",
        ),
        (
            format!("method = \"ranking\"\nby = \"borda\"\n{ties}{ENVELOPE}"),
            "<select id=\"choice.banc\" name=\"choice.banc\"",
        ),
        (
            format!("method = \"grades\"\nmissing = \"worst\"\n{ties}{ENVELOPE}{grades}"),
            "type=\"radio\" name=\"choice.banc\" value=\"mal\"",
        ),
        (
            format!("method = \"one\"\nblank = true\n{ties}{ENVELOPE}"),
            "type=\"radio\" id=\"blank\" name=\"choice\" value=\"\"",
        ),
        ("method = \"yes-no\"\n".to_owned(), "type=\"radio\" id=\"choice.no\" name=\"choice\" value=\"no\""),
    ];
    for (lines, input) in cases {
        let place = dressed(budget(&lines));
        place.build(OPEN);
        let ballot = place.read("answers/sault/budget/voter/ballot.html");
        assert!(ballot.contains(input), "{input}\n{ballot}");
    }
}

#[test]
fn a_project_that_was_withdrawn_is_shown_but_not_on_the_ballot() {
    let place = dressed(sound().page(
        "sault/budget/banc/index.md",
        &project("Un banc", "cost = 10\nwithdrawn = true"),
        "",
    ));
    place.build(OPEN);
    assert!(place.read("public/sault/budget/voter/index.html").contains("Retiré du vote"));
    assert!(!place.read("answers/sault/budget/voter/ballot.html").contains("<!--choice banc-->"));
}

/// The minutes of `place`'s vote with these ballots, as the register publishes them.
fn publish(place: &Place, ballots: Vec<Ballot>) {
    place.build(AFTER);
    let voting = rulebook(place).processes["budget"].voting.clone().expect("a vote");
    let slots = ballots.into_iter().enumerate().map(|(n, ballot)| Slot { slot: format!("{n:064x}"), ballot });
    let ballots = BallotBox::new("budget", &voting, slots.collect(), &[7; 32]);
    let published: Published = ballots.publish(ballots.ballots.len() as u64, voting.window.closes());
    let data = place.root().join("public/data");
    fs::create_dir_all(&data).expect("a folder");
    fs::write(data.join("budget.minutes.json"), serde_json::to_vec(&published).expect("JSON"))
        .expect("written");
    place.build(AFTER);
}

fn approval(ids: &[&str]) -> Ballot {
    Ballot::Approval(ids.iter().map(|&id| id.to_owned()).collect())
}

#[test]
fn the_minutes_say_who_won_why_and_how_to_count_again() {
    let place = dressed(sound());
    let ballots = [&["four", "haie"][..], &["four"], &["banc"], &["banc", "four"]].map(approval);
    publish(&place, ballots.into_iter().chain([Ballot::Blank]).collect());
    assert_snapshot!(text_of(&read(&place, "public/sault/budget/resultats/index.html")));
}

#[test]
fn a_question_is_answered_with_its_turnout() {
    let place = dressed(budget(
        "method = \"yes-no\"\nblank = true\nquestion = \"Faut-il un pont ?\"\nregistered = 8\n",
    ));
    publish(
        &place,
        vec![
            Ballot::YesNo(Answer::Yes),
            Ballot::YesNo(Answer::Yes),
            Ballot::YesNo(Answer::No),
            Ballot::Blank,
        ],
    );
    assert_snapshot!(text_of(&read(&place, "public/sault/budget/resultats/index.html")));
}

/// The words of the part of a page between its results and its foot, a line each.
fn text_of(page: &str) -> String {
    let (_, page) = page.split_once("<div class=\"results stack\">").expect("results");
    let (page, _) = page.split_once("</main>").expect("an end");
    let mut text = String::new();
    for piece in page.split('<') {
        let said = piece.split_once('>').map_or("", |(_, said)| said).trim();
        if !said.is_empty() {
            text.push_str(said);
            text.push('\n');
        }
    }
    text
}
