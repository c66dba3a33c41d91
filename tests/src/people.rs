//! People to play, all invented.

use domain::support::Form;

/// The support form of the `number`th person, who is eligible for the interpellations of the reference site.
pub fn form(number: usize) -> Form {
    Form {
        given_names: format!("Camille {}", letters(number)),
        family_name: "Essai".into(),
        email: format!("personne{number}@exemple.fr"),
        birth_date: format!(
            "{:02}/{:02}/{}",
            1 + number % 28,
            1 + number / 28 % 12,
            1950 + number / 336 % 50
        ),
        commune: "Montgarenne".into(),
        link: "resident".into(),
        consent: "yes".into(),
    }
}

/// Names hold no digits.
fn letters(number: usize) -> String {
    number.to_string().bytes().map(|digit| char::from(b'a' + digit - b'0')).collect()
}
