//! Lines and fields: separated by semicolons, quoted where they hold one (RFC 4180), lines ended as any system does.

use std::borrow::Cow;

/// Records of a text: lines, but for those that a quoted field goes on over.
pub(super) struct Records<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Records<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { rest: text, line: 0 }
    }
}

impl<'a> Iterator for Records<'a> {
    /// The number of its first line, from 1, and the record without its end of line.
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line + 1;
        let mut end = 0;
        loop {
            let stop = self.rest[end..].find('\n').map_or(self.rest.len(), |at| end + at);
            self.line += 1;
            let record = &self.rest[..stop];
            let closed = !record.contains('"') || closes(record);
            if closed || stop == self.rest.len() {
                self.rest = self.rest.get(stop + 1..).unwrap_or_default();
                return Some((line, record.strip_suffix('\r').unwrap_or(record)));
            }
            end = stop + 1;
        }
    }
}

/// Whether every field that begins with a quote ends with one.
fn closes(record: &str) -> bool {
    let mut rest = record;
    loop {
        let trimmed = rest.trim_start_matches([' ', '\t']);
        let after = match trimmed.strip_prefix('"') {
            None => trimmed,
            Some(quoted) => match end_of_quoted(quoted) {
                Some(end) => &quoted[end + 1..],
                None => return false,
            },
        };
        match after.find(';') {
            Some(at) => rest = &after[at + 1..],
            None => return true,
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
