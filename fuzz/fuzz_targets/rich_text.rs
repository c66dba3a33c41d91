//! Whatever a citizen writes becomes the few tags of the subset, and nothing else.
#![no_main]

use functions::rich_text::to_html;
use libfuzzer_sys::fuzz_target;

const SUBSET: [&str; 8] = ["blockquote", "br", "em", "li", "ol", "p", "strong", "ul"];

fuzz_target!(|text: &str| {
    let html = to_html(text);
    for rest in html.split('<').skip(1) {
        let tag = rest.trim_start_matches('/').split(['>', ' ', '/']).next().unwrap_or_default();
        assert!(SUBSET.contains(&tag), "{text:?} gives {html}");
    }
});
