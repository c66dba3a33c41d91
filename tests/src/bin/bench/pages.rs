//! Size of each citizen page, compressed as it travels.

use std::path::Path;
use tests::place::{Scales, pages, reference_site};

pub(crate) fn run() {
    let folder = reference_site();
    println!("Pages, brotli: HTML + CSS (budget 14 kB in one round trip), JavaScript (budget 10 kB)");
    let mut scales = Scales::new(folder.path());
    for page in pages(folder.path()) {
        let weight = scales.weigh(&page);
        let name = page.strip_prefix(folder.path()).unwrap_or(&page);
        println!("  {:>6} B  {:>5} B  {}", weight.html_and_css, weight.javascript, Path::new(name).display());
    }
}
