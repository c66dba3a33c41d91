//! Calendars, as iCalendar has them (RFC 5545, and RFC 7986 for the calendar's own properties).
//!
//! Times are written in UTC: events happen once, so every program shows them right, and no time zone has to be
//! described in the file. Should a law move the hour, the next build writes the new instant.

use super::rfc3339;
use jiff::{Timestamp, ToSpan, civil, tz::TimeZone};

/// Octets of a line at most, its end apart (RFC 5545, 3.1).
const LINE: usize = 75;

/// How often programs ask for a calendar again.
const REFRESH: &str = "PT6H";

/// An event.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// What the event stays known by wherever it is moved, unlike any other of the world.
    pub(crate) uid: String,
    /// The event's page, absolute.
    pub(crate) url: String,
    pub(crate) title: String,
    /// Plain text. May be empty.
    pub(crate) description: String,
    pub(crate) starts: Timestamp,
    /// When it ends; of whole days, some time of the last. Not after the start, it is no end.
    pub(crate) ends: Option<Timestamp>,
    /// Whether only the days count.
    pub(crate) all_day: bool,
    /// What the place is called.
    pub(crate) place: Option<String>,
    /// Where the place is.
    pub(crate) address: Option<String>,
    /// Where to take part from afar, absolute.
    pub(crate) online: Option<String>,
    pub(crate) cancelled: bool,
    /// The last change of what is said here, if it is known.
    pub(crate) updated: Option<Timestamp>,
}

impl Event {
    /// First and last day in `zone`, when only the days count.
    pub(crate) fn days(&self, zone: &TimeZone) -> Option<(civil::Date, civil::Date)> {
        let day = |instant: Timestamp| instant.to_zoned(zone.clone()).date();
        self.all_day.then(|| (day(self.starts), self.end().map_or(day(self.starts), day)))
    }

    /// The end, when there is one after the start.
    pub(crate) fn end(&self) -> Option<Timestamp> {
        self.ends.filter(|ends| *ends > self.starts)
    }
}

/// A calendar to subscribe to, as the text of its file. `url` is the page that shows the same events, absolute;
/// `zone`, the site's, says which days events of whole days are on. The format wants an event at least: without any,
/// publish no calendar.
pub(crate) fn calendar(name: &str, url: &str, events: &[Event], zone: &TimeZone) -> String {
    let mut out = begin();
    let name = escape(name);
    line(&mut out, "NAME", &name);
    line(&mut out, "X-WR-CALNAME", &name);
    line(&mut out, "URL", url);
    line(&mut out, "REFRESH-INTERVAL;VALUE=DURATION", REFRESH);
    line(&mut out, "X-PUBLISHED-TTL", REFRESH);
    for event in events {
        push_event(&mut out, event, zone);
    }
    line(&mut out, "END", "VCALENDAR");
    out
}

/// One event to put in one's own calendar, as the text of its file. It names no calendar: Outlook would open a new
/// one under that name.
pub(crate) fn single(event: &Event, zone: &TimeZone) -> String {
    let mut out = begin();
    push_event(&mut out, event, zone);
    line(&mut out, "END", "VCALENDAR");
    out
}

fn begin() -> String {
    let mut out = String::new();
    line(&mut out, "BEGIN", "VCALENDAR");
    line(&mut out, "VERSION", "2.0");
    line(&mut out, "PRODID", "-//Parvis//Parvis//FR");
    line(&mut out, "CALSCALE", "GREGORIAN");
    line(&mut out, "METHOD", "PUBLISH");
    out
}

fn push_event(out: &mut String, event: &Event, zone: &TimeZone) {
    line(out, "BEGIN", "VEVENT");
    line(out, "UID", &escape(&event.uid));
    // The format wants a stamp; without a date of its own, an event has one that no build moves.
    line(out, "DTSTAMP", &utc(event.updated.unwrap_or(Timestamp::UNIX_EPOCH)));
    if let Some(updated) = event.updated {
        line(out, "LAST-MODIFIED", &utc(updated));
    }
    if let Some((first, last)) = event.days(zone) {
        line(out, "DTSTART;VALUE=DATE", &basic(&first.to_string()));
        // The end is the first day after; one day alone needs none.
        if last > first
            && let Ok(after) = last.checked_add(1.day())
        {
            line(out, "DTEND;VALUE=DATE", &basic(&after.to_string()));
        }
    } else {
        line(out, "DTSTART", &utc(event.starts));
        if let Some(ends) = event.end() {
            line(out, "DTEND", &utc(ends));
        }
    }
    line(out, "SUMMARY", &escape(&event.title));
    // Many programs show no URL, all show the description.
    let description = format!("{}\n\n{}", event.description.trim(), event.url);
    line(out, "DESCRIPTION", &escape(&description));
    let place: Vec<&str> = [&event.place, &event.address].into_iter().flatten().map(String::as_str).collect();
    let place = if place.is_empty() { event.online.clone() } else { Some(place.join(", ")) };
    if let Some(place) = place {
        line(out, "LOCATION", &escape(&place));
    }
    if let Some(online) = &event.online {
        line(out, "CONFERENCE;VALUE=URI", online);
    }
    line(out, "URL", &event.url);
    line(out, "STATUS", if event.cancelled { "CANCELLED" } else { "CONFIRMED" });
    line(out, "END", "VEVENT");
}

/// `20260501T163000Z`
fn utc(instant: Timestamp) -> String {
    basic(&rfc3339(instant))
}

/// A moment without the punctuation of its extended form.
fn basic(extended: &str) -> String {
    extended.replace(['-', ':'], "")
}

/// A text as a value.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.trim().chars() {
        match char {
            '\n' => escaped.push_str("\\n"),
            '\\' | ';' | ',' => escaped.extend(['\\', char]),
            _ => escaped.push(char),
        }
    }
    escaped
}

/// Appends a content line, folded. Control characters are left out, so that no value can begin a line.
fn line(out: &mut String, name: &str, value: &str) {
    let mut octets = 0;
    for char in name.chars().chain([':']).chain(value.chars()) {
        if char.is_control() && char != '\t' {
            continue;
        }
        if octets + char.len_utf8() > LINE {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(char);
        octets += char.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").expect("bundled")
    }

    fn sample() -> Event {
        Event {
            uid: "garennes/reunion@participer.garennes.example".to_owned(),
            url: "https://participer.garennes.example/reunion/".to_owned(),
            title: "Réunion publique\u{202f}; pistes, et \\ trottoirs".to_owned(),
            description: "Venez nombreux,\r\net à l’heure.\n".to_owned(),
            starts: at("2026-05-01T16:30:00Z"),
            ends: Some(at("2026-05-01T18:00:00Z")),
            all_day: false,
            place: Some("Salle des fêtes".to_owned()),
            address: Some("1 place de la Mairie, 27000 Aubeville".to_owned()),
            online: None,
            cancelled: false,
            updated: Some(at("2026-04-01T08:00:00.5Z")),
        }
    }

    /// An event's properties, unfolded, from DTSTART on.
    fn written(event: &Event) -> String {
        let file = single(event, &paris()).replace("\r\n ", "");
        let (_, event) = file.split_once("DTSTART").expect("a start");
        format!("DTSTART{}", event.split_once("END:VEVENT").expect("an end").0)
    }

    #[test]
    fn a_calendar_with_an_event() {
        let expected = "BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Parvis//Parvis//FR
CALSCALE:GREGORIAN
METHOD:PUBLISH
NAME:Agenda\\, Garennes
X-WR-CALNAME:Agenda\\, Garennes
URL:https://participer.garennes.example/agenda/
REFRESH-INTERVAL;VALUE=DURATION:PT6H
X-PUBLISHED-TTL:PT6H
BEGIN:VEVENT
UID:garennes/reunion@participer.garennes.example
DTSTAMP:20260401T080000Z
LAST-MODIFIED:20260401T080000Z
DTSTART:20260501T163000Z
DTEND:20260501T180000Z
SUMMARY:Réunion publique\u{202f}\\; pistes\\, et \\\\ trottoirs
DESCRIPTION:Venez nombreux\\,\\net à l’heure.\\n\\nhttps://participer.garenn
 es.example/reunion/
LOCATION:Salle des fêtes\\, 1 place de la Mairie\\, 27000 Aubeville
URL:https://participer.garennes.example/reunion/
STATUS:CONFIRMED
END:VEVENT
END:VCALENDAR
";
        let page = "https://participer.garennes.example/agenda/";
        let written = calendar("Agenda, Garennes", page, &[sample()], &paris());
        assert_eq!(written, expected.replace('\n', "\r\n"));
    }

    #[test]
    fn a_file_of_one_event_names_no_calendar() {
        let file = single(&sample(), &paris());
        assert!(file.contains("METHOD:PUBLISH"));
        assert!(!file.contains("NAME") && !file.contains("REFRESH-INTERVAL"));
    }

    #[test]
    fn without_an_end_after_the_start_there_is_only_a_start() {
        let starts = sample().starts;
        for ends in [None, Some(starts), Some(starts - 1.hour())] {
            assert!(!written(&Event { ends, ..sample() }).contains("DTEND"));
            assert!(!written(&Event { ends, all_day: true, ..sample() }).contains("DTEND"));
        }
    }

    #[test]
    fn whole_days_are_those_of_the_site_and_end_on_the_day_after_the_last() {
        // Midnight in Paris is the day before in UTC.
        let starts = at("2026-04-30T22:00:00Z");
        let three = Event { all_day: true, starts, ends: Some(at("2026-05-02T22:00:00Z")), ..sample() };
        assert!(written(&three).starts_with("DTSTART;VALUE=DATE:20260501\r\nDTEND;VALUE=DATE:20260504\r\n"));
        let one = Event { ends: Some(at("2026-05-01T18:00:00Z")), ..three };
        assert!(written(&one).starts_with("DTSTART;VALUE=DATE:20260501\r\nSUMMARY"));
    }

    #[test]
    fn an_event_may_be_cancelled_online_both_or_nowhere() {
        let online = Some("https://visio.example/r?a=1,2;3".to_owned());
        assert!(written(&Event { cancelled: true, ..sample() }).contains("STATUS:CANCELLED\r\n"));
        let both = written(&Event { online: online.clone(), ..sample() });
        assert!(both.contains("LOCATION:Salle") && both.contains("URI:https://visio.example/r?a=1,2;3\r\n"));
        let afar = written(&Event { online, place: None, address: None, ..sample() });
        assert!(afar.contains("LOCATION:https://visio.example/r?a=1\\,2\\;3\r\n"));
        let nowhere = written(&Event { place: None, address: None, description: String::new(), ..sample() });
        assert!(!nowhere.contains("LOCATION"));
        assert!(nowhere.contains("DESCRIPTION:https://participer.garennes.example/reunion/\r\n"));
    }

    #[test]
    fn no_value_begins_a_line() {
        let evil = "a\r\nATTACH:x\nEND:VEVENT\u{85}\u{0}".to_owned();
        let event = Event {
            uid: evil.clone(),
            url: evil.clone(),
            title: evil.clone(),
            description: evil.clone(),
            place: Some(evil.clone()),
            online: Some(evil.clone()),
            ..sample()
        };
        let file = calendar(&evil, &evil, &[event], &paris());
        assert!(!file.replace("\r\n", "").contains(char::is_control));
        assert!(!file.contains("\nATTACH"));
        assert_eq!(file.matches("\nEND:VEVENT").count(), 1);
    }

    proptest! {
        #[test]
        fn folded_lines_are_short_and_unfold_to_the_text(text in "(\\PC|[éœ’\u{a0}🌳 ]){0,400}") {
            let mut out = String::new();
            line(&mut out, "DESCRIPTION", &text);
            let lines: Vec<&str> = out.strip_suffix("\r\n").expect("an end").split("\r\n").collect();
            prop_assert!(lines.iter().all(|line| line.len() <= LINE));
            prop_assert!(lines[1..].iter().all(|line| line.starts_with(' ')));
            prop_assert!(lines[..lines.len() - 1].iter().all(|line| line.len() > LINE - 4), "none is cut early");
            let unfolded = out.replace("\r\n ", "");
            prop_assert_eq!(unfolded, format!("DESCRIPTION:{text}\r\n"));
        }

        #[test]
        fn an_escaped_text_reads_as_it_was(text in "([\\\\;,nN\n]|\\PC){0,40}") {
            let mut read = String::new();
            let escaped = escape(&text);
            let mut chars = escaped.chars();
            while let Some(char) = chars.next() {
                prop_assert!(!matches!(char, ';' | ',' | '\n'));
                read.push(match char {
                    '\\' => match chars.next() {
                        Some('n') => '\n',
                        escaped => escaped.expect("what is escaped"),
                    },
                    plain => plain,
                });
            }
            prop_assert_eq!(read, text.trim());
        }
    }
}
