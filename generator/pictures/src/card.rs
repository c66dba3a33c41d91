//! The picture that a social network shows for a page.

use crate::PictureError;
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{self, fontdb},
};
use std::{
    cmp::Reverse,
    collections::HashMap,
    ops::RangeInclusive,
    sync::{Arc, LazyLock},
};

const WIDTH: u32 = 1200;
const HEIGHT: u32 = 630;
/// The square before the town hall, as on the home page, with places for the colour and the text.
const TEMPLATE: &str = include_str!("card.svg");

const LEFT: f32 = 56.0;
const RIGHT: f32 = 1144.0;
/// The middle of the emblem, and where the site's name begins beside it.
const NAME_MIDDLE: f32 = 70.0;
const NAME_LEFT: f32 = 124.0;
/// What kicker and title may fill, between the site's name and the roofs.
const TOP: f32 = 118.0;
const BOTTOM: f32 = 432.0;

const NAME_SIZE: u16 = 34;
const KICKER_SIZE: u16 = 30;
const TITLE_SIZES: RangeInclusive<u16> = 34..=88;
const TITLE_LINES: usize = 4;
const LINE_HEIGHT: f32 = 1.16;
/// From the top of a line down to its letters' feet, at size 1.
const BASELINE: f32 = 0.88;
/// At which words are measured: large, so that the renderer rounds nothing that matters.
const MEASURED_SIZE: f32 = 100.0;

/// What a card says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Card<'a> {
    /// A few words above the title, or none.
    pub kicker: &'a str,
    /// The page's.
    pub title: &'a str,
    /// The site's name.
    pub site: &'a str,
    /// Red, green and blue of the roofs, the doors and the emblem.
    pub accent: [u8; 3],
}

/// Draws a card: PNG, 1200 × 630. Equal cards give equal bytes. A title too long for four small lines loses its end; what
/// the fonts lack, as an emoji, is left out.
///
/// Errors: [`PictureError::Unwritable`], which no text should cause.
pub fn social_card(card: &Card<'_>) -> Result<Vec<u8>, PictureError> {
    draw(card).map_err(|reason| PictureError::Unwritable { format: "PNG", reason })
}

fn draw(card: &Card<'_>) -> Result<Vec<u8>, String> {
    let tree = parse(&svg(card)?)?;
    let mut pixmap = Pixmap::new(WIDTH, HEIGHT).ok_or("0 × 0")?;
    resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
    encode(&pixmap).map_err(|error| error.to_string())
}

/// Writes an opaque picture with the 256 colours it has most of: the others are shades on the edges of letters and
/// drawings. Less than half the size of all colours, and the eye sees no difference.
fn encode(pixmap: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let pixels = || pixmap.data().as_chunks().0.iter().map(|&[red, green, blue, _]| [red, green, blue]);
    let mut counts: HashMap<[u8; 3], usize> = HashMap::new();
    for colour in pixels() {
        *counts.entry(colour).or_default() += 1;
    }
    let mut palette: Vec<[u8; 3]> = counts.keys().copied().collect();
    palette.sort_unstable_by_key(|colour| (Reverse(counts[colour]), *colour));
    palette.truncate(256);
    let distance = |one: [u8; 3], other: [u8; 3]| -> u32 {
        one.iter().zip(other).map(|(one, other)| u32::from(one.abs_diff(other)).pow(2)).sum()
    };
    let nearest = |colour: [u8; 3]| {
        let places = palette.iter().zip(0_u8..=u8::MAX);
        places.min_by_key(|&(&other, place)| (distance(colour, other), place)).map_or(0, |(_, place)| place)
    };
    let places: HashMap<[u8; 3], u8> = counts.keys().map(|&colour| (colour, nearest(colour))).collect();
    let data: Vec<u8> = pixels().map(|colour| places[&colour]).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, pixmap.width(), pixmap.height());
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.concat());
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&data)?;
    writer.finish()?;
    Ok(file)
}

fn svg(card: &Card<'_>) -> Result<String, String> {
    let one_line =
        |text, font, size, left| Block::fit(text, font, size..=size, 1, RIGHT - left, BOTTOM - TOP);
    let name = one_line(card.site, Font::Title, NAME_SIZE, NAME_LEFT)?;
    let kicker = one_line(card.kicker, Font::Text, KICKER_SIZE, LEFT)?;
    let kicker_height = kicker.height() * 1.3;
    let room = BOTTOM - TOP - kicker_height;
    let title = Block::fit(card.title, Font::Title, TITLE_SIZES, TITLE_LINES, RIGHT - LEFT, room)?;
    let top = TOP + (room - title.height()) / 2.0;
    let text = [
        name.svg("ink", NAME_LEFT, NAME_MIDDLE - name.height() / 2.0),
        kicker.svg("soft", LEFT, top),
        title.svg("ink", LEFT, top + kicker_height),
    ];
    let [red, green, blue] = card.accent;
    let accent = format!("#{red:02x}{green:02x}{blue:02x}");
    Ok(TEMPLATE.replace("{accent}", &accent).replace("{text}", &text.concat()))
}

fn parse(svg: &str) -> Result<usvg::Tree, String> {
    /// No others are looked for, so that a card is the same on every machine.
    static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
        let mut fonts = fontdb::Database::new();
        fonts.load_font_data(include_bytes!("../fonts/title.ttf").to_vec());
        fonts.load_font_data(include_bytes!("../fonts/text.ttf").to_vec());
        Arc::new(fonts)
    });
    let options = usvg::Options { fontdb: FONTS.clone(), ..usvg::Options::default() };
    usvg::Tree::from_str(svg, &options).map_err(|error| error.to_string())
}

#[derive(Debug, Clone, Copy)]
enum Font {
    Title,
    Text,
}

impl Font {
    fn family(self) -> &'static str {
        match self {
            Self::Title => "Parvis Title",
            Self::Text => "Parvis Text",
        }
    }
}

/// Lines of text that fit.
#[derive(Debug)]
struct Block {
    font: Font,
    size: f32,
    lines: Vec<String>,
}

impl Block {
    /// Lays out `text` in the largest of `sizes` at which it fits, in lines of about the same length. If it fits at
    /// none, its end is left out.
    fn fit(
        text: &str,
        font: Font,
        sizes: RangeInclusive<u16>,
        most_lines: usize,
        width: f32,
        height: f32,
    ) -> Result<Self, String> {
        let words = Words::measure(text, font)?;
        let smallest = f32::from(*sizes.start());
        for size in sizes.rev().map(f32::from) {
            let line_count = words.wrap(width / size).len();
            if line_count <= most_lines
                && line_count as f32 * size * LINE_HEIGHT <= height
                && words.words.iter().all(|word| word.width <= width / size)
            {
                let lines = words.wrap(words.narrowest(width / size, line_count));
                return Ok(Self { font, size, lines: lines.into_iter().map(join).collect() });
            }
        }
        Ok(Self { font, size: smallest, lines: words.cut(width / smallest, most_lines) })
    }

    fn height(&self) -> f32 {
        self.lines.len() as f32 * self.size * LINE_HEIGHT
    }

    fn svg(&self, class: &str, left: f32, top: f32) -> String {
        let line = |(index, line): (usize, &String)| {
            let y = top + (index as f32 * LINE_HEIGHT + BASELINE) * self.size;
            let (family, size, line) = (self.font.family(), self.size, escape(line));
            format!(
                r#"<text class="{class}" font-family="{family}" font-size="{size}" x="{left}" y="{y}">{line}</text>"#
            )
        };
        self.lines.iter().enumerate().map(line).collect()
    }
}

/// What a line does not break.
#[derive(Debug, Clone)]
struct Word {
    text: String,
    /// At size 1, as all widths here.
    width: f32,
}

struct Words {
    words: Vec<Word>,
    space: f32,
    ellipsis: f32,
}

impl Words {
    /// Splits a text where French typography lets a line end, and has the renderer measure the words.
    fn measure(text: &str, font: Font) -> Result<Self, String> {
        let is_break = |letter: char| letter.is_whitespace() && !"\u{a0}\u{202f}".contains(letter);
        let mut texts = vec!["n n".to_owned(), "nn".to_owned(), "…".to_owned()];
        // XML has no control characters, not even escaped; the fonts have nothing beyond the first plane.
        texts.extend(
            text.split(is_break)
                .map(|word| word.replace(|letter: char| letter.is_control() || letter > '\u{fffd}', "")),
        );
        let family = font.family();
        let element = |(index, text): (usize, &String)| {
            format!(
                r#"<text id="t{index}" font-family="{family}" font-size="{MEASURED_SIZE}">{}</text>"#,
                escape(text)
            )
        };
        let elements: String = texts.iter().enumerate().map(element).collect();
        let tree = parse(&format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1">{elements}</svg>"#
        ))?;
        let width = |index: usize| match tree.node_by_id(&format!("t{index}")) {
            Some(usvg::Node::Text(text)) => text.bounding_box().width() / MEASURED_SIZE,
            _ => 0.0,
        };
        let (space, ellipsis) = (width(0) - width(1), width(2));
        let mut words: Vec<Word> = Vec::new();
        for (index, text) in texts.into_iter().enumerate().skip(3) {
            let width = width(index);
            // Empty, or of letters that the fonts lack.
            if width == 0.0 {
                continue;
            }
            match words.last_mut() {
                Some(last) if !may_part(&last.text, &text) => {
                    last.text.push('\u{a0}');
                    last.text.push_str(&text);
                    last.width += space + width;
                }
                _ => words.push(Word { text, width }),
            }
        }
        Ok(Self { words, space, ellipsis })
    }

    /// The lines that hold as many words as they can.
    fn wrap(&self, width: f32) -> Vec<&[Word]> {
        let mut lines = Vec::new();
        let (mut start, mut used) = (0, 0.0);
        for (index, word) in self.words.iter().enumerate() {
            let wider = used + self.space + word.width;
            if index == start {
                used = word.width;
            } else if wider <= width {
                used = wider;
            } else {
                lines.push(&self.words[start..index]);
                (start, used) = (index, word.width);
            }
        }
        if start < self.words.len() {
            lines.push(&self.words[start..]);
        }
        lines
    }

    /// About the smallest width that makes no more lines than `width` does: the last line is not much shorter then.
    fn narrowest(&self, width: f32, line_count: usize) -> f32 {
        let (mut too_narrow, mut enough) =
            (self.words.iter().map(|word| word.width).fold(0.0, f32::max), width);
        for _ in 0..16 {
            let middle = (too_narrow + enough) / 2.0;
            if self.wrap(middle).len() > line_count { too_narrow = middle } else { enough = middle }
        }
        enough
    }

    /// As much of the text as `most_lines` hold.
    fn cut(mut self, width: f32, most_lines: usize) -> Vec<String> {
        for word in self.words.iter_mut().filter(|word| word.width > width) {
            let letters = word.text.chars().count() as f32;
            // Letters are not of one width: some less than would fit on average.
            let kept = (letters * 0.9 * (width - self.ellipsis) / word.width) as usize;
            word.text = word.text.chars().take(kept).chain(['…']).collect();
            word.width = width;
        }
        let mut lines = self.wrap(width);
        let is_cut = lines.len() > most_lines;
        lines.truncate(most_lines);
        let mut texts: Vec<String> = lines.iter().copied().map(join).collect();
        if is_cut && let (Some(line), Some(text)) = (lines.last(), texts.last_mut()) {
            let mut line = *line;
            while line.len() > 1 && self.width(line) + self.ellipsis > width {
                line = &line[..line.len() - 1];
            }
            *text = format!("{}…", join(line).trim_end_matches(|letter: char| !letter.is_alphanumeric()));
        }
        texts
    }

    fn width(&self, line: &[Word]) -> f32 {
        line.iter().map(|word| word.width + self.space).sum::<f32>() - self.space
    }
}

/// Whether a line may end between two words: not before punctuation, within a number, or after « à », « de » and what opens.
fn may_part(before: &str, after: &str) -> bool {
    let opens = |word: &str| word.ends_with(['«', '(', '[', '“', '„']);
    let is_punctuation = |word: &str| !word.contains(char::is_alphanumeric);
    let last = before.rsplit('\u{a0}').next().unwrap_or(before);
    let is_small = last.chars().count() <= 2 && last.chars().all(char::is_lowercase);
    let is_number = last.ends_with(|letter: char| letter.is_ascii_digit())
        && after.chars().take_while(char::is_ascii_digit).count() == 3;
    !(opens(last) || is_small || is_number || (is_punctuation(after) && !opens(after)))
}

fn join(line: &[Word]) -> String {
    line.iter().map(|word| &*word.text).collect::<Vec<_>>().join(" ")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRICK: [u8; 3] = [0xa8, 0x43, 0x23];
    const LONG: &str = "Pour la gratuité des transports scolaires dans tout le département : « aucune famille ne devrait \
        avoir à choisir » entre l’école et le budget du mois, de la maternelle au lycée, dès la rentrée 2027 ?";

    fn card(title: &str) -> Card<'_> {
        Card { kicker: "Budget participatif", title, site: "Le Parvis des Garennes", accent: BRICK }
    }

    fn lines(title: &str) -> Vec<String> {
        Block::fit(title, Font::Title, TITLE_SIZES, TITLE_LINES, RIGHT - LEFT, BOTTOM - TOP)
            .expect("fits")
            .lines
    }

    fn pixels(card: &Card<'_>) -> image::RgbImage {
        image::load_from_memory(&social_card(card).expect("draws")).expect("decodes").into_rgb8()
    }

    #[test]
    fn a_card_has_its_size_is_small_and_always_the_same() {
        for title in ["Vos idées", LONG, &LONG.repeat(5), &"x".repeat(900), "", "🚲"] {
            let file = social_card(&card(title)).expect("draws");
            assert!(file.len() < 60_000, "{} bytes", file.len());
            assert_eq!(file, social_card(&card(title)).expect("draws"));
            assert_eq!(pixels(&card(title)).dimensions(), (WIDTH, HEIGHT));
        }
    }

    #[test]
    fn a_title_of_two_hundred_letters_fits_whole() {
        assert!(LONG.chars().count() >= 198);
        let lines = lines(LONG);
        assert_eq!(lines.len(), 4);
        assert_eq!(lines.join(" ").replace('\u{a0}', " "), LONG);
        // And is drawn between the margins, above the roofs.
        let pixels = pixels(&card(LONG));
        let paper = *pixels.get_pixel(0, 0);
        let is_paper = |x, y| *pixels.get_pixel(x, y) == paper;
        assert!((TOP as u32..BOTTOM as u32).all(|y| (RIGHT as u32 + 4..WIDTH).all(|x| is_paper(x, y))));
        assert!((0..LEFT as u32 - 4).all(|x| (TOP as u32..BOTTOM as u32).all(|y| is_paper(x, y))));
        assert!((LEFT as u32..RIGHT as u32).any(|x| !is_paper(x, 220)));
    }

    #[test]
    fn what_does_not_fit_loses_its_end() {
        let lines = lines(&format!("{LONG} {LONG}"));
        assert_eq!(lines.len(), 4);
        let last = lines.last().expect("four lines");
        let before = last.trim_end_matches('…');
        assert!(last.ends_with('…') && before.ends_with(char::is_alphanumeric), "{last}");
        let word = "intercommunalité".repeat(20);
        assert!(self::lines(&word).concat().ends_with('…'));
    }

    #[test]
    fn lines_are_of_about_the_same_length() {
        let lines = lines("Rouvrir la halte ferroviaire de Saint-Mesmin");
        assert_eq!(lines, ["Rouvrir la\u{a0}halte", "ferroviaire", "de\u{a0}Saint-Mesmin"]);
    }

    #[test]
    fn french_typography_is_kept() {
        for title in [
            "Où ? Quand ? Comment ? « Ici » – là : partout ! Et puis ; enfin / voilà » ? « Oui » « non » ( peut-être )",
            "Un budget de 12 500 000 € et 45 % de plus à de à a de la à pour la place & le marché • les halles",
        ] {
            for start in 0..8 {
                for line in lines(&format!("{} {title}", "mot ".repeat(start))) {
                    let words: Vec<&str> = line.split(' ').collect();
                    for edge in [words.first(), words.last()].into_iter().flatten() {
                        assert!(edge.contains(char::is_alphanumeric), "{line:?}");
                    }
                    assert!(!line.ends_with(['«', '(']) && !line.ends_with("\u{a0}de"), "{line:?}");
                    assert!(!line.starts_with("500") && !line.starts_with("000"), "{line:?}");
                }
            }
        }
        // What an editor has tied stays tied.
        let tied = format!("Place\u{a0}du\u{202f}Parvis et {}", "rue ".repeat(40));
        assert!(lines(&tied)[0].starts_with("Place\u{a0}du\u{202f}Parvis"));
    }

    #[test]
    fn text_is_never_markup_and_what_the_fonts_lack_leaves_no_gap() {
        let plain = pixels(&card("Vélo & piétons"));
        assert_eq!(plain, pixels(&card("  🚲 Vélo 🎉\u{7} & \u{0}\u{ffff}piétons🏳️‍🌈\n")));
        for title in ["<b>gras</b>", "&amp; ]]> <!--", "{accent}{text}", "</text></svg>", "\"'"] {
            assert_ne!(pixels(&card(title)), pixels(&card("")), "{title}");
        }
        let svg = svg(&card("</text><image/>{accent}")).expect("draws");
        assert!(svg.contains("&lt;/text&gt;&lt;image/&gt;{accent}"));
    }

    #[test]
    fn the_fonts_have_the_letters_of_the_languages_of_france() {
        for letter in "éÉèàùçÇêîïôœŒŸæÆÀñÑòóíáúü·ŀßäöâûëÿþ«»“”‘’–—…€°²½×−āēōʻşłžő".chars()
        {
            for font in [Font::Title, Font::Text] {
                let words = Words::measure(&letter.to_string(), font).expect("measures");
                assert_eq!(words.words.len(), 1, "{letter} {font:?}");
            }
        }
    }

    #[test]
    fn the_accent_colours_the_card() {
        let blue = Card { accent: [0x1d, 0x4f, 0x91], ..card("Vos idées") };
        let has =
            |card: &Card<'_>, colour| pixels(card).pixels().filter(|pixel| pixel.0 == colour).count() > 5_000;
        assert!(has(&blue, blue.accent) && !has(&blue, BRICK) && has(&card("Vos idées"), BRICK));
    }
}
