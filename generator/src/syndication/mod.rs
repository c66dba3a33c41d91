//! What machines read of a site: feeds, calendars, site maps, structured data. The same content gives the same
//! bytes: there is no clock here and no chance, moments are arguments.
//!
//! The formats are written by hand, for lack of libraries that fit: those for Atom and iCalendar bring a second date
//! library; the one keeps characters that XML forbids, the other folds a long line in quadratic time. That for site
//! maps knows no day without a time.

pub(crate) mod atom;
pub(crate) mod calendar;
pub(crate) mod json_ld;
pub(crate) mod sitemap;

use jiff::{Timestamp, civil, tz::TimeZone};

/// When something was published or changed, as exactly as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// Some time that day.
    Day(civil::Date),
    /// At that instant.
    Instant(Timestamp),
}

impl When {
    /// As ISO 8601 has it: `2026-05-01`, or with the offset of `zone`, `2026-05-01T18:30:00+02:00`.
    pub(crate) fn iso(self, zone: &TimeZone) -> String {
        match self {
            Self::Day(day) => day.to_string(),
            Self::Instant(instant) => {
                instant.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
            }
        }
    }
}

/// An instant as RFC 3339 has it, to the second.
fn rfc3339(instant: Timestamp) -> String {
    format!("{instant:.0}")
}

/// Appends a text, safe in an element or an attribute; what XML 1.0 forbids, even escaped, is left out.
fn push_xml(out: &mut String, text: &str) {
    let mut from = 0;
    for (at, char) in text.char_indices() {
        let replacement = match char {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '"' => "&quot;",
            '\'' => "&apos;",
            '\t' | '\n' => continue,
            '\u{fffe}' | '\u{ffff}' => "",
            _ if char.is_control() => "",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        out.push_str(replacement);
        from = at + char.len_utf8();
    }
    out.push_str(&text[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_say_is_escaped_or_left_out() {
        let mut out = String::new();
        push_xml(&mut out, "« Où ? » <a href=\"x\">l'été & ]]>\u{0}\u{b}\u{85}\u{ffff}\r\n\tfin 🌳");
        assert_eq!(out, "« Où ? » &lt;a href=&quot;x&quot;&gt;l&apos;été &amp; ]]&gt;\n\tfin 🌳");
    }

    #[test]
    fn a_moment_is_a_day_or_has_an_offset() {
        let paris = TimeZone::get("Europe/Paris").expect("bundled");
        let instant: Timestamp = "2026-05-01T16:30:15.75Z".parse().expect("an instant");
        assert_eq!(When::Instant(instant).iso(&paris), "2026-05-01T18:30:15+02:00");
        assert_eq!(When::Day(civil::date(2026, 5, 1)).iso(&paris), "2026-05-01");
        assert_eq!(rfc3339(instant), "2026-05-01T16:30:15Z");
    }
}
