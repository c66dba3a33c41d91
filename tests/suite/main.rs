//! The tests that see the project from outside, as one binary: it links once.
#![allow(missing_docs, clippy::unwrap_used)]

mod conformance;
mod faults;
mod house;
mod lambda;
mod serve;
mod site;
mod support;
