//! What the answers to a questionnaire amount to: counted one by one as the register reads them, published once it is
//! closed, and never in cells so small that they tell of a person.

use crate::form::{Answer, Answers, Choice, Form, Kind, Visibility};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The smallest number that is published: below it, a cell tells too much of too few.
pub const SMALLEST: u64 = 5;

/// Two closed questions, of which the answers are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crossing {
    /// Field of the rows.
    pub rows: String,
    /// Field of the columns.
    pub columns: String,
}

/// Option → how many. Every option of the form is there, with zero when nobody chose it.
pub type Cells = BTreeMap<String, u64>;

/// Every answer, counted. Not published as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results {
    /// Questionnaires filled in.
    pub answers: u64,
    /// Field → its counts; a field that nobody has answered may be missing.
    pub fields: BTreeMap<String, Counted>,
    /// Rows' field → columns' field → row → column → how many.
    pub crossings: BTreeMap<String, BTreeMap<String, BTreeMap<String, Cells>>>,
}

/// What was answered to one field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// People who answered it.
    pub answered: u64,
    /// Option → how many chose it; for a yes or no, `yes` and `no`; for a ranking, who put it first.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: Cells,
    /// Row of a matrix, or option of a ranking → column, or rank from `1` → how many.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rows: BTreeMap<String, Cells>,
    /// Number, in the field's units → how many gave it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub numbers: BTreeMap<i64, u64>,
}

impl Results {
    /// Counts one person's answers.
    pub fn count(&mut self, form: &Form, crossings: &[Crossing], answers: &Answers) {
        self.answers += 1;
        for (id, answer) in answers {
            // What is private is for agents, one by one.
            if form.field(id).is_some_and(|field| field.visibility == Visibility::Public) {
                self.fields.entry(id.clone()).or_default().count(answer);
            }
        }
        for Crossing { rows, columns } in crossings {
            let table = self.crossings.entry(rows.clone()).or_default().entry(columns.clone()).or_default();
            for row in chosen(answers.get(rows)) {
                for column in chosen(answers.get(columns)) {
                    *table.entry(row.clone()).or_default().entry(column).or_default() += 1;
                }
            }
        }
    }

    /// What may be published of them: no cell below [`SMALLEST`], and none from which one could be worked out.
    pub fn published(&self, form: &Form) -> Published {
        let shown = form.fields.iter().filter(|field| field.visibility == Visibility::Public);
        let fields = shown.filter_map(|field| {
            let counted = self.fields.get(&field.id).cloned().unwrap_or_default();
            Some((field.id.clone(), counted.published(&field.kind)?))
        });
        let crossings = self.crossings.iter().flat_map(|(rows, tables)| {
            tables.iter().filter_map(|(columns, table)| {
                let rows_of = closed_options(&form.field(rows)?.kind)?;
                let columns_of = closed_options(&form.field(columns)?.kind)?;
                let people = |row, column| {
                    table.get(row).and_then(|cells| cells.get(column)).copied().unwrap_or_default()
                };
                let line = |row| columns_of.iter().map(|column| Some(people(row, column))).collect();
                let mut grid: Vec<Vec<Cell>> = rows_of.iter().map(line).collect();
                suppress(&mut grid);
                Some(PublishedCrossing { rows: rows.clone(), columns: columns.clone(), cells: grid })
            })
        });
        Published { answers: self.answers, fields: fields.collect(), crossings: crossings.collect() }
    }
}

impl Counted {
    fn count(&mut self, answer: &Answer) {
        self.answered += 1;
        let mut choose = |id: &str| *self.options.entry(id.to_owned()).or_default() += 1;
        match answer {
            Answer::Choice(id) => choose(id),
            Answer::Choices(ids) => ids.iter().for_each(|id| choose(id)),
            Answer::YesNo(yes) => choose(if *yes { "yes" } else { "no" }),
            Answer::Commune { code, .. } => choose(code),
            Answer::Matrix(cells) => {
                for (row, column) in cells {
                    *self.rows.entry(row.clone()).or_default().entry(column.clone()).or_default() += 1;
                }
            }
            Answer::Number(number) => *self.numbers.entry(*number).or_default() += 1,
            // Nothing of these is counted but that they were given: free text is never published raw.
            Answer::Text(_)
            | Answer::Date(_)
            | Answer::Files(_)
            | Answer::Address { .. }
            | Answer::Place { .. } => {}
        }
    }

    /// `None` for what is only shown.
    fn published(self, kind: &Kind) -> Option<PublishedField> {
        let answered = (self.answered == 0 || self.answered >= SMALLEST).then_some(self.answered);
        let line = |options: &[String], cells: &Cells| {
            let of = |option| cells.get(option).copied().unwrap_or_default();
            let mut grid = vec![options.iter().map(|option| Some(of(option))).collect::<Vec<_>>()];
            suppress(&mut grid);
            options.iter().cloned().zip(grid.remove(0)).collect()
        };
        Some(match kind {
            Kind::Section | Kind::Note { .. } | Kind::Picture { .. } => return None,
            Kind::Matrix { rows, columns } => {
                let columns = ids(columns);
                let empty = Cells::new();
                let row =
                    |row: &Choice| (row.id.clone(), line(&columns, self.rows.get(&row.id).unwrap_or(&empty)));
                PublishedField::Rows { answered, rows: rows.iter().map(row).collect() }
            }
            Kind::Number { .. } | Kind::Amount { .. } => {
                PublishedField::Numbers { answered, bars: bars(&self.numbers) }
            }
            kind => match closed_options(kind) {
                Some(options) => PublishedField::Options { answered, options: line(&options, &self.options) },
                None => PublishedField::Texts { answered },
            },
        })
    }
}

/// The identifiers of what can be chosen, for a question that can be crossed with another.
pub fn closed_options(kind: &Kind) -> Option<Vec<String>> {
    match kind {
        Kind::Choice { options } | Kind::Choices { options, .. } | Kind::Ranking { options, .. } => {
            Some(ids(options))
        }
        Kind::Grade { grades } => Some(ids(grades)),
        Kind::YesNo => Some(vec!["yes".to_owned(), "no".to_owned()]),
        _ => None,
    }
}

fn ids(choices: &[Choice]) -> Vec<String> {
    choices.iter().map(|choice| choice.id.clone()).collect()
}

fn chosen(answer: Option<&Answer>) -> Vec<String> {
    match answer {
        Some(Answer::Choice(id)) => vec![id.clone()],
        Some(Answer::Choices(ids)) => ids.clone(),
        Some(Answer::YesNo(yes)) => vec![if *yes { "yes" } else { "no" }.to_owned()],
        _ => Vec::new(),
    }
}

/// What is published of a questionnaire: `data/<process>.answers.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Questionnaires filled in.
    pub answers: u64,
    /// Field → what was answered.
    pub fields: BTreeMap<String, PublishedField>,
    /// In the order of the fields' identifiers.
    pub crossings: Vec<PublishedCrossing>,
}

/// A cell is `None` when it is withheld: fewer than [`SMALLEST`] people, or one from which such a cell could be worked
/// out.
pub type Cell = Option<u64>;

/// What was answered to one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum PublishedField {
    /// A question of options.
    Options {
        /// People who answered.
        answered: Cell,
        /// In the order of the form.
        options: Vec<(String, Cell)>,
    },
    /// A matrix.
    Rows {
        /// People who answered.
        answered: Cell,
        /// In the order of the form: row, then column and number.
        rows: Vec<(String, Vec<(String, Cell)>)>,
    },
    /// Numbers.
    Numbers {
        /// People who answered.
        answered: Cell,
        /// Each holds [`SMALLEST`] people or more.
        bars: Vec<Bar>,
    },
    /// Words, of which only the number is told.
    Texts {
        /// People who answered.
        answered: Cell,
    },
}

/// Numbers from `from` to `to`, both included, in the field's units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// The smallest.
    pub from: i64,
    /// The greatest.
    pub to: i64,
    /// How many people.
    pub people: u64,
}

/// Two questions together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedCrossing {
    /// Field of the rows.
    pub rows: String,
    /// Field of the columns.
    pub columns: String,
    /// Row by row, in the order of the form.
    pub cells: Vec<Vec<Cell>>,
}

/// Withholds cells below [`SMALLEST`], then as many more in each row and column as it takes for none to be worked out
/// from its total: where cells are withheld there are two at least, of [`SMALLEST`] people together, or the whole line.
/// (Primary and complementary suppression, as statistical offices do; Eurostat's Handbook on Statistical Disclosure
/// Control, chapter 4.)
fn suppress(grid: &mut [Vec<Cell>]) {
    let original: Vec<Vec<u64>> =
        grid.iter().map(|row| row.iter().map(|cell| cell.unwrap_or_default()).collect()).collect();
    for cell in grid.iter_mut().flatten() {
        *cell = cell.filter(|people| *people == 0 || *people >= SMALLEST);
    }
    let width = original.first().map_or(0, Vec::len);
    let rows = (0..original.len()).map(|row| (0..width).map(|column| (row, column)).collect::<Vec<_>>());
    // A table of one row has no totals by column.
    let columns = (0..width)
        .filter(|_| original.len() > 1)
        .map(|column| (0..original.len()).map(|row| (row, column)).collect());
    let lines: Vec<Vec<(usize, usize)>> = rows.chain(columns).collect();
    let mut is_done = false;
    while !is_done {
        is_done = true;
        for line in &lines {
            let (withheld, shown): (Vec<_>, Vec<_>) =
                line.iter().copied().partition(|(row, column)| grid[*row][*column].is_none());
            let people: u64 = withheld.iter().map(|(row, column)| original[*row][*column]).sum();
            if withheld.is_empty() || withheld.len() > 1 && people >= SMALLEST {
                continue;
            }
            // The smallest that has anyone in it; else one that has nobody.
            let next = shown.into_iter().min_by_key(|(row, column)| {
                let people = original[*row][*column];
                (people == 0, people, *row, *column)
            });
            if let Some((row, column)) = next {
                grid[row][column] = None;
                is_done = false;
            }
        }
    }
}

/// At most ten bars or so of equal, round width, those with too few people joined to the next. Where a bar begins and
/// ends is no person's number.
fn bars(numbers: &BTreeMap<i64, u64>) -> Vec<Bar> {
    const MOST: i64 = 10;
    let (Some((&first, _)), Some((&last, _))) = (numbers.first_key_value(), numbers.last_key_value()) else {
        return Vec::new();
    };
    let width = round_up(last.saturating_sub(first) / MOST);
    let mut bars: Vec<Bar> = Vec::new();
    for (&number, &people) in numbers {
        let from = number.div_euclid(width).saturating_mul(width);
        match bars.last_mut() {
            Some(bar) if from <= bar.to || bar.people < SMALLEST => {
                bar.to = from.saturating_add(width - 1);
                bar.people += people;
            }
            _ => bars.push(Bar { from, to: from.saturating_add(width - 1), people }),
        }
    }
    if bars.len() > 1 && bars.last().is_some_and(|bar| bar.people < SMALLEST) {
        let rest = bars.pop();
        if let (Some(bar), Some(rest)) = (bars.last_mut(), rest) {
            bar.to = rest.to;
            bar.people += rest.people;
        }
    }
    bars.retain(|bar| bar.people >= SMALLEST);
    bars
}

/// The least of 1, 2, 5, 10, 20, 50… that is above a number.
fn round_up(number: i64) -> i64 {
    let mut power = 1_i64;
    loop {
        for digit in [1, 2, 5] {
            match power.checked_mul(digit) {
                Some(round) if round > number => return round,
                Some(_) => {}
                None => return i64::MAX,
            }
        }
        power = power.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_withheld_cell_can_be_worked_out_from_its_line(
            cells in (1..5usize, 1..6usize).prop_flat_map(|(rows, columns)| {
                proptest::collection::vec(proptest::collection::vec(0..12u64, columns), rows)
            })
        ) {
            let mut grid: Vec<Vec<Cell>> =
                cells.iter().map(|row| row.iter().copied().map(Some).collect()).collect();
            suppress(&mut grid);
            let line_is_safe = |line: Vec<(Cell, u64)>| {
                let withheld: Vec<u64> =
                    line.iter().filter(|(cell, _)| cell.is_none()).map(|(_, people)| *people).collect();
                withheld.is_empty()
                    || withheld.len() == line.len()
                    || withheld.len() > 1 && withheld.iter().sum::<u64>() >= SMALLEST
            };
            for (row, original) in grid.iter().zip(&cells) {
                for (cell, people) in row.iter().zip(original) {
                    prop_assert!(cell.is_none_or(|shown| shown == *people && (shown == 0 || shown >= SMALLEST)));
                }
                prop_assert!(line_is_safe(row.iter().copied().zip(original.iter().copied()).collect()));
            }
            if grid.len() > 1 {
                for column in 0..cells[0].len() {
                    let line = grid.iter().zip(&cells).map(|(row, original)| (row[column], original[column]));
                    prop_assert!(line_is_safe(line.collect()));
                }
            }
        }

        #[test]
        fn every_bar_of_numbers_holds_enough_people_and_none_is_lost_but_too_few(
            numbers in proptest::collection::vec(-50..500i64, 0..200)
        ) {
            let mut counted = BTreeMap::new();
            for number in &numbers {
                *counted.entry(*number).or_default() += 1;
            }
            let bars = bars(&counted);
            prop_assert!(bars.iter().all(|bar| bar.people >= SMALLEST && bar.from <= bar.to));
            prop_assert!(bars.windows(2).all(|pair| pair[0].to < pair[1].from));
            let people: u64 = bars.iter().map(|bar| bar.people).sum();
            prop_assert!(people == numbers.len() as u64 || numbers.len() < SMALLEST as usize);
        }
    }

    #[test]
    fn a_lone_small_cell_takes_its_neighbour_with_it() {
        let mut grid = vec![vec![Some(40), Some(3), Some(12), Some(0)]];
        suppress(&mut grid);
        assert_eq!(grid, [[Some(40), None, None, Some(0)]]);
    }
}
