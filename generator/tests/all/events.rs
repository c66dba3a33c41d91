//! What happens at a moment, and what machines are told: events, calendars, feeds, site map.

use crate::place::{PETITION, Place};
use insta::assert_snapshot;

const NOW: &str = "2026-11-21T09:00:00Z";

const BUDGET: &str = r#"
kind = "budget"
title = "Budget participatif"
date = 2026-02-01
description = "Proposez, votez."
opens = 2026-03-01
closes = 2026-06-01
"#;

const MEETING: &str = r#"
kind = "event"
title = "Réunion publique, première"
description = "Venez ; dites."
starts = 2026-12-03T18:30:00
ends = 2026-12-03T20:00:00
place = "Salle des fêtes"
address = "1 place de la Mairie, 99001 Sault"
"#;

/// A process with two events, and one of nobody's.
fn agenda() -> Place {
    Place::new()
        .page("sault/budget/_index.md", BUDGET, "")
        .page("sault/budget/reunion.md", MEETING, "On parle.")
        .page(
            "sault/budget/atelier.md",
            "kind = \"event\"\ntitle = \"Atelier\"\nstarts = 2026-05-01T09:00:00\nonline = \"https://visio.example/a\"\n",
            "",
        )
        .page(
            "visite.md",
            "kind = \"event\"\ntitle = \"Visite\"\nstarts = 2026-12-01\nends = 2026-12-02\ncancelled = true\n",
            "",
        )
}

#[test]
fn an_event_says_when_and_where() {
    let place = agenda();
    place.build(NOW);
    assert_snapshot!(place.main("/sault/budget/reunion/"), @r"
    <p>On parle.</p>

    from 3 décembre 2026 à 18~h~30 (2026-12-03T18:30:00+01:00) to 20~h (2026-12-03T20:00:00+01:00)
    at Salle des fêtes, 1 place de la Mairie, 99001 Sault, -
    cancelled: false, past: false
    /sault/budget/reunion/evenement.ics
    of Budget participatif /sault/budget/
    ");
    assert_snapshot!(place.main("/sault/budget/atelier/"), @r"
    from 1er mai 2026 à 9~h (2026-05-01T09:00:00+02:00) to - (-)
    at -, -, https://visio.example/a
    cancelled: false, past: true
    /sault/budget/atelier/evenement.ics
    of Budget participatif /sault/budget/
    ");
    assert_snapshot!(place.main("/visite/"), @r"
    from 1er décembre 2026 (2026-12-01) to 2 décembre 2026 (2026-12-02)
    at -, -, -
    cancelled: true, past: false
    /visite/evenement.ics
    of -
    ");
}

#[test]
fn an_event_of_whole_days_has_no_hour_anywhere() {
    let fair = |keys: &str| format!("kind = \"event\"\ntitle = \"Fête\"\ndate = 2026-10-01\n{keys}");
    let place = Place::new().page("fete.md", &fair("starts = 2026-12-05\nends = 2026-12-06\n"), "").page(
        "jour.md",
        &fair("starts = 2026-12-05\nends = 2026-12-05\n"),
        "",
    );
    place.build(NOW);
    let said = |url: &str| place.main(url).lines().find(|line| line.starts_with("from")).map(str::to_owned);
    assert_eq!(
        said("/fete/").as_deref(),
        Some("from 5 décembre 2026 (2026-12-05) to 6 décembre 2026 (2026-12-06)")
    );
    assert_eq!(said("/jour/").as_deref(), Some("from 5 décembre 2026 (2026-12-05) to - (-)"));
    assert!(place.main("/").contains("Fête, /fete/, event, 1er octobre 2026, 5 décembre 2026, -"));
    // In the file, the end is the day after.
    let file = place.read("public/fete/evenement.ics");
    assert!(file.contains("DTSTART;VALUE=DATE:20261205\r\nDTEND;VALUE=DATE:20261207\r\n"), "{file}");
    assert!(file.contains("DTSTAMP:20260930T220000Z\r\nLAST-MODIFIED:20260930T220000Z\r\n"), "{file}");
    assert!(!place.read("public/jour/evenement.ics").contains("DTEND"));
}

#[test]
fn an_event_of_whole_days_is_past_when_the_last_is_over() {
    let place = Place::new().page(
        "fete.md",
        "kind = \"event\"\ntitle = \"Fête\"\nstarts = 2026-12-05\nends = 2026-12-06\n",
        "",
    );
    let past = |at| {
        place.build(at);
        place.main("/fete/").contains("past: true")
    };
    assert!(!past("2026-12-06T22:59:59Z"));
    assert!(past("2026-12-06T23:00:00Z"));
}

#[test]
fn an_event_is_past_from_its_end_on() {
    let place = agenda();
    let past = |at| {
        place.build(at);
        place.main("/sault/budget/reunion/").contains("past: true")
    };
    assert!(!past("2026-12-03T18:59:59Z"));
    assert!(past("2026-12-03T19:00:00Z"));
}

#[test]
fn a_process_lists_its_events_and_the_home_page_those_to_come() {
    let place = agenda().page(
        "sault/budget/agenda.md",
        "kind = \"step\"\ntitle = \"Agenda\"\nshows = \"events\"\n",
        "",
    );
    place.build(NOW);
    assert_snapshot!(place.main("/sault/budget/"), @r#"
    <a href="/sault/budget/" aria-current="page">Présentation</a><a href="/sault/budget/agenda/">Agenda</a>

    open: false
    Budget participatif: Terminé, Du 1er mars 2026 au 31 mai 2026
    event: Atelier, /sault/budget/atelier/, event, -, 1er mai 2026 à 9~h, -
    event: Réunion publique, première, /sault/budget/reunion/, event, -, 3 décembre 2026 à 18~h~30, Salle des fêtes
    /sault/budget/feed.xml /sault/budget/agenda.ics
    "#);
    assert_snapshot!(place.main("/"), @r"
    <p>Bonjour.</p>

    event: Réunion publique, première, /sault/budget/reunion/, event, -, 3 décembre 2026 à 18~h~30, Salle des fêtes
    ");
    place.build("2026-12-04T00:00:00Z");
    assert_snapshot!(place.main("/"), @r"
    <p>Bonjour.</p>
    ");
}

#[test]
fn the_file_of_an_event_has_the_link_in_its_description() {
    let place = agenda();
    place.build(NOW);
    assert_snapshot!(place.read("public/sault/budget/reunion/evenement.ics").replace('\r', ""), @r"
    BEGIN:VCALENDAR
    VERSION:2.0
    PRODID:-//Parvis//Parvis//FR
    CALSCALE:GREGORIAN
    METHOD:PUBLISH
    BEGIN:VEVENT
    UID:sault.budget.reunion@participer.example
    DTSTAMP:19700101T000000Z
    DTSTART:20261203T173000Z
    DTEND:20261203T190000Z
    SUMMARY:Réunion publique\, première
    DESCRIPTION:Venez \; dites.\n\nhttps://participer.example/sault/budget/re
     union/
    LOCATION:Salle des fêtes\, 1 place de la Mairie\, 99001 Sault
    URL:https://participer.example/sault/budget/reunion/
    STATUS:CONFIRMED
    END:VEVENT
    END:VCALENDAR
    ");
    assert_snapshot!(place.read("public/visite/evenement.ics").replace('\r', ""), @r"
    BEGIN:VCALENDAR
    VERSION:2.0
    PRODID:-//Parvis//Parvis//FR
    CALSCALE:GREGORIAN
    METHOD:PUBLISH
    BEGIN:VEVENT
    UID:visite@participer.example
    DTSTAMP:19700101T000000Z
    DTSTART;VALUE=DATE:20261201
    DTEND;VALUE=DATE:20261203
    SUMMARY:Visite
    DESCRIPTION:https://participer.example/visite/
    URL:https://participer.example/visite/
    STATUS:CANCELLED
    END:VEVENT
    END:VCALENDAR
    ");
}

#[test]
fn there_is_a_calendar_of_the_site_and_one_of_each_process_that_has_events() {
    let place = agenda();
    place.build(NOW);
    let said = |file: &str| {
        let text = place.read(file).replace("\r\n ", "");
        let lines =
            text.lines().filter(|line| ["NAME", "URL", "SUMMARY"].iter().any(|name| line.starts_with(name)));
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(said("public/agenda.ics"), @r"
    NAME:Le Parvis
    URL:https://participer.example/
    SUMMARY:Atelier
    URL:https://participer.example/sault/budget/atelier/
    SUMMARY:Visite
    URL:https://participer.example/visite/
    SUMMARY:Réunion publique\, première
    URL:https://participer.example/sault/budget/reunion/
    ");
    assert_snapshot!(said("public/sault/budget/agenda.ics"), @r"
    NAME:Budget participatif – Le Parvis
    URL:https://participer.example/sault/budget/
    SUMMARY:Atelier
    URL:https://participer.example/sault/budget/atelier/
    SUMMARY:Réunion publique\, première
    URL:https://participer.example/sault/budget/reunion/
    ");
    assert!(!place.has("public/sault/petitions/agenda.ics"));
}

#[test]
fn a_site_without_events_has_no_calendar() {
    let place = Place::new();
    place.build(NOW);
    assert!(!place.has("public/agenda.ics"));
}

#[test]
fn the_feed_of_the_site_has_what_is_dated_the_latest_first() {
    let place = Place::new()
        .tables("[[taxonomies]]\nname = \"theme\"\nlabel = \"Thèmes\"\n")
        .page(
            "actualite.md",
            "title = \"Du nouveau\"\ndate = 2026-04-01\nupdated = 2026-05-01\ndescription = \"Lisez.\"\n[taxonomies]\ntheme = [\"Climat\"]\n",
            "",
        )
        .page("sans-date.md", "title = \"Sans date\"\n", "")
        .page("demain.md", "title = \"Demain\"\ndate = 2027-01-01\n", "");
    place.build(NOW);
    assert_snapshot!(place.read("public/feed.xml"), @r#"
    <?xml version="1.0" encoding="utf-8"?>
    <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr">
    <id>https://participer.example/feed.xml</id>
    <title>Le Parvis</title>
    <link rel="alternate" type="text/html" href="https://participer.example/"/>
    <link rel="self" type="application/atom+xml" href="https://participer.example/feed.xml"/>
    <updated>2026-04-30T22:00:00Z</updated>
    <author><name>Le Parvis</name></author>
    <entry>
    <id>https://participer.example/actualite/</id>
    <title>Du nouveau</title>
    <link rel="alternate" type="text/html" href="https://participer.example/actualite/"/>
    <published>2026-03-31T22:00:00Z</published>
    <updated>2026-04-30T22:00:00Z</updated>
    <category term="Climat"/>
    <summary>Lisez.</summary>
    </entry>
    <entry>
    <id>https://participer.example/sault/petitions/textes/banc/</id>
    <title>Un banc</title>
    <link rel="alternate" type="text/html" href="https://participer.example/sault/petitions/textes/banc/"/>
    <published>2026-03-01T23:00:00Z</published>
    <updated>2026-03-01T23:00:00Z</updated>
    <summary>Un banc devant l’école.</summary>
    </entry>
    <entry>
    <id>https://participer.example/sault/petitions/</id>
    <title>Pétitions</title>
    <link rel="alternate" type="text/html" href="https://participer.example/sault/petitions/"/>
    <published>2025-12-31T23:00:00Z</published>
    <updated>2025-12-31T23:00:00Z</updated>
    <summary>Demandez, soutenez.</summary>
    </entry>
    </feed>
    "#);
}

#[test]
fn the_feed_of_a_process_has_what_is_below_it() {
    let place =
        agenda().page("sault/budget/nouvelle.md", "title = \"Une nouvelle\"\ndate = 2026-04-01\n", "");
    place.build(NOW);
    let titles = |file: &str| {
        let text = place.read(file);
        let titles = text.lines().filter(|line| line.starts_with("<title>") || line.starts_with("<id>"));
        titles.collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(titles("public/sault/budget/feed.xml"), @r"
    <id>https://participer.example/sault/budget/feed.xml</id>
    <title>Budget participatif – Le Parvis</title>
    <id>https://participer.example/sault/budget/nouvelle/</id>
    <title>Une nouvelle</title>
    <id>https://participer.example/sault/budget/</id>
    <title>Budget participatif</title>
    ");
    assert_snapshot!(titles("public/sault/petitions/feed.xml"), @r"
    <id>https://participer.example/sault/petitions/feed.xml</id>
    <title>Pétitions – Le Parvis</title>
    <id>https://participer.example/sault/petitions/textes/banc/</id>
    <title>Un banc</title>
    <id>https://participer.example/sault/petitions/</id>
    <title>Pétitions</title>
    ");
}

#[test]
fn search_engines_are_told_of_each_page_and_its_languages() {
    let place = Place::new()
        .settings("languages = [\"en\"]\n")
        .tables("[[taxonomies]]\nname = \"theme\"\nlabel = \"Thèmes\"\n")
        .page("a.md", "title = \"A\"\ndate = 2026-03-01\n[taxonomies]\ntheme = [\"Climat\"]\n", "")
        .page("a.en.md", "title = \"A in English\"\n", "")
        .page("b.md", "title = \"B\"\nupdated = 2026-05-01\n", "")
        .page("brouillon.md", "title = \"Brouillon\"\ndraft = true\n", "");
    place.build(NOW);
    assert_snapshot!(place.read("public/sitemap.xml"), @r#"
    <?xml version="1.0" encoding="utf-8"?>
    <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
    <url><loc>https://participer.example/</loc></url>
    <url><loc>https://participer.example/a/</loc><lastmod>2026-02-28T23:00:00Z</lastmod><xhtml:link rel="alternate" hreflang="fr" href="https://participer.example/a/"/><xhtml:link rel="alternate" hreflang="en" href="https://participer.example/en/a/"/></url>
    <url><loc>https://participer.example/accessibilite/</loc></url>
    <url><loc>https://participer.example/b/</loc><lastmod>2026-04-30T22:00:00Z</lastmod></url>
    <url><loc>https://participer.example/contact/</loc></url>
    <url><loc>https://participer.example/donnees-personnelles/</loc></url>
    <url><loc>https://participer.example/en/a/</loc><lastmod>2026-02-28T23:00:00Z</lastmod><xhtml:link rel="alternate" hreflang="fr" href="https://participer.example/a/"/><xhtml:link rel="alternate" hreflang="en" href="https://participer.example/en/a/"/></url>
    <url><loc>https://participer.example/en/theme/</loc></url>
    <url><loc>https://participer.example/en/theme/climat/</loc></url>
    <url><loc>https://participer.example/mentions-legales/</loc></url>
    <url><loc>https://participer.example/plan-du-site/</loc></url>
    <url><loc>https://participer.example/sault/</loc></url>
    <url><loc>https://participer.example/sault/petitions/</loc><lastmod>2025-12-31T23:00:00Z</lastmod></url>
    <url><loc>https://participer.example/sault/petitions/textes/</loc></url>
    <url><loc>https://participer.example/sault/petitions/textes/banc/</loc><lastmod>2026-03-01T23:00:00Z</lastmod></url>
    <url><loc>https://participer.example/theme/</loc></url>
    <url><loc>https://participer.example/theme/climat/</loc></url>
    </urlset>
    "#);
    assert_snapshot!(place.read("public/robots.txt"), @r"
    User-agent: *
    Disallow: /actes/
    Sitemap: https://participer.example/sitemap.xml
    ");
}

#[test]
fn a_process_that_announces_says_where_it_stands() {
    let follow_up = "[[milestones]]\ndate = 2026-07-01\ntitle = \"Planter\"\nstate = \"kept\"\ntext = \"C’est *fait*.\"\n[[milestones]]\ntitle = \"Arroser\"\nstate = \"planned\"\n";
    let place = Place::new()
        .page("sault/budget/_index.md", &format!("{BUDGET}{follow_up}"), "Le budget.")
        .page("sault/budget/bilan.md", "kind = \"report\"\ntitle = \"Bilan\"\ndate = 2026-08-01\n", "Voici.");
    place.build("2026-02-15T00:00:00Z");
    assert_snapshot!(place.main("/sault/budget/"), @r#"
    <a href="/sault/budget/" aria-current="page">Présentation</a>
    <p>Le budget.</p>

    open: false
    Budget participatif: À venir, Du 1er mars 2026 au 31 mai 2026
    milestone: 1er juillet 2026, Planter, Tenu, C’est <em>fait</em>.
    milestone: -, Arroser, Prévu, 
    /sault/budget/feed.xml -
    "#);
    place.build("2026-04-15T00:00:00Z");
    assert!(place.main("/sault/budget/").contains("Budget participatif: En cours"));
    let built = place.build(NOW);
    assert_snapshot!(place.main("/sault/budget/"), @r#"
    <a href="/sault/budget/" aria-current="page">Présentation</a>
    <p>Le budget.</p>

    open: false
    Budget participatif: Terminé, Du 1er mars 2026 au 31 mai 2026
    milestone: 1er juillet 2026, Planter, Tenu, C’est <em>fait</em>.
    milestone: -, Arroser, Prévu, 
    report: 1er août 2026, Bilan, /sault/budget/bilan/
    /sault/budget/feed.xml -
    "#);
    assert_eq!(built.rulebook.processes.keys().collect::<Vec<_>>(), ["petitions"]);
}

#[test]
fn a_petition_has_events_too() {
    let place = Place::new().page("sault/petitions/_index.md", PETITION, "").page(
        "sault/petitions/textes/banc/rencontre.md",
        "kind = \"event\"\ntitle = \"Rencontre\"\nstarts = 2026-05-01T09:00:00\n",
        "",
    );
    place.build(NOW);
    assert!(place.main("/sault/petitions/").contains("event: Rencontre"));
    assert!(place.has("public/sault/petitions/textes/banc/rencontre/evenement.ics"));
}
