//! The generator seen from outside: small sites in, diagnostics or files out.

mod build;
mod check;
mod command;
mod commonmark;
mod diagnostics;
mod events;
mod guide;
mod init;
mod languages;
mod linear;
mod lists;
mod pictures;
mod place;
mod process;
mod scaffold;
mod sections;
mod serve;
mod settings;
mod shortcodes;
mod tally;
mod texts;
mod theme;
mod voting;
mod warm;
mod writing;
