//! What citizens vote on: the table that an editor declares, what is told of its mistakes, what the functions get of it, the
//! pages of the journey and the minutes.

use crate::place::Place;
use domain::{
    ballot::{Answer, Ballot},
    rulebook::{Rulebook, VotedOn},
    voting::{BallotBox, Published, Slot, commitment},
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
        (
            "a threshold of points of ranks",
            format!("method = \"ranking\"\nby = \"schulze\"\n{ties}threshold_score = 3\n{ENVELOPE}"),
        ),
        (
            "proposers that are not told",
            format!("method = \"approval\"\n{ties}one_per_proposer = true\n{ENVELOPE}"),
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

/// Around Sault, with a town in its middle.
const GROUND: &str = r#"{ "type": "FeatureCollection", "features": [
  { "type": "Feature", "properties": { "name": "Sault" }, "geometry": { "type": "Polygon", "coordinates":
    [[[5.3, 44.0], [5.5, 44.0], [5.5, 44.2], [5.3, 44.2], [5.3, 44.0]]] } },
  { "type": "Feature", "properties": { "name": "Le bourg" }, "geometry": { "type": "Point", "coordinates": [5.4, 44.1] } }
] }"#;

/// The budget with a map, on which the bench and the oven have a place, and the hedge has none.
fn mapped() -> Place {
    budget(&format!("method = \"approval\"\nmap = \"carte.geojson\"\nties = [\"lot\"]\n{ENVELOPE}"))
        .file("content/sault/budget/carte.geojson", GROUND)
        .page(
            "sault/budget/banc/index.md",
            &project("Un banc", "cost = 10\nzone = \"Centre\"\ntheme = \"Rue\"\ncoordinates = [5.42, 44.12]"),
            "",
        )
        .page(
            "sault/budget/four/index.md",
            &project("Un four", "cost = 20\nzone = \"Hameaux\"\ntheme = \"Pain\"\ncoordinates = [5.35, 44]"),
            "",
        )
}

#[test]
fn a_place_that_the_map_cannot_show_is_told_with_its_remedy() {
    let placed = |coordinates: &str| {
        let lines = format!("cost = 10\ncoordinates = {coordinates}");
        mapped().page("sault/budget/banc/index.md", &project("Un banc", &lines), "").diagnostics()
    };
    let cases = [
        "\"5.42, 44.12\"",
        "[5.42]",
        "[5.42, \"44\"]",
        "[890000, 6330000.5]",
        "[44.12, 5.42]",
        "[5.42, 43.5]",
    ];
    let told = cases.map(|coordinates| format!("— {coordinates}\n{}", placed(coordinates)));
    let elsewhere = mapped()
        .file("content/sault/budget/carte.geojson", GROUND.replace("44.", "-20.").replace("5.", "55."))
        .page(
            "sault/budget/banc/index.md",
            &project("Un banc", "cost = 10\ncoordinates = [-20.12, 55.42]"),
            "",
        )
        .page(
            "sault/budget/four/index.md",
            &project("Un four", "cost = 10\ncoordinates = [55.35, -20.1]"),
            "",
        );
    let options = format!(
        "method = \"one\"\nmap = \"carte.geojson\"\nties = [\"lot\"]\n{OPTIONS}[[voting.envelopes]]\nid = \"nom\"\nmost = 1\n"
    );
    assert_snapshot!(format!(
        "{}\n— on an island\n{}\n— no file\n{}\n— options\n{}",
        told.join("\n"),
        elsewhere.diagnostics(),
        mapped().without("content/sault/budget/carte.geojson").diagnostics(),
        budget(&options).diagnostics(),
    ));
}

#[test]
fn projects_are_on_the_map_by_their_numbers_which_lead_to_them_in_the_list() {
    let place = dressed(mapped());
    place.build(OPEN);
    let page = place.read("public/sault/budget/voter/index.html");
    let ballot = place.read("answers/sault/budget/voter/ballot.html");
    for html in [&page, &ballot] {
        let (before, rest) = html.split_once("<details class=\"where\">").expect("a map");
        let (map, list) = rest.split_once("</details>").expect("its end");
        assert!(!before.contains("id=\"n1\""), "the list comes after the map: {before}");
        assert!(map.contains("1 projet n’y est pas"), "{map}");
        assert!(map.contains(">Le bourg</text>"), "{map}");
        for (number, title) in [(1, "Un banc"), (2, "Un four")] {
            assert!(map.contains(&format!("href=\"#n{number}\"")), "{map}");
            assert!(map.contains(&format!("<title>n°\u{a0}{number}, {title}</title>")), "{map}");
        }
        assert!(!map.contains("#n3"), "{map}");
        for (number, title) in [(1, "Un banc"), (2, "Un four"), (3, "Une haie")] {
            let (_, item) = list.split_once(&format!("<li id=\"n{number}\"")).expect("an item");
            let (item, _) = item.split_once("</li>").expect("its end");
            assert!(item.contains(&format!("n°\u{a0}{number}</span> ")) && item.contains(title), "{item}");
        }
    }
    // The filters know discs and items by the same classes.
    let ways = |before: &str| {
        let (_, after) = ballot.split_once(before).expect("an item or a disc");
        after.split_once("class=\"").and_then(|(_, after)| after.split_once('"')).expect("classes").0
    };
    assert_eq!((ways("<li id=\"n1\" "), ways("<li id=\"n2\" ")), ("t2 z1", "t1 z2"));
    let discs: Vec<&str> =
        ballot.split("<a class=\"t").skip(1).filter_map(|disc| disc.split('"').next()).collect();
    assert_eq!(discs, ["2 z1", "1 z2"]);
    assert!(place.read("answers/sault/budget/voter/ballot-review.html").contains("n°\u{a0}2</span>"));
}

#[test]
fn a_project_that_was_withdrawn_has_no_disc_and_keeps_its_number_from_others() {
    let withdrawn = "cost = 10\ncoordinates = [5.42, 44.12]\nwithdrawn = true";
    let place = dressed(mapped().page("sault/budget/banc/index.md", &project("Un banc", withdrawn), ""));
    place.build(OPEN);
    let page = place.read("public/sault/budget/voter/index.html");
    assert!(!page.contains("href=\"#n1\"") && page.contains("href=\"#n2\""), "{page}");
    assert!(page.contains("<li id=\"n1\">"), "{page}");
}

#[test]
fn without_a_map_nothing_has_a_number() {
    let lines = "cost = 10\ncoordinates = [5.42, 44.12]";
    let place = dressed(sound().page("sault/budget/banc/index.md", &project("Un banc", lines), ""));
    place.build(OPEN);
    for path in ["public/sault/budget/voter/index.html", "answers/sault/budget/voter/ballot.html"] {
        let html = place.read(path);
        assert!(!html.contains("n°\u{a0}") && !html.contains("class=\"where\""), "{html}");
    }
}

#[test]
fn a_ballot_with_sixty_projects_on_a_map_weighs_less_than_fourteen_kilobytes() {
    let themes = ["Se déplacer", "Vivre ensemble", "Nature et eau", "Culture et sport"];
    let place = (0..60_u32).fold(mapped(), |place, n| {
        let (across, down) = (f64::from(n * 37 % 60) / 300.0, f64::from(n * 23 % 60) / 300.0);
        let lines = format!(
            "cost = {}\nzone = \"Quartier {}\"\ntheme = \"{}\"\ncoordinates = [{:.4}, {:.4}]",
            900 * (n + 1),
            n % 6,
            themes[n as usize % 4],
            5.3 + across,
            44.0 + down
        );
        let title = format!("Le projet numéro {} du quartier {}", n * 7919 % 1000, n % 6);
        place.page(&format!("sault/budget/p{n}/index.md"), &project(&title, &lines), "")
    });
    let place = dressed(place);
    place.build(OPEN);
    let ballot = place.read("answers/sault/budget/voter/ballot.html");
    let sheets =
        ballot.split("<link rel=\"stylesheet\" href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let texts = sheets.map(|sheet| place.read(&format!("public{sheet}"))).chain([ballot.clone()]);
    let weight: usize = texts.map(|text| brotli_size(&text)).sum();
    assert!(ballot.matches("<a class=\"t").count() >= 60);
    assert!(weight <= 14_000, "{weight}");
}

fn brotli_size(text: &str) -> usize {
    let mut output = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    brotli::BrotliCompress(&mut text.as_bytes(), &mut output, &parameters).expect("compressed");
    output.len()
}

const OPTIONS: &str = "[[voting.choices]]\nid = \"buis\"\ntitle = \"Le Buis\"\n[[voting.choices]]\nid = \"source\"\ntitle = \"La Source\"\n";

#[test]
fn no_page_of_a_vote_on_options_calls_them_projects() {
    let ties = "ties = [\"more-voters\", \"lot\"]\nblank = true\nthreshold_voters = 1\n";
    let one = "[[voting.envelopes]]\nid = \"nom\"\ntitle = \"Le nom\"\nmost = 1\n";
    let grades = "[[voting.grades]]\nid = \"bien\"\nlabel = \"Bien\"\n[[voting.grades]]\nid = \"mal\"\nlabel = \"Mal\"\n";
    let ranks = |ids: &[&str]| Ballot::Ranking(ids.iter().map(|&id| id.to_owned()).collect());
    let judged = |grade: &str| {
        Ballot::Grades(
            [("buis".to_owned(), grade.to_owned()), ("source".to_owned(), "bien".to_owned())].into(),
        )
    };
    let chosen = |id: &str| Ballot::One(id.to_owned());
    let cases = [
        (
            format!("method = \"approval\"\nmost = 2\n{ties}{OPTIONS}{one}"),
            vec![approval(&["buis"]), approval(&["source"])],
        ),
        (
            format!(
                "method = \"grades\"\nmissing = \"worst\"\nby = \"majority-judgment\"\n{ties}{grades}{OPTIONS}{one}"
            ),
            vec![judged("mal"), judged("bien")],
        ),
        (
            format!("method = \"ranking\"\nby = \"runoff\"\n{ties}{OPTIONS}{one}"),
            vec![ranks(&["buis"]), ranks(&["source", "buis"])],
        ),
        (
            format!("method = \"ranking\"\nby = \"schulze\"\n{ties}{OPTIONS}{one}"),
            vec![ranks(&["buis"]), ranks(&["source", "buis"])],
        ),
        (
            format!("method = \"points\"\ntotal = 5\nper_project = 3\n{ties}{OPTIONS}{one}"),
            vec![Ballot::Points([("buis".to_owned(), 2)].into())],
        ),
        (format!("method = \"one\"\n{ties}{OPTIONS}{one}"), vec![chosen("buis"), chosen("source")]),
        ("method = \"yes-no\"\nblank = true\n".to_owned(), vec![Ballot::YesNo(Answer::No)]),
    ];
    for (lines, ballots) in cases {
        let votation = BUDGET.replace("\"budget\"", "\"votation\"").replace("Budget participatif", "Le nom");
        let place =
            dressed(budget("").page("sault/budget/_index.md", &format!("{votation}{VOTE}{lines}"), ""));
        for deposit in ["banc", "four", "haie"] {
            fs::remove_dir_all(place.root().join("content/sault/budget").join(deposit)).expect("removed");
        }
        place.build(OPEN);
        for word in &rulebook(&place).words.of_vote_on(VotedOn::Options).0 {
            let is_said = word.0.starts_with("refusal.ballot.") || word.0.starts_with("mail.ballot.");
            assert!(!is_said || !word.1.contains("projet"), "{word:?}");
        }
        let journey = ["public/sault/budget/", "answers/sault/budget/voter/"];
        let open: Vec<String> = journey.iter().flat_map(|folder| place.files(folder)).collect();
        assert!(open.len() > 9, "{open:?}");
        let check = |path: &String| {
            let html = place.read(path);
            assert!(!html.to_lowercase().contains("projet"), "{lines}\n{path}\n{html}");
        };
        open.iter().filter(|path| path.ends_with(".html")).for_each(check);
        publish(&place, ballots);
        place.files("public/sault/budget/").iter().filter(|path| path.ends_with(".html")).for_each(check);
    }
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
        let frozen = serde_json::json!({
            "window": voting.window,
            "method": voting.method,
            "projects": voting.projects,
            "rules": voting.rules,
        });
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
fn the_lot_is_committed_to_before_the_vote_opens_and_voters_are_counted_once_it_does() {
    let counts = format!(
        "{{\"process\": \"budget\", \"as_of\": \"2026-10-30T09:00:00Z\", \"entries\": 0, \"deposits\": {{}}, \
         \"voting\": {{\"voters\": 0, \"lot\": \"{}\"}}}}",
        commitment(&[7; 32])
    );
    for (at, has_voters, is_live) in [(BEFORE, false, false), (OPEN, true, true), (AFTER, true, false)] {
        let place = dressed(sound()).file("public/data/budget.json", &counts);
        place.build(at);
        let page = place.read("public/sault/budget/voter/index.html");
        assert!(page.contains(&commitment(&[7; 32])), "{at}: {page}");
        for path in ["", "vote/", "voter/"] {
            let page = place.read(&format!("public/sault/budget/{path}index.html"));
            let found = (page.contains("data-voters"), page.contains("Compté le"), page.contains("/counts."));
            assert_eq!(found, (has_voters, has_voters, is_live), "{at}: {path}");
        }
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
    assert!(
        place.read("answers/sault/budget/voter/ballot-code.html").contains(
            "name=\"step\" value=\"review\" formaction=\"/actes/budget/bulletin\" formnovalidate>Revenir au formulaire<"
        ),
        "the way back"
    );
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
    let ballots = BallotBox::new("budget", &voting, slots.collect(), "07".repeat(32));
    let published: Published =
        ballots.publish(ballots.ballots.len() as u64, voting.window.closes(), commitment(&[7; 32]));
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

/// The results of a budget whose `[voting]` goes on with `lines`, with these ballots.
fn results(lines: &str, ballots: Vec<Ballot>) -> String {
    let place = dressed(budget(lines));
    publish(&place, ballots);
    read(&place, "public/sault/budget/resultats/index.html")
}

#[test]
fn a_lot_that_decided_a_runoff_is_said_and_one_that_decided_nothing_is_not() {
    let lines = "method = \"ranking\"\nby = \"runoff\"\nties = [\"lot\"]\n";
    let envelope = "[[voting.envelopes]]\nid = \"tout\"\nleast = 1\nmost = 1\n";
    let ballots =
        |ids: &[&str]| ids.iter().map(|id| Ballot::Ranking(vec![(*id).to_owned()])).collect::<Vec<_>>();
    let drawn = "Un tirage au sort a départagé des projets.";
    let level = results(&format!("{lines}{envelope}"), ballots(&["four", "haie"]));
    assert!(level.contains(drawn));
    // The last two are level, and cannot catch up with the first.
    let clear = results(&format!("{lines}{envelope}"), ballots(&["four", "four", "four", "haie", "banc"]));
    assert!(clear.contains("Aucun tirage au sort n’a été nécessaire.") && !clear.contains(drawn));
    let lifted = results(&format!("{lines}threshold_voters = 3\n{envelope}"), ballots(&["four", "haie"]));
    assert!(lifted.contains("Le seuil a été levé") && lifted.contains(drawn));
}

#[test]
fn shares_that_grew_beyond_the_envelope_are_not_said_to_have_been_shared_out() {
    let lines = "method = \"approval\"\nrule = \"equal-shares\"\ncompletion = \"add1\"\nstep = 1000\nstop = \"overspent\"\nties = [\"lot\"]\n";
    let page = results(&format!("{lines}{ENVELOPE}"), vec![approval(&["banc"]), approval(&["four"])]);
    assert!(page.contains("Les parts ont grandi 10 fois.") && page.contains("c’est plus que l’enveloppe"));
    assert!(!page.contains("a été partagée"));
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
