//! The citizen's door: requests in, rules asked, table written.
//!
//! The same router answers in one process on the embedded table (`parvis serve`) and as a Lambda on DynamoDB
//! (`src/bin/`). It holds no template: it answers with pages of the site, filled in.

pub mod answer;
pub mod attachment;
pub mod client;
pub mod demonstration;
pub mod deposits;
pub mod door;
pub mod erasure;
pub mod headers;
pub mod lambda;
pub mod mail;
mod mailbox;
pub mod proof;
pub mod questionnaire;
pub mod register;
pub mod reports;
mod respond;
pub mod rich_text;
pub mod routes;
pub mod rows;
pub mod support;
pub mod table;
pub mod voting;
pub mod writing;
