//! Charts drawn at build time: where each bar, curve and word goes. A template only prints.
//!
//! A drawing is as wide as the place it is given, and its text keeps its size there: what lies along the width
//! is in percent of it, what lies along the height in em. Colours are classes of the theme's style, for dark
//! schemes, for paper, and because pages admit no inline style.

use domain::rulebook::group_digits;
use serde::{Serialize, Serializer};
use std::fmt;

/// Width of a drawing on a phone of 320 px, in em of its text: what fits there fits everywhere.
const NARROW: f64 = 18.0;
/// Width of a character, in em: that of the widest usual sans-serif, on average.
const CHARACTER: f64 = 0.6;
/// That of a capital.
const CAPITAL: f64 = 0.75;
/// From one line of text to the next, in em.
const LEADING: f64 = 1.3;
/// From the middle of a line of text to its baseline, in em.
const MIDDLE: f64 = 0.35;
/// Height of a bar made of several, in em.
const SEGMENT: f64 = 1.6;
/// Between the rows of a table, in em.
const BETWEEN_ROWS: f64 = 0.9;
/// Size of the number of a gauge, in em.
const LARGE: f64 = 2.0;
/// The largest number that is drawn: `f64` still tells it from its neighbours.
const LARGEST: f64 = 1e15;

/// Class of a fill, and that of what is written on it.
type Colour = (&'static str, &'static str);
/// Those of series. One in two is dark and the others light, no two are equally so: they are told apart in grey.
const SERIES: [Colour; 6] =
    [("s1", "paper"), ("s2", "ink"), ("s3", "paper"), ("s4", "ink"), ("s5", "paper"), ("s6", "ink")];
/// The same of grades, from the best and darkest to the worst and lightest.
const GRADES: [Colour; 7] = [
    ("g1", "paper"),
    ("g2", "paper"),
    ("g3", "paper"),
    ("g4", "ink"),
    ("g5", "ink"),
    ("g6", "ink"),
    ("g7", "ink"),
];
/// Curves have a colour, a dash and a shape of points each.
const CURVES: [&str; 4] = ["l1", "l2", "l3", "l4"];

/// The figures behind a chart.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// What the numbers of a row are, in their order: the heading of the labels is not among them.
    pub(crate) columns: Vec<String>,
    /// A label and its numbers.
    pub(crate) rows: Vec<(String, Vec<f64>)>,
}

/// How figures are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChartKind {
    /// A bar per number, those of a row together.
    Bars,
    /// A bar per row, of its numbers end to end.
    Stacked,
    /// The same of columns in order, from one end of a scale to the other.
    Scale,
    /// A curve per column; rows are moments, in order.
    Line,
    /// One number against another.
    Gauge,
    /// A majority judgment: a bar per option, of the shares of its grades from best to worst.
    Grades,
}

/// Why figures cannot be drawn, for their editor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct ChartError {
    message: String,
    /// What to do about it.
    pub(crate) help: &'static str,
    /// Index of the row that is wrong, when one is.
    pub(crate) row: Option<usize>,
    /// Index of the column that is wrong, when one is; with a row it is a cell, without it is the heading.
    pub(crate) column: Option<usize>,
}

/// A drawing, ready to print.
#[derive(Debug, Serialize)]
pub(crate) struct Chart {
    kind: &'static str,
    height: Length,
    /// What colours mean; empty when there is but one.
    legend: Vec<Key>,
    bars: Vec<Bar>,
    /// Straight lines: of the grid, or to mark a place.
    rules: Vec<Rule>,
    curves: Vec<Curve>,
    labels: Vec<Label>,
}

#[derive(Debug, Serialize)]
struct Key {
    class: &'static str,
    label: String,
}

#[derive(Debug, Serialize)]
struct Bar {
    class: &'static str,
    x: Length,
    y: Length,
    width: Length,
    height: Length,
}

#[derive(Debug, Serialize)]
struct Rule {
    class: &'static str,
    x1: Length,
    x2: Length,
    y1: Length,
    y2: Length,
}

#[derive(Debug, Serialize)]
struct Curve {
    class: &'static str,
    /// Of a `polyline`, in percent both ways.
    points: String,
    /// Of the `polygon` between the curve and zero; none when there are several curves.
    area: Option<String>,
    marks: Vec<Mark>,
}

#[derive(Debug, Serialize)]
struct Mark {
    x: Length,
    y: Length,
}

#[derive(Debug, Serialize)]
struct Label {
    /// What it is: `label`, `value`, `inside paper`, `inside ink`, `total`, `majority`, `tick`, `big`.
    class: &'static str,
    /// `text-anchor`, when it is not `start`.
    anchor: Option<&'static str>,
    x: Length,
    y: Length,
    text: String,
}

/// Printed with its unit and one decimal at most, so that drawings are small and stable.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Length {
    Percent(f64),
    Em(f64),
}

use Length::{Em, Percent};

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Percent(value) => write!(f, "{}%", tenths(*value)),
            Em(value) => write!(f, "{}em", tenths(*value)),
        }
    }
}

impl Serialize for Length {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn tenths(value: f64) -> f64 {
    // Zero is added to have no negative one.
    (value * 10.0).round() / 10.0 + 0.0
}

/// The number that a text says in French, whatever follows it: `1 234,5`, `45 %`, `300 000 €`, `-3`, `1.5`;
/// `None` when it does not begin with one, or holds another.
pub(crate) fn number(text: &str) -> Option<f64> {
    split(text).map(|(number, _)| number)
}

/// What follows the number in such a text: `%`, `€`; `None` when nothing does.
pub(crate) fn unit(text: &str) -> Option<&str> {
    split(text).map(|(_, unit)| unit).filter(|unit| !unit.is_empty())
}

fn split(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let is_of_number = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-−–.,".contains(c);
    let end = text.find(|c| !is_of_number(c)).unwrap_or(text.len());
    let (digits, unit) = (text[..end].trim(), text[end..].trim());
    if unit.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (sign, digits) = match digits.strip_prefix(['-', '−', '–']) {
        Some(digits) => (-1.0, digits.trim_start()),
        None => (1.0, digits.strip_prefix('+').unwrap_or(digits)),
    };
    let (whole, decimals) = digits.split_once([',', '.']).unwrap_or((digits, "0"));
    let groups: Vec<&str> = whole.split(char::is_whitespace).collect();
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_grouped =
        groups.len() == 1 || groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3);
    if !is_grouped || !groups.iter().all(|group| is_number(group)) || !is_number(decimals) {
        return None;
    }
    let value: f64 = format!("{}.{decimals}", groups.concat()).parse().ok()?;
    Some((sign * value, unit))
}

/// Draws a table; numbers are written with `unit` after them.
///
/// # Errors
/// When the table is not one that `kind` can show.
pub(crate) fn draw(kind: ChartKind, table: &Table, unit: Option<&str>) -> Result<Chart, ChartError> {
    check(kind, table)?;
    let unit = unit.unwrap_or_default().trim();
    match kind {
        ChartKind::Bars => Ok(bars(table, unit)),
        ChartKind::Stacked => Ok(stacked(table, unit, &SERIES)),
        ChartKind::Scale => Ok(stacked(table, unit, &scale_of_grades(table.columns.len()))),
        ChartKind::Line => Ok(line(table, unit)),
        ChartKind::Gauge => gauge(table, unit),
        ChartKind::Grades => grades(table, unit),
    }
}

fn check(kind: ChartKind, table: &Table) -> Result<(), ChartError> {
    let error = |message: String, help, row, column| Err(ChartError { message, help, row, column });
    if table.columns.is_empty() {
        let help = "la première colonne nomme les lignes ; ajoutez-en au moins une de nombres";
        return error("le tableau n’a aucune colonne de nombres".to_owned(), help, None, None);
    }
    if table.rows.is_empty() {
        let help = "ajoutez une ligne sous les titres des colonnes";
        return error("le tableau n’a aucune ligne de nombres".to_owned(), help, None, None);
    }
    let count = table.columns.len();
    if kind == ChartKind::Gauge && (count != 2 || table.rows.len() != 1) {
        let help = "gardez une ligne de deux nombres : la valeur, puis le maximum";
        let message = "une jauge montre un nombre et son maximum, et rien d’autre".to_owned();
        return error(message, help, (table.rows.len() > 1).then_some(1), (count > 2).then_some(2));
    }
    if kind == ChartKind::Line && table.rows.len() < 2 {
        let help = "donnez-lui au moins deux lignes, ou choisissez `kind=\"bars\"`";
        return error("une courbe ne se trace pas avec un seul point".to_owned(), help, Some(0), None);
    }
    let most = match kind {
        ChartKind::Line => CURVES.len(),
        ChartKind::Scale | ChartKind::Grades => GRADES.len(),
        _ => SERIES.len(),
    };
    if count > most {
        let help = "regroupez des colonnes, ou faites plusieurs graphiques";
        let message =
            format!("{count} colonnes de nombres : au-delà de {most}, elles ne se distinguent plus");
        return error(message, help, None, Some(most));
    }
    for (row, (_, values)) in table.rows.iter().enumerate() {
        if values.len() != count {
            let message = "cette ligne n’a pas un nombre dans chaque colonne".to_owned();
            return error(message, "donnez à chaque colonne son nombre, `0` s’il le faut", Some(row), None);
        }
        for (column, value) in values.iter().enumerate() {
            if !value.is_finite() || value.abs() >= LARGEST {
                let help = "changez d’unité : des milliers, des millions";
                let message = "nombre trop grand pour être dessiné".to_owned();
                return error(message, help, Some(row), Some(column));
            }
            if *value < 0.0 && kind != ChartKind::Line {
                let help = "seules les courbes (`kind=\"line\"`) descendent sous zéro";
                let message = format!("nombre négatif : {}", amount(*value, ""));
                return error(message, help, Some(row), Some(column));
            }
        }
        if matches!(kind, ChartKind::Stacked | ChartKind::Scale) && values.iter().sum::<f64>() >= LARGEST {
            let help = "changez d’unité : des milliers, des millions";
            return error("total trop grand pour être dessiné".to_owned(), help, Some(row), None);
        }
    }
    Ok(())
}

fn bars(table: &Table, unit: &str) -> Chart {
    let (mut sheet, unit) = Sheet::with_unit(unit);
    let max = table.rows.iter().flat_map(|(_, values)| values).copied().fold(0.0, f64::max);
    let written = |value: &f64| amount(*value, unit);
    let full = 100.0 - room(table.rows.iter().flat_map(|(_, values)| values).map(written));
    let height = if table.columns.len() == 1 { 1.2 } else { 1.1 };
    for (label, values) in &table.rows {
        sheet.row(label);
        for (value, (class, _)) in values.iter().zip(SERIES) {
            let end = full * share(*value, max);
            sheet.bar(class, 0.0, end, height);
            sheet.write("value", None, end, height / 2.0 + MIDDLE, amount(*value, unit));
            sheet.y += height + 0.2;
        }
    }
    let legend =
        if table.columns.len() == 1 { Vec::new() } else { keys(table, SERIES.map(|(class, _)| class)) };
    sheet.finish("bars", legend)
}

fn stacked(table: &Table, unit: &str, colours: &[Colour]) -> Chart {
    let (mut sheet, unit) = Sheet::with_unit(unit);
    let totals = || table.rows.iter().map(|(_, values)| values.iter().sum::<f64>());
    let max = totals().fold(0.0, f64::max);
    // Of shares, totals tell nothing.
    let are_equal = totals().all(|total| (total - max).abs() <= max * 0.01);
    let full = if are_equal { 100.0 } else { 100.0 - room(totals().map(|total| amount(total, unit))) };
    for ((label, values), total) in table.rows.iter().zip(totals()) {
        sheet.row(label);
        sheet.segments(values, full * share(1.0, max), colours, unit);
        if !are_equal {
            sheet.write("total", None, full * share(total, max), SEGMENT / 2.0 + MIDDLE, amount(total, unit));
        }
        sheet.y += SEGMENT;
    }
    sheet.finish("stacked", keys(table, colours.iter().map(|(class, _)| *class)))
}

/// The colours of so many grades: few are as far apart as many.
fn scale_of_grades(count: usize) -> Vec<Colour> {
    let last = count.saturating_sub(1).max(1);
    let place = |grade: usize| ((grade * (GRADES.len() - 1)) as f64 / last as f64).round() as usize;
    (0..count).filter_map(|grade| GRADES.get(place(grade)).copied()).collect()
}

fn grades(table: &Table, unit: &str) -> Result<Chart, ChartError> {
    let colours = scale_of_grades(table.columns.len());
    let (mut sheet, short) = Sheet::with_unit(unit);
    for (row, (label, values)) in table.rows.iter().enumerate() {
        let error = |message: String, help| ChartError { message, help, row: Some(row), column: None };
        let total: f64 = values.iter().sum();
        if total <= 0.0 {
            let help = "donnez la part, ou le nombre, de chaque mention";
            return Err(error("aucune mention pour cette ligne".to_owned(), help));
        }
        // Rounding moves each share by half a percent at most.
        if unit == "%" && (total - 100.0).abs() > 0.5 * values.len() as f64 {
            let help = "les parts d’une même ligne font 100 %, aux arrondis près";
            return Err(error(format!("les parts de cette ligne font {}", amount(total, unit)), help));
        }
        sheet.row(label);
        sheet.write("majority", None, 0.0, 1.0, table.columns[majority(values, total)].clone());
        sheet.y += LEADING + 0.5;
        sheet.segments(values, 100.0 / total, &colours, short);
        sheet.mark(50.0, SEGMENT);
        sheet.y += SEGMENT + 0.5;
    }
    sheet.write("tick", Some("middle"), 50.0, 1.0, amount(50.0, "%"));
    sheet.y += LEADING;
    Ok(sheet.finish("grades", keys(table, colours.iter().map(|(class, _)| *class))))
}

/// The best grade that more than half of the voters gave, or bettered. What floating point adds to a sum makes
/// no majority.
fn majority(values: &[f64], total: f64) -> usize {
    let mut sum = 0.0;
    let is_reached = |value: &f64| {
        sum += value;
        sum > total * (0.5 + 1e-9)
    };
    values.iter().position(is_reached).unwrap_or(values.len() - 1)
}

fn gauge(table: &Table, unit: &str) -> Result<Chart, ChartError> {
    let (label, values) = &table.rows[0];
    let (value, most) = (values[0], values[1]);
    if most <= 0.0 {
        return Err(ChartError {
            message: "le maximum d’une jauge est plus grand que zéro".to_owned(),
            help: "donnez la valeur, puis le maximum",
            row: Some(0),
            column: Some(1),
        });
    }
    // What goes past the maximum is shown as well: the mark then stands inside.
    let end = value.max(most);
    let (height, mut sheet) = (1.4, Sheet::default());
    sheet.row(label);
    let baseline = sheet.y + 1.6;
    sheet.y += 2.3;
    sheet.bar("track", 0.0, 100.0, height);
    sheet.bar("s1", 0.0, 100.0 * share(value, end), height);
    sheet.mark(100.0 * share(most, end), height);
    sheet.y += height + 0.6;
    let percent = amount((100.0 * value / most).floor(), "%");
    let goal = format!("{} {}", table.columns[1], amount(most, unit));
    let beside = (NARROW - width(&percent) - 1.0).max(NARROW / 2.0);
    sheet.write("tick", None, 0.0, 1.0, percent);
    for line in wrap(&goal, beside) {
        sheet.write("tick", Some("end"), 100.0, 1.0, line);
        sheet.y += LEADING;
    }
    sheet.y += 0.2;
    // This text is larger, and so would its em be.
    let place = (Percent(0.0), Percent(100.0 * baseline / sheet.y));
    let unit = if width(&amount(value, unit)) * LARGE <= NARROW { unit } else { "" };
    sheet.label("big", None, place, amount(value, unit));
    Ok(sheet.finish("gauge", Vec::new()))
}

fn line(table: &Table, unit: &str) -> Chart {
    const HEIGHT: f64 = 16.0;
    const BOTTOM: f64 = 14.2;
    let (mut sheet, unit) = Sheet::with_unit(unit);
    // For the text above the highest tick.
    let top = sheet.y + 1.6;
    let values = || table.rows.iter().flat_map(|(_, values)| values).copied();
    let (low, high, step) = scale(values());
    let height = |em: f64| 100.0 * em / HEIGHT;
    let y = |value: f64| height(BOTTOM - (BOTTOM - top) * (value - low) / (high - low));
    let percent = |x: f64, y: f64| (Percent(x), Percent(y));

    let count = ((high - low) / step).round() as u32;
    let ticks: Vec<f64> = (0..=count).map(|tick| low + step * f64::from(tick)).collect();
    for tick in &ticks {
        let class = if tick.abs() < step / 2.0 { "axis" } else { "grid" };
        let (x1, x2, y1) = (Percent(0.0), Percent(100.0), Percent(y(*tick)));
        sheet.rules.push(Rule { class, x1, x2, y1, y2: y1 });
        sheet.label("tick", None, percent(0.0, y(*tick) - height(0.3)), amount(*tick, unit));
    }

    // A single curve has all its values written when there is room for all, else the last.
    let is_alone = table.columns.len() == 1;
    let written = || values().map(|value| amount(value, unit)).collect::<Vec<_>>();
    let places_from =
        |start: f64| moments(table).iter().map(|moment| start + (97.0 - start) * moment).collect::<Vec<_>>();
    let beside_ticks = room(ticks.iter().map(|tick| amount(*tick, unit))).min(50.0);
    let spacious = places_from((beside_ticks + room(written().into_iter()) / 2.0).min(70.0));
    let has_all_values = is_alone && fitting(&spacious, written()).len() == spacious.len();
    let places = if has_all_values { spacious } else { places_from(beside_ticks) };

    let names = table.rows.iter().map(|(label, _)| cut(label, NARROW / 2.0 - 0.5)).collect();
    for (place, label) in fitting(&places, names) {
        let (anchor, x) = anchored(place, &label);
        sheet.label("tick", anchor, percent(x, height(BOTTOM + 1.4)), label);
    }

    for (column, class) in CURVES.into_iter().enumerate().take(table.columns.len()) {
        let marks: Vec<(f64, f64)> =
            places.iter().zip(&table.rows).map(|(x, (_, values))| (*x, y(values[column]))).collect();
        let printed = |(x, y): &(f64, f64)| format!("{},{}", tenths(*x), tenths(*y));
        let points = marks.iter().map(printed).collect::<Vec<_>>().join(" ");
        let ends = [places.last(), places.first()].into_iter().flatten().map(|x| printed(&(*x, y(0.0))));
        let area = is_alone.then(|| ends.fold(points.clone(), |area, end| format!("{area} {end}")));
        let marks = marks.into_iter().map(|(x, y)| Mark { x: Percent(x), y: Percent(y) }).collect();
        sheet.curves.push(Curve { class, points, area, marks });
    }
    if is_alone {
        let skipped = if has_all_values { 0 } else { places.len() - 1 };
        for ((place, text), value) in places.iter().zip(written()).zip(values()).skip(skipped) {
            let (anchor, x) = anchored(*place, &text);
            sheet.label("label", anchor, percent(x, y(value) - height(0.7)), text);
        }
    }
    sheet.y = HEIGHT;
    sheet.finish("line", if is_alone { Vec::new() } else { keys(table, CURVES) })
}

/// Least and greatest tick, and the step between them: 1, 2 or 5 times a power of ten. Zero is one of them, for
/// a curve cut off from it exaggerates.
fn scale(values: impl Iterator<Item = f64> + Clone) -> (f64, f64, f64) {
    let (min, max) =
        values.clone().fold((0.0_f64, 0.0_f64), |(min, max), value| (min.min(value), max.max(value)));
    let span = if max > min { max - min } else { 1.0 };
    let step = round_number(span / 2.5);
    // Of what is counted there are no halves.
    let step = if values.clone().all(|value| value.fract() == 0.0) { step.max(1.0) } else { step };
    let high = if max > min { (max / step).ceil() } else { 1.0 };
    ((min / step).floor() * step, high * step, step)
}

/// The greatest number that is 1, 2 or 5 times a power of ten and not above `most`, which is above zero.
pub(crate) fn round_number(most: f64) -> f64 {
    let power = 10_f64.powf(most.log10().floor());
    [5.0, 2.0].map(|factor| factor * power).into_iter().find(|round| *round <= most).unwrap_or(power)
}

/// When each row is, from 0 to 1: by its year when all labels are increasing years, else at equal steps.
fn moments(table: &Table) -> Vec<f64> {
    let year = |(label, _): &(String, _)| label.trim().parse::<u16>().ok().map(f64::from);
    let years: Option<Vec<f64>> = table.rows.iter().map(year).collect();
    let moments = years
        .filter(|years| years.is_sorted_by(|earlier, later| earlier < later))
        .unwrap_or_else(|| (0..table.rows.len()).map(|row| row as f64).collect());
    let (first, last) = (moments[0], moments[moments.len() - 1]);
    moments.iter().map(|moment| (moment - first) / (last - first)).collect()
}

/// Those texts that do not touch even on a narrow screen: the last, the first if it can be, and what fits
/// between.
fn fitting(places: &[f64], texts: Vec<String>) -> Vec<(f64, String)> {
    let mut texts: Vec<(f64, String)> = places.iter().copied().zip(texts).rev().collect();
    let first = texts.len() - 1;
    texts[1..].rotate_right(usize::from(first > 0));
    let mut taken: Vec<(f64, f64)> = Vec::new();
    texts.retain(|(place, text)| {
        let start = start(*place, text);
        let end = start + width(text) + 0.5;
        let is_free = taken.iter().all(|(from, to)| end <= *from || start >= *to);
        if is_free {
            taken.push((start, end));
        }
        is_free
    });
    texts
}

/// Where a text begins that is centred at `place` percent as far as the edges admit, in em, on a narrow screen.
fn start(place: f64, text: &str) -> f64 {
    (place * NARROW / 100.0 - width(text) / 2.0).min(NARROW - width(text)).max(0.0)
}

/// Anchor and place of such a text, in percent.
fn anchored(place: f64, text: &str) -> (Option<&'static str>, f64) {
    match start(place, text) {
        0.0 => (None, 0.0),
        start if start >= NARROW - width(text) => (Some("end"), 100.0),
        _ => (Some("middle"), place),
    }
}

/// A drawing in the making, from top to bottom.
#[derive(Default)]
struct Sheet {
    /// How far down it is, in em.
    y: f64,
    bars: Vec<Bar>,
    rules: Vec<Rule>,
    curves: Vec<Curve>,
    labels: Vec<Label>,
}

impl Sheet {
    /// A drawing of numbers in `unit`, and what to write after each: a long unit is written once, at the top.
    fn with_unit(unit: &str) -> (Self, &str) {
        let mut sheet = Self::default();
        if unit.chars().count() <= 2 {
            return (sheet, unit);
        }
        for line in wrap(unit, NARROW) {
            sheet.write("tick", None, 0.0, 1.0, line);
            sheet.y += LEADING;
        }
        (sheet, "")
    }

    /// Begins a row of the table: its label in as many lines as it needs.
    fn row(&mut self, label: &str) {
        if self.y > 0.0 {
            self.y += BETWEEN_ROWS;
        }
        for line in wrap(label, NARROW) {
            self.write("label", None, 0.0, 1.0, line);
            self.y += LEADING;
        }
        self.y += 0.2;
    }

    /// A text at `x` percent whose baseline is `below` em under where the drawing is.
    fn write(&mut self, class: &'static str, anchor: Option<&'static str>, x: f64, below: f64, text: String) {
        let place = (Percent(x), Em(self.y + below));
        self.label(class, anchor, place, text);
    }

    fn label(
        &mut self,
        class: &'static str,
        anchor: Option<&'static str>,
        (x, y): (Length, Length),
        text: String,
    ) {
        self.labels.push(Label { class, anchor, x, y, text });
    }

    /// From `start` to `end` percent. The width is that between rounded ends: bars end to end touch.
    fn bar(&mut self, class: &'static str, start: f64, end: f64, height: f64) {
        let (x, width) = (Percent(start), Percent(tenths(end) - tenths(start)));
        self.bars.push(Bar { class, x, y: Em(self.y), width, height: Em(height) });
    }

    /// Bars end to end, `scale` percent long per unit, with what each is written inside when there is room.
    fn segments(&mut self, values: &[f64], scale: f64, colours: &[Colour], unit: &str) {
        let mut start = 0.0;
        for (value, (class, ink)) in values.iter().zip(colours) {
            let end = (start + value * scale).min(100.0);
            if *value > 0.0 {
                self.bar(class, start, end, SEGMENT);
            }
            let text = amount(*value, unit);
            if (end - start) * NARROW / 100.0 >= width(&text) + 0.6 {
                let class = if *ink == "ink" { "inside ink" } else { "inside paper" };
                self.write(class, Some("middle"), (start + end) / 2.0, SEGMENT / 2.0 + MIDDLE, text);
            }
            start = end;
        }
    }

    /// Marks a place of a bar, above and below it: a number inside stays readable.
    fn mark(&mut self, x: f64, height: f64) {
        for (from, to) in [(-0.5, 0.0), (height, height + 0.5)] {
            let (x, y1, y2) = (Percent(x), Em(self.y + from), Em(self.y + to));
            self.rules.push(Rule { class: "mark", x1: x, x2: x, y1, y2 });
        }
    }

    fn finish(self, kind: &'static str, legend: Vec<Key>) -> Chart {
        let Self { y, bars, rules, curves, labels } = self;
        Chart { kind, height: Em(y), legend, bars, rules, curves, labels }
    }
}

fn keys(table: &Table, classes: impl IntoIterator<Item = &'static str>) -> Vec<Key> {
    table.columns.iter().zip(classes).map(|(label, class)| Key { class, label: label.clone() }).collect()
}

/// A part of a whole, from 0 to 1.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// Percents to keep free for the widest of some texts beside the drawing.
fn room(texts: impl Iterator<Item = String>) -> f64 {
    let widest = texts.map(|text| width(&text)).fold(0.0, f64::max);
    (100.0 * (widest + 0.5) / NARROW).min(85.0)
}

/// Of a text, in em: estimated, on the safe side.
fn width(text: &str) -> f64 {
    text.chars().map(|c| if c.is_uppercase() { CAPITAL } else { CHARACTER }).sum()
}

/// As much of a text as takes `measure` em at most.
fn fit(text: &str, measure: f64) -> &str {
    let ends = text.char_indices().map(|(start, c)| start + c.len_utf8());
    let end = ends.take_while(|end| width(&text[..*end]) <= measure).last();
    &text[..end.unwrap_or_default()]
}

/// A text that takes `measure` em at most.
fn cut(text: &str, measure: f64) -> String {
    match fit(text, measure) {
        whole if whole.len() == text.len() => text.to_owned(),
        _ => format!("{}…", fit(text, measure - CHARACTER).trim_end()),
    }
}

/// A text in as few lines of `measure` em as can be, and those about as long as one another.
fn wrap(text: &str, measure: f64) -> Vec<String> {
    let fewest = lines(text, measure);
    let longest = words(text).map(width).fold(CHARACTER, f64::max);
    let shorter = (1..).map(|step| measure - CHARACTER * f64::from(step)).take_while(|less| *less >= longest);
    let even = shorter.map(|less| lines(text, less)).take_while(|lines| lines.len() == fewest.len()).last();
    even.unwrap_or(fewest)
}

/// A text in lines of `measure` em, broken between words; a longer word is broken where it must.
fn lines(text: &str, measure: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for mut word in words(text) {
        if let Some(line) = lines.last_mut()
            && width(line) + CHARACTER + width(word) <= measure
        {
            line.push(' ');
            line.push_str(word);
            continue;
        }
        while !word.is_empty() {
            let part = fit(word, measure.max(CAPITAL));
            lines.push(part.to_owned());
            word = &word[part.len()..];
        }
    }
    lines
}

/// What no-break spaces hold together is one word.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\n', '\t']).filter(|word| !word.is_empty())
}

/// A number in French, with its unit: « 1 234,5 € ». What floating point adds after the sixth decimal is left.
fn amount(value: f64, unit: &str) -> String {
    let rounded = (value.abs() * 1e6).round() / 1e6;
    let sign = if value < 0.0 && rounded > 0.0 { "−" } else { "" };
    let whole = group_digits(rounded.trunc() as u64);
    let printed = rounded.to_string();
    let decimals = printed.split_once('.').map(|(_, decimals)| format!(",{decimals}")).unwrap_or_default();
    let space = if unit.is_empty() { "" } else { "\u{a0}" };
    format!("{sign}{whole}{decimals}{space}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(columns: &[&str], rows: &[(&str, &[f64])]) -> Table {
        let owned = |text: &&str| (*text).to_owned();
        let rows = rows.iter().map(|(label, values)| (owned(label), values.to_vec())).collect();
        Table { columns: columns.iter().map(owned).collect(), rows }
    }

    fn error(kind: ChartKind, table: &Table, unit: Option<&str>) -> (String, Option<usize>, Option<usize>) {
        let error = draw(kind, table, unit).expect_err("a mistake");
        (error.to_string(), error.row, error.column)
    }

    fn texts(chart: &Chart, class: &str) -> Vec<String> {
        chart.labels.iter().filter(|label| label.class == class).map(|label| label.text.clone()).collect()
    }

    #[test]
    fn french_numbers_are_read() {
        for (text, value) in [
            ("12", 12.0),
            ("1 234,5", 1234.5),
            ("1\u{a0}234", 1234.0),
            ("1\u{202f}234\u{2009}567", 1_234_567.0),
            ("45 %", 45.0),
            ("45%", 45.0),
            ("300 000 €", 300_000.0),
            ("1.5", 1.5),
            ("-3", -3.0),
            ("− 3,25 °C", -3.25),
            ("–3", -3.0),
            ("+2", 2.0),
            ("12 voix", 12.0),
            (" 7 ", 7.0),
        ] {
            assert_eq!(number(text), Some(value), "{text}");
        }
        for text in [
            "", "%", "n.c.", "12 34", "1234 567", "1,2,3", "1.234,5", "3 à 5", "12/20", "1,", ",5", "--3",
            "1 000 00",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn units_follow_numbers() {
        assert_eq!(unit("45\u{a0}%"), Some("%"));
        assert_eq!(unit("300 000 €"), Some("€"));
        assert_eq!(unit("12"), None);
        assert_eq!(unit("abc"), None);
    }

    #[test]
    fn numbers_are_written_in_french() {
        assert_eq!(amount(1234.5, "€"), "1\u{202f}234,5\u{a0}€");
        assert_eq!(amount(-3.0, ""), "−3");
        assert_eq!(amount(-0.000_000_1, ""), "0");
        assert_eq!(amount(0.1 + 0.2, "%"), "0,3\u{a0}%");
    }

    #[test]
    fn lengths_have_one_decimal_at_most() {
        let printed = |length: Length| length.to_string();
        assert_eq!(printed(Percent(33.333)), "33.3%");
        assert_eq!(printed(Em(12.0)), "12em");
        assert_eq!(printed(Em(-0.01)), "0em");
    }

    #[test]
    fn steps_are_round() {
        for (most, round) in
            [(1.0, 1.0), (1.9, 1.0), (2.0, 2.0), (4.9, 2.0), (5.0, 5.0), (70.0, 50.0), (0.3, 0.2)]
        {
            assert!((round_number(most) - round).abs() < 1e-12, "{most}");
        }
        assert_eq!(scale([3.0, 17.0].into_iter()), (0.0, 20.0, 5.0));
        assert_eq!(scale([-4.0, 6.0].into_iter()), (-4.0, 6.0, 2.0));
        assert_eq!(scale([0.0, 1.0].into_iter()), (0.0, 1.0, 1.0));
        assert_eq!(scale([0.0, 0.0].into_iter()), (0.0, 1.0, 1.0));
        assert_eq!(scale([0.5, 1.0].into_iter()), (0.0, 1.0, 0.2));
    }

    #[test]
    fn labels_are_broken_into_even_lines() {
        assert_eq!(wrap("Ombre dans les cours de collège", 18.0), ["Ombre dans les", "cours de collège"]);
        assert_eq!(wrap("Gare", 18.0), ["Gare"]);
        assert_eq!(wrap("", 18.0), [""; 0]);
        assert_eq!(wrap("aaaaaaaa", 2.5), ["aaaa", "aaaa"]);
        assert_eq!(wrap("aaaaaa bb", 3.7), ["aaaaaa", "bb"]);
        assert_eq!(cut("réunion publique", 6.1), "réunion p…");
        assert_eq!(cut("dix lettre", 6.1), "dix lettre");
    }

    #[test]
    fn a_bar_is_as_long_as_its_number() {
        let chart = draw(ChartKind::Bars, &table(&["Voix"], &[("Oui", &[50.0]), ("Non", &[25.0])]), None);
        let bars = serde_json::to_value(&chart.expect("sound").bars).expect("sound");
        let expected = serde_json::json!([
            { "class": "s1", "x": "0%", "y": "1.5em", "width": "90.6%", "height": "1.2em" },
            { "class": "s1", "x": "0%", "y": "5.3em", "width": "45.3%", "height": "1.2em" },
        ]);
        assert_eq!(bars, expected);
    }

    #[test]
    fn long_units_are_written_once() {
        let table = table(&["Soutiens"], &[("A", &[1200.0]), ("B", &[3.0])]);
        let chart = draw(ChartKind::Bars, &table, Some("soutiens")).expect("sound");
        assert_eq!(texts(&chart, "tick"), ["soutiens"]);
        assert_eq!(texts(&chart, "value"), ["1\u{202f}200", "3"]);
        let chart = draw(ChartKind::Bars, &table, Some("€")).expect("sound");
        assert_eq!(texts(&chart, "value"), ["1\u{202f}200\u{a0}€", "3\u{a0}€"]);
    }

    #[test]
    fn totals_are_told_unless_all_are_the_same() {
        let chart = |rows| draw(ChartKind::Stacked, &table(&["Pour", "Contre"], rows), None).expect("sound");
        assert_eq!(texts(&chart(&[("A", &[1.0, 2.0]), ("B", &[4.0, 0.5])]), "total"), ["3", "4,5"]);
        assert_eq!(texts(&chart(&[("A", &[60.0, 40.0]), ("B", &[33.3, 66.6])]), "total"), [""; 0]);
    }

    #[test]
    fn the_majority_grade_is_that_of_more_than_half() {
        assert_eq!(majority(&[50.1, 29.9, 20.0], 100.0), 0);
        assert_eq!(majority(&[50.0, 30.0, 20.0], 100.0), 1);
        assert_eq!(majority(&[0.1, 0.2, 0.3], 0.6), 2);
        assert_eq!(majority(&[0.0, 0.0, 4.0], 4.0), 2);
        let table = table(&["Bien", "Passable", "À rejeter"], &[("Parc", &[30.0, 40.0, 30.0])]);
        let chart = draw(ChartKind::Grades, &table, Some("%")).expect("sound");
        assert_eq!(texts(&chart, "majority"), ["Passable"]);
        let classes: Vec<_> = chart.legend.iter().map(|key| key.class).collect();
        assert_eq!(classes, ["g1", "g4", "g7"]);
    }

    #[test]
    fn years_are_as_far_apart_as_in_time() {
        let at = |labels: [&str; 3]| moments(&table(&["n"], &labels.map(|label| (label, &[1.0][..]))));
        assert_eq!(at(["2010", "2020", "2030"]), [0.0, 0.5, 1.0]);
        assert_eq!(at(["2020", "2021", "2030"]), [0.0, 0.1, 1.0]);
        assert_eq!(at(["mai", "juin", "août"]), [0.0, 0.5, 1.0]);
        assert_eq!(at(["2020", "2010", "2030"]), [0.0, 0.5, 1.0]);
    }

    #[test]
    fn the_first_and_last_moments_are_named() {
        let labels = ["janv. 2024", "févr. 2024", "mars 2024", "avril 2024", "mai 2024", "juin 2024"];
        let rows: Vec<(&str, &[f64])> = labels.iter().map(|label| (*label, &[5.0][..])).collect();
        let chart = draw(ChartKind::Line, &table(&["n"], &rows), None).expect("sound");
        let ticks = texts(&chart, "tick");
        assert!(
            ticks.contains(&"janv. 2024".to_owned()) && ticks.contains(&"juin 2024".to_owned()),
            "{ticks:?}"
        );
    }

    #[test]
    fn a_gauge_shows_what_goes_past_it() {
        let chart = draw(ChartKind::Gauge, &table(&["Reçus", "Seuil"], &[("", &[120.0, 80.0])]), None)
            .expect("sound");
        assert_eq!(texts(&chart, "tick"), ["150\u{a0}%", "Seuil 80"]);
        assert_eq!(chart.rules[0].x1.to_string(), "66.7%");
    }

    #[test]
    fn mistakes_are_told_with_their_cell() {
        use ChartKind::{Bars, Gauge, Grades, Line};
        let of = |message: &str, row, column| (message.to_owned(), row, column);
        assert_eq!(
            error(Bars, &table(&[], &[("A", &[])]), None),
            of("le tableau n’a aucune colonne de nombres", None, None)
        );
        assert_eq!(
            error(Bars, &table(&["n"], &[]), None),
            of("le tableau n’a aucune ligne de nombres", None, None)
        );
        assert_eq!(
            error(Bars, &table(&["n"], &[("A", &[1.0]), ("B", &[-2.0])]), None),
            of("nombre négatif\u{a0}: −2", Some(1), Some(0))
        );
        assert_eq!(
            error(Bars, &table(&["n", "m"], &[("A", &[1.0])]), None),
            of("cette ligne n’a pas un nombre dans chaque colonne", Some(0), None)
        );
        assert_eq!(
            error(Bars, &table(&["n"], &[("A", &[f64::NAN])]), None),
            of("nombre trop grand pour être dessiné", Some(0), Some(0))
        );
        assert_eq!(
            error(Line, &table(&["a", "b", "c", "d", "e"], &[("A", &[0.0; 5]), ("B", &[0.0; 5])]), None),
            of("5 colonnes de nombres\u{a0}: au-delà de 4, elles ne se distinguent plus", None, Some(4))
        );
        assert_eq!(
            error(Line, &table(&["n"], &[("A", &[1.0])]), None),
            of("une courbe ne se trace pas avec un seul point", Some(0), None)
        );
        assert_eq!(
            error(Gauge, &table(&["n"], &[("A", &[1.0])]), None),
            of("une jauge montre un nombre et son maximum, et rien d’autre", None, None)
        );
        assert_eq!(
            error(Gauge, &table(&["n", "max"], &[("A", &[1.0, 0.0])]), None),
            of("le maximum d’une jauge est plus grand que zéro", Some(0), Some(1))
        );
        assert_eq!(
            error(Grades, &table(&["Bien", "Mal"], &[("A", &[0.0, 0.0])]), None),
            of("aucune mention pour cette ligne", Some(0), None)
        );
        assert_eq!(
            error(Grades, &table(&["Bien", "Mal"], &[("A", &[40.0, 50.0])]), Some("%")),
            of("les parts de cette ligne font 90\u{a0}%", Some(0), None)
        );
    }

    fn kinds() -> impl Strategy<Value = ChartKind> {
        use ChartKind::{Bars, Gauge, Grades, Line, Stacked};
        prop::sample::select(vec![Bars, Stacked, Line, Gauge, Grades])
    }

    fn values() -> impl Strategy<Value = f64> {
        prop_oneof![Just(0.0), (0..100_000_u32).prop_map(f64::from), 0.0..1e15, -1e6..1e6]
    }

    fn tables() -> impl Strategy<Value = Table> {
        (1..=6_usize, 1..=8_usize).prop_flat_map(|(columns, rows)| {
            let row = ("[a-zA-Zé 0-9]{0,80}", prop::collection::vec(values(), columns));
            let names = prop::collection::vec("[a-zé ]{0,40}", columns);
            (names, prop::collection::vec(row, rows)).prop_map(|(columns, rows)| Table { columns, rows })
        })
    }

    /// A table that `kind` mostly accepts.
    fn fitted(kind: ChartKind, mut table: Table) -> Table {
        if kind != ChartKind::Line {
            table.rows.iter_mut().flat_map(|(_, values)| values).for_each(|value| *value = value.abs());
        }
        if kind == ChartKind::Gauge {
            table.rows.truncate(1);
            table.columns.resize(2, "Seuil".to_owned());
            table.rows[0].1.resize(2, 10.0);
        }
        table
    }

    proptest! {
        #[test]
        fn nothing_leaves_the_drawing(kind in kinds(), table in tables(), unit in "|%|€|soutiens|[a-z ]{0,50}") {
            let Ok(chart) = draw(kind, &fitted(kind, table), Some(&unit)) else { return Ok(()) };
            let Em(whole) = chart.height else { panic!("a height in percent") };
            // In percent of the width and height.
            let across = |length: Length| match length {
                Percent(value) => value,
                Em(value) => value * 100.0 / NARROW,
            };
            let down = |length: Length| match length {
                Percent(value) => value,
                Em(value) => value * 100.0 / whole,
            };
            let inside = -0.001..=100.051;
            for bar in &chart.bars {
                prop_assert!(inside.contains(&across(bar.x)) && across(bar.width) >= 0.0, "{bar:?}");
                prop_assert!(inside.contains(&(across(bar.x) + across(bar.width))), "{bar:?}");
                prop_assert!(inside.contains(&down(bar.y)), "{bar:?}");
                prop_assert!(inside.contains(&(down(bar.y) + down(bar.height))), "{bar:?}");
            }
            for rule in &chart.rules {
                prop_assert!(inside.contains(&across(rule.x1)) && inside.contains(&across(rule.x2)), "{rule:?}");
                prop_assert!(inside.contains(&down(rule.y1)) && inside.contains(&down(rule.y2)), "{rule:?}");
            }
            for mark in chart.curves.iter().flat_map(|curve| &curve.marks) {
                prop_assert!(inside.contains(&across(mark.x)) && inside.contains(&down(mark.y)), "{mark:?}");
            }
            for label in &chart.labels {
                let size = if label.class == "big" { LARGE } else { 1.0 };
                let width = 100.0 * size * width(&label.text) / NARROW;
                let start = across(label.x) - match label.anchor {
                    Some("end") => width,
                    Some(_) => width / 2.0,
                    None => 0.0,
                };
                // A gauge's number may be too long; its title is not.
                if label.class != "big" && label.class != "majority" {
                    prop_assert!(start >= -0.001 && start + width <= 100.001, "{label:?}");
                }
                prop_assert!(inside.contains(&down(label.y)), "{label:?}");
            }
        }
    }
}
