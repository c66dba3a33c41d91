//! What a build has to do grows as the site does. No time is measured: what templates receive is counted, in bytes.

use crate::place::{DEPOSIT, Place};
use std::fmt::Write;

const NOW: &str = "2026-11-21T09:00:00Z";

/// How many sections there are, and terms of each taxonomy.
const SECTIONS: usize = 5;
const TERMS: usize = 8;

/// A site of `count` small pages, one in ten an event, each with a link to the next.
fn site(count: usize) -> Place {
    let taxonomies = ["theme", "lieu", "organisation", "status"]
        .map(|name| format!("[[taxonomies]]\nname = \"{name}\"\nlabel = \"Par {name}\"\npaginate = 20\n"))
        .concat();
    let place = (0..SECTIONS).fold(Place::new().tables(&taxonomies), |place, section| {
        let keys =
            format!("kind = \"section\"\ntitle = \"Section {section}\"\nsort = \"date\"\npaginate = 20\n");
        place.page(&format!("section-{section}/_index.md"), &keys, "")
    });
    (0..count).fold(place, |place, number| {
        let (section, month, day) = (number % SECTIONS, number % 12 + 1, number % 28 + 1);
        let mut keys = format!("title = \"Page {number:04}\"\ndate = 2025-{month:02}-{day:02}\n");
        if number % 10 == 0 {
            let _ = writeln!(keys, "kind = \"event\"\nstarts = 2026-{month:02}-{day:02}T18:30:00");
        }
        let (theme, place_of) = (number % TERMS, number / 7 % TERMS);
        let _ = writeln!(keys, "[taxonomies]\ntheme = [\"Thème {theme}\"]\nlieu = [\"Lieu {place_of}\"]");
        let next = format!(
            "[suite](@/section-{}/page-{}.md)",
            (number + 1) % count % SECTIONS,
            (number + 1) % count
        );
        place.page(&format!("section-{section}/page-{number}.md"), &keys, &format!("Un mot, puis {next}."))
    })
}

#[test]
fn ten_times_the_pages_are_at_most_eleven_times_the_work() {
    let [small, large] = [1_000, 10_000].map(|count| site(count).build(NOW));
    assert!(large.pages > 10_000, "{}", large.pages);
    assert!(large.work <= 11 * small.work, "{} for 1,000 pages, {} for 10,000", small.work, large.work);
}

#[test]
fn ten_times_the_deposits_in_all_their_orders_are_at_most_eleven_times_the_work() {
    let site = |count: usize| {
        (0..count).fold(Place::new(), |place, number| {
            let theme = format!("theme = \"Thème {}\"\n[decision]", number % TERMS);
            let keys =
                DEPOSIT.replace("Un banc\"", &format!("Texte {number:04}\"")).replace("[decision]", &theme);
            place.page(&format!("sault/petitions/textes/t{number:04}/index.md"), &keys, "Voici.")
        })
    };
    let [small, large] = [100, 1_000].map(|count| site(count).build(NOW));
    assert!(large.pages > 10 * 100, "{}", large.pages);
    assert!(large.work <= 11 * small.work, "{} for 100 deposits, {} for 1,000", small.work, large.work);
}

#[test]
fn an_edit_of_a_page_among_many_makes_again_those_that_show_it_and_no_other() {
    let place = site(200);
    let pages = place.build(NOW).pages;
    let path = "content/section-1/page-101.md";
    // Only the page itself shows its text.
    let text = place.read(path);
    let place = place.file(path, format!("{text}\nEt encore.\n"));
    assert_eq!(place.build(NOW).made, 1);
    // Its title, those before and after it in its section, and a page of each list.
    let place = place.file(path, text.replace("Page 0101", "Autre titre"));
    let made = place.build(NOW).made;
    assert!((4..=8).contains(&made), "{made} of {pages}");
}
