//! `parvis tally`: what it reads, what it prints, and how it ends.

use crate::{
    command::{parvis, text},
    place::Place,
};
use insta::assert_snapshot;
use std::{
    io::{Read, Write},
    process::{Command, Stdio},
};

const ELECTION: &str = "META\nkey;value\nbudget;1000\nvote_type;approval\nrule;greedy\ncurrency;PLN\nPROJECTS\n\
    project_id;cost;name\na;600;Four | *à* pain\nb;500;Bancs\nc;400;Haie\nVOTES\nvoter_id;vote\n1;a,b\n2;a\n3;b,c\n4;a,c\n";

#[test]
fn the_minutes_of_an_election_read_well_as_text_and_as_markdown() {
    let place = Place::new().file("vote.pb", ELECTION);
    let file = place.root().join("vote.pb").to_string_lossy().into_owned();
    let plain = |arguments: &[&str]| {
        let output = parvis(&place, &[&["tally", &file, "--ties", "min-cost"], arguments].concat());
        text(&output.stdout).replace(['\u{a0}', '\u{202f}'], "~")
    };
    assert_snapshot!(plain(&[]));
    assert_snapshot!(plain(&["--rule", "equalshares/add1u-comparison", "--format", "markdown"]));
}

#[test]
fn minutes_in_json_keep_their_keys() {
    let place = Place::new().file("vote.pb", ELECTION);
    let file = place.root().join("vote.pb").to_string_lossy().into_owned();
    let output = parvis(&place, &["tally", &file, "--ties", "min-cost", "--format", "json"]);
    let mut counted: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    counted.as_object_mut().expect("an object").remove("minutes");
    assert_snapshot!(counted.to_string());
}

#[test]
fn an_election_that_cannot_be_read_says_what_to_do() {
    let place = Place::new().file("liste.json", "{").file("vide.pb", "");
    let told = |file: &str| {
        let output = parvis(&place, &["tally", &place.root().join(file).to_string_lossy()]);
        assert_eq!(output.status.code(), Some(1), "{file}");
        text(&output.stderr).replace(&format!("{}/", place.root().display()), "")
    };
    assert_eq!(told("rien.pb"), "erreur : rien.pb n’existe pas : vérifiez le chemin\n");
    assert!(told(".").contains("est un dossier : donnez un fichier"), "{}", told("."));
    assert!(told("liste.json").contains("n’est ni un fichier de Pabulib, ni un fichier de bulletins"));
    assert!(told("vide.pb").contains("le fichier est vide"));
}

#[test]
fn a_tally_reads_the_standard_input_and_stops_quietly_when_nobody_reads_on() {
    let mut long = ELECTION.replace("budget;1000", "budget;90000000");
    let more: String = (0..20_000).map(|number| format!("x{number};1;Haie\n")).collect();
    long = long.replace("VOTES\n", &format!("{more}VOTES\n"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_parvis"))
        .args(["tally", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("parvis");
    child.stdin.take().expect("its input").write_all(long.as_bytes()).expect("written");
    let mut first = [0];
    let mut output = child.stdout.take().expect("its output");
    output.read_exact(&mut first).expect("a first byte");
    drop(output);
    assert_eq!(first, *b"{");
    let ended = child.wait_with_output().expect("an end");
    assert_eq!((ended.status.code(), text(&ended.stderr)), (Some(0), String::new()));
}
