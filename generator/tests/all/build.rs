//! What a build writes, and what it leaves alone.

use crate::place::{DEPOSIT, PETITION, Place};
use flate2::read::GzDecoder;
use insta::assert_snapshot;
use std::{collections::BTreeMap, fs, io::Read};

const NOW: &str = "2026-11-21T09:00:00Z";
const BANC: &str = "sault/petitions/textes/banc/index.md";

fn demonstration(supports: u64) -> String {
    format!("{DEPOSIT}[demonstration]\nsupports = {supports}\nfrom = 2026-03-02\nto = 2026-03-06\n")
}

#[test]
fn a_site_its_rulebook_and_the_pages_of_the_functions() {
    let place = Place::new();
    let built = place.build(NOW);
    let files = [place.files("public"), place.files("answers"), vec!["rulebook.json".to_owned()]].concat();
    assert_snapshot!(files.join("\n"), @r"
    public/.manifest
    public/404.html
    public/accessibilite/index.html
    public/assets/style.6c4f5345.css
    public/contact/index.html
    public/donnees-personnelles/index.html
    public/feed.xml
    public/index.html
    public/mentions-legales/index.html
    public/plan-du-site/index.html
    public/robots.txt
    public/sault/index.html
    public/sault/petitions/feed.xml
    public/sault/petitions/index.html
    public/sault/petitions/textes/banc/index.html
    public/sault/petitions/textes/banc/retirer/index.html
    public/sault/petitions/textes/banc/signaler/index.html
    public/sault/petitions/textes/banc/soutenir/index.html
    public/sault/petitions/textes/index.html
    public/sitemap.xml
    answers/not-found.html
    answers/sault/petitions/textes/banc/report-form.html
    answers/sault/petitions/textes/banc/reported.html
    answers/sault/petitions/textes/banc/support-code.html
    answers/sault/petitions/textes/banc/support.html
    answers/sault/petitions/textes/banc/supported.html
    answers/sault/petitions/textes/banc/withdraw-code.html
    answers/sault/petitions/textes/banc/withdraw.html
    answers/sault/petitions/textes/banc/withdrawn.html
    answers/unavailable.html
    rulebook.json
    ");
    assert_eq!((built.pages, built.written, built.removed), (14, 30, 0));
}

#[test]
fn a_form_is_answered_as_it_is_read() {
    let place = Place::new();
    place.build(NOW);
    for (page, answer) in [("soutenir", "support"), ("retirer", "withdraw")] {
        let page = place.read(&format!("public/sault/petitions/textes/banc/{page}/index.html"));
        assert_eq!(page, place.read(&format!("answers/sault/petitions/textes/banc/{answer}.html")));
    }
    assert_eq!(place.read("public/404.html"), place.read("answers/not-found.html"));
    let code = place.read("answers/sault/petitions/textes/banc/support-code.html");
    assert!(code.contains("/actes/petitions/banc/soutien/code Monieux, Sault 10 banc"), "{code}");
    assert!(code.contains("noindex"));
}

#[test]
fn the_same_site_at_the_same_moment_gives_the_same_bytes() {
    let contents = |place: &Place| {
        place.build(NOW);
        let files =
            [place.files("public"), place.files("answers"), vec!["rulebook.json".to_owned()]].concat();
        files.into_iter().map(|file| (file.clone(), place.read(&file))).collect::<BTreeMap<_, _>>()
    };
    let warm = Place::new().page("a-propos.md", "title = \"À propos\"\n", "");
    warm.build("2026-05-05T09:00:00Z");
    let warm = warm.without("content/a-propos.md");
    assert_eq!(contents(&Place::new()), contents(&warm));
}

#[test]
fn a_second_build_writes_nothing_and_an_edit_only_what_depends_on_it() {
    let place = Place::new();
    place.build(NOW);
    let again = place.build(NOW);
    assert_eq!((again.written, again.removed), (0, 0));
    let place = place.page(BANC, DEPOSIT, "Nous demandons deux bancs.");
    assert_eq!(place.build(NOW).written, 1);
}

#[test]
fn what_is_no_longer_in_the_content_is_removed_but_not_the_register_s_data() {
    let place = Place::new().page("a-propos.md", "title = \"À propos\"\n", "");
    place.build(NOW);
    fs::create_dir(place.root().join("public/data")).expect("a folder");
    let place = place.file("public/data/other.json", "{}").without("content/a-propos.md");
    let place = place.without(&format!("content/{BANC}"));
    let built = place.build(NOW);
    assert!(!place.has("public/a-propos"));
    assert!(!place.has("public/sault/petitions/textes/banc") && !place.has("answers/sault"));
    assert!(place.has("public/data/other.json"));
    assert_eq!(built.removed, 13);
}

#[test]
fn the_rulebook_holds_what_the_functions_need() {
    let petition = PETITION.replacen(
        "[[thresholds]]",
        "[support]\nopens = 2026-02-02T09:00:00\nduration = \"3 months\"\nminimum_age = 11\nlinks = [\"worker\", \"resident\"]\npeople_per_mailbox = 1\n[[thresholds]]",
        1,
    );
    let place = Place::new()
        .page(
            "sault/petitions/_index.md",
            &petition.replace("supports = 5", "share = \"1/20\"\nelectors = 1001"),
            "",
        )
        .page(BANC, &demonstration(4), "");
    place.build(NOW);
    assert_snapshot!(place.read("rulebook.json"), @r#"
    {
      "version": "0e37cf93982fb26d",
      "site": "Le Parvis",
      "base_url": "https://participer.example",
      "time_zone": "Europe/Paris",
      "sender": "Parvis <ne-pas-repondre@participer.example>",
      "words": {
        "count.one": "{count} soutien",
        "count.other": "{count} soutiens",
        "number.decimal": ",",
        "refusal.unknown": "Inconnu.",
        "size.bytes": "{size} octets",
        "size.kilo": "{size} ko",
        "size.mega": "{size} Mo"
      },
      "processes": {
        "petitions": {
          "title": "Pétitions",
          "contact": "participation@example.fr",
          "eligibility": {
            "minimum_age": 11,
            "links": [
              "resident",
              "worker"
            ],
            "territory": {
              "communes": {
                "99001": "Sault",
                "99002": "Monieux"
              }
            }
          },
          "people_per_mailbox": 1,
          "thresholds": [
            {
              "quorum": {
                "supports": 3
              },
              "due": "3 months"
            },
            {
              "quorum": {
                "share": {
                  "numerator": 1,
                  "denominator": 20,
                  "electors": 1001
                }
              },
              "due": "6 months"
            }
          ],
          "deposits": {
            "banc": {
              "title": "Un banc",
              "path": "/sault/petitions/textes/banc/",
              "window": {
                "opens": "2026-03-01T23:00:00Z",
                "closes": "2026-06-01T22:00:00Z"
              },
              "opens_text": "2 mars 2026",
              "closes_text": "1er juin 2026",
              "erased": "2026-12-01T23:00:00Z",
              "demonstration": {
                "supports": 4,
                "from": "2026-03-01T23:00:00Z",
                "to": "2026-03-05T23:00:00Z"
              }
            }
          },
          "published": {
            "banc": "/sault/petitions/textes/banc/"
          }
        }
      }
    }
    "#);
}

#[test]
fn the_version_of_the_rulebook_changes_with_the_rules_and_not_with_the_texts() {
    let version = |place: &Place| place.build(NOW).rulebook.version;
    let place = Place::new();
    let first = version(&place);
    assert_eq!(first.len(), 16);
    let place = place.page(BANC, DEPOSIT, "Nous demandons deux bancs.");
    assert_eq!(version(&place), first);
    let place =
        place.page("sault/petitions/_index.md", &PETITION.replace("supports = 3", "supports = 4"), "");
    assert_ne!(version(&place), first);
}

#[test]
fn before_there_is_a_register_the_demonstration_is_counted() {
    let place = Place::new().page(BANC, &demonstration(5), "");
    let shown = |at| {
        place.build(at);
        let page = place.read("public/sault/petitions/textes/banc/index.html");
        let lines = page
            .lines()
            .filter(|line| ["supports:", "as of:", "threshold"].iter().any(|k| line.starts_with(k)));
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(shown("2026-03-02T00:00:00Z"), @r"
    supports: 1 soutien, 33 %, encore 2 soutiens
    as of: -
    threshold 3: ahead
    threshold 5: ahead
    ");
    assert_snapshot!(shown("2026-03-04T12:00:00Z"), @r"
    supports: 3 soutiens, 60 %, encore 2 soutiens
    as of: -
    threshold 3: crossed 4 mars 2026 (2026-03-04T00:00:00+01:00), due 4 juin 2026 (2026-06-04)
    threshold 5: ahead
    ");
    assert_snapshot!(shown(NOW), @r"
    supports: 5 soutiens, 100 %
    as of: -
    threshold 3: crossed 4 mars 2026 (2026-03-04T00:00:00+01:00), due 4 juin 2026 (2026-06-04)
    threshold 5: crossed 6 mars 2026 (2026-03-06T00:00:00+01:00), due 6 septembre 2026 (2026-09-06)
    ");
}

#[test]
fn the_counts_of_the_register_prevail() {
    let counts = r#"{"process":"petitions","as_of":"2026-11-21T08:05:00Z","entries":6,"deposits":
        {"banc":{"supports":2,"thresholds":[{"supports":3,"crossed":"2026-03-04T23:30:00Z","due":"2026-06-05"}]}}}"#;
    let place = Place::new().page(BANC, &demonstration(5), "").file("public/data/petitions.json", counts);
    place.build(NOW);
    let page = place.read("public/sault/petitions/textes/banc/index.html");
    let lines =
        page.lines().filter(|line| ["supports:", "as of:", "threshold"].iter().any(|k| line.starts_with(k)));
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
    supports: 2 soutiens, 40 %, encore 3 soutiens
    as of: 21 novembre 2026 à 9 h 05
    threshold 3: crossed 5 mars 2026 (2026-03-05T00:30:00+01:00), due 5 juin 2026 (2026-06-05)
    threshold 5: ahead
    ");
}

#[test]
fn counts_that_cannot_be_read_stop_the_build() {
    let place = Place::new().file("public/data/petitions.json", "{");
    let error = place.refusal(NOW);
    assert!(error.contains("petitions.json"), "{error}");
}

#[test]
fn each_text_is_also_written_compressed() {
    let place = Place::new()
        .file("content/plan.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"3\"/>");
    let settings = place.read("site.toml");
    let place = place
        .page("_index.md", "kind = \"home\"\ntitle = \"Accueil\"\n", "![Le plan](plan.svg)")
        .file("site.toml", settings.replace("compress = false", "compress = true"));
    place.build(NOW);
    let mut compressed = 0;
    for file in
        place.files("public").into_iter().filter(|file| !file.ends_with(".br") && !file.ends_with(".gz"))
    {
        if !place.has(&format!("{file}.gz")) {
            assert!(file.ends_with(".manifest"), "{file}");
            continue;
        }
        let bytes = |file: String| fs::read(place.root().join(file)).expect("a file");
        let (mut from_gzip, mut from_brotli) = (Vec::new(), Vec::new());
        GzDecoder::new(&*bytes(format!("{file}.gz"))).read_to_end(&mut from_gzip).expect("gzip");
        brotli::BrotliDecompress(&mut &*bytes(format!("{file}.br")), &mut from_brotli).expect("brotli");
        let text = bytes(file.clone());
        assert!(from_gzip == text && from_brotli == text, "{file}");
        compressed += 1;
    }
    assert!(compressed > 10, "{compressed}");
    assert!(!place.files("answers").iter().any(|file| file.ends_with(".gz")));
    assert_eq!(place.build(NOW).written, 0);
    let place = place.file("site.toml", settings);
    place.build(NOW);
    assert!(!place.files("public").iter().any(|file| file.ends_with(".br") || file.ends_with(".gz")));
}

#[test]
fn pages_are_indexed_for_search_again_when_one_has_changed() {
    let place = Place::new().searched();
    place.build(NOW);
    assert!(place.has("public/recherche/index.html") && place.has("public/search/pagefind.js"));
    let fragments = |place: &Place| {
        let files = place.files("public/search").into_iter();
        files.filter(|file| file.ends_with(".pf_fragment")).collect::<Vec<_>>()
    };
    let before = fragments(&place);
    assert_eq!(place.build(NOW).written, 0);
    let place = place.page(BANC, DEPOSIT, "Nous demandons deux bancs.");
    assert!(place.build(NOW).written > 1);
    let after = fragments(&place);
    assert!(before.len() == after.len() && before != after, "{before:?} {after:?}");
    let settings = place.read("site.toml").replace("search = true", "search = false");
    let place = place.file("site.toml", settings);
    place.build(NOW);
    assert!(!place.has("public/recherche") && !place.has("public/search"));
}

#[test]
fn what_an_interrupted_build_wrote_is_removed_when_the_content_has_it_no_more() {
    let place = Place::new().page("a.md", "title = \"A\"\n", "");
    place.build(NOW);
    let plain = place.files("public");
    // The disk refuses one of the pages: the others are written, it stays half done.
    let place = place
        .page("b.md", "title = \"B\"\n", "")
        .page("c.md", "title = \"C\"\n", "")
        .file("public/c/index.html/in-the-way", "");
    assert!(place.refusal(NOW).contains("public/c/index.html"));
    assert!(place.has("public/b/index.html") && place.has("public/c/.index.html.new"));
    fs::remove_dir_all(place.root().join("public/c/index.html")).expect("removed");
    let place = place.without("content/b.md").without("content/c.md");
    place.build(NOW);
    assert_eq!(place.files("public"), plain);
    let manifest = place.read("public/.manifest");
    assert_eq!(
        manifest.lines().filter(|file| !file.starts_with("../")).count(),
        plain.len() - 1,
        "{manifest}"
    );
    let again = place.build(NOW);
    assert_eq!((again.written, again.removed), (0, 0));
}

#[test]
fn a_build_without_change_leaves_the_manifest_alone() {
    let place = Place::new();
    let written = |place: &Place| {
        place.build(NOW);
        fs::metadata(place.root().join("public/.manifest")).and_then(|file| file.modified()).expect("a time")
    };
    assert_eq!(written(&place), written(&place));
}

#[test]
fn an_interrupted_build_is_completed_by_the_next() {
    let pages = |place: Place| place.page("a.md", "title = \"A\"\n", "").page("b.md", "title = \"B\"\n", "");
    let place = pages(Place::new());
    place.build(NOW);
    // It wrote some pages, half of another under its temporary name, and nothing of what it had done.
    let place = place
        .without(".parvis-build/memory")
        .without("public/a/index.html")
        .file("public/b/.index.html.new", "<!doctype")
        .file("public/index.html", "<!doctype")
        .page("b.md", "title = \"B\"\n", "Autre chose.");
    place.build(NOW);
    let contents = |place: &Place| {
        let files = [place.files("public"), place.files("answers")].concat();
        files.into_iter().map(|file| (file.clone(), place.read(&file))).collect::<BTreeMap<_, _>>()
    };
    let whole = pages(Place::new()).page("b.md", "title = \"B\"\n", "Autre chose.");
    whole.build(NOW);
    assert_eq!(contents(&place), contents(&whole));
}
