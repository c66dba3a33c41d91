//! Lines and fields: separated by semicolons, quoted where they hold one (RFC 4180), lines ended as any system does.

use std::borrow::Cow;

/// A line, or several that a quoted field goes on over.
pub(super) struct Record<'a> {
    /// The number of its first line, from 1.
    pub(super) line: usize,
    /// Without its end of line.
    pub(super) text: &'a str,
    /// Whether the text ends before a quoted field does.
    pub(super) open: bool,
}

/// Records of a text.
pub(super) struct Records<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Records<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { rest: text, line: 1 }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line;
        let stop = self.rest.find('\n').unwrap_or(self.rest.len());
        let (stop, open) =
            if self.rest[..stop].contains('"') { end_of_record(self.rest) } else { (stop, false) };
        let (text, rest) = (&self.rest[..stop], self.rest.get(stop + 1..).unwrap_or_default());
        self.line += 1 + text.matches('\n').count();
        self.rest = rest;
        Some(Record { line, text: text.strip_suffix('\r').unwrap_or(text), open })
    }
}

/// Where the first record of `text` ends, and whether it is inside a quoted field.
fn end_of_record(text: &str) -> (usize, bool) {
    let mut at = 0;
    loop {
        if let Some(quoted) = text[at..].trim_start_matches([' ', '\t']).strip_prefix('"') {
            let Some(end) = end_of_quoted(quoted) else { return (text.len(), true) };
            at = text.len() - quoted.len() + end + 1;
        }
        match text[at..].find([';', '\n']) {
            Some(next) if text[at + next..].starts_with(';') => at += next + 1,
            Some(next) => return (at + next, false),
            None => return (text.len(), false),
        }
    }
}

/// Where the quote is that ends a quoted field; two quotes are one in it.
fn end_of_quoted(quoted: &str) -> Option<usize> {
    let bytes = quoted.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'"' {
            if bytes.get(at + 1) != Some(&b'"') {
                return Some(at);
            }
            at += 1;
        }
        at += 1;
    }
    None
}

/// The fields of a record, without the spaces around them.
pub(super) fn fields(record: &str) -> Fields<'_> {
    Fields { rest: Some(record), quotes: record.contains('"') }
}

/// See [`fields`].
pub(super) struct Fields<'a> {
    rest: Option<&'a str>,
    /// Whether there are any in the record: most have none.
    quotes: bool,
}

impl<'a> Iterator for Fields<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest?;
        if self.quotes
            && let Some(quoted) = rest.trim_start_matches([' ', '\t']).strip_prefix('"')
            && let Some(end) = end_of_quoted(quoted)
        {
            let after = &quoted[end + 1..];
            self.rest = after.find(';').map(|at| &after[at + 1..]);
            let field = quoted[..end].trim();
            return Some(if field.contains('"') {
                Cow::Owned(field.replace("\"\"", "\""))
            } else {
                Cow::Borrowed(field)
            });
        }
        let (field, next) = match rest.as_bytes().iter().position(|&byte| byte == b';') {
            Some(at) => (&rest[..at], Some(&rest[at + 1..])),
            None => (rest, None),
        };
        self.rest = next;
        Some(Cow::Borrowed(trimmed(field)))
    }
}

/// `text` without the spaces around it: most have none.
pub(super) fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}
