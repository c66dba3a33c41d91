//! A question answered by yes or no.

use super::papers::listed;
use serde_json::{Value, json};

pub(super) fn answered(file: &Value) -> Value {
    let ballots: Vec<&Value> = listed(&file["ballots"]).iter().map(|slot| &slot["ballot"]).collect();
    let many = |said: Value| ballots.iter().filter(|ballot| ***ballot == said).count();
    let (yes, no, blank) =
        (many(json!({ "yes-no": "yes" })), many(json!({ "yes-no": "no" })), many(json!("blank")));
    let outcome = match yes.cmp(&no) {
        std::cmp::Ordering::Greater => "yes",
        std::cmp::Ordering::Less => "no",
        std::cmp::Ordering::Equal => "level",
    };
    let turnout = json!({
        "registered": file["registered"], "voters": ballots.len(), "blank": blank,
        "void": ballots.len() - yes - no - blank, "expressed": yes + no,
    });
    json!({ "turnout": turnout, "yes": yes, "no": no, "outcome": outcome })
}
