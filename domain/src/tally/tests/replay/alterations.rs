//! Minutes in which one thing is no longer what it was.

use proptest::sample::Index;
use serde_json::{Value, json};

/// `minutes` with one number, name, reason or list altered, the close excepted; none where there is nothing to alter.
pub(super) fn altered(minutes: &Value, place: &Index, kind: &Index) -> Option<Value> {
    let mut paths = Vec::new();
    walk(minutes, String::new(), &mut paths);
    // Why there is no result is said in words that are free.
    paths.retain(|path| path != "/closed" && path != "/outcome/undecided");
    let path = paths.get(place.index(paths.len().max(1)))?;
    let mut altered = minutes.clone();
    let ids: Vec<Value> = minutes["outcome"]["minutes"]["projects"]
        .as_array()
        .map_or_else(Vec::new, |projects| projects.iter().map(|project| project["id"].clone()).collect());
    let found = altered.pointer_mut(path)?;
    *found = other(found, &ids, kind);
    (altered != *minutes).then_some(altered)
}

/// Paths of all that may be altered: what is not a map, and lists with something in them.
fn walk(value: &Value, path: String, paths: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| walk(value, format!("{path}/{key}"), paths)),
        Value::Array(list) => {
            (0..).zip(list).for_each(|(index, value)| walk(value, format!("{path}/{index}"), paths));
            if !list.is_empty() {
                paths.push(path);
            }
        }
        _ => paths.push(path),
    }
}

const REASONS: [&str; 7] =
    ["elected", "no-vote", "excluded", "does-not-fit", "unaffordable", "full", "out-of-scope"];

fn other(value: &Value, ids: &[Value], kind: &Index) -> Value {
    match value {
        Value::Null => json!(7),
        Value::Bool(said) => json!(!said),
        Value::Number(number) => match (number.as_u64(), number.as_f64()) {
            (Some(0), _) => json!(1),
            (Some(number), _) => json!(if kind.index(2) == 0 { number - 1 } else { number + 1 }),
            (None, number) => json!(number.unwrap_or(0.0) * 1.001 + 0.001),
        },
        Value::String(said) if REASONS.contains(&said.as_str()) => json!(REASONS[kind.index(REASONS.len())]),
        Value::String(_) if ids.contains(value) => ids[kind.index(ids.len())].clone(),
        Value::String(said) => json!(format!("{said}x")),
        Value::Array(list) => {
            let mut list = list.clone();
            let at = kind.index(list.len());
            if kind.index(3) == 0 {
                list.insert(at, list[at].clone());
            } else if kind.index(3) == 1 && list.len() > 1 {
                list.rotate_left(1);
            } else {
                list.remove(at);
            }
            Value::Array(list)
        }
        Value::Object(_) => json!({}),
    }
}
