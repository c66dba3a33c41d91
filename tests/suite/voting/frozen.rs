//! What is voted on is kept beside its page from the opening on, and no later edit changes it.

use super::noon;
use domain::secret::Secret;
use generator::desk::{
    Desk,
    pull::{self, Pulled},
};
use jiff::{SignedDuration, Timestamp};
use std::{fs, path::PathBuf, time::Duration};
use tempfile::TempDir;
use tests::{
    engines,
    place::{Served, build_at, small_site},
};

const BUDGET: &str = r#"method = "approval"
most = 2
ties = ["min-cost", "lot"]
[[voting.envelopes]]
id = "ville"
amount = 60000
"#;

const QUESTION: &str = r#"method = "yes-no"
question = "Faut-il éteindre les lampadaires de minuit à cinq heures ?"
"#;

/// A vote between two moments, whose table goes on with `rules`.
fn vote(kind: &str, opens: &str, closes: &str, rules: &str) -> String {
    format!(
        "+++\nkind = \"{kind}\"\ntitle = \"À vous de choisir\"\ndescription = \"Jusqu’au 30 novembre.\"\n\
         opens = 2020-01-10\ncloses = 2090-01-10\n[voting]\nopens = {opens}\ncloses = {closes}\ncommunes = \"any\"\n{rules}+++\n"
    )
}

fn open(kind: &str, rules: &str) -> String {
    vote(kind, "2026-11-01", "2026-12-01", rules)
}

fn project(title: &str, more: &str) -> String {
    format!(
        "+++\nkind = \"deposit\"\ntitle = \"{title}\"\ndate = 2026-03-02\ndescription = \"Pour la ville.\"\n\
         author = \"Awa\"\n{more}\n[decision]\nstate = \"admissible\"\ndate = 2026-06-01\nby = \"La ville\"\n+++\n"
    )
}

/// A town that votes on two projects, and answers a question.
fn town() -> TempDir {
    small_site(&[
        ("budget/_index.md", &open("budget", BUDGET)),
        ("budget/fontaine/index.md", &project("Une fontaine", "cost = 4800")),
        ("budget/sentier/index.md", &project("Un sentier", "cost = 18200")),
        ("nuit/_index.md", &open("votation", QUESTION)),
    ])
}

fn write(site: &TempDir, path: &str, text: &str) {
    let path = site.path().join("content/ville").join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn kept(site: &TempDir, process: &str) -> PathBuf {
    site.path().join("content/ville").join(process).join(".ballot.json")
}

/// `parvis pull` as of a moment; it needs the table for deposits alone, of which there are none.
async fn pull_at(site: &TempDir, now: Timestamp) -> Pulled {
    let desk = Desk::on(site.path(), engines::sqlite().table, Secret::new([7; 32]), now);
    let desk = desk.unwrap_or_else(|error| panic!("{error}"));
    pull::pull(&desk, site.path()).await.unwrap()
}

/// The town once people have begun to vote.
async fn voting() -> TempDir {
    let site = town();
    pull_at(&site, noon()).await;
    site
}

/// Why the next build is refused; the site lacks other things, which are no errors.
fn refusal(site: &TempDir) -> String {
    refusal_at(site, noon())
}

fn refusal_at(site: &TempDir, now: Timestamp) -> String {
    match build_at(site.path(), now) {
        Ok(_) => String::new(),
        Err(error) => error.to_string().split("\n\navertissement").next().unwrap_or_default().to_owned(),
    }
}

#[tokio::test]
async fn i9_what_is_voted_on_is_kept_from_the_opening_on_and_pulling_again_changes_nothing() {
    let site = town();
    let opens: Timestamp = "2026-11-01T00:00:00+01:00".parse().unwrap();
    assert_eq!(pull_at(&site, opens - SignedDuration::from_millis(1)).await, Pulled::default());
    let paths =
        ["budget", "nuit"].map(|process| PathBuf::from(format!("content/ville/{process}/.ballot.json")));
    assert_eq!(pull_at(&site, opens).await.written, paths);
    assert_eq!(pull_at(&site, noon()).await, Pulled::default());
    assert_eq!(refusal(&site), "");
    insta::assert_snapshot!("a_vote_that_is_kept", fs::read_to_string(kept(&site, "budget")).unwrap());
    insta::assert_snapshot!("a_question_that_is_kept", fs::read_to_string(kept(&site, "nuit")).unwrap());
}

#[tokio::test]
async fn i9_once_people_vote_the_build_refuses_other_rules_and_other_projects_and_says_what_to_do() {
    type Edit = fn(&TempDir);
    let edits: [(&str, Edit); 10] = [
        ("another method", |site| {
            let points = BUDGET.replace("\"approval\"\nmost = 2", "\"points\"\ntotal = 5\nper_project = 3");
            write(site, "budget/_index.md", &open("budget", &points));
        }),
        ("other rules", |site| {
            write(site, "budget/_index.md", &open("budget", &BUDGET.replace("60000", "20000")));
        }),
        ("a project no longer voted on", |site| {
            write(site, "budget/sentier/index.md", &project("Un sentier", "cost = 18200\nballot = false"));
        }),
        ("a project added", |site| write(site, "budget/banc/index.md", &project("Un banc", "cost = 900"))),
        ("another cost", |site| {
            write(site, "budget/fontaine/index.md", &project("Une fontaine", "cost = 5200"));
        }),
        ("another text", |site| {
            let text = project("Une fontaine", "cost = 4800") + "Place du marché.\n";
            write(site, "budget/fontaine/index.md", &text);
        }),
        ("another description", |site| {
            let text = project("Une fontaine", "cost = 4800").replace("Pour la ville.", "Pour le quartier.");
            write(site, "budget/fontaine/index.md", &text);
        }),
        ("another opening", |site| {
            write(site, "nuit/_index.md", &vote("votation", "2026-11-02", "2026-12-01", QUESTION));
        }),
        ("an earlier close", |site| {
            write(site, "nuit/_index.md", &vote("votation", "2026-11-01", "2026-11-30", QUESTION));
        }),
        ("another question", |site| {
            let kept = QUESTION.replace("éteindre", "laisser");
            write(site, "nuit/_index.md", &open("votation", &kept));
        }),
    ];
    let mut told = Vec::new();
    for (name, edit) in edits {
        let site = voting().await;
        edit(&site);
        told.push(format!("— {name}\n{}\n", refusal(&site)));
        // Neither does a pull take it up.
        let before = ["budget", "nuit"].map(|process| fs::read_to_string(kept(&site, process)).unwrap());
        let desk = Desk::on(site.path(), engines::sqlite().table, Secret::new([7; 32]), noon());
        assert!(desk.is_err(), "{name}: the desk opens on a site that cannot be built");
        assert_eq!(
            ["budget", "nuit"].map(|process| fs::read_to_string(kept(&site, process)).unwrap()),
            before
        );
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test]
async fn a_project_may_be_withdrawn_while_people_vote_and_does_not_come_back() {
    let site = voting().await;
    write(&site, "budget/sentier/index.md", &project("Un sentier", "cost = 18200\nwithdrawn = true"));
    assert_eq!(refusal(&site), "");
    assert_eq!(pull_at(&site, noon()).await.written, [PathBuf::from("content/ville/budget/.ballot.json")]);
    assert_eq!(refusal(&site), "");
    write(&site, "budget/sentier/index.md", &project("Un sentier", "cost = 18200"));
    insta::assert_snapshot!(refusal(&site));
}

#[tokio::test]
async fn a_project_whose_page_moderation_removes_counts_as_withdrawn_and_comes_back_with_it() {
    let site = voting().await;
    let page = site.path().join("content/ville/budget/sentier");
    let text = fs::read_to_string(page.join("index.md")).unwrap();
    let before = fs::read_to_string(kept(&site, "budget")).unwrap();
    fs::remove_dir_all(&page).unwrap();
    let built = build_at(site.path(), noon()).unwrap_or_else(|error| panic!("{error}"));
    let warnings = built.warnings.to_string();
    insta::assert_snapshot!(warnings.split("\n\n").find(|text| text.contains("sentier")).unwrap());
    let projects = built.rulebook.processes["budget"].voting.clone().unwrap().projects;
    let known: Vec<_> = projects.iter().map(|project| (project.name.as_str(), project.withdrawn)).collect();
    assert_eq!(known, [("Une fontaine", false), ("sentier", true)]);
    assert_eq!(pull_at(&site, noon()).await, Pulled::default());
    assert_eq!(fs::read_to_string(kept(&site, "budget")).unwrap(), before);
    write(&site, "budget/sentier/index.md", &text);
    let built = build_at(site.path(), noon()).unwrap_or_else(|error| panic!("{error}"));
    let projects = built.rulebook.processes["budget"].voting.clone().unwrap().projects;
    assert!(projects.iter().all(|project| !project.withdrawn));
}

#[tokio::test]
async fn a_vote_is_made_longer_while_it_is_open_and_after_the_close_nothing_of_it_changes() {
    let site = voting().await;
    let longer = |closes| vote("budget", "2026-11-01", closes, BUDGET);
    write(&site, "budget/_index.md", &longer("2026-12-15"));
    assert_eq!(refusal(&site), "");
    assert_eq!(pull_at(&site, noon()).await.written, [PathBuf::from("content/ville/budget/.ballot.json")]);
    let closes: Timestamp = "2026-12-15T00:00:00+01:00".parse().unwrap();
    assert_eq!(refusal_at(&site, closes), "");
    write(&site, "budget/_index.md", &longer("2027-01-15"));
    write(&site, "budget/sentier/index.md", &project("Un sentier", "cost = 18200\nwithdrawn = true"));
    assert_eq!(refusal_at(&site, closes - SignedDuration::from_millis(1)), "");
    let elected = project("Une fontaine", "cost = 4800") + "Les travaux commencent.\n";
    write(&site, "budget/fontaine/index.md", &elected);
    insta::assert_snapshot!(refusal_at(&site, closes));
}

#[tokio::test]
async fn a_vote_of_fictitious_people_holds_an_editor_to_nothing() {
    let site =
        small_site(&[("nuit/_index.md", &open("votation", &format!("demonstration = 50\n{QUESTION}")))]);
    assert_eq!(pull_at(&site, noon()).await, Pulled::default());
    assert!(!kept(&site, "nuit").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_keeps_what_is_voted_on_as_soon_as_the_vote_opens_and_not_before() {
    let opens = Timestamp::now() + SignedDuration::from_secs(4);
    let soon = opens.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    // Before the moment as it is written, nothing may be kept.
    let opens: Timestamp = soon.parse().unwrap();
    let site = small_site(&[
        ("avant/_index.md", &vote("votation", "2080-01-01", "2081-01-01", QUESTION)),
        ("bientot/_index.md", &vote("votation", &soon, "2081-01-01", QUESTION)),
        ("ouvert/_index.md", &vote("votation", "2020-02-01", "2081-01-01", QUESTION)),
    ]);
    let data = tempfile::tempdir().unwrap();
    let _served = Served::start_site(site.path(), data.path(), &[]).await;
    // Well within the time after which everything is pulled anyway.
    for _ in 0..1_200 {
        let is_kept = kept(&site, "bientot").exists();
        assert!(!is_kept || Timestamp::now() >= opens, "kept before the opening");
        if is_kept {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let [before, soon, open] = ["avant", "bientot", "ouvert"].map(|process| kept(&site, process).exists());
    assert_eq!((before, soon, open), (false, true, true));
}
