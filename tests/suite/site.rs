//! The built site, by tools that judge web pages and templates.

use std::{path::Path, process::Command};
use tests::{
    engines::tools,
    place::{Served, root},
};

fn run(command: &mut Command) {
    let output =
        command.output().unwrap_or_else(|error| panic!("{command:?}: {error} (tests/run.sh installs it)"));
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
}

fn browser_folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("browser")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journeys_go_well_in_a_browser() {
    let data = tempfile::tempdir().unwrap();
    let served = Served::start(data.path(), &[]).await;
    run(Command::new("node").arg(browser_folder().join("journey.mjs")).arg(&served.base));
}

fn build() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    generator::build(&root(), &folder.path().join("public"), jiff::Timestamp::now()).unwrap();
    folder
}

#[test]
fn every_page_is_valid_html() {
    let folder = build();
    run(Command::new("java")
        .arg("-jar")
        .arg(browser_folder().join("node_modules/vnu-jar/build/dist/vnu.jar"))
        .args(["--skip-non-html", "--also-check-css", "public", "answers"])
        .current_dir(&folder));
}

#[test]
fn the_aws_template_is_sound() {
    run(Command::new(tools().join("venv/bin/cfn-lint")).arg(root().join("infra/template.yaml")));
}
