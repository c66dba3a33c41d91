//! A questionnaire from its answers to its results, on every engine.

use domain::{results::Published, secret::Secret};
use functions::{
    demonstration, questionnaire,
    register::{Folder, Writer},
};
use jiff::Timestamp;
use std::{path::Path, sync::Arc};
use tempfile::TempDir;
use tests::{
    engines,
    place::{build_at, read, small_site},
};
use tokio::sync::watch;

const CYCLING: &str = r#"+++
kind = "questionnaire"
title = "Vos trajets à vélo"
description = "Dix questions."
opens = 2026-01-01
closes = 2026-03-01

[writing]
demonstration = 300

[[writing.fields]]
id = "how"
kind = "choice"
label = "Comment vous déplacez-vous ?"
required = true
options = [{ id = "bike", label = "À vélo" }, { id = "foot", label = "À pied" }, { id = "car", label = "En voiture" }]

[[writing.fields]]
id = "why"
kind = "choices"
label = "Qu’est-ce qui vous retient ?"
options = [{ id = "fear", label = "La peur" }, { id = "rain", label = "La pluie" }, { id = "theft", label = "Le vol" }]
when = { not = { field = "how", is = "bike" } }

[[writing.fields]]
id = "distance"
kind = "number"
label = "Combien de kilomètres par jour ?"
min = 0
max = 80
unit = "km"

[[writing.fields]]
id = "lanes"
kind = "grade"
label = "Les pistes"
grades = [{ id = "good", label = "Bien" }, { id = "fair", label = "Passable" }, { id = "bad", label = "Mauvais" }]

[[writing.fields]]
id = "free"
kind = "long-text"
label = "Le reste"
required = true
max = 2000

[[writing.crossings]]
rows = "how"
columns = "lanes"
+++
"#;

const RESULTS: &str = "+++\nkind = \"step\"\ntitle = \"Résultats\"\nshows = \"results\"\n+++\nMerci.\n";

fn site() -> TempDir {
    small_site(&[("trajets/_index.md", CYCLING), ("trajets/resultats.md", RESULTS)])
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn build(site: &TempDir, now: Timestamp) -> generator::Built {
    build_at(site.path(), now).unwrap_or_else(|error| panic!("{error}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_published_after_the_close_and_drawn_by_the_next_build() {
    for engine in engines::all().await {
        let site = site();
        let (open, closed) = (at("2026-02-01T00:00:00Z"), at("2026-03-02T00:00:00Z"));
        let rulebook = Arc::new(build(&site, open).rulebook);
        let secret = Secret::new([7; 32]);
        demonstration::plant(&*engine.table, &rulebook, &secret, open).await.unwrap();
        demonstration::plant(&*engine.table, &rulebook, &secret, closed).await.unwrap();
        let to = Folder(site.path().join("public"));
        let rules = watch::channel(rulebook.clone()).1;
        let mut writer = Writer::new(engine.table.clone(), rules, secret.clone(), Box::new(to));
        let file = "public/data/trajets.answers.json";

        // While people answer, the difference between two publications would tell what one of them said.
        writer.run(open).await.unwrap();
        assert!(!Path::new(&site.path().join(file)).exists());
        build(&site, open);
        let later = read(site.path(), "public/ville/trajets/resultats/index.html");
        assert!(later.contains("après la clôture"), "{later}");

        writer.run(closed).await.unwrap();
        let published: Published = serde_json::from_str(&read(site.path(), file)).unwrap();
        assert_eq!(published.answers, 300, "{}", engine.name);
        let writing = rulebook.processes["trajets"].writing.as_ref().unwrap();
        let results = questionnaire::results(&*engine.table, "trajets", writing, closed).await.unwrap();
        assert_eq!(results.published(&writing.form), published);
        assert!(results.fields["why"].answered < 300, "a question that was not reached was not answered");

        build(&site, closed);
        let html = read(site.path(), "public/ville/trajets/resultats/index.html");
        for shown in ["300", "À vélo", "Le vol", "Bien", "<svg", "donnees/reponses.csv"] {
            assert!(html.contains(shown), "{shown} in {html}");
        }
        assert!(!html.contains("personne fictive."), "free text is never published");
        insta::assert_snapshot!(
            "results_table",
            read(site.path(), "public/ville/trajets/donnees/reponses.csv")
        );
        insta::assert_snapshot!(
            "results_dictionary",
            read(site.path(), "public/ville/trajets/donnees/dictionnaire.csv")
        );
    }
}
