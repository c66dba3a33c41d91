//! From content to site: reads what editors write, tells them what is wrong, and makes the pages and the
//! rulebook.
//!
//! [`Site::load`] reads everything once into a typed model, or says all that is wrong in it. [`build()`] turns
//! the model into files. Both are pure in time: the moment is an argument.

mod build;
mod chart;
mod check;
mod content;
mod counts;
mod dates;
pub mod desk;
mod diagnostics;
mod documents;
mod front_matter;
mod index;
mod links;
mod map;
mod markdown;
mod memory;
mod output;
mod pages;
mod picture;
mod picture_files;
mod rulebook;
mod scaffold;
mod search_index;
pub mod serve;
mod settings;
mod site;
mod slug;
mod social_cards;
mod syndication;
mod theme;
mod view;
mod words;

pub use build::{Build, BuildError, Builder, Built, build};
pub use check::Checks;
pub use counts::UnreadableCounts;
pub use dates::Moment;
pub use diagnostics::Diagnostics;
#[doc(hidden)]
pub use markdown::render_markdown;
pub use output::FileError;
pub use scaffold::{Preset, ScaffoldError, new_process, new_site};
pub use site::{Site, instant};
