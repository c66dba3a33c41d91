//! Shortcodes: what a page shows beyond Markdown, such as a figure, a chart, a map.
//!
//! `{{ figure(src="place.jpg", alt="…") }}` stands alone; `{% callout() %}` goes round a text until `{% end %}`.
//! Each begins a line. Before Markdown is read they are masked by comments of the same length, so that every
//! place in the text stays the same. Inside the parentheses is TOML, with commas for ends of lines.

use super::{Markdown, Pass};
use crate::{
    chart::{self, ChartKind},
    diagnostics::{Diagnostic, Reporter, suggestion},
    front_matter::{Choice, File, Table},
    links, map,
};
use jiff::tz::TimeZone;
use pulldown_cmark::{CowStr, Event, Tag, TagEnd};
use std::{borrow::Cow, ops::Range};
use tera::{ComponentArgType, Context};
use toml::Spanned;

/// Those that the generator knows, and whether they go round a text.
const KNOWN: [(&str, bool); 10] = [
    ("figure", false),
    ("video", false),
    ("map", false),
    ("callout", true),
    ("key_figures", true),
    ("timeline", true),
    ("quote", true),
    ("gallery", true),
    ("documents", true),
    ("chart", true),
];

/// The shortcodes of a text.
pub(super) struct Shortcodes<'t> {
    /// The text, of the same length, with a comment in place of each.
    pub(super) masked: Cow<'t, str>,
    /// In order.
    found: Vec<Shortcode>,
    /// A line that begins like a shortcode and is none.
    broken: Vec<Range<usize>>,
}

/// A shortcode, and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shortcode {
    span: Range<usize>,
    part: Part,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Alone { name: Range<usize>, arguments: Range<usize> },
    Open { name: Range<usize>, arguments: Range<usize> },
    Close,
}

/// A text that a shortcode goes round.
pub(super) struct Wrap {
    name: String,
    arguments: Context,
    /// Drawn from the text, when it is a chart.
    chart: Option<chart::Chart>,
}

/// The table of a chart, being read.
pub(super) struct OpenChart {
    kind: ChartKind,
    unit: Option<String>,
    /// Where the chart is asked for.
    span: Range<usize>,
    /// Texts of the cells, by row; the first is the heading.
    rows: Vec<Vec<(String, Range<usize>)>>,
    in_table: bool,
}

impl Choice for ChartKind {
    const CHOICES: &'static [(&'static str, Self)] = &[
        ("bars", Self::Bars),
        ("stacked", Self::Stacked),
        ("line", Self::Line),
        ("gauge", Self::Gauge),
        ("grades", Self::Grades),
    ];
}

/// Callouts: what they are for.
#[derive(Debug, Clone, Copy)]
struct Tone(&'static str);

impl Choice for Tone {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("info", Tone("info")), ("warning", Tone("warning")), ("success", Tone("success"))];
}

impl<'t> Shortcodes<'t> {
    pub(super) fn none() -> Self {
        Self { masked: Cow::Borrowed(""), found: Vec::new(), broken: Vec::new() }
    }

    /// Those of a text, outside code.
    pub(super) fn find(text: &'t str) -> Self {
        let mut shortcodes = Self { masked: Cow::Borrowed(text), found: Vec::new(), broken: Vec::new() };
        if !text.contains("{{") && !text.contains("{%") {
            return shortcodes;
        }
        let (mut fence, mut start) = (None, 0);
        while let Some(line) = text[start..].split_inclusive('\n').next() {
            let end = start + line.len();
            let mark = line.trim_start_matches(' ').get(..3).filter(|mark| matches!(*mark, "```" | "~~~"));
            let begins = line.starts_with("{{") || line.starts_with("{%");
            match (fence, mark) {
                (Some(open), Some(mark)) if open == mark => fence = None,
                (None, Some(mark)) => fence = Some(mark),
                (None, None) if begins => {
                    if let Some(shortcode) = read(text, start) {
                        start = shortcode.span.end;
                        shortcodes.found.push(shortcode);
                        continue;
                    }
                    shortcodes.broken.push(start..start + line.trim_end().len());
                }
                _ => {}
            }
            start = end;
        }
        if !shortcodes.found.is_empty() {
            shortcodes.masked = Cow::Owned(mask(text, &shortcodes.found));
        }
        shortcodes
    }

    pub(super) fn at(&self, start: usize) -> Option<&Shortcode> {
        self.found.iter().find(|shortcode| shortcode.span.start == start)
    }

    /// Reports what is not closed, or not opened, or not written as it should be.
    pub(super) fn report_unclosed(&self, markdown: &Markdown, reporter: &Reporter) {
        let error = |span: &Range<usize>, message: &str, help: &str| {
            reporter.report(markdown.error(span.clone(), message).help(help));
        };
        for span in &self.broken {
            let help =
                "écrivez `{{ nom(clé=\"valeur\") }}`, ou `{% nom() %}` … `{% end %}`, seul sur sa ligne";
            error(span, "module mal écrit", help);
        }
        let mut open = Vec::new();
        for Shortcode { span, part } in &self.found {
            match part {
                Part::Alone { .. } => {}
                Part::Open { .. } => open.push(span),
                Part::Close if open.pop().is_none() => {
                    error(span, "`{% end %}` ne ferme rien", "retirez-le");
                }
                Part::Close => {}
            }
        }
        for span in open {
            error(
                span,
                "ce module n’est pas fermé",
                "ajoutez `{% end %}` après son texte, seul sur sa ligne",
            );
        }
    }
}

/// The shortcode that begins at `start`, if it is well written and alone.
fn read(text: &str, start: usize) -> Option<Shortcode> {
    let is_block = text[start..].starts_with("{%");
    let closing = if is_block { "%}" } else { "}}" };
    let inside = start + 2;
    let end = inside + find_outside_quotes(&text[inside..], closing)?;
    let span = start..end + 2;
    let rest = text[span.end..].split('\n').next().unwrap_or_default();
    if !rest.trim().is_empty() {
        return None;
    }
    let written = text[inside..end].trim();
    if is_block && written == "end" {
        return Some(Shortcode { span, part: Part::Close });
    }
    let begins = inside + text[inside..end].find(written)?;
    let parenthesis = written.find('(')?;
    let name = begins..begins + parenthesis;
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || !text[name.clone()].chars().all(is_name) || !written.ends_with(')') {
        return None;
    }
    let arguments = name.end + 1..begins + written.len() - 1;
    let part = match is_block {
        true => Part::Open { name, arguments },
        false => Part::Alone { name, arguments },
    };
    Some(Shortcode { span, part })
}

fn find_outside_quotes(text: &str, sought: &str) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    for (place, c) in text.char_indices() {
        match c {
            '"' if !escaped => quoted = !quoted,
            _ if !quoted && text[place..].starts_with(sought) => return Some(place),
            _ => {}
        }
        escaped = quoted && c == '\\' && !escaped;
    }
    None
}

/// The text with a comment of the same length, on as many lines, in place of each shortcode.
fn mask(text: &str, shortcodes: &[Shortcode]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut from = 0;
    for Shortcode { span, .. } in shortcodes {
        masked.push_str(&text[from..span.start]);
        masked.push_str("<!--");
        let inside = &text.as_bytes()[span.start + 4..span.end - 3];
        masked.extend(inside.iter().map(|byte| if *byte == b'\n' { '\n' } else { 'x' }));
        masked.push_str("-->");
        from = span.end;
    }
    masked.push_str(&text[from..]);
    masked
}

/// Commas outside quotes and brackets become ends of lines: the same text, of the same length, as TOML.
fn as_toml(arguments: &str) -> String {
    let (mut quoted, mut escaped, mut depth) = (false, false, 0_usize);
    let separate = |c: char| {
        match c {
            '"' if !escaped => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        escaped = quoted && c == '\\' && !escaped;
        if c == ',' && !quoted && depth == 0 { '\n' } else { c }
    };
    arguments.chars().map(separate).collect()
}

impl<'a> Pass<'a> {
    pub(super) fn shortcode(&mut self, shortcode: &Shortcode) {
        let text = self.markdown.text();
        match &shortcode.part {
            Part::Alone { name, arguments } => {
                let html = self.call(&text[name.clone()], name, arguments, false);
                if let Some(Wrap { name, arguments, .. }) = html {
                    let html = self.draw(&name, |context| context.extend(arguments));
                    self.written.push(Event::Html(format!("{}\n", html.unwrap_or_default().trim()).into()));
                }
            }
            Part::Open { name, arguments } => {
                // Whatever is wrong, its end must find it.
                let wrap = self.call(&text[name.clone()], name, arguments, true).unwrap_or_else(|| Wrap {
                    name: String::new(),
                    arguments: Context::new(),
                    chart: None,
                });
                self.written.push(Event::Html(open_mark(self.wraps.len()).into()));
                self.wraps.push(wrap);
            }
            Part::Close => {
                if let Some(open) = self.chart.take()
                    && let Some(wrap) = self.wraps.last_mut()
                {
                    wrap.chart = open.draw(self.markdown, self.renderer.reporter);
                }
                self.written.push(Event::Html(CLOSE_MARK.into()));
            }
        }
    }

    /// Reads the arguments of a shortcode; `None` when something is wrong and reported.
    fn call(
        &mut self,
        name: &str,
        place: &Range<usize>,
        arguments: &Range<usize>,
        goes_round: bool,
    ) -> Option<Wrap> {
        self.met += 1;
        let markdown = self.markdown;
        let known = KNOWN.iter().find(|(known, _)| *known == name);
        let Some((_, wants_text)) = known else {
            return self.call_component(name, place, arguments, goes_round);
        };
        if *wants_text != goes_round {
            let help = match wants_text {
                true => format!("écrivez `{{% {name}(…) %}}`, un texte, puis `{{% end %}}`"),
                false => format!("écrivez `{{{{ {name}(…) }}}}`, sans `{{% end %}}`"),
            };
            let error = markdown.error(place.clone(), format!("`{name}` ne s’écrit pas ainsi"));
            self.report(error.help(help));
            return None;
        }
        let written = as_toml(&markdown.text()[arguments.clone()]);
        let span = markdown.span(arguments.clone());
        let zone = TimeZone::UTC;
        let file = File { source: &markdown.source, reporter: self.renderer.reporter, zone: &zone };
        let mut table = file.parse_arguments(&written, span.start, markdown.span(place.clone()))?;
        let context = self.arguments(name, place, &mut table);
        table.finish();
        Some(Wrap { name: name.to_owned(), arguments: context?, chart: None })
    }

    /// Reads what a known shortcode takes.
    fn arguments(&mut self, name: &str, place: &Range<usize>, table: &mut Table<'_>) -> Option<Context> {
        let mut context = Context::new();
        let mut text = |key: &'static str, value: Option<String>| {
            let set = value.map(|value| self.set(value.into()).into_string()).unwrap_or_default();
            context.insert(key, &set);
        };
        match name {
            "figure" => {
                let src: Option<Spanned<String>> = table.require("src");
                let alt: Option<String> = table.require("alt");
                text("caption", table.get("caption"));
                text("credit", table.get("credit"));
                text("alt", Some(alt?));
                let src = src?;
                match self.renderer.links.picture(self.renderer.path, src.get_ref()) {
                    Ok(picture) => {
                        self.saw(&format!("!{}", src.get_ref()), picture.url());
                        context.insert("picture", &picture);
                    }
                    Err(broken) => {
                        table.report(table.error(src.span(), broken.message).maybe_help(broken.help));
                        return None;
                    }
                }
            }
            "video" => {
                let url: Option<Spanned<String>> = table.require("url");
                let title: Option<String> = table.require("title");
                text("duration", table.get("duration"));
                text("title", Some(title?));
                let url = url?;
                let host = url.get_ref().strip_prefix("https://").and_then(|rest| rest.split('/').next());
                let Some(host) = host.filter(|host| host.contains('.')) else {
                    let error = table.error(url.span(), "l’adresse d’une vidéo commence par https://");
                    table.report(error.help("copiez l’adresse de la page où on la regarde"));
                    return None;
                };
                context.insert("host", host.trim_start_matches("www."));
                context.insert("url", url.get_ref());
            }
            "map" => {
                let file: Option<Spanned<String>> = table.require("file");
                let title: Option<String> = table.require("title");
                text("description", table.get("description"));
                text("title", Some(title?));
                context.insert("id", &format!("carte-{}", self.met));
                context.insert("map", &self.map(&file?, table)?);
            }
            "callout" => {
                text("title", table.get("title"));
                let kind: Tone = table.get("kind").unwrap_or(Tone("info"));
                context.insert("kind", kind.0);
            }
            "quote" => {
                text("author", table.get("author"));
                text("role", table.get("role"));
            }
            "chart" => {
                let kind = table.require("kind");
                let title: Option<String> = table.require("title");
                text("description", table.get("description"));
                text("title", title);
                let unit = table.get("unit");
                context.insert("id", &format!("graphique-{}", self.met));
                let span = place.clone();
                self.chart = Some(OpenChart { kind: kind?, unit, span, rows: Vec::new(), in_table: false });
            }
            _ => {}
        }
        Some(context)
    }

    fn map(&mut self, file: &Spanned<String>, table: &Table<'_>) -> Option<map::Map> {
        let path = links::in_folder_of(self.renderer.path, file.get_ref());
        let wrong = |message: String, help: Option<String>| {
            table.report(table.error(file.span(), message).maybe_help(help));
        };
        let text = match self.renderer.links.text(&path) {
            Ok(text) => text,
            Err(broken) => {
                wrong(broken.message, broken.help);
                return None;
            }
        };
        self.saw(&format!("={path}"), &links::text_mark(&text));
        map::read(&text).map_err(|error| wrong(error.to_string(), Some(error.help().to_owned()))).ok()
    }

    /// A shortcode that the theme adds: its component says what it takes.
    fn call_component(
        &mut self,
        name: &str,
        place: &Range<usize>,
        arguments: &Range<usize>,
        goes_round: bool,
    ) -> Option<Wrap> {
        let (theme, _) = self.renderer.theme?;
        let known = || KNOWN.iter().map(|(known, _)| *known).chain(theme.shortcodes());
        let Some(definition) =
            theme.component_definition(name).filter(|_| known().any(|known| known == name))
        else {
            let help = match suggestion(name, known()) {
                Some(meant) => format!("vouliez-vous dire `{meant}` ?"),
                None => format!("modules : {}", known().collect::<Vec<_>>().join(", ")),
            };
            let error = self.markdown.error(place.clone(), format!("module inconnu : `{name}`"));
            self.report(error.help(help));
            return None;
        };
        let _ = goes_round;
        let written = as_toml(&self.markdown.text()[arguments.clone()]);
        let start = self.markdown.span(arguments.clone()).start;
        let zone = TimeZone::UTC;
        let file = File { source: &self.markdown.source, reporter: self.renderer.reporter, zone: &zone };
        file.parse_arguments(&written, start, self.markdown.span(place.clone()))?;
        // What is wrong in it has been reported.
        let values = toml::from_str::<toml::Table>(&written).ok()?;
        let names: Vec<&str> = definition.args().iter().map(tera::ComponentArg::name).collect();
        let unknown = values.keys().find(|key| !names.contains(&key.as_str()));
        let required = definition.args().iter().filter(|argument| argument.is_required());
        let missing = required.map(tera::ComponentArg::name).find(|name| !values.contains_key(*name));
        let mistyped = definition.args().iter().find_map(|argument| {
            let (wanted, given) = (argument.arg_type()?, values.get(argument.name())?);
            (!is_of_type(given, wanted)).then_some((argument.name(), wanted))
        });
        let wrong = match (unknown, missing, mistyped) {
            (Some(unknown), ..) => Some(format!("`{name}` ne connaît pas `{unknown}`")),
            (_, Some(missing), _) => Some(format!("il manque `{missing}` à `{name}`")),
            (.., Some((argument, wanted))) => {
                Some(format!("`{argument}` de `{name}` est de type `{wanted}`"))
            }
            _ => None,
        };
        if let Some(wrong) = wrong {
            let error = self.markdown.error(place.clone(), wrong);
            self.report(error.help(format!("ce module prend : {}", names.join(", "))));
            return None;
        }
        let context = Context::from_serialize(&values).ok()?;
        Some(Wrap { name: name.to_owned(), arguments: context, chart: None })
    }

    /// What a component of the theme makes; `None` when something is wrong and reported.
    pub(super) fn draw(&mut self, name: &str, insert: impl FnOnce(&mut Context)) -> Option<String> {
        self.asks_theme = true;
        let (theme, voice) = self.renderer.theme?;
        let mut context = Context::new();
        insert(&mut context);
        theme.component(voice, name, &context, None).map_err(|error| self.report(error)).ok()
    }

    /// Puts each shortcode round the text between its marks, the innermost first.
    pub(super) fn wrap(&mut self, mut html: String) -> String {
        self.asks_theme = true;
        let wraps = std::mem::take(&mut self.wraps);
        for (number, Wrap { name, mut arguments, chart }) in wraps.into_iter().enumerate().rev() {
            let mark = open_mark(number);
            let Some(open) = html.find(&mark) else { continue };
            let inside = open + mark.len();
            let (text_end, end) = match html[inside..].find(CLOSE_MARK) {
                Some(length) => (inside + length, inside + length + CLOSE_MARK.len()),
                None => (html.len(), html.len()),
            };
            if let Some(chart) = chart {
                arguments.insert("chart", &chart);
            }
            let text = html[inside..text_end].trim();
            let made = match self.renderer.theme.filter(|_| !name.is_empty()) {
                Some((theme, voice)) if name != "chart" || arguments.contains_key("chart") => theme
                    .component(voice, &name, &arguments, Some(text))
                    .map_err(|error| self.report(error))
                    .ok(),
                _ => None,
            };
            let made = made.unwrap_or_else(|| text.to_owned());
            html.replace_range(open..end, &format!("{}\n", made.trim()));
        }
        html
    }

    /// Follows the table of a chart.
    pub(super) fn table_event(&mut self, event: &Event<'_>) {
        let Some(chart) = &mut self.chart else { return };
        match event {
            Event::Start(Tag::Table(_)) => chart.in_table = true,
            Event::End(TagEnd::Table) => chart.in_table = false,
            Event::Start(Tag::TableHead | Tag::TableRow) => chart.rows.push(Vec::new()),
            Event::Start(Tag::TableCell) => {
                if let Some(row) = chart.rows.last_mut() {
                    row.push((String::new(), chart.span.clone()));
                }
            }
            _ => {}
        }
    }

    pub(super) fn table_text(&mut self, text: &CowStr<'_>, span: Range<usize>) {
        let Some(chart) = self.chart.as_mut().filter(|chart| chart.in_table) else { return };
        if let Some((cell, place)) = chart.rows.last_mut().and_then(|row| row.last_mut()) {
            cell.push_str(text);
            *place = span;
        }
    }
}

fn is_of_type(value: &toml::Value, wanted: ComponentArgType) -> bool {
    use ComponentArgType::{Array, Bool, Float, Integer, Map, Number, String};
    match value {
        toml::Value::String(_) | toml::Value::Datetime(_) => wanted == String,
        toml::Value::Integer(_) => matches!(wanted, Integer | Number),
        toml::Value::Float(_) => matches!(wanted, Float | Number),
        toml::Value::Boolean(_) => wanted == Bool,
        toml::Value::Array(_) => wanted == Array,
        toml::Value::Table(_) => wanted == Map,
    }
}

impl OpenChart {
    fn draw(self, markdown: &Markdown, reporter: &Reporter) -> Option<chart::Chart> {
        let report = |diagnostic: Diagnostic| reporter.report(diagnostic);
        let mut rows = self.rows.into_iter();
        let Some(heading) = rows.next() else {
            let error = markdown.error(self.span, "ce graphique n’a pas de tableau");
            report(
                error.help("écrivez dessous un tableau : une colonne de noms, puis des colonnes de nombres"),
            );
            return None;
        };
        let mut read = Vec::new();
        let mut places = Vec::new();
        let mut unit = self.unit;
        let heading_places: Vec<_> = heading.iter().skip(1).map(|(_, place)| place.clone()).collect();
        for row in rows {
            let mut cells = row.into_iter();
            let Some((label, place)) = cells.next() else { continue };
            let mut numbers = Vec::new();
            let mut row_places = vec![place];
            for (text, place) in cells {
                unit = unit.or_else(|| chart::unit(&text).map(str::to_owned));
                let number = chart::number(&text);
                if number.is_none() {
                    let error = markdown.error(place.clone(), format!("« {text} » n’est pas un nombre"));
                    report(error.help("écrivez par exemple `1 234,5`, `45 %` ou `300 000 €`"));
                }
                numbers.push(number?);
                row_places.push(place);
            }
            read.push((label, numbers));
            places.push(row_places);
        }
        let columns = heading.into_iter().skip(1).map(|(name, _)| name).collect();
        let table = chart::Table { columns, rows: read };
        match chart::draw(self.kind, &table, unit.as_deref()) {
            Ok(chart) => Some(chart),
            Err(error) => {
                let cell = match (error.row, error.column) {
                    (Some(row), column) => {
                        places.get(row).and_then(|row| row.get(column.map_or(0, |column| column + 1)))
                    }
                    (None, Some(column)) => heading_places.get(column),
                    (None, None) => None,
                };
                let place = cell.cloned().unwrap_or(self.span);
                report(markdown.error(place, error.to_string()).help(error.help));
                None
            }
        }
    }
}

/// A mark that no text can hold: Markdown replaces U+0000.
fn open_mark(number: usize) -> String {
    format!("\0{number}\0")
}

const CLOSE_MARK: &str = "\0/\0";

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<&str> {
        let shortcodes = Shortcodes::find(text);
        assert_eq!(shortcodes.masked.len(), text.len());
        shortcodes.found.iter().map(|found| &text[found.span.clone()]).collect()
    }

    #[test]
    fn shortcodes_begin_a_line_outside_code() {
        let text = "a {{ b() }}\n{{ c(x=\"}}\") }}\n```\n{{ d() }}\n```\n{% e() %}\nf\n{% end %}\n";
        assert_eq!(parts(text), ["{{ c(x=\"}}\") }}", "{% e() %}", "{% end %}"]);
    }

    #[test]
    fn masks_keep_every_place() {
        let text = "é\n{{ a(b=\"é\",\nc=1) }}\nz";
        assert_eq!(Shortcodes::find(text).masked, "é\n<!--xxxxxxxx\nxxxx-->\nz");
    }

    #[test]
    fn commas_separate_arguments_but_not_in_texts_and_lists() {
        assert_eq!(as_toml("a=\"x, y\", b=[1, 2], c=\"\\\",\""), "a=\"x, y\"\n b=[1, 2]\n c=\"\\\",\"");
    }
}
