//! The tests that see the project from outside, as one binary: it links once.
#![allow(missing_docs, clippy::unwrap_used)]

mod attachments;
mod conformance;
mod desk;
mod faults;
mod forms;
mod house;
mod kinds;
mod lambda;
mod memory;
mod published;
mod questionnaire;
mod serve;
mod site;
mod support;
mod tally;
mod voting;
mod writing;
