//! The built site, by tools that judge web pages and templates.

use crate::kinds::{
    self,
    form::{FILES, FORM},
};
use domain::voting::{Outcome, Published};
use generator::desk::Desk;
use jiff::Timestamp;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tests::{
    engines::{self, tools},
    place::{Place, Scales, Served, pages, program, read, reference_site, root},
};

/// Projects of the reference site whose pages say that they were elected.
const TOLD: [&str; 5] = [
    "verger-de-chastelvert",
    "four-de-valpres",
    "combles-pour-les-chauves-souris",
    "trois-mares",
    "classe-dehors",
];

pub(crate) fn run(command: &mut Command) {
    let output =
        command.output().unwrap_or_else(|error| panic!("{command:?}: {error} (tests/run.sh installs it)"));
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
}

pub(crate) fn browser(script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("browser").join(script));
    command
}

/// Every page below the folders, by the Nu HTML checker.
pub(crate) fn check_html(folders: &[PathBuf]) {
    let checker =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/node_modules/vnu-jar/build/dist/vnu.jar");
    run(Command::new("java")
        .arg("-jar")
        .arg(checker)
        .args(["--errors-only", "--skip-non-html"])
        .args(folders));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journeys_go_well_in_a_browser_and_every_answer_is_valid_html() {
    let (data, answers) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let served = Served::start(data.path(), &[]).await;
    run(browser("journey.mjs").arg(&served.base).arg("--save").arg(answers.path()));
    assert!(!pages(answers.path()).is_empty());
    check_html(&[answers.path().to_owned()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_vote_are_well_in_a_browser_and_every_answer_is_valid_html() {
    let (data, answers) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let served = Served::start(data.path(), &[]).await;
    run(browser("voting.mjs").arg(&served.base).arg("--save").arg(answers.path()));
    assert!(!pages(answers.path()).is_empty());
    check_html(&[answers.path().to_owned()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_write_are_well_in_a_browser_and_what_they_type_is_never_executed() {
    let site = crate::writing::site::site();
    let list = site.path().join("content/ma-commune/idees/depots");
    fs::create_dir(&list).unwrap();
    fs::write(
        list.join("_index.md"),
        "+++\nkind = \"step\"\ntitle = \"Les idées\"\nshows = \"deposits\"\n+++\n",
    )
    .unwrap();
    let (data, answers) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let served = Served::start_site(site.path(), data.path(), &[]).await;
    let mut journey = browser("writing.mjs");
    journey.arg(&served.base).args([site.path(), data.path(), &program("parvis")]);
    run(journey.arg("--save").arg(answers.path()));
    assert!(!pages(answers.path()).is_empty());
    // With the published text that would like to be more than text, once nothing is built any more.
    drop(served);
    check_html(&[answers.path().to_owned(), data.path().join("site")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_field_is_well_in_a_browser_and_its_answer_arrives() {
    let (data, answers) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let site = kinds::site();
    let served = Served::start_site(site.path(), data.path(), &[]).await;
    let (form, files) = (data.path().join("form.json"), tempfile::tempdir().unwrap());
    fs::write(&form, serde_json::to_vec(FORM).unwrap()).unwrap();
    for (name, content) in FILES {
        fs::write(files.path().join(name), content).unwrap();
    }
    let mut journey = browser("kinds.mjs");
    journey.arg(&served.base).args([&form, files.path()]);
    run(journey.arg("--save").arg(answers.path()));
    check_html(&[answers.path().to_owned()]);

    let desk = Desk::open(site.path(), data.path(), Timestamp::now());
    let desk = desk.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(kinds::assert_exported(&desk).await, 2, "with JavaScript and without");
    let reference = desk.list(None).await.unwrap().remove(0).stored.deposit.reference;
    let mut show = Command::new(program("parvis"));
    show.args(["--root".as_ref(), site.path()])
        .args(["deposits", "show", &reference, "--data"])
        .arg(data.path());
    let shown = String::from_utf8(show.output().unwrap().stdout).unwrap();
    for field in FORM.iter().filter(|field| !field.exported.is_empty()) {
        let first = field.exported.trim_start_matches('\'').lines().next().unwrap();
        assert!(shown.replace(['\u{a0}', '\u{202f}'], " ").contains(first), "{}: {shown}", field.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_interpellation_is_well_in_a_browser() {
    let data = tempfile::tempdir().unwrap();
    let served = Served::start(data.path(), &["--at", "2029-07-01"]).await;
    run(browser("closed.mjs").arg(&served.base));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_being_edited_is_renewed_and_says_what_is_wrong_in_a_browser() {
    let (site, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    generator::new_site(site.path(), Timestamp::now()).unwrap();
    let served = Served::start_site(site.path(), data.path(), &[]).await;
    run(browser("live.mjs").arg(&served.base).arg(site.path()));
}

#[test]
fn every_page_is_valid_html() {
    let site = reference_site();
    check_html(&[site.path().join("public"), site.path().join("answers")]);
}

#[test]
fn feeds_calendars_and_structured_data_are_read_by_other_programs() {
    let site = reference_site();
    let output = Command::new(tools().join("venv/bin/python"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("machine_readable.py"))
        .arg(site.path().join("public"))
        .output()
        .expect("tests/run.sh installs it");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    // « 158 addresses, 216 blocks of structured data, 27 calendars… »
    let counts: Vec<usize> =
        said.split(", ").filter_map(|count| count.split(' ').next()?.parse().ok()).collect();
    assert!(counts.len() == 6 && counts.iter().all(|count| *count > 0), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_projects_whose_works_the_reference_site_follows_are_those_that_its_minutes_elect() {
    let place = Place::new(engines::sqlite());
    place.plant().await;
    place.writer().run(Timestamp::now()).await.unwrap();
    let minutes = read(place.folder.path(), "public/data/budget-ecologique-2024.minutes.json");
    let published: Published = serde_json::from_str(&minutes).unwrap();
    let Outcome::Minutes(minutes) = published.outcome else { panic!("{published:?}") };
    for project in TOLD {
        assert!(minutes.winners.iter().any(|winner| winner == project), "{project}: {:?}", minutes.winners);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lighthouse_gives_full_marks_to_the_pages_that_count_most() {
    let data = tempfile::tempdir().unwrap();
    let served = Served::start_for_citizens(data.path()).await;
    run(browser("lighthouse.mjs").arg(&served.base));
}

#[test]
fn every_page_fits_its_budget() {
    let site = reference_site();
    let pages = pages(site.path());
    assert!(pages.len() > 20, "{pages:?}");
    let mut scales = Scales::new(site.path());
    for page in pages {
        let weight = scales.weigh(&page);
        assert!(
            weight.html_and_css <= 14_000 && weight.javascript <= 10_000,
            "{}: {weight:?}",
            page.display()
        );
    }
}

#[test]
fn the_aws_template_is_sound_as_written_and_as_expanded() {
    let lint = tools().join("venv/bin/cfn-lint");
    run(Command::new(&lint).arg(root().join("infra/template.yaml")));
    let mut expanded = Command::new(tools().join("venv/bin/python"))
        .arg(root().join("infra/expand.py"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("tests/run.sh installs it");
    run(Command::new(lint).stdin(expanded.stdout.take().unwrap()));
    assert!(expanded.wait().unwrap().success());
}
