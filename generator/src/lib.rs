//! From content to site: reads what editors write, tells them what is wrong, and makes the pages and the
//! rulebook.
//!
//! [`Site::load`] reads everything once into a typed model, or says all that is wrong in it. [`build()`] turns
//! the model into files. Both are pure in time: the moment is an argument.

mod build;
mod content;
mod counts;
mod dates;
mod diagnostics;
mod documents;
mod front_matter;
mod links;
mod markdown;
mod output;
mod pages;
mod rulebook;
mod scaffold;
pub mod serve;
mod settings;
mod site;
mod slug;
mod theme;
mod view;
mod words;

pub use build::{BuildError, Built, build};
pub use counts::UnreadableCounts;
pub use dates::Moment;
pub use diagnostics::Diagnostics;
pub use output::FileError;
pub use scaffold::{Preset, ScaffoldError, new_process};
pub use site::{Site, instant};
