//! What a page is about, in the words of schema.org and with the properties that Google's documentation asks for.
//!
//! Each function gives a node that stands alone; a page with several has them in an array. What is empty is left out.

use super::{When, calendar};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

/// A collectivity, or a service of it. Addresses are absolute.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Organization<'a> {
    pub(crate) name: &'a str,
    /// Its page.
    pub(crate) url: &'a str,
    pub(crate) description: Option<&'a str>,
    /// An image of 112 pixels a side at least.
    pub(crate) logo: Option<&'a str>,
    pub(crate) email: Option<&'a str>,
    pub(crate) telephone: Option<&'a str>,
    /// On one line.
    pub(crate) address: Option<&'a str>,
    /// What its territory is called.
    pub(crate) territory: Option<&'a str>,
}

/// The site as a whole, for the home page alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WebSite<'a> {
    pub(crate) name: &'a str,
    /// The home page, absolute.
    pub(crate) url: &'a str,
    pub(crate) description: Option<&'a str>,
    pub(crate) language: &'a str,
    /// The page that searches for the words in its parameter `q`, absolute.
    pub(crate) search: Option<&'a str>,
    pub(crate) publisher: Option<&'a Organization<'a>>,
}

/// A process: a service that a collectivity offers to citizens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Process<'a> {
    pub(crate) name: &'a str,
    pub(crate) description: Option<&'a str>,
    /// Its page, absolute.
    pub(crate) url: &'a str,
    /// What such a process is called: « budget participatif ».
    pub(crate) kind: Option<&'a str>,
    pub(crate) provider: &'a Organization<'a>,
    /// Where its participants live, when that is not the provider's territory.
    pub(crate) territory: Option<&'a str>,
}

/// A text with a date. Addresses are absolute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Article<'a> {
    /// Whether it tells news.
    pub(crate) news: bool,
    pub(crate) headline: &'a str,
    pub(crate) description: Option<&'a str>,
    pub(crate) url: &'a str,
    pub(crate) image: Option<&'a str>,
    pub(crate) language: &'a str,
    pub(crate) published: When,
    pub(crate) modified: Option<When>,
    /// Who writes and publishes it.
    pub(crate) publisher: &'a Organization<'a>,
}

/// The way from the home page to this one: names and absolute addresses. Google reads two or more, so the home page
/// itself needs none.
pub(crate) fn breadcrumbs(crumbs: &[(&str, &str)]) -> Value {
    let items = (1..).zip(crumbs).map(|(position, (name, url)): (u32, _)| {
        typed("ListItem", json!({ "position": position, "name": name, "item": url }))
    });
    document("BreadcrumbList", json!({ "itemListElement": items.collect::<Vec<_>>() }))
}

/// What the home page says of the site.
pub(crate) fn web_site(site: &WebSite<'_>) -> Value {
    let search = site.search.map(|page| {
        let target = json!({ "urlTemplate": format!("{page}?q={{search_term_string}}") });
        let target = typed("EntryPoint", target);
        let input = "required name=search_term_string";
        typed("SearchAction", json!({ "target": target, "query-input": input }))
    });
    document(
        "WebSite",
        json!({
            "name": site.name,
            "url": site.url,
            "description": site.description,
            "inLanguage": site.language,
            "publisher": site.publisher.map(reference),
            "potentialAction": search,
        }),
    )
}

/// What an organisation's page says of it.
pub(crate) fn organization(organization: &Organization<'_>) -> Value {
    document(
        ORGANIZATION,
        json!({
            "name": organization.name,
            "url": organization.url,
            "description": organization.description,
            "logo": organization.logo,
            "email": organization.email,
            "telephone": organization.telephone,
            "address": organization.address.map(address),
            "areaServed": organization.territory.map(territory),
        }),
    )
}

/// What a process's page says of it.
pub(crate) fn process(process: &Process<'_>) -> Value {
    document(
        "GovernmentService",
        json!({
            "name": process.name,
            "description": process.description,
            "url": process.url,
            "serviceType": process.kind,
            "provider": reference(process.provider),
            "areaServed": process.territory.or(process.provider.territory).map(territory),
        }),
    )
}

/// What an event's page says of it. `image` is absolute, `zone` the site's.
pub(crate) fn event(
    event: &calendar::Event,
    organizer: &Organization<'_>,
    image: Option<&str>,
    zone: &TimeZone,
) -> Value {
    let (starts, ends) = match event.days(zone) {
        Some((first, last)) => (When::Day(first), (last > first).then_some(When::Day(last))),
        None => (When::Instant(event.starts), event.end().map(When::Instant)),
    };
    let place = (event.place.is_some() || event.address.is_some()).then(|| {
        typed("Place", json!({ "name": event.place, "address": event.address.as_deref().map(address) }))
    });
    let online = event.online.as_ref().map(|url| typed("VirtualLocation", json!({ "url": url })));
    let (mode, location) = match (place, online) {
        (Some(place), Some(online)) => (Some("MixedEventAttendanceMode"), json!([place, online])),
        (Some(place), None) => (Some("OfflineEventAttendanceMode"), place),
        (None, Some(online)) => (Some("OnlineEventAttendanceMode"), online),
        (None, None) => (None, Value::Null),
    };
    let status = if event.cancelled { "EventCancelled" } else { "EventScheduled" };
    document(
        "Event",
        json!({
            "name": event.title,
            "description": event.description,
            "url": event.url,
            "image": image,
            "startDate": starts.iso(zone),
            "endDate": ends.map(|ends| ends.iso(zone)),
            "eventStatus": format!("{CONTEXT}/{status}"),
            "eventAttendanceMode": mode.map(|mode| format!("{CONTEXT}/{mode}")),
            "location": location,
            "organizer": reference(organizer),
        }),
    )
}

/// What a dated page says of itself. `zone` is the site's.
pub(crate) fn article(article: &Article<'_>, zone: &TimeZone) -> Value {
    let publisher = reference(article.publisher);
    document(
        if article.news { "NewsArticle" } else { "Article" },
        json!({
            "headline": article.headline,
            "description": article.description,
            "url": article.url,
            "mainEntityOfPage": article.url,
            "image": article.image,
            "inLanguage": article.language,
            "datePublished": article.published.iso(zone),
            "dateModified": article.modified.unwrap_or(article.published).iso(zone),
            "author": publisher,
            "publisher": publisher,
        }),
    )
}

/// What to write between `<script type="application/ld+json">` and `</script>`, as it is.
pub(crate) fn script(value: &Value) -> String {
    let mut out = String::new();
    // These occur in strings only, where an escape says the same.
    for char in value.to_string().chars() {
        match char {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(char))),
            _ => out.push(char),
        }
    }
    out
}

const CONTEXT: &str = "https://schema.org";
const ORGANIZATION: &str = "GovernmentOrganization";

/// An organisation where another node names it.
fn reference(organization: &Organization<'_>) -> Value {
    typed(ORGANIZATION, json!({ "name": organization.name, "url": organization.url }))
}

fn territory(name: &str) -> Value {
    typed("AdministrativeArea", json!({ "name": name }))
}

/// An address as people write it, in the type that Google reads.
fn address(line: &str) -> Value {
    typed("PostalAddress", json!({ "streetAddress": line }))
}

/// A node that stands alone.
fn document(kind: &str, properties: Value) -> Value {
    let mut node = typed(kind, properties);
    node["@context"] = CONTEXT.into();
    node
}

/// A node, with those of its properties that say something.
fn typed(kind: &str, properties: Value) -> Value {
    let mut node = Map::from_iter([("@type".to_owned(), kind.into())]);
    if let Value::Object(properties) = properties {
        node.extend(properties.into_iter().filter(|(_, value)| !value.is_null() && value != ""));
    }
    node.into()
}

#[cfg(test)]
mod tests {
    use super::{calendar::Event, *};
    use jiff::{Timestamp, civil};

    const GARENNES: Organization<'_> = Organization {
        name: "Département des Garennes",
        url: "https://participer.garennes.example/garennes/",
        description: None,
        logo: None,
        email: Some("participation@garennes.example"),
        telephone: None,
        address: Some("1 place du Département, 27000 Aubeville"),
        territory: Some("Les Garennes"),
    };

    fn garennes() -> Value {
        json!({
            "@type": "GovernmentOrganization",
            "name": "Département des Garennes",
            "url": "https://participer.garennes.example/garennes/",
        })
    }

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").expect("bundled")
    }

    fn meeting() -> Event {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        Event {
            uid: "reunion".to_owned(),
            url: "https://participer.garennes.example/reunion/".to_owned(),
            title: "Réunion".to_owned(),
            description: String::new(),
            starts: at("2026-01-15T17:30:00Z"),
            ends: Some(at("2026-01-15T19:00:00Z")),
            all_day: false,
            place: Some("Salle des fêtes".to_owned()),
            address: Some("1 rue Haute, 27000 Aubeville".to_owned()),
            online: None,
            cancelled: false,
            updated: Some(at("2026-01-01T08:00:00Z")),
        }
    }

    #[test]
    fn a_script_holds_nothing_that_html_reads_and_the_same_value() {
        let value = json!({ "name": "</script><!-- & \u{2028}\u{2029} \"\\ é", "<k>": [1, true] });
        let script = script(&value);
        assert!(!script.contains(['<', '>', '&', '\u{2028}', '\u{2029}']));
        assert!(script.contains("\\u003c/script\\u003e"));
        assert_eq!(serde_json::from_str::<Value>(&script).expect("JSON"), value);
    }

    #[test]
    fn breadcrumbs_are_numbered() {
        let expected = json!({
            "@context": "https://schema.org",
            "@type": "BreadcrumbList",
            "itemListElement": [
                { "@type": "ListItem", "position": 1, "name": "Accueil", "item": "https://a.example/" },
                { "@type": "ListItem", "position": 2, "name": "Débats", "item": "https://a.example/debats/" },
            ],
        });
        let crumbs = [("Accueil", "https://a.example/"), ("Débats", "https://a.example/debats/")];
        assert_eq!(breadcrumbs(&crumbs), expected);
    }

    #[test]
    fn a_site_can_be_searched_or_not() {
        let site = WebSite {
            name: "Le Parvis",
            url: "https://a.example/",
            description: Some(""),
            language: "fr",
            search: Some("https://a.example/recherche/"),
            publisher: Some(&GARENNES),
        };
        let expected = json!({
            "@context": "https://schema.org",
            "@type": "WebSite",
            "name": "Le Parvis",
            "url": "https://a.example/",
            "inLanguage": "fr",
            "publisher": garennes(),
            "potentialAction": {
                "@type": "SearchAction",
                "target": {
                    "@type": "EntryPoint",
                    "urlTemplate": "https://a.example/recherche/?q={search_term_string}",
                },
                "query-input": "required name=search_term_string",
            },
        });
        assert_eq!(web_site(&site), expected);
        assert!(web_site(&WebSite { search: None, ..site }).get("potentialAction").is_none());
    }

    #[test]
    fn an_organisation_and_its_process() {
        let expected = json!({
            "@context": "https://schema.org",
            "@type": "GovernmentOrganization",
            "name": "Département des Garennes",
            "url": "https://participer.garennes.example/garennes/",
            "email": "participation@garennes.example",
            "address": { "@type": "PostalAddress", "streetAddress": "1 place du Département, 27000 Aubeville" },
            "areaServed": { "@type": "AdministrativeArea", "name": "Les Garennes" },
        });
        assert_eq!(organization(&GARENNES), expected);

        let budget = Process {
            name: "Budget 2026",
            description: Some("Proposez, votez."),
            url: "https://a.example/budget/",
            kind: Some("budget participatif"),
            provider: &GARENNES,
            territory: None,
        };
        let expected = json!({
            "@context": "https://schema.org",
            "@type": "GovernmentService",
            "name": "Budget 2026",
            "description": "Proposez, votez.",
            "url": "https://a.example/budget/",
            "serviceType": "budget participatif",
            "provider": garennes(),
            "areaServed": { "@type": "AdministrativeArea", "name": "Les Garennes" },
        });
        assert_eq!(process(&budget), expected);
        assert_eq!(process(&Process { territory: Some("Ry"), ..budget })["areaServed"]["name"], "Ry");
    }

    #[test]
    fn an_event_has_offsets_a_place_and_an_organiser() {
        let expected = json!({
            "@context": "https://schema.org",
            "@type": "Event",
            "name": "Réunion",
            "url": "https://participer.garennes.example/reunion/",
            "image": "https://a.example/i.jpg",
            "startDate": "2026-01-15T18:30:00+01:00",
            "endDate": "2026-01-15T20:00:00+01:00",
            "eventStatus": "https://schema.org/EventScheduled",
            "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
            "location": {
                "@type": "Place",
                "name": "Salle des fêtes",
                "address": { "@type": "PostalAddress", "streetAddress": "1 rue Haute, 27000 Aubeville" },
            },
            "organizer": garennes(),
        });
        assert_eq!(event(&meeting(), &GARENNES, Some("https://a.example/i.jpg"), &paris()), expected);
    }

    #[test]
    fn an_event_may_be_of_whole_days_cancelled_online_both_or_nowhere() {
        let written = |meeting: Event| event(&meeting, &GARENNES, None, &paris());
        let days = Event {
            all_day: true,
            ends: Some("2026-01-16T23:30:00Z".parse().expect("an instant")),
            cancelled: true,
            ..meeting()
        };
        let days = written(days);
        assert_eq!((&days["startDate"], &days["endDate"]), (&json!("2026-01-15"), &json!("2026-01-17")));
        assert_eq!(days["eventStatus"], "https://schema.org/EventCancelled");
        let day = written(Event { all_day: true, ..meeting() });
        assert!(day["startDate"] == "2026-01-15" && day.get("endDate").is_none());

        let online = Some("https://visio.example/r".to_owned());
        let room = json!({ "@type": "VirtualLocation", "url": "https://visio.example/r" });
        let both = written(Event { online: online.clone(), ..meeting() });
        assert_eq!(both["eventAttendanceMode"], "https://schema.org/MixedEventAttendanceMode");
        assert_eq!((&both["location"][0]["@type"], &both["location"][1]), (&json!("Place"), &room));
        let afar = written(Event { online, place: None, address: None, ..meeting() });
        assert_eq!(afar["eventAttendanceMode"], "https://schema.org/OnlineEventAttendanceMode");
        assert_eq!(afar["location"], room);
        let nowhere = written(Event { place: None, address: None, ..meeting() });
        assert!(nowhere.get("location").is_none() && nowhere.get("eventAttendanceMode").is_none());
    }

    #[test]
    fn an_article_that_never_changed_was_modified_when_published() {
        let news = Article {
            news: true,
            headline: "Ouverture",
            description: None,
            url: "https://a.example/ouverture/",
            image: None,
            language: "fr",
            published: When::Day(civil::date(2026, 5, 1)),
            modified: None,
            publisher: &GARENNES,
        };
        let expected = json!({
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": "Ouverture",
            "url": "https://a.example/ouverture/",
            "mainEntityOfPage": "https://a.example/ouverture/",
            "inLanguage": "fr",
            "datePublished": "2026-05-01",
            "dateModified": "2026-05-01",
            "author": garennes(),
            "publisher": garennes(),
        });
        assert_eq!(article(&news, &paris()), expected);
        let modified = Some(When::Instant("2026-07-01T08:00:00Z".parse().expect("an instant")));
        let changed = article(&Article { news: false, modified, ..news }, &paris());
        assert_eq!(changed["@type"], "Article");
        assert_eq!(changed["dateModified"], "2026-07-01T10:00:00+02:00");
    }
}
