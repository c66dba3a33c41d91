//! The command: what it prints, and how it ends.

use crate::place::Place;
use insta::assert_snapshot;
use std::process::{Command, Output};

pub(crate) fn parvis(place: &Place, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parvis"));
    command.env_remove("COLUMNS");
    command.arg("--root").arg(place.root()).args(arguments).output().expect("the command runs")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn broken() -> Place {
    Place::new().page("_index.md", "kind = \"home\"\ntitle = \"Accueil\"\ndatte = 2026-01-01\n", "")
}

#[test]
fn the_code_says_how_it_went() {
    let code = |output: Output| output.status.code();
    assert_eq!(code(parvis(&Place::new(), &["check"])), Some(0));
    assert_eq!(code(parvis(&broken(), &["check"])), Some(1));
    assert_eq!(code(parvis(&broken(), &["build"])), Some(1));
    assert_eq!(code(parvis(&broken(), &["chek"])), Some(2));
    assert_eq!(code(parvis(&broken(), &["build", "--at", "demain"])), Some(2));
}

#[test]
fn mistakes_are_printed_apart_from_the_rest() {
    let output = parvis(&broken(), &["check"]);
    assert_eq!(text(&output.stdout), "");
    assert_snapshot!(text(&output.stderr), @r"
    erreur: clé inconnue `datte`
     --> content/_index.md:4:1
      |
    4 | datte = 2026-01-01
      | ^^^^^
      |
      = aide: vouliez-vous dire `date` ?

    1 erreur dans 1 fichier
    ");
    let output = parvis(&broken(), &["check", "--format", "json"]);
    assert_eq!(text(&output.stderr), "");
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(found["diagnostics"][0]["line"], 4);
    assert_eq!(text(&parvis(&Place::new(), &["check"]).stdout), "Rien à corriger.\n");
}

#[test]
fn a_site_is_built_as_of_a_moment() {
    let place = Place::new();
    parvis(&place, &["build", "--at", "2026-03-01T23:59"]);
    assert!(!place.has("public/sault/petitions/textes/banc"));
    parvis(&place, &["build", "--at", "2026-03-02"]);
    assert!(place.has("public/sault/petitions/textes/banc"));
    parvis(
        &place,
        &["build", "--output", "elsewhere/site", "--at", "2026-03-02T00:00:00+01:00[Europe/Paris]"],
    );
    assert!(place.has("elsewhere/site/index.html") && place.has("elsewhere/rulebook.json"));
}

#[test]
fn a_process_is_made_once() {
    let place = Place::new();
    let made = parvis(&place, &["new", "process", "petition", "sault/essai"]);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    assert_eq!(parvis(&place, &["check"]).status.code(), Some(0));
    let again = parvis(&place, &["new", "process", "petition", "sault/essai"]);
    assert_eq!(again.status.code(), Some(1));
    assert_snapshot!(text(&again.stderr), @r"
    erreur : il y a déjà une démarche « essai », dans content/sault/essai/_index.md.
    ");
}

#[test]
fn the_help_is_worth_reading() {
    assert_snapshot!(text(&parvis(&Place::new(), &["--help"]).stdout), @r"
    Parvis : la participation citoyenne d’une collectivité, du Markdown au site

    Usage : parvis [OPTIONS] <COMMANDE>

    Commandes :
      init      Crée un site neuf, à compléter
      build     Construit le site : pages, règle du jeu, réponses des fonctions
      check     Relit tout le contenu, le thème et les pages faites, sans rien écrire
      new       Crée le squelette d’une démarche
      deposits  Examine ce que les habitants ont déposé
      pull      Écrit dans content/ les dépôts publiés, comme des pages à relire et à valider
      serve     Ouvre le site sur cette machine, fonctions comprises, et le reconstruit à chaque
                modification
      tally     Dépouille un vote, publié par un site ou au format de Pabulib, et en dresse le
                procès-verbal
      export    Écrit un vote publié dans un format que d’autres logiciels lisent

    Options :
          --root <DOSSIER>  Racine du site : le dossier où se trouve site.toml
      -h, --help            Affiche cette aide
      -V, --version         Affiche la version

    Exemples :
      parvis init mon-site                            créer un site neuf, à compléter
      parvis serve                                    ouvrir le site sur http://127.0.0.1:8080/
      parvis check                                    relire tout le contenu
      parvis build --at 2027-01-01                    construire le site tel qu’il sera ce jour-là
      parvis new process petition garennes/ma-petition

    Code de sortie : 0 si tout va bien, 1 s’il y a des erreurs, 2 si la commande est mal écrite.
    Le format du contenu est décrit dans docs/guide.md.
    ");
    assert_snapshot!(text(&parvis(&Place::new(), &["build", "--help"]).stdout), @r"
    Construit le site : pages, règle du jeu, réponses des fonctions.

    N’écrit que ce qui a changé, retire ce qui n’a plus lieu d’être, et ne touche jamais à data/, qui
    est au registre. La règle du jeu (rulebook.json) et les pages des fonctions (answers/) vont à côté
    du dossier du site.

    Usage : parvis build [OPTIONS]

    Options :
          --output <DOSSIER>
              Dossier du site construit, depuis la racine du site

          --root <DOSSIER>
              Racine du site : le dossier où se trouve site.toml

          --drafts
              Avec les brouillons, et ce qui est daté de plus tard

      -h, --help
              Affiche cette aide

          --at <MOMENT>
              Moment de référence, au lieu de maintenant : 2026-11-21, 2026-11-21T09:00 (dans le fuseau
              du site), 2026-11-21T08:00:00Z

    Exemples :
      parvis build
      parvis build --output /srv/parvis/public
      parvis build --at 2026-11-21T09:00              tel qu’il sera à ce moment
    ");
    assert_snapshot!(text(&parvis(&Place::new(), &["new", "process", "--help"]).stdout), @r"
    Une démarche, avec tous ses réglages en commentaire.

    Écrit content/CHEMIN/_index.md, reglement.md et un onglet pour les dépôts. Refuse d’écraser ce qui
    existe.

    Usage : parvis new process [OPTIONS] <SORTE> <CHEMIN>

    À donner :
      <SORTE>
              Sorte de démarche : petition

      <CHEMIN>
              Dossier de la démarche, depuis content/

    Options :
          --root <DOSSIER>
              Racine du site : le dossier où se trouve site.toml

      -h, --help
              Affiche cette aide

    Exemples :
      parvis new process petition garennes/ma-petition
      parvis new process petition ma-petition         s’il n’y a qu’une collectivité, la range chez elle
    ");
}

/// As a site publishes them.
const BALLOTS: &str = r#"{
  "process": "budget", "method": {"method": "approval", "least": 1, "most": 2}, "seed": "00",
  "projects": [{"id": "banc", "cost": 150000}, {"id": "four", "cost": 200000, "name": "Un four"}, {"id": "mare", "cost": 100000}],
  "rules": {
    "rule": {"rule": "greedy"}, "ties": ["min-cost", "lot"],
    "envelopes": [{"id": "tout", "amount": 300000}]
  },
  "ballots": [
    {"slot": "1a", "ballot": {"approval": ["four", "mare"]}}, {"slot": "2b", "ballot": {"approval": ["four"]}},
    {"slot": "3c", "ballot": {"approval": ["banc", "mare"]}}, {"slot": "4d", "ballot": {"approval": ["banc"]}}
  ]
}"#;

#[test]
fn published_ballots_are_counted_again_and_exported_for_other_programs() {
    let place = Place::new().file("budget.ballots.json", BALLOTS);
    let path = |name: &str| place.root().join(name).to_string_lossy().into_owned();
    let winners = |file: &str| {
        let output = parvis(&place, &["tally", &path(file), "--format", "json"]);
        let counted: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        counted["winners"].clone()
    };
    // Two votes each: the lower cost first, then what still fits.
    let expected = serde_json::json!(["mare", "banc"]);
    assert_eq!(winners("budget.ballots.json"), expected);
    let exported = parvis(&place, &["export", "--pb", &path("budget.ballots.json")]);
    assert_snapshot!(text(&exported.stdout), @r"
    META
    key;value
    description;budget
    country;France
    unit;
    instance;
    num_projects;3
    num_votes;4
    budget;3000
    vote_type;approval
    rule;greedy
    date_begin;
    date_end;
    currency;EUR
    PROJECTS
    project_id;cost;votes;score;name;category;target;district;proposer;selected
    banc;1500;2;2;;;;;;1
    four;2000;2;2;Un four;;;;;0
    mare;1000;2;2;;;;;;1
    VOTES
    voter_id;vote
    1;banc
    2;banc,mare
    3;four
    4;four,mare
    ");
    let place = place.file("budget.pb", text(&exported.stdout));
    let counted = parvis(&place, &["tally", &place.root().join("budget.pb").to_string_lossy()]);
    assert!(text(&counted.stdout).contains("1. mare\n2. banc\n"), "{}", text(&counted.stdout));
    let broken = parvis(&place, &["export", "--pb", &place.root().join("budget.pb").to_string_lossy()]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(text(&broken.stderr).contains("n’est pas un fichier de bulletins"), "{}", text(&broken.stderr));
}
