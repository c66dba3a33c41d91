//! The deposits of a process as lists: in each order, by theme, page after page.

use crate::place::{DEPOSIT, PETITION, Place, STEP};
use std::fs;

const NOW: &str = "2026-11-21T09:00:00Z";
const STEP_PATH: &str = "sault/petitions/textes/_index.md";
const LIST: &str = "/sault/petitions/textes/";

/// What a step and a deposit show here.
const STEP_TEMPLATE: &str = r#"{% extends "base.html" %}
{% block main %}{{ body | safe }}{{ step.window_text or "" }}
{%- for way in ways?.orders or [] %}
order: {{ way.name }} {{ way.url }}{% if way.current %} (here){% endif %}
{%- endfor %}
{%- for way in ways?.themes or [] %}
theme: {{ way.name }} ({{ way.count }}) {{ way.url }}{% if way.current %} (here){% endif %}
{%- endfor %}
{%- for deposit in deposits or [] %}
- {{ deposit.title }}, {{ deposit.answer_text or deposit.state_text }}
{%- endfor %}
{%- for deposit in apart or [] %}
apart: {{ deposit.title }}, {{ deposit.state_text }}
{%- endfor %}
{%- if pager %}
pager: {{ <pager pager={pager} /> }}
{%- endif %}
{% endblock %}
"#;
const DEPOSIT_TEMPLATE: &str = r#"{% extends "base.html" %}
{% block main %}
{% if deposit.reply %}
reply: {{ deposit.reply.by }}, {{ deposit.reply.date_text }}: {{ deposit.reply.html | safe }}{% endif %}
{% endblock %}
"#;

fn place() -> Place {
    Place::new().template("step", STEP_TEMPLATE).template("deposit", DEPOSIT_TEMPLATE)
}

/// Deposits, each a day after the one before, with as many fictitious supports as `supports` says of it.
fn site(count: usize, supports: impl Fn(usize) -> u64, more: impl Fn(usize) -> String) -> Place {
    let place = place().without("content/sault/petitions/textes/banc/index.md");
    (1..=count).fold(place, |place, number| {
        let keys = DEPOSIT
            .replace("Un banc\"", &format!("Texte {number:02}\""))
            .replace("2026-03-02", &format!("2026-03-{number:02}"))
            .replace("2026-03-01", "2026-02-01");
        let (supports, more) = (supports(number), more(number));
        let keys = keys.replace("[decision]", &format!("{more}[decision]"));
        let demonstration =
            format!("[demonstration]\nsupports = {supports}\nfrom = 2026-04-01\nto = 2026-05-01\n");
        let keys = if supports > 0 { keys + &demonstration } else { keys };
        place.page(&format!("sault/petitions/textes/t{number:02}/index.md"), &keys, "Voici.")
    })
}

fn theme(number: usize) -> String {
    ["theme = \"Eau\"\n", "theme = \"L’air\"\n", ""][number % 3].to_owned()
}

/// The titles that a list shows, in order.
fn titles(place: &Place, url: &str) -> Vec<String> {
    let main = place.main(url);
    let lines = main.lines().filter_map(|line| line.strip_prefix("- ").or(line.strip_prefix("apart: ")));
    lines.filter_map(|line| Some(line.split(',').next()?.to_owned())).collect()
}

fn texts(numbers: impl IntoIterator<Item = usize>) -> Vec<String> {
    numbers.into_iter().map(|number| format!("Texte {number:02}")).collect()
}

#[test]
fn a_handful_of_deposits_is_one_list() {
    let place = site(5, |_| 0, theme);
    place.build(NOW);
    assert_eq!(titles(&place, LIST), texts((1..=5).rev()));
    assert!(!place.main(LIST).contains("order:") && !place.main(LIST).contains("theme:"));
    assert!(
        !place.has("public/sault/petitions/textes/tri") && !place.has("public/sault/petitions/textes/theme")
    );
}

#[test]
fn texts_that_no_step_lists_are_on_the_page_of_their_process() {
    let process = "{% extends \"base.html\" %}\n{% block main %}{% for deposit in process.unlisted %}
- {{ deposit.title }}, {{ deposit.url }}
{%- endfor %}{% endblock %}";
    let place = site(3, |_| 0, theme).template("process", process);
    place.build(NOW);
    assert_eq!(titles(&place, "/sault/petitions/"), texts([]));
    let place = place.page(STEP_PATH, &STEP.replace("shows = \"deposits\"", ""), "");
    place.build(NOW);
    assert_eq!(titles(&place, "/sault/petitions/"), texts((1..=3).rev()));
}

#[test]
fn more_are_read_by_date_by_supports_at_random_and_by_theme() {
    let place = site(8, |number| [0, 3, 1, 4, 1, 5, 9, 2, 6][number], theme);
    place.build(NOW);
    assert_eq!(titles(&place, LIST), texts((1..=8).rev()));
    assert_eq!(titles(&place, &format!("{LIST}tri/soutiens/")), texts([6, 8, 5, 3, 1, 7, 4, 2]));
    assert_eq!(titles(&place, &format!("{LIST}theme/eau/")), texts([6, 3]));
    assert_eq!(titles(&place, &format!("{LIST}theme/l-air/")), texts([7, 4, 1]));
    let main = place.main(&format!("{LIST}theme/eau/"));
    assert!(main.contains("theme: Eau (2) /sault/petitions/textes/theme/eau/ (here)"), "{main}");
    assert!(main.contains("theme: L’air (3) /sault/petitions/textes/theme/l-air/\n"), "{main}");
    assert!(main.contains("order: recent /sault/petitions/textes/\n"), "{main}");
    assert!(place.main(LIST).contains("order: recent /sault/petitions/textes/ (here)"));
    assert!(!place.has("public/sault/petitions/textes/tri/recents/index.html"));
}

#[test]
fn chance_is_the_same_until_the_day_is_over_and_favours_nobody() {
    let place = site(8, |_| 0, |_| String::new());
    let at = |moment: &str| {
        place.build(moment);
        titles(&place, &format!("{LIST}tri/hasard/"))
    };
    let days: Vec<_> = (1..=9).map(|day| at(&format!("2026-11-0{day}T09:00:00Z"))).collect();
    assert_eq!(at("2026-11-01T05:00:00Z"), days[0]);
    assert_eq!(at("2026-11-01T22:59:00Z"), days[0]);
    for titles in &days {
        let mut sorted = titles.clone();
        sorted.sort();
        assert_eq!(sorted, texts(1..=8));
    }
    let first: std::collections::BTreeSet<_> = days.iter().map(|titles| &titles[0]).collect();
    assert!(first.len() > 3, "{first:?}");
}

#[test]
fn an_editor_chooses_the_order_that_is_read_first() {
    let place = site(8, |number| number as u64 % 4, |_| String::new()).page(
        STEP_PATH,
        &format!("{STEP}sort = \"supports\"\n"),
        "",
    );
    place.build(NOW);
    assert_eq!(titles(&place, LIST), texts([7, 3, 6, 2, 5, 1, 8, 4]));
    assert_eq!(titles(&place, &format!("{LIST}tri/recents/")), texts((1..=8).rev()));
    assert!(!place.has("public/sault/petitions/textes/tri/soutiens/index.html"));
}

#[test]
fn an_order_that_cannot_be_is_refused() {
    let told = |place: Place| place.diagnostics();
    let events =
        told(Place::new().page(STEP_PATH, "kind = \"step\"\ntitle = \"T\"\nsort = \"random\"\n", ""));
    assert!(events.contains("cette étape ne montre pas de dépôts"), "{events}");
    let ideas = "kind = \"ideas\"\ntitle = \"Idées\"\ndescription = \"Dites.\"\n";
    let place = Place::new().page("sault/idees/_index.md", ideas, "").page(
        "sault/idees/liste/_index.md",
        &format!("{STEP}sort = \"supports\"\n"),
        "",
    );
    let unsupported = told(place);
    assert!(unsupported.contains("ne se soutiennent pas"), "{unsupported}");
}

#[test]
fn a_long_list_takes_pages_of_twenty_and_what_is_over_comes_last() {
    let place = site(
        28,
        |_| 0,
        |number| if number > 20 { "archived = 2026-06-01\n".to_owned() } else { String::new() },
    );
    place.build(NOW);
    assert_eq!(titles(&place, LIST), texts((1..=20).rev()));
    assert_eq!(titles(&place, &format!("{LIST}page/2/")), texts((21..=28).rev()));
    let second = place.main(&format!("{LIST}page/2/"));
    assert!(second.contains("apart: Texte 28, Archivé le 1er juin 2026"), "{second}");
    assert!(second.contains("pager: Page 2 sur 2, /sault/petitions/textes/, -"), "{second}");
    let before = site(1, |_| 0, |_| "archived = 2027-01-01\n".to_owned());
    before.build(NOW);
    assert!(before.main(LIST).contains("- Texte 01, Jusqu’au"), "{}", before.main(LIST));
}

#[test]
fn another_order_is_no_other_page_to_search_engines() {
    let place = site(8, |_| 1, theme);
    fs::remove_dir_all(place.root().join("themes/parvis")).expect("removed");
    place.build(NOW);
    for url in ["tri/soutiens/", "tri/hasard/", "theme/eau/"] {
        let page = place.read(&format!("public{LIST}{url}index.html"));
        let canonical =
            "<link rel=\"canonical\" href=\"https://participer.example/sault/petitions/textes/\">";
        assert!(page.contains(canonical), "{page}");
        assert!(page.contains(&format!("href=\"{LIST}{url}\" aria-current=\"page\"")), "{page}");
    }
    let map = place.read("public/sitemap.xml");
    assert!(map.contains(LIST) && !map.contains("/tri/") && !map.contains("/textes/theme/"), "{map}");
}

#[test]
fn deposits_that_nobody_supports_are_listed_too() {
    let ideas = "kind = \"questions\"\ntitle = \"Questions\"\ndescription = \"Demandez.\"\n";
    let place = Place::new().page("sault/q/_index.md", ideas, "").page("sault/q/liste/_index.md", STEP, "");
    let place = (1..=7).fold(place, |place, number| {
        let keys = DEPOSIT.replace("Un banc\"", &format!("Texte {number:02}\""));
        place.page(&format!("sault/q/liste/t{number}/index.md"), &keys, "Pourquoi ?")
    });
    fs::remove_dir_all(place.root().join("themes/parvis")).expect("removed");
    place.build(NOW);
    let main = place.read("public/sault/q/liste/index.html");
    assert_eq!(main.matches("<li class=\"card\"").count(), 7, "{main}");
    assert!(main.contains("/sault/q/liste/tri/hasard/") && !main.contains("tri/soutiens"), "{main}");
    assert!(place.has("public/sault/q/liste/t1/index.html"));
}

#[test]
fn an_answer_is_shown_first_and_in_lists_from_its_day_on() {
    let answer =
        "[answer]\ndate = 2026-05-02\nby = \"Le service des eaux\"\ntext = \"Nous y *travaillons*.\"\n";
    let questions = PETITION.replace("kind = \"petition\"", "kind = \"questions\"");
    let questions = questions.split("[[thresholds]]").next().expect("keys");
    let place = place()
        .page("sault/petitions/_index.md", questions, "")
        .page("sault/petitions/textes/banc/index.md", &format!("{DEPOSIT}{answer}"), "")
        .page("sault/petitions/textes/arbre/index.md", &DEPOSIT.replace("Un banc\"", "Un arbre\""), "");
    place.build("2026-05-01T09:00:00Z");
    assert!(place.main(LIST).contains("- Un banc, Sans réponse"), "{}", place.main(LIST));
    assert!(!place.main(&format!("{LIST}banc/")).contains("reply:"));
    place.build(NOW);
    let list = place.main(LIST);
    assert!(list.contains("- Un banc, Répondu") && list.contains("- Un arbre, Sans réponse"), "{list}");
    let page = place.main(&format!("{LIST}banc/"));
    assert!(
        page.contains("reply: Le service des eaux, 2 mai 2026: <p>Nous y <em>travaillons</em>.</p>"),
        "{page}"
    );
    let feed = place.read("public/sault/petitions/feed.xml");
    assert!(feed.contains("<updated>2026-05-01T22:00:00Z</updated>"), "{feed}");

    fs::remove_dir_all(place.root().join("themes/parvis")).expect("removed");
    place.build(NOW);
    let page = place.read(&format!("public{LIST}banc/index.html"));
    let (answer, text) = (page.find("class=\"reply\""), page.find("<article"));
    assert!(answer.is_some() && answer < text, "{page}");
    assert!(
        page.contains("Le service des eaux, le <time datetime=\"2026-05-02\">2 mai 2026</time>"),
        "{page}"
    );
}
