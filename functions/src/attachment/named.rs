//! Which files the rows of the table name: the others are swept away (I7).

use super::is_id;
use domain::deposit::State;
use serde::Deserialize;

/// What the partitions of the rows that name files begin with: answers, deposits, and what waits for its code.
pub(crate) const PARTITIONS: [&str; 3] = ["answer#", "deposit#", "writing#"];

/// The ids of the files that a row names and that are still of use.
pub(crate) fn named_by(partition: &str, body: &str) -> Vec<String> {
    if partition.starts_with("deposit#") && is_over(body) {
        return Vec::new();
    }
    let ids = body.split("\"id\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    ids.filter(|id| is_id(id)).map(str::to_owned).collect()
}

/// Whether a deposit will never be read again with its files. One that cannot be read may be of use.
fn is_over(body: &str) -> bool {
    #[derive(Deserialize)]
    struct Stands {
        #[serde(flatten)]
        state: State,
    }
    serde_json::from_str::<Stands>(body).is_ok_and(|stands| stands.state.is_over())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deposit_that_was_withdrawn_or_erased_names_no_file_and_one_that_is_hidden_does() {
        let id = "0".repeat(32);
        let named = |state: &str| {
            let body = format!(
                r#"{{{state},"answers":{{"plan":{{"files":[{{"id":"{id}","name":"plan.pdf"}}]}}}}}}"#
            );
            named_by("deposit#idees#0", &body)
        };
        assert_eq!(named(r#""state":"submitted""#), std::slice::from_ref(&id));
        assert_eq!(
            named(r#""state":"hidden","reason":"copyright""#),
            std::slice::from_ref(&id),
            "it may be restored"
        );
        assert_eq!(named(r#""state":"hidden","reason":"erasure""#), [""; 0]);
        assert_eq!(named(r#""state":"withdrawn""#), [""; 0]);
        assert_eq!(named(r#""state":"unheard of""#), std::slice::from_ref(&id), "better kept than lost");
    }
}
