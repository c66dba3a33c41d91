//! What the tests and benchmarks have in common: engines to run on, a site to serve, people to play.

pub mod citizen;
pub mod engines;
pub mod lambda;
pub mod people;
pub mod place;
