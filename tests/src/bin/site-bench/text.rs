//! French words at random: no sense, but the length and the letters of a text.

use fastrand::Rng;
use std::fmt::Write as _;

/// Common French words.
static WORDS: &str = include_str!("words.txt");

/// A text that goes on; the same again from the same start.
#[derive(Clone)]
pub(crate) struct Text(pub(crate) Rng);

impl Text {
    fn words(&mut self, count: usize) -> Vec<&'static str> {
        thread_local! {
            static ALL: Vec<&'static str> = WORDS.split_whitespace().collect();
        }
        ALL.with(|all| (0..count).map(|_| all[self.0.usize(0..all.len())]).collect())
    }

    /// So many of the names in a list, which commas part.
    pub(crate) fn choose(&mut self, names: &'static str, count: usize) -> Vec<&'static str> {
        self.0.choose_multiple(names.split(", "), count)
    }

    pub(crate) fn title(&mut self) -> String {
        let count = self.0.usize(3..=6);
        capital(&self.words(count).join(" "))
    }

    /// About so many words; sometimes with the signs that French spaces.
    pub(crate) fn sentence(&mut self, count: usize) -> String {
        let mut words: Vec<String> = self.words(count.max(4)).into_iter().map(str::to_owned).collect();
        let middle = words.len() / 2;
        match self.0.usize(0..12) {
            0 => words[middle] = format!("« {} »", words[middle]),
            1 => words[middle].push_str(" :"),
            2..7 => words[middle].push(','),
            _ => {}
        }
        let end = if self.0.usize(0..12) == 0 { " ?" } else { "." };
        capital(&words.join(" ")) + end
    }

    /// About so many words, one of them strong.
    fn paragraph(&mut self, count: usize) -> String {
        let strong = self.words(1)[0];
        let mut paragraph = format!("{} **{strong}**.", capital(&self.words(3).join(" ")));
        let mut left = count.saturating_sub(4);
        while left > 0 {
            let length = self.0.usize(6..=18).min(left);
            left -= length;
            paragraph.push(' ');
            paragraph += &self.sentence(length);
        }
        paragraph
    }

    /// Appends Markdown of about 600 words: headings on two levels, lists, a table, two or three links.
    pub(crate) fn body(&mut self, file: &mut String, mut link: impl FnMut(&mut Rng) -> String) {
        let _ = writeln!(file, "{}", self.paragraph(60));
        let links = self.0.usize(2..=3);
        for part in 0..4 {
            let _ = writeln!(file, "\n## {}\n\n{}", self.title(), self.paragraph(60));
            if part < links {
                let label = self.words(3).join(" ");
                let _ =
                    writeln!(file, "\nLire aussi : [{label}]({}). {}", link(&mut self.0), self.sentence(8));
            }
            match part {
                0 => (0..5).for_each(|item| {
                    let gap = if item == 0 { "\n" } else { "" };
                    let _ = writeln!(file, "{gap}- {}", self.sentence(8));
                }),
                1 => {
                    let _ = writeln!(file, "\n| Année | Projet | Budget |\n|---|---|---:|");
                    for year in 2020..2025 {
                        let _ = writeln!(
                            file,
                            "| {year} | {} | {} 000 € |",
                            self.title(),
                            self.0.usize(10..1_000)
                        );
                    }
                }
                _ => {
                    let _ = writeln!(file, "\n### {}\n\n{}", self.title(), self.paragraph(50));
                }
            }
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
