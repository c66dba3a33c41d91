//! What the tests and benchmarks have in common: engines to run on, a site to serve, people to play.

pub mod engines;
pub mod people;
pub mod place;
