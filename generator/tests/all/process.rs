//! What is shown of a process and its deposits as time passes.

use crate::place::{DEPOSIT, PETITION, Place};
use insta::assert_snapshot;

const BANC: &str = "sault/petitions/textes/banc/index.md";

/// The lines of the deposit's page, as of a moment, that begin with one of the words.
fn shown(place: &Place, at: &str, words: &[&str]) -> String {
    place.build(at);
    let page = place.read("public/sault/petitions/textes/banc/index.html");
    let lines = page.lines().filter(|line| words.iter().any(|word| line.starts_with(word)));
    lines.collect::<Vec<_>>().join("\n")
}

fn with_support(keys: &str) -> String {
    PETITION.replacen("[[thresholds]]", &format!("[support]\n{keys}\n[[thresholds]]"), 1)
}

#[test]
fn i1_the_page_says_open_from_the_first_instant_to_before_the_last() {
    let petition = with_support("opens = 2026-04-01T09:00:00\ncloses = 2026-05-01T09:00:00");
    let place = Place::new().page("sault/petitions/_index.md", &petition, "");
    let state = |at| shown(&place, at, &["state:"]);
    assert_snapshot!(state("2026-04-01T06:59:59.999Z"), @r"
    state: before, À partir du 1er avril 2026 à 9 h
    ");
    assert_snapshot!(state("2026-04-01T07:00:00Z"), @r"
    state: open, Jusqu’au 1er mai 2026 à 9 h
    ");
    assert_snapshot!(state("2026-05-01T06:59:59.999Z"), @r"
    state: open, Jusqu’au 1er mai 2026 à 9 h
    ");
    assert_snapshot!(state("2026-05-01T07:00:00Z"), @r"
    state: closed, Clos le 1er mai 2026 à 9 h
    ");
}

#[test]
fn a_window_runs_from_the_later_opening_to_the_earlier_end() {
    let window = |petition: &str, deposit: &str| {
        let place = Place::new().page("sault/petitions/_index.md", petition, "").page(BANC, deposit, "");
        shown(&place, "2026-11-21T09:00:00Z", &["window:"])
    };
    // By default, a year from publication, and half a year more until data is erased.
    assert_snapshot!(window(PETITION, DEPOSIT), @r"
    window: 2 mars 2026 → 1er mars 2027, erased 2 septembre 2027
    ");
    assert_snapshot!(window(&with_support("opens = 2026-01-15\nduration = \"36 months\""), DEPOSIT), @r"
    window: 2 mars 2026 → 1er mars 2029, erased 2 septembre 2029
    ");
    assert_snapshot!(window(&with_support("opens = 2026-10-01\ncloses = 2027-01-01"), DEPOSIT), @r"
    window: 1er octobre 2026 → 31 décembre 2026, erased 1er juillet 2027
    ");
    let own =
        DEPOSIT.replacen("[decision]", "opens = 2026-10-25\ncloses = 2026-10-26T18:30:00\n[decision]", 1);
    assert_snapshot!(window(&with_support("retention = \"1 month\""), &own), @r"
    window: 25 octobre 2026 → 26 octobre 2026 à 18 h 30, erased 26 novembre 2026
    ");
}

#[test]
fn what_is_dated_later_is_not_shown() {
    let deposit = format!(
        "{DEPOSIT}
[[documents]]
file = \"note.txt\"
title = \"Une note\"
date = 2026-06-01
[[pledges]]
title = \"Poser un banc\"
owner = \"Le maire\"
state = \"kept\"
updated = 2026-07-01
[[outcomes]]
threshold = 3
date = 2026-05-05
title = \"Une rencontre\"
report = \"mediation.md\"
[[history]]
date = 2026-03-02
text = \"Elle est publiée.\"
[[history]]
date = 2026-05-05
text = \"La commune reçoit les auteurs.\"
"
    );
    let report = "kind = \"report\"\ntitle = \"Compte rendu\"\ndate = 2026-05-12\nthreshold = 3\n";
    let place = Place::new()
        .page(BANC, &deposit, "")
        .page("sault/petitions/textes/banc/mediation.md", report, "Tout s’est bien passé.")
        .file("content/sault/petitions/textes/banc/note.txt", "Une note.");
    let words = ["document:", "pledge:", "outcome:", "report:", "history:"];
    assert_snapshot!(shown(&place, "2026-03-03T00:00:00Z", &words), @r"
    history: 2 mars 2026 Elle est publiée.
    ");
    assert_snapshot!(shown(&place, "2026-05-06T00:00:00Z", &words), @r"
    outcome: 5 mai 2026 Une rencontre  -
    history: 2 mars 2026 Elle est publiée.
    history: 5 mai 2026 La commune reçoit les auteurs.
    ");
    assert_snapshot!(shown(&place, "2026-11-21T00:00:00Z", &words), @r"
    outcome: 5 mai 2026 Une rencontre  /sault/petitions/textes/banc/mediation/
    report: 12 mai 2026 Compte rendu /sault/petitions/textes/banc/mediation/
    document: Une note, TXT, 9 octets, 
    pledge: Poser un banc, Tenu, -
    history: 2 mars 2026 Elle est publiée.
    history: 5 mai 2026 La commune reçoit les auteurs.
    ");
}

#[test]
fn a_deposit_is_under_review_until_the_day_of_the_decision() {
    let later = DEPOSIT.replace("date = 2026-03-01", "date = 2026-03-20");
    let place = Place::new().page(BANC, &later, "");
    assert_snapshot!(shown(&place, "2026-03-10T00:00:00Z", &["state:", "support:", "decision:"]), @r"
    state: review, À l’étude
    support: -
    decision: -
    ");
    assert!(place.build("2026-03-10T00:00:00Z").rulebook.processes["petitions"].deposits.is_empty());
    assert!(!place.has("public/sault/petitions/textes/banc/soutenir"));
    assert_snapshot!(shown(&place, "2026-03-20T00:00:00Z", &["state:", "support:", "decision:"]), @r"
    state: open, Jusqu’au 1er mars 2027
    support: /sault/petitions/textes/banc/soutenir/
    decision: admissible 20 mars 2026
    ");
}

#[test]
fn an_inadmissible_deposit_says_why_and_cannot_be_supported() {
    let refused =
        DEPOSIT.replace("state = \"admissible\"", "state = \"inadmissible\"\nreason = \"C’est *ailleurs*.\"");
    let place = Place::new().page(BANC, &refused, "");
    assert_snapshot!(shown(&place, "2026-11-21T00:00:00Z", &["state:", "support:", "decision:", "window:"]), @r"
    state: inadmissible, Non recevable
    window: - → -, erased -
    support: -
    decision: inadmissible 1er mars 2026 C’est <em>ailleurs</em>.
    ");
    assert!(place.build("2026-11-21T00:00:00Z").rulebook.processes["petitions"].deposits.is_empty());
}

#[test]
fn a_draft_or_a_page_dated_later_hides_what_is_below() {
    let place = Place::new().page("sault/petitions/_index.md", &format!("draft = true\n{PETITION}"), "");
    let built = place.build("2026-11-21T00:00:00Z");
    assert!(!place.has("public/sault/petitions"));
    assert!(built.rulebook.processes.is_empty());

    let place = Place::new();
    // The process is dated 2026-01-01, which begins an hour earlier in Paris than in Greenwich.
    place.build("2025-12-31T22:59:59Z");
    assert!(!place.has("public/sault/petitions"));
    place.build("2025-12-31T23:00:00Z");
    assert!(
        place.has("public/sault/petitions/index.html") && !place.has("public/sault/petitions/textes/banc")
    );
}

#[test]
fn the_presentation_of_a_process() {
    let place = Place::new()
        .page("sault/petitions/_index.md", &with_support("duration = \"1 year\""), "Voici.")
        .page("sault/petitions/reglement.md", "kind = \"step\"\ntitle = \"Règlement\"\nweight = -1\n", "");
    place.build("2026-11-21T09:00:00Z");
    assert_snapshot!(place.read("public/sault/petitions/index.html"), @r#"
    <!doctype html>
    <html lang="fr">
    <title>Pétitions – Le Parvis</title>
    <link rel="stylesheet" href="/assets/style.6c4f5345.css">
    <nav></nav>
    <nav><a href="/">Accueil</a><a href="/sault/">Commune de Sault</a></nav>
    <h1>Pétitions</h1>
    <main id="contenu">
    <a href="/sault/petitions/" aria-current="page">Présentation</a><a href="/sault/petitions/reglement/">Règlement</a><a href="/sault/petitions/textes/">Les textes</a>
    <p>Voici.</p>

    open: true
    duration: 1 an, retention: 6 mois
    3: La rencontre, La commune rencontre les auteurs. 3 mois
    5: Le débat, Le conseil municipal en débat. 6 mois

    banc: Jusqu’au 1er mars 2027, 0 soutien

    /sault/petitions/feed.xml -
    </main>
    </html>
    "#);
}

#[test]
fn a_process_is_open_within_its_window_and_until_it_is_closed() {
    let open = |petition: &str, at: &str| {
        let place = Place::new().page("sault/petitions/_index.md", petition, "");
        place.build(at);
        place.read("public/sault/petitions/index.html").contains("open: true")
    };
    let bounded = with_support("opens = 2026-02-02\ncloses = 2027-02-02");
    assert!(!open(&bounded, "2026-02-01T00:00:00Z"));
    assert!(open(&bounded, "2026-11-21T00:00:00Z"));
    assert!(!open(&bounded, "2027-02-02T00:00:00Z"));
}

#[test]
fn a_step_says_when_it_takes_place() {
    let text = |keys: &str| {
        let place = Place::new().page(
            "sault/petitions/etape.md",
            &format!("kind = \"step\"\ntitle = \"Étape\"\n{keys}"),
            "",
        );
        place.build("2026-11-21T09:00:00Z");
        let page = place.read("public/sault/petitions/etape/index.html");
        page.split("<main id=\"contenu\">")
            .nth(1)
            .and_then(|rest| rest.split("</main>").next())
            .map(str::to_owned)
    };
    assert_eq!(text("").as_deref(), Some(""));
    assert_eq!(text("opens = 2026-05-01\n").as_deref(), Some("À partir du 1er mai 2026"));
    assert_eq!(
        text("closes = 2026-05-02T18:30:00\n").as_deref(),
        Some("Jusqu’au 2 mai 2026 à 18\u{a0}h\u{a0}30")
    );
    assert_eq!(
        text("opens = 2026-05-01\ncloses = 2026-06-01\n").as_deref(),
        Some("Du 1er mai 2026 au 31 mai 2026")
    );
}
