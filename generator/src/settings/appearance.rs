//! How an authority makes the theme its own without copying it.

use crate::front_matter::Table;
use std::fmt::Write;
use toml::Spanned;

/// Colours, logo and font, all optional.
#[derive(Default)]
pub(crate) struct Appearance {
    accent: Option<Colour>,
    accent_dark: Option<Colour>,
    /// A file of the theme's `static/`.
    pub(crate) logo: Option<Spanned<String>>,
    font: Option<String>,
}

/// A colour of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) [u8; 3]);

/// The paper of the reference theme, in light and in dark.
const LIGHT: Colour = Colour([255, 255, 255]);
const DARK: Colour = Colour([18, 22, 28]);

/// The contrast that texts need: WCAG 2.1, criterion 1.4.3.
const CONTRAST: f64 = 4.5;

impl Appearance {
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        let accent = read_colour(table, "accent", LIGHT, "plus foncée");
        let accent_dark = read_colour(table, "accent_dark", DARK, "plus claire");
        let logo = table.get("logo");
        let font: Option<Spanned<String>> = table.get("font");
        if let Some(font) = font.as_ref().filter(|font| font.get_ref().contains(['{', '}', ';', '<', '\\'])) {
            let error = table.error(font.span(), "ce n’est pas un nom de police");
            table.report(error.help("écrivez par exemple `font = \"Marianne, Arial\"`"));
        }
        Self { accent, accent_dark, logo, font: font.map(Spanned::into_inner) }
    }

    /// The accent colour, if it is chosen.
    pub(crate) fn accent(&self) -> Option<Colour> {
        self.accent
    }

    /// Rules to put after the theme's.
    pub(crate) fn style(&self) -> String {
        let mut style = String::new();
        let mut root = String::new();
        if let Some(accent) = self.accent {
            let _ = write!(root, "--accent:{};", accent.hex());
        }
        if let Some(font) = &self.font {
            let _ = write!(root, "--font:{font},system-ui,sans-serif;");
        }
        if !root.is_empty() {
            let _ = write!(style, "\n:root{{{root}}}");
        }
        if let Some(dark) = self.accent_dark.or(self.accent.map(|accent| accent.readable_on(DARK))) {
            let _ = write!(style, "\n@media (prefers-color-scheme:dark){{:root{{--accent:{}}}}}", dark.hex());
        }
        style
    }
}

fn read_colour(table: &mut Table<'_>, key: &'static str, paper: Colour, remedy: &str) -> Option<Colour> {
    let written: Spanned<String> = table.get(key)?;
    let Some(colour) = Colour::parse(written.get_ref()) else {
        let error = table.error(written.span(), format!("`{key}` n’est pas une couleur"));
        table.report(error.help("une couleur s’écrit `\"#0b5c5a\"`"));
        return None;
    };
    let contrast = colour.contrast(paper);
    if contrast < CONTRAST {
        let found = format!("{contrast:.1}").replace('.', ",");
        let error = table
            .error(written.span(), format!("cette couleur se lit mal : contraste de {found}, 4,5 attendu"));
        table.report(error.help(format!("choisissez une couleur {remedy}")));
    }
    Some(colour)
}

impl Colour {
    fn parse(written: &str) -> Option<Self> {
        let digits = written.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let mut bytes = [0; 3];
        hex::decode_to_slice(digits, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    fn hex(self) -> String {
        format!("#{}", hex::encode(self.0))
    }

    /// Relative luminance, as WCAG 2.1 defines it.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Contrast ratio, from 1 to 21, as WCAG 2.1 defines it.
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The nearest lighter colour that is read well on a dark paper.
    fn readable_on(self, paper: Self) -> Self {
        let mix = |step: u8| {
            Self(self.0.map(|channel| channel + ((255 - u16::from(channel)) * u16::from(step) / 20) as u8))
        };
        (0..=20).map(mix).find(|colour| colour.contrast(paper) >= CONTRAST + 1.0).unwrap_or(Self([255; 3]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_wcag() {
        let black = Colour([0; 3]);
        assert!((black.contrast(LIGHT) - 21.0).abs() < 0.01);
        let grey = Colour::parse("#767676").expect("a colour");
        assert!((grey.contrast(LIGHT) - 4.54).abs() < 0.01);
    }

    #[test]
    fn in_the_dark_an_accent_is_lightened_until_it_is_read() {
        let navy = Colour([0, 20, 90]);
        assert!(navy.contrast(DARK) < CONTRAST);
        assert!(navy.readable_on(DARK).contrast(DARK) >= CONTRAST);
    }
}
