//! Places, by their address or by coordinates.

use super::decimal::Decimal;

/// Decimals of a degree that are kept: about a metre.
const DECIMALS: u8 = 5;

/// 10^[`DECIMALS`].
const DEGREE: i64 = 100_000;

/// What a place is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    /// Only known by its address.
    Address,
    /// Latitude and longitude in degrees, cut to five decimals.
    Coordinates(f64, f64),
}

/// There are two numbers, and no such place on Earth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no place on Earth")]
pub struct Nowhere;

/// Reads a place: « 43.60447, 1.44422 », « 43,60447 1,44422 », « 43.6° ; -1.4° » are coordinates, latitude first; whatever else
/// is an address.
///
/// # Errors
/// [`Nowhere`] when a latitude is beyond 90 degrees, a longitude beyond 180.
pub fn read(typed: &str) -> Result<Place, Nowhere> {
    let Some((latitude, longitude)) = two_numbers(typed) else { return Ok(Place::Address) };
    match (degrees(latitude, 90), degrees(longitude, 180)) {
        (Some(latitude), Some(longitude)) => Ok(Place::Coordinates(latitude, longitude)),
        _ => Err(Nowhere),
    }
}

fn two_numbers(typed: &str) -> Option<(Decimal, Decimal)> {
    let typed = typed.replace('°', " ");
    let parts = |cut: fn(char) -> bool| -> Vec<String> {
        let parts = typed.split(cut).map(|part| part.trim_matches(|c: char| c.is_whitespace() || c == ','));
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    // A comma is between the numbers when these have full stops, else a decimal mark.
    let parts = if typed.contains(';') {
        parts(|c| c == ';')
    } else if typed.contains('.') {
        parts(|c| c == ',' || c.is_whitespace())
    } else {
        parts(char::is_whitespace)
    };
    let [latitude, longitude] = &parts[..] else { return None };
    let number = |part: &str| Decimal::read(part).filter(|number| number.unit().is_empty());
    Some((number(latitude)?, number(longitude)?))
}

fn degrees(number: Decimal, most: i64) -> Option<f64> {
    let units = number.cut(DECIMALS).ok()?;
    // Exact to the last decimal that is kept: both are whole numbers that a float holds.
    #[allow(clippy::cast_precision_loss)]
    (units.abs() <= most * DEGREE).then(|| units as f64 / DEGREE as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn coordinates_are_read_as_maps_give_them() {
        for typed in [
            "43.60447, 1.44422",
            "43.60447,1.44422",
            "43.604479 1.444229",
            "43,60447 1,44422",
            "43,60447, 1,44422",
            "43,60447 ; 1,44422",
            "43.60447° 1.44422°",
        ] {
            assert_eq!(read(typed), Ok(Place::Coordinates(43.60447, 1.44422)), "{typed}");
        }
        assert_eq!(read("-20.88, 55.45"), Ok(Place::Coordinates(-20.88, 55.45)));
    }

    #[test]
    fn whatever_else_is_an_address() {
        for typed in
            ["", "12 rue des Lilas, 31000 Toulouse", "31000", "12, 31000 Toulouse", "la halle", "1 2 3"]
        {
            assert_eq!(read(typed), Ok(Place::Address), "{typed}");
        }
    }

    #[test]
    fn coordinates_beyond_the_earth_are_refused() {
        for typed in ["90.00001, 0.0", "0.0, 180.00001", "-91.0 0.0", "4360447 144422"] {
            assert_eq!(read(typed), Err(Nowhere), "{typed}");
        }
        assert_eq!(read("-90.0, 180.0"), Ok(Place::Coordinates(-90.0, 180.0)));
    }

    proptest! {
        #[test]
        fn reading_a_place_never_panics(typed in "\\PC{0,30}|[0-9.,; °+-]{0,30}") {
            let _ = read(&typed);
        }
    }
}
