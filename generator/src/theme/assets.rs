//! The files that go with the pages: fingerprinted, and made small.

use super::{Files, fingerprint};
use crate::{
    diagnostics::{Diagnostic, Reporter, Source},
    settings::Settings,
};
use std::sync::Arc;

/// A file that goes with the pages.
pub(crate) struct Asset {
    /// As templates ask for it.
    pub(crate) name: String,
    /// Address, which changes with the content.
    pub(crate) url: String,
    pub(crate) bytes: Vec<u8>,
}

/// The style to which an authority's colours are added.
const STYLE: &str = "style.css";

/// What lies in `static/`.
pub(super) fn make(
    files: &Files,
    theme: &str,
    settings: Option<&Settings>,
    reporter: &Reporter,
) -> Vec<Asset> {
    let statics = files.iter().filter_map(|(path, bytes)| Some((path.strip_prefix("static/")?, bytes)));
    let make = |(name, bytes): (&str, &Arc<[u8]>)| {
        let bytes = match name.rsplit_once('.').map(|(_, extension)| extension) {
            Some("css") => style(name, theme, bytes, settings, reporter),
            Some("js") => script(bytes),
            _ => bytes.to_vec(),
        };
        Asset { name: name.to_owned(), url: url(name, &bytes), bytes }
    };
    statics.map(make).collect()
}

fn style(name: &str, theme: &str, bytes: &[u8], settings: Option<&Settings>, reporter: &Reporter) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    if name == STYLE {
        text.extend(settings.map(|settings| settings.appearance.style()));
    }
    let source = || Arc::new(Source { path: format!("themes/{theme}/static/{name}"), text: text.clone() });
    match minify(&text) {
        Ok(small) => small.into_bytes(),
        Err((offset, message)) => {
            reporter.report(Diagnostic::error(&source(), offset..offset, message));
            Vec::new()
        }
    }
}

fn minify(style: &str) -> Result<String, (usize, String)> {
    use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions, StyleSheet};
    let mut sheet = StyleSheet::parse(style, ParserOptions::default()).map_err(|error| {
        let offset = error.loc.as_ref().map_or(0, |place| {
            let lines = style.split_inclusive('\n').take(place.line as usize);
            lines.map(str::len).sum::<usize>() + place.column.saturating_sub(1) as usize
        });
        (offset.min(style.len()), error.kind.to_string())
    })?;
    sheet.minify(MinifyOptions::default()).map_err(|error| (0, error.kind.to_string()))?;
    let printed = sheet.to_css(PrinterOptions { minify: true, ..PrinterOptions::default() });
    printed.map(|printed| printed.code).map_err(|error| (0, error.kind.to_string()))
}

/// A module without its comments and indents: what more a minifier would take is less than a compressor leaves.
fn script(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    // In a text of several lines, indents and slashes mean something.
    if text.lines().any(|line| line.matches('`').count() % 2 == 1 || line.contains("/*")) {
        return bytes.to_vec();
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect::<String>().into_bytes()
}

/// `style.css` → `/assets/style.<hash>.css`
fn url(file: &str, bytes: &[u8]) -> String {
    let hash = format!("{:08x}", fingerprint(bytes) >> 96);
    match file.rsplit_once('.') {
        Some((stem, extension)) => format!("/assets/{stem}.{hash}.{extension}"),
        None => format!("/assets/{file}.{hash}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_is_made_small_and_a_mistake_in_it_has_its_place() {
        assert_eq!(minify("a {\n  color: #ff0000;\n}\n").as_deref(), Ok("a{color:red}"));
        let (offset, _) = minify("a {\n  color: red;\n}\n@import 'b.css';\nb {}").expect_err("a mistake");
        assert_eq!(offset, 27);
    }

    #[test]
    fn a_script_keeps_its_code() {
        assert_eq!(script(b"// why\nlet a = 1;\n\n  a += 1;\n"), b"let a = 1;\na += 1;\n");
    }
}
