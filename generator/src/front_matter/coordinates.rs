//! A place on the Earth, as it is written in front matter: `[longitude, latitude]`, in GeoJSON's order.

use super::{FromValue, Place, value::describe};
use crate::map::Coordinates;
use toml::{Spanned, de::DeValue};

impl FromValue for Coordinates {
    const EXPECTED: &'static str = "une liste de deux nombres : la longitude, puis la latitude";

    fn example() -> String {
        "[-1.55, 47.22]".to_owned()
    }

    fn from_value(value: &Spanned<DeValue<'_>>, place: &Place<'_>) -> Option<Self> {
        let numbers: Option<Vec<f64>> = match value.get_ref() {
            DeValue::Array(list) => list.iter().map(|one| number(one.get_ref())).collect(),
            _ => None,
        };
        let Some(&[longitude, latitude]) = numbers.as_deref() else {
            place.expected::<Self>(describe(value.get_ref()));
            return None;
        };
        match Self::new(longitude, latitude) {
            Ok(coordinates) => Some(coordinates),
            Err(nowhere) => {
                place.report(place.error(nowhere.to_string()).help(nowhere.help()));
                None
            }
        }
    }
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(number) => {
            let whole = i64::from_str_radix(number.as_str(), number.radix()).ok()?;
            Some(whole as f64)
        }
        DeValue::Float(number) => number.as_str().parse().ok(),
        _ => None,
    }
}
