//! What the tests and benchmarks have in common: engines to run on, a site to serve, people to play.

pub mod bucket;
pub mod citizen;
pub mod engines;
pub mod lambda;
pub mod mail_server;
pub mod people;
pub mod place;
pub mod polling;
