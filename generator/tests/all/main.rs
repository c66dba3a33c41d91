//! The generator seen from outside: small sites in, diagnostics or files out.

mod build;
mod command;
mod diagnostics;
mod guide;
mod place;
mod process;
mod scaffold;
mod texts;
