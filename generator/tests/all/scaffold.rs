//! New content is valid, and overwrites nothing.

use crate::place::{Place, instant};
use generator::{Preset, ScaffoldError, new_process};
use insta::assert_snapshot;
use std::path::PathBuf;

fn new(place: &Place, path: &str) -> Result<Vec<PathBuf>, ScaffoldError> {
    new_process(place.root(), Preset::Petition, path, instant("2026-11-20T23:30:00Z"))
}

fn refusal(place: &Place, path: &str) -> String {
    new(place, path).expect_err("a refusal").to_string().replace(&place.root().display().to_string(), "…")
}

#[test]
fn a_new_process_passes_check() {
    let place = Place::new();
    let files = new(&place, "sault/ma-demarche").expect("a process");
    assert_eq!(files.len(), 3);
    assert_eq!(place.diagnostics(), "");
    assert!(place.read("content/sault/ma-demarche/_index.md").contains("date = 2026-11-21"));
    place.build("2026-11-21T09:00:00Z");
    assert!(place.has("public/sault/ma-demarche/interpellations/index.html"));
}

#[test]
fn where_there_is_one_organisation_it_need_not_be_named() {
    let place = Place::new();
    new(&place, "ma-demarche").expect("a process");
    assert!(place.has("content/sault/ma-demarche/reglement.md"));
}

#[test]
fn an_organisation_without_communes_gets_a_process_for_all() {
    let organisation = "kind = \"organisation\"\ntitle = \"Monieux\"\nterritory = \"commune\"\n";
    let place = Place::new().page("monieux/_index.md", organisation, "");
    new(&place, "monieux/ma-demarche").expect("a process");
    assert_eq!(place.diagnostics(), "");
    assert_snapshot!(refusal(&place, "une-autre"), @r"
    dites où ranger la démarche : collectivite/une-autre. Collectivités de ce site : monieux, sault.
    ");
}

#[test]
fn what_is_there_is_not_overwritten() {
    let place = Place::new().file("content/sault/notes/idee.txt", "une idée");
    assert_snapshot!(refusal(&place, "sault/petitions"), @r"
    il y a déjà une démarche « petitions », dans content/sault/petitions/_index.md.
    ");
    assert_snapshot!(refusal(&place, "sault/notes"), @r"
    …/content/sault/notes existe déjà : rien n’est écrasé.
    ");
    assert_snapshot!(refusal(&place, "sault/Été 2026"), @r"
    « Été 2026 » ne peut pas servir d’adresse. Essayez « ete-2026 ».
    ");
    assert_snapshot!(refusal(&place, "gordes/ma-demarche"), @r"
    content/gordes n’est pas le dossier d’une collectivité. Collectivités de ce site : sault.
    ");
}
