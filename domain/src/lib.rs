//! The rules of participation, pure: nothing here reads a file, a clock or a random source; they are
//! arguments. The page, the function, the register and the export ask the same functions, so that they
//! cannot disagree.

pub mod address;
pub mod ballot;
pub mod counts;
pub mod delay;
pub mod deposit;
pub mod eligibility;
pub mod form;
pub mod identity;
pub mod limits;
pub mod refusal;
pub mod register;
pub mod report;
pub mod results;
pub mod rulebook;
pub mod secret;
pub mod similar;
pub mod support;
pub mod tally;
pub mod threshold;
pub mod tracking;
pub mod voting;
pub mod window;
